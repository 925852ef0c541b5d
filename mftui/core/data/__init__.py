"""From a name or a path to a `Ratings`. Imports neither NumPy nor pandas until something is read."""

from mftui.core.data.fetch import Progress
from mftui.core.data.opening import check_exists, load, summary_of

__all__ = ["Progress", "check_exists", "load", "summary_of"]
