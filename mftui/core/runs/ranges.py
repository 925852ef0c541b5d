"""What a search may try for a setting: a range or a choice, stated beside the setting's own definition."""

from typing import get_type_hints

from msgspec import Struct

from mftui.core.errors import SettingError


class Range(Struct, frozen=True, tag="range"):
    """All numbers from `low` to `high`, both included; whole ones where both ends are."""

    low: int | float
    high: int | float
    log: bool = False
    """Whether equal ratios are equally likely, rather than equal differences."""

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are tried."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def holds(self, value: "Value") -> bool:
        """Whether the value is one of those to try."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        """`8 to 128, log`."""
        return f"{self.low:g} to {self.high:g}{', log' if self.log else ''}"


class Choice(Struct, frozen=True, tag="choice"):
    """A setting that is on or off."""

    def holds(self, value: "Value") -> bool:
        """Whether the value is one of those to try."""
        return isinstance(value, bool)

    def __str__(self) -> str:
        return "yes or no"


Ranges = dict[str, Range | Choice]
"""What is tried, by the key of the setting."""

Value = bool | int | float
"""What a setting that is searched may be."""


def ranges_of(options: type[Struct]) -> Ranges:
    """What is searched of a solver's settings, as stated beside them."""
    hints = get_type_hints(options, include_extras=True)
    return {
        key: stated
        for key in options.__struct_fields__
        for stated in getattr(hints[key], "__metadata__", ())
        if isinstance(stated, Range | Choice)
    }


def parsed(text: str, options: type[Struct]) -> tuple[str, Range]:
    """A range as a person writes it: `regularization=0.01:1:log`.

    Raises:
        SettingError: it is not of that form, or the solver has no such number among its settings.
    """
    key, _, ends = text.partition("=")
    low, _, rest = ends.partition(":")
    high, _, log = rest.partition(":")
    numbers = {name: kind for name, kind in get_type_hints(options).items() if kind in (int, float)}
    if key not in numbers:
        known = f"Choose one of: {', '.join(numbers)}."
        raise SettingError("range", f"There is no setting {key!r} to search in a range.", known)
    try:
        found = Range(numbers[key](low), numbers[key](high), log == "log")
    except ValueError:
        found = None
    if found is None or log not in ("", "log") or not found.low < found.high or (found.log and found.low <= 0):
        raise SettingError(
            "range", f"{text!r} is no range.", f"Write --range {key}=LOW:HIGH or {key}=LOW:HIGH:log, low to high."
        )
    return key, found
