"""A form that is a list at rest: move over the settings, `enter` opens one, `enter` or `esc` closes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from mftui.core.errors import MftuiError
from mftui.core.text import clean


@dataclass(frozen=True)
class Field:
    """One setting of the form."""

    key: str
    value: str
    meaning: str
    allowed: str
    choices: tuple[str, ...] = ()
    changed: bool = False
    """Whether it differs from the preset."""
    default: str = ""
    """What it is in the preset; said where it was changed."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What each of the choices means, where the meaning is of one choice only."""


class Editor(Input):
    """The line that edits one setting; up and down go through its choices."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Accept", id="form.accept"),
        Binding("escape", "close", "Back", id="form.back"),
        Binding("up", "choose(-1)", "Choose", show=False),
        Binding("down", "choose(1)", "Choose", show=False),
    ]
    choices: tuple[str, ...] = ()

    class Closed(Message):
        """Nothing is to be changed."""

    def action_close(self) -> None:
        """Leave the setting as it was."""
        self.post_message(self.Closed())

    def action_choose(self, by: int) -> None:
        """Take the next choice, or the one before."""
        if self.choices:
            at = self.choices.index(self.value) if self.value in self.choices else -by
            self.value = self.choices[(at + by) % len(self.choices)]
            self.action_select_all()


class SettingsList(OptionList, inherit_bindings=False):
    """The list at rest. It leaves the arrows to the left and right to the screen, for reading the curve."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", show=False),
        Binding("up,k", "cursor_up", show=False),
        Binding("g,home", "first", show=False),
        Binding("G,end", "last", show=False),
    ]


class SettingsForm(Container):
    """Shows fields, and asks `accept(key, text)` to take a new value, which may raise an MftuiError to show."""

    DEFAULT_CSS = """
    SettingsForm {
        layers: base edit;
        layout: vertical;
        OptionList { height: 1fr; border: none; padding: 0; background: $background; }
        OptionList > .option-list--option { padding: 0; }
        OptionList:focus { background: $background; background-tint: $foreground 0%; border: none; }
        .meaning { height: 3; margin-top: 1; color: $text-muted; }
        Editor { layer: edit; display: none; height: 1; width: 16; border: none; padding: 0; background: $panel; }
        Editor:focus { border: none; background-tint: $foreground 0%; }
        Editor.-refused { color: $text-error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "edit", "Edit", key_display="⏎", id="form.edit"),
        Binding("backspace", "restore", "Undo", tooltip="Back to the preset's value", key_display="⌫", id="form.undo"),
    ]

    def __init__(self, accept: Callable[[str, str | None], None], id: str | None = None) -> None:
        """A form; `accept(key, None)` asks for the preset's own value."""
        super().__init__(id=id)
        self._accept = accept
        self._editor = Editor()
        self._fields: list[Field] = []
        self._error = ""

    def compose(self) -> ComposeResult:
        """The list, the line that edits, and what the setting under the cursor means."""
        yield SettingsList(markup=False)
        yield Static(classes="meaning")
        yield self._editor

    def show(self, fields: list[Field]) -> None:
        """Show these fields; the cursor stays where it is."""
        if fields == self._fields:
            return
        self._fields = fields
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        options.clear_options()
        options.add_options([Option(self._line(field), id=field.key) for field in fields])
        options.highlighted = min(at, len(fields) - 1)
        self._explain()

    def on_resize(self) -> None:
        """The editor goes where its value is."""
        self._editor.styles.width = max(self.size.width - self._key_width() - 1, 8)

    @property
    def editing(self) -> bool:
        """Whether a setting is open."""
        return self._editor.display

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done where the form is on the screen, and to undo only what was changed."""
        if not all(node.display for node in self.ancestors_with_self if isinstance(node, Widget)):
            return False
        if action == "restore":
            return not self.editing and (field := self._field()) is not None and field.changed
        return not self.editing

    def action_edit(self) -> None:
        """Open the setting under the cursor."""
        if (field := self._field()) is None:
            return
        options, editor = self.query_one(OptionList), self._editor
        editor.styles.offset = (self._key_width(), (options.highlighted or 0) - round(options.scroll_offset.y))
        editor.styles.width = max(self.size.width - self._key_width() - 1, 8)
        editor.choices, editor.value = field.choices, field.value
        editor.display = True
        editor.focus()
        editor.action_select_all()
        self._explain()

    def action_restore(self) -> None:
        """Take the preset's value back."""
        if (field := self._field()) is not None:
            self._accept(field.key, None)

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._error = ""
        self._explain()
        self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_edit()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if (field := self._field()) is None:
            return
        try:
            self._accept(field.key, event.value.strip())
        except MftuiError as error:
            self._refuse(clean(str(error)))
        else:
            self._close()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._refuse("")

    @on(Editor.Closed)
    def _close(self) -> None:
        self._editor.display = False
        self.query_one(OptionList).focus()
        self._refuse("")

    @on(events.DescendantBlur, "Editor")
    def _left(self) -> None:
        if self.editing:
            self._close()

    def _refuse(self, why: str) -> None:
        """Say why a value is not taken, and show which; nothing where there is no reason."""
        self._error = why
        self._editor.set_class(bool(why), "-refused")
        self._explain()

    def _field(self) -> Field | None:
        at = self.query_one(OptionList).highlighted
        return self._fields[at] if at is not None and at < len(self._fields) else None

    def _key_width(self) -> int:
        return max((len(field.key) for field in self._fields), default=0) + 3

    def _line(self, field: Field) -> Content:
        sign, style = ("•", "bold $text-accent") if field.changed else (" ", "")
        return Content.assemble((sign, style), f" {field.key:<{self._key_width() - 2}}", (field.value, style))

    def _explain(self) -> None:
        meaning = self.query_one(".meaning", Static)
        if self._error:
            meaning.update(Content.styled(self._error, "$text-error"))
        elif field := self._field():
            meaning.update(Content(_in_words(field, self._editor.value if self.editing else None)))


def _in_words(field: Field, typed: str | None) -> str:
    """What a setting means, what it takes, and what the preset has where that differs; `typed` while it is open."""
    meaning = field.meaning if typed is None else field.about.get(typed, field.meaning)
    words = f"{meaning} ({field.allowed})" if field.allowed and field.allowed != field.meaning else meaning
    if field.changed and field.default:
        words += f". The preset has {field.default}"
    return f"{words}. ↑↓ chooses" if typed is not None and field.choices else words
