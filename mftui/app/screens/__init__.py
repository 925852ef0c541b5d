"""A package a screen: `screen.py`, its `.tcss` beside it, its panes and dialogs. Here is what all of them share."""
