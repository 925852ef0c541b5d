"""What several screens are made of: given data, they draw it."""
