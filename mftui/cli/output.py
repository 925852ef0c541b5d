"""What every command prints with: JSON and tables on stdout, sentences and progress on stderr, exit codes."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated

import msgspec
import typer

from mftui.core.errors import MftuiError, SettingError
from mftui.core.text import clean

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Print what the run tells as JSON lines instead.")]


def run_names(incomplete: str) -> list[str]:
    """The names of runs that begin so, the newest first, for the shell to complete."""
    from mftui.core.runs.directory import all_runs

    return [name for name in ("latest", *(run.name for run in all_runs())) if name.startswith(incomplete)]


def preset_names(incomplete: str) -> list[str]:
    """The names of presets that begin so, a person's own among them."""
    from mftui.core.runs import presets

    return [name for name in presets.names() if name.startswith(incomplete)]


RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A run's name, a beginning of one, a path, or latest.", autocompletion=run_names
    ),
]

_FIGURE = re.compile(r"[-+]?[\d.,]+%?|-")
_UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def print_json(document: object, *, indent: int = 2) -> None:
    """Print one JSON document; `indent=-1` puts it on one line.

    Characters that a terminal might obey rather than show are written as JSON escapes: the same text to a reader.
    """
    text = msgspec.json.format(msgspec.json.encode(document), indent=indent).decode()
    print(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_json_line(document: object) -> None:
    """Print a line of JSON lines, at once: somebody reads them as they come."""
    print_json(document, indent=-1)
    sys.stdout.flush()


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print columns: figures to the right, text to the left, made safe to show; wide characters take two cells.

    Headings that are all empty take no line.
    """
    from rich.cells import cell_len

    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(headings, *cells, strict=True)]
    right = [bool(rows) and all(_FIGURE.fullmatch(row[i]) for row in cells) for i in range(len(headings))]
    for line in (headings, *cells) if any(headings) else cells:
        spaces = (" " * (w - cell_len(c)) for c, w in zip(line, widths, strict=True))
        padded = (s + c if r else c + s for c, s, r in zip(line, spaces, right, strict=True))
        print("  ".join(padded).rstrip())


def say(sentence: str) -> None:
    """Tell the person something that is not the command's result: on stderr."""
    print(clean(sentence), file=sys.stderr)


def tell_error(error: MftuiError) -> int:
    """Print what went wrong and what helps, on stderr; returns the exit code."""
    say(f"Error: {error.message}")
    if error.hint:
        say(error.hint)
    return WRONG_USAGE if isinstance(error, SettingError) else FAILED


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float | None], None]]:
    """A `Progress` callback (words, fraction from 0 to 1 or None) that draws a bar where stderr is a terminal.

    A command that the app has started tells it on stdout, in lines of JSON.
    """
    if tells_the_app():
        yield _tell_the_app()
        return
    if not sys.stderr.isatty():
        yield lambda words, fraction: None
        return
    from tqdm import tqdm

    with tqdm(total=100, bar_format="{desc} {bar} {percentage:3.0f}%", leave=False) as bar:

        def show(words: str, fraction: float | None) -> None:
            bar.set_description_str(clean(words), refresh=False)
            bar.n = round(100 * (fraction or 0))
            bar.refresh()

        yield show


def tells_the_app() -> bool:
    """Whether the app has started this command and reads lines of JSON."""
    return os.environ.get("MFTUI_PROGRESS") == "json"


def _tell_the_app() -> Callable[[str, float | None], None]:
    """A `Progress` callback that prints a line wherever there is news: other words, or another percent."""
    last: tuple[str, int] | None = None

    def tell(words: str, fraction: float | None) -> None:
        nonlocal last
        if last != (news := (words, int(100 * (fraction or 0)))):
            last = news
            print_json_line({"doing": words, "fraction": fraction})

    return tell


def settings_of(pairs: Sequence[str]) -> Mapping[str, str]:
    """The `--set key=value` options as a mapping; a later one wins.

    Raises:
        SettingError: one of them has no `=`.
    """
    for pair in pairs:
        if "=" not in pair:
            raise SettingError(pair, f"--set {pair} has no value.", "Write --set key=value, as in --set epochs=40.")
    return dict(pair.split("=", 1) for pair in pairs)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else clean(str(value))
