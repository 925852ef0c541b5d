"""What a study searches, by which figure, and for how long: kept in the record of its run."""

import math
import re
from typing import get_args, get_type_hints

from msgspec import Struct

from mftui.core.errors import SettingError
from mftui.core.runs.config import LOSS, Config
from mftui.core.runs.events import Epoch
from mftui.core.runs.ranges import Ranges

RMSE = "rmse"
METRICS = (RMSE, *(name for name in get_args(get_type_hints(Config)["watch"]) if name != LOSS))
"""What a search can go by: the error of the validation rows, or a ranking metric of theirs."""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Search(Struct, frozen=True, kw_only=True):
    """What a study tries. It ends after so many trials or so much time, whichever comes first."""

    ranges: Ranges
    metric: str
    """One of METRICS, always of the validation rows."""
    trials: int | None = None
    seconds: float | None = None
    """Of the wall clock, while its process works."""
    preset: str
    """What the best settings will be called."""

    @property
    def highest_is_best(self) -> bool:
        """Whether the metric is better the higher it is."""
        return self.metric != RMSE

    def figure_of(self, epoch: Epoch) -> float | None:
        """The metric after an epoch; None where it is not a number."""
        if self.metric != RMSE:
            return epoch.watched_value
        return None if epoch.held_out_mse is None else math.sqrt(epoch.held_out_mse)


def seconds_of(budget: str) -> float:
    """A length of time as a person writes it: `90s`, `20m`, `1h30m`.

    Raises:
        SettingError: it is not of that form, or is nothing.
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)([smhd])", budget)
    if (
        not parts
        or "".join(map("".join, parts)) != budget
        or not (total := sum(float(n) * _SECONDS[u] for n, u in parts))
    ):
        raise SettingError("budget", f"{budget!r} is no length of time.", "Write it as 90s, 20m, 1h or 1h30m.")
    return total


def written(seconds: float) -> str:
    """A length of time as `seconds_of` reads it: `20m`, `1h30m`."""
    words, rest = "", seconds
    for unit in ("h", "m"):
        count, rest = divmod(rest, _SECONDS[unit])
        words += f"{count:.0f}{unit}" if count else ""
    return words + (f"{rest:g}s" if rest else "")
