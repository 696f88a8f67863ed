"""`codex-voice sidecar`: JSON-RPC 2.0 on standard input and output, OpenVoicy's protocol v1."""
