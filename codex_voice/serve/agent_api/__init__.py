"""The HTTP and WebSocket API: recognition, and this machine's microphone, for other programs."""
