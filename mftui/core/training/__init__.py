"""The only place with torch: a process of its own that fits factors and writes a run directory."""
