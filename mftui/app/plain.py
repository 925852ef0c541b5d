"""What stands for characters that the terminal's encoding lacks: as wide as they are, so that lines stay aligned."""

import codecs
import sys

from rich.cells import cell_len

_LINES = {
    **dict.fromkeys("─━╌┈╴╶┄┅═▔▁", "-"),
    **dict.fromkeys("│┃┆┊║▌▐▏▕", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╷╵╔╗╚╝", "+"),
    **dict.fromkeys("█▉▊▋▇▆▅▄■", "#"),
    **dict.fromkeys("▸▶→", ">"),
    **dict.fromkeys("◂◀←", "<"),
    **dict.fromkeys("▲↑⇧", "^"),
    **dict.fromkeys("▼↓", "v"),
    **dict.fromkeys("•·●◌", "*"),
    "✓": "+", "✗": "x", "…": "~", "\N{MULTIPLICATION SIGN}": "x", "±": "~", "⏎": "<", "␣": "_",
}  # fmt: skip


def draw_plainly() -> None:
    """Let the app draw on a terminal of another encoding than UTF-8: Textual would write `\\u2502` for a line."""
    if "utf" not in (sys.__stderr__.encoding if sys.__stderr__ else "utf-8").lower():
        sys.__stderr__.reconfigure(errors="mftui.plain")  # type: ignore[union-attr]


def _instead(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_LINES.get(c, "?" * cell_len(c)) for c in missing), error.end


codecs.register_error("mftui.plain", _instead)
