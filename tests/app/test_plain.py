"""Drawing on a terminal whose encoding lacks our characters."""

import pytest

from mftui.app import plain  # noqa: F401  (its way of encoding is known by name from then on)


@pytest.mark.parametrize(
    ("drawn", "written"),
    [
        ("╭─ Runs ─╮", "+- Runs -+"),
        ("│ ▸ ✓ als… │", "| > + als~ |"),
        ("Amélie", "Am?lie"),
        ("千と千尋", "????????"),
    ],
)
def test_lines_and_signs_have_plain_ones_in_their_place_of_the_same_width(drawn: str, written: str) -> None:
    assert drawn.encode("ascii", errors="mftui.plain").decode() == written
