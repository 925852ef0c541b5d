"""What lies over a screen for a moment: the help and the question before leaving."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical
from textual.content import Content
from textual.events import Key
from textual.widgets import Static

from mftui.app.screens.dialog import Dialog
from mftui.app.widgets.clicks import choices
from mftui.app.widgets.scroll_panel import ScrollPanel


class Question(Dialog[str | None]):
    """A sentence and a few answers, a key each; `esc` is no answer."""

    CSS_PATH = "dialogs.tcss"
    HELP = "A question: the key beside an answer gives it."

    def __init__(self, title: str, words: str, answers: dict[str, str]) -> None:
        """Ask; `answers` gives each key its meaning, and the screen's result is the key."""
        super().__init__()
        self._title, self._words, self._answers = title, words, answers

    def compose(self) -> ComposeResult:
        """The words and below them the answers."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            yield Static(Content(self._words))
            yield (answers := Static(choices(self._answers), classes="answers"))
            answers.auto_links = False  # they look as they are

    def keys(self) -> dict[str, str]:
        """The answers."""
        return self._answers

    def on_key(self, event: Key) -> None:
        """Take an answer."""
        if event.key in self._answers:
            event.stop()
            self.dismiss(event.key)


class Explanation(Dialog[None]):
    """What a screen or a dialog shows, and all its keys."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark", "dismiss", "Back", show=False)]

    def __init__(
        self,
        title: str,
        words: str,
        keys: Mapping[str, str],
        everywhere: Mapping[str, str],
        terms: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Explain what has this title.

        Args:
            title: its title.
            words: what it shows and how to read it.
            keys: its own keys, with what each does.
            everywhere: the keys that work everywhere, likewise.
            terms: the figures and words that it shows, a sentence for each.
        """
        super().__init__()
        self._title, self._words, self._terms = title, words, terms
        self._keys = {"Here": keys, "Everywhere": everywhere}

    def compose(self) -> ComposeResult:
        """The words, the keys of the screen and what it shows, then the keys that work everywhere."""
        with ScrollPanel(classes="dialog") as box:
            box.border_title = self._title
            box.border_subtitle = "j k scroll, esc closes"
            if self._words:
                yield Static(Content(self._words))
            for heading, keys in self._keys.items():
                if keys:
                    yield Static(Content.styled(heading, "bold"), classes="heading")
                    with Grid(classes="keys"):
                        for key, meaning in keys.items():
                            yield Static(Content.styled(key, "bold $text-accent"), classes="key")
                            yield Static(Content(meaning))
                if self._terms and heading == "Here":
                    yield Static(Content.styled("Figures", "bold"), classes="heading")
                    for term, meaning in self._terms.items():
                        yield Static(Content.assemble((term, "bold"), f": {meaning}"))
