"""Utterances to text: recognisers, models and the journal of recordings."""
