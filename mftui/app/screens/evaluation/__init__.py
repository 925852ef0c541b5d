"""The Evaluate screen: how good a model is, beside what it must beat."""
