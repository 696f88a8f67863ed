"""Where frames come from, and what keeps them coming."""
