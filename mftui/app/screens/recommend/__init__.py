"""The Recommend screen: what a model would show you, or a user of the data."""
