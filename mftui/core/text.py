"""Outside text made safe to show: a title in a file is data, never an instruction to the terminal. And moments."""

import re
import unicodedata
from datetime import UTC, datetime

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_SHAPING = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\U0001f3fb-\U0001f3ff]")
"""Variation selectors and skin tones: terminals disagree on how many cells they make a character take."""
_FLAGS = {0x1F1E6 + i: chr(ord("A") + i) for i in range(26)}
"""Flags are two letters of their own kind, which take two cells or four: the letters say as much."""
_LONGEST = 300


def clean(text: str, keep_spaces: bool = False) -> str:
    """The text without escape sequences, control, format, shaping and bidirectional characters, on one line.

    Runs of white space become one space, but for columns and indentation that are to be kept; more than 300
    characters are cut with an ellipsis.
    """
    if not text.isprintable():  # most text is, and a file may have a hundred thousand titles
        text = _ESCAPES.sub("", text)
        kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
        text = "".join(kept)
    if not text.isascii():
        text = _SHAPING.sub("", text).translate(_FLAGS)
    text = text.rstrip() if keep_spaces else " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def cell(text: str) -> str:
    """The text for a spreadsheet's cell: clean, and with a quote before what would be taken for a formula."""
    text = clean(text)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def fold(text: str) -> str:
    """The text for searching: case and accents folded, so that "Amélie" is found by "amelie"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def day(seconds: int | None) -> str:
    """The date of a moment (UTC), `1997-09-20`; the bare number where calendars don't know it, a dash for None."""
    if seconds is None:
        return "-"
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return f"{seconds:,} s"


def moment(seconds: float) -> str:
    """The local date and time, `2026-11-24 03:12`; the bare number where calendars don't know it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return f"{seconds:,.0f} s"
