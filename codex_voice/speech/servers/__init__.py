"""Recognisers that another program runs: whisper.cpp's server, OpenAI's API, Wyoming."""
