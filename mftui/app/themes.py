"""The colours: a dark and a light theme of our own, and the terminal's own sixteen."""

import os

from textual.theme import Theme

_DARK = Theme(
    name="mftui-dark",
    primary="#7fb0d8",
    secondary="#b09ad8",
    accent="#e6b36a",
    success="#8cc28a",
    warning="#dfb45c",
    error="#e27d74",
    foreground="#d7dbe0",
    background="#14171a",
    surface="#191d21",
    panel="#21262b",
    dark=True,
    variables={
        "border": "#7fb0d8",
        "border-blurred": "#3b434b",
        "scrollbar": "#3b434b",
        "scrollbar-hover": "#55606b",
        "scrollbar-active": "#7fb0d8",
        "scrollbar-background": "#191d21",
        "scrollbar-background-hover": "#191d21",
        "scrollbar-background-active": "#191d21",
        "scrollbar-corner-color": "#191d21",
    },
)

_LIGHT = Theme(
    name="mftui-light",
    primary="#1f5f99",
    secondary="#6a4bab",
    accent="#94530b",
    success="#2c6e2f",
    warning="#865b00",
    error="#b02a22",
    foreground="#23272b",
    background="#faf9f6",
    surface="#f5f3ee",
    panel="#e9e6df",
    dark=False,
    variables={
        "border": "#1f5f99",
        "border-blurred": "#c4beb2",
        "scrollbar": "#c4beb2",
        "scrollbar-hover": "#a79f90",
        "scrollbar-active": "#1f5f99",
        "scrollbar-background": "#f5f3ee",
        "scrollbar-background-hover": "#f5f3ee",
        "scrollbar-background-active": "#f5f3ee",
        "scrollbar-corner-color": "#f5f3ee",
    },
)

OWN = (_DARK, _LIGHT)
NAMES = ("mftui-dark", "mftui-light", "ansi-dark", "ansi-light")
"""The themes that one key goes through; the last two use the terminal's own colours."""


def first_choice(color_system: str | None) -> str:
    """The theme to begin with: what the person set, else what suits the terminal's colours and background."""
    if chosen := os.environ.get("TEXTUAL_THEME"):
        return chosen
    light = os.environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
    family = "ansi" if color_system == "standard" else "mftui"
    return f"{family}-{'light' if light else 'dark'}"
