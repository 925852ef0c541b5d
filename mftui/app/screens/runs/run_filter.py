"""What the filter of the Runs screen understands: `preset:best rmse<0.9` and plain words, all of which must hold."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from mftui.app.run_list import RunRow
from mftui.core.runs.config import Config, as_text
from mftui.core.runs.options import SOLVERS
from mftui.core.text import fold

_SIGN = r"<=|>=|!=|<|>|="
_SPACED = re.compile(rf"\s*({_SIGN})\s*")
_TERM = re.compile(rf"([a-z_@0-9]+)({_SIGN}|:)(.*)", re.IGNORECASE)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip
_SAME = {"dataset": "data", "ndcg@10": "ndcg", "epochs_done": "epoch", "time": "seconds"}
"""Other names of facts."""
_KNOWN = {
    "name", "remark", "state", "data", "host", "device", "epoch", "seconds", "rmse", "mae", "ndcg",
    *Config.__struct_fields__, *(key for options in SOLVERS.values() for key in options.__struct_fields__),
}  # fmt: skip

Test = Callable[[RunRow], bool]


@dataclass(frozen=True)
class Filter:
    """Which runs to show."""

    tests: tuple[Test, ...] = ()
    trouble: str = ""
    """What was not understood, in a few words."""

    def passes(self, row: RunRow) -> bool:
        """Whether everything that was asked for holds."""
        return all(test(row) for test in self.tests)


def parse(text: str) -> Filter:
    """Understand a filter as it is typed: a term without its end holds for every run."""
    tests: list[Test] = []
    trouble = ""
    for word in _SPACED.sub(r"\1", text).split():
        match = _TERM.fullmatch(word)
        name = _SAME.get(match[1].lower(), match[1].lower()) if match else ""
        if match is None or (match[2] == ":" and name not in _KNOWN):
            tests.append(_has_word(fold(word)))
        elif name not in _KNOWN:
            trouble = f"there is no {match[1]}"
        elif match[3] and match[2] == ":":
            tests.append(_has(name, fold(match[3])))
        elif match[3] and (number := _number(match[3])) is not None:
            tests.append(_compares(name, _COMPARE[match[2]], number))
        elif match[3] and match[2] in ("=", "!="):
            tests.append(_is(name, fold(match[3]), match[2] == "="))
        elif match[3]:
            trouble = f"{match[3]} is no number"
    return Filter(tuple(tests), trouble)


def _has_word(word: str) -> Test:
    """The word stands anywhere in what the list shows of the run."""

    def test(row: RunRow) -> bool:
        shown = (row.facts.get(name) or "" for name in ("name", "remark", "state", "data", "preset"))
        return word in fold(" ".join([*map(str, shown), row.changes]))

    return test


def _has(name: str, part: str) -> Test:
    return lambda row: row.facts.get(name) is not None and part in fold(as_text(row.facts[name]))


def _is(name: str, text: str, same: bool) -> Test:
    return lambda row: row.facts.get(name) is not None and (text == fold(as_text(row.facts[name]))) is same


def _compares(name: str, compare: Callable[[float, float], bool], number: float) -> Test:
    def test(row: RunRow) -> bool:
        value = row.facts.get(name)
        return isinstance(value, int | float) and not isinstance(value, bool) and compare(value, number)

    return test


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
