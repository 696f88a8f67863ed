"""The pane that shows the hosted program."""
