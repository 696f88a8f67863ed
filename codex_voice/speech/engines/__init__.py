"""What recognises: whisper.cpp in this process, or a server."""
