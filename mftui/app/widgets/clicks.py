"""Texts that can be clicked on: what a click does is told by the style of the text."""

from collections.abc import Mapping

from textual.content import Content
from textual.style import Style


def pressing(key: str) -> Style:
    """A click does what the key does."""
    return Style.from_meta({"@click": f"app.simulate_key({key!r})"})


def choices(keys: Mapping[str, str]) -> Content:
    """Keys with what each does, a line for each, to press or to click on."""
    return Content("\n").join(
        Content.assemble((f" {key} ", "bold $text-accent"), f" {meaning}").stylize(
            pressing("escape" if key == "esc" else key)
        )
        for key, meaning in keys.items()
    )
