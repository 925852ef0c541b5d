"""Data, models, runs and what can be asked of them. Knows nothing of terminals."""
