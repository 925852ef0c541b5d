"""The Train screen: settings, the live curve and log, and what it costs the machine."""
