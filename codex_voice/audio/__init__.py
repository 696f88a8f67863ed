"""Sound to utterances: capture, voice activity, end-pointing, levels and cues."""
