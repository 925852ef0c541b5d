"""Widgets that know nothing of runs or datasets: given data, they draw it."""
