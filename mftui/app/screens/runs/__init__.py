"""The Runs screen: every run, to filter, compare and act on."""
