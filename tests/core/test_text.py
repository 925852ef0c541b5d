"""Text from outside: safe to show, easy to search."""

import pytest

from mftui.core.text import cell, clean, fold


@pytest.mark.parametrize(
    ("dirty", "safe"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("a\tb\r\nc", "a b c"),
        ("bell\x07 null\x00", "bell null"),
        ("\u202ereversed\u2066", "reversed"),
        ("\U0001f468\u200d\U0001f469 \u2764\ufe0f \U0001f44d\U0001f3fd", "\U0001f468\U0001f469 \u2764 \U0001f44d"),
        ("\U0001f1eb\U0001f1f7 Marianne", "FR Marianne"),
        ("[bold]kept[/bold]", "[bold]kept[/bold]"),
        ("\u9b3c\u6ec5 \U0001f600", "\u9b3c\u6ec5 \U0001f600"),
    ],
)
def test_what_a_terminal_would_obey_is_removed_and_the_rest_is_kept(dirty: str, safe: str) -> None:
    assert clean(dirty) == safe


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert clean("x" * 301) == "x" * 299 + "…"


def test_searching_ignores_case_and_accents() -> None:
    assert fold("AMÉLIE") == fold("amelie")


def test_columns_and_indentation_are_kept_where_asked_for():
    assert clean("  File\t'x'   12 \x1b[1m\r", keep_spaces=True) == "  File 'x'   12"


@pytest.mark.parametrize(
    ("text", "shown"), [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-5", "'-5"), ("5", "5"), ("a\tb", "a b")]
)
def test_no_spreadsheet_takes_a_cell_for_a_formula(text: str, shown: str) -> None:
    assert cell(text) == shown
