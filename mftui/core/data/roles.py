"""What a column of a ratings file can be: known also where nothing is read, so apart from the readers."""

NEEDED = ("user", "item", "rating")
ROLES = (*NEEDED, "timestamp", "title")
FORM = "user=…,item=…,rating=…,timestamp=…"
"""How a person says which column is which."""
