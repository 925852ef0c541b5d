"""The run directory: what a run is told, what it tells, and whether it is still at it. No torch in here."""
