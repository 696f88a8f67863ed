"""Recordings on disk: the journal, its entries and their sound."""
