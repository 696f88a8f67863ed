"""Whose voice it is: a speaker encoder, and the profile of the one who is listened to."""
