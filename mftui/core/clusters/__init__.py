"""Groups of items that a model finds alike."""
