"""A trained model in NumPy, and all that one can ask it."""

from mftui.core.model.factors import Factors

__all__ = ["Factors"]
