"""What ties the rooms together without a screen."""
