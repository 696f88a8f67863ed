"""Speech to action, on the event loop and without a screen."""
