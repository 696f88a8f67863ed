"""Dialogs over the pane: menus, lists and questions."""
