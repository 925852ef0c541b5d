"""Verdicts as lines of text, each with its glyph and colour."""

from collections.abc import Sequence

from textual.content import Content

from mftui.app.verdicts import Mood, Verdict

_COLOURS = {Mood.GOOD: "$text-success", Mood.BAD: "$text-error", Mood.NEUTRAL: "$foreground 60%"}


def told(verdicts: Sequence[Verdict]) -> Content:
    """A line for each verdict; the glyph tells good from bad without colour."""
    lines = [Content.assemble((f"{v.mood} ", f"bold {_COLOURS[v.mood]}"), v.words) for v in verdicts]
    return Content("\n").join(lines)
