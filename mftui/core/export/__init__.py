"""What a run learnt, for other programs."""

from mftui.core.export.factors import FORMATS, export

__all__ = ["FORMATS", "export"]
