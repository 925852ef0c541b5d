"""The Data screen: what ratings are made of, and opening others."""
