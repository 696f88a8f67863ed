"""The frozen sidecar: `codex-voice-sidecar`, without arguments as a host starts it.

`sys.executable -P -m MODULE` is how the program starts helpers of itself, such as the one that
looks for microphones. A frozen executable is no Python, so that is answered here.
"""

import runpy
import sys

if len(sys.argv) >= 4 and sys.argv[1:3] == ["-P", "-m"]:
    module = sys.argv[3]
    sys.argv = [module, *sys.argv[4:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    raise SystemExit(0)

from codex_voice.serve.sidecar.__main__ import main

main()
