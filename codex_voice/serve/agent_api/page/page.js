// Sends the microphone to /api/voice/stream and shows what comes back.
const RATE = 16000;
const SPOKEN_RATE = 24000;
const SPOKEN_LATENCY_SECONDS = 0.1;
const MOST_LATENCIES = 50;
const element = (id) => document.getElementById(id);
const latencies = [];
let talk = null;
let spokenUntil = 0;

const show = (text) => { element("state").textContent = text; };

async function begin(token) {
  const url = `ws://${location.host}/api/voice/stream?format=f32le&rate=${RATE}`;
  const socket = new WebSocket(url, ["codex-voice", `token.${token}`]);
  const talking = { socket, stop: () => socket.close() };
  talk = talking;
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") follow(JSON.parse(data));
    else play(talking, new Float32Array(data));
  };
  socket.onclose = ({ code }) => end(talking, code);
  await new Promise((resolve) => { socket.onopen = resolve; });
  try {
    await listen(talking);
    show("Listening.");
  } catch (error) {
    socket.close();
    show(`The microphone cannot be used: ${error.message}`);
  }
}

async function listen(talking) {
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const context = new AudioContext({ sampleRate: RATE });
  talking.context = context;
  spokenUntil = 0;
  talking.stop = () => {
    // Closing the socket comes back here, and a context can be closed once only.
    talking.stop = () => {};
    microphone.getTracks().forEach((track) => track.stop());
    context.close();
    talking.socket.close();
  };
  await context.audioWorklet.addModule("/microphone.js");
  const node = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
  context.createMediaStreamSource(microphone).connect(node);
  node.port.onmessage = ({ data }) => {
    meter(data);
    if (talking.socket.readyState === WebSocket.OPEN) talking.socket.send(data);
  };
  if (talking !== talk) talking.stop();
}

function end(ended, code) {
  if (ended !== talk) return;
  talk = null;
  ended.stop();
  element("toggle").textContent = "Talk";
  element("flush").disabled = true;
  if (code === 1006) show("The connection was refused or lost: is the token right?");
  else if (code !== 1005) show(`The connection ended (${code}).`);
}

function meter(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  element("level").value = 10 * Math.log10(power + 1e-10);
}

// Moshi's sound, piece after piece; a pause begins anew, a little later than it came.
function play({ context }, samples) {
  if (!context) return;
  const buffer = context.createBuffer(1, samples.length, SPOKEN_RATE);
  buffer.copyToChannel(samples, 0);
  const piece = context.createBufferSource();
  piece.buffer = buffer;
  piece.connect(context.destination);
  spokenUntil = Math.max(spokenUntil, context.currentTime + SPOKEN_LATENCY_SECONDS);
  piece.start(spokenUntil);
  spokenUntil += buffer.duration;
}

function follow(event) {
  if (event.type === "status" && event.backend === "moshi") {
    show(`Moshi's server is ${event.server.status}, the connection ${event.agent.state}`
      + `${event.error ? `: ${event.error}` : "."}`);
  } else if (event.type === "text") {
    const said = element("log").lastElementChild ?? document.createElement("li");
    said.textContent += event.text;
    element("log").append(said);
  } else if (event.type === "status") {
    show(`Recogniser ${event.state}${event.model && `, model ${event.model}`}`
      + `${event.error ? `: ${event.error}` : "."}`);
  } else if (event.type === "transcript") {
    const line = document.createElement("li");
    line.textContent = event.command ? `[${event.command}]` : event.text;
    line.className = event.command ? "command" : "text";
    element("log").append(line);
    latencies.push(event.latency_seconds * 1000);
    latencies.splice(0, latencies.length - MOST_LATENCIES);
    plot();
  } else if (event.type === "error") {
    show(event.message);
  }
}

function plot() {
  const canvas = element("plot");
  const context = canvas.getContext("2d");
  const highest = Math.max(...latencies);
  const step = canvas.width / MOST_LATENCIES;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = getComputedStyle(document.body).color;
  latencies.forEach((latency, index) => {
    const height = (canvas.height - 4) * latency / highest;
    context.fillRect(index * step, canvas.height - height, step - 2, height);
  });
  element("latency").textContent =
    `Last ${latencies.at(-1).toFixed(0)} ms, longest ${highest.toFixed(0)} ms.`;
}

element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (talk) {
    talk.stop();
    return;
  }
  element("toggle").textContent = "Stop";
  element("flush").disabled = false;
  show("Connecting.");
  begin(element("token").value.trim());
});
element("flush").addEventListener("click", () => {
  if (talk?.socket.readyState === WebSocket.OPEN) talk.socket.send('{"type": "flush"}');
});
