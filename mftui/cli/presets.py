"""`mftui presets`: the named settings, those of a person's own among them, and what a search tries of each."""

from typing import TYPE_CHECKING, Annotated

import typer

from mftui.cli.output import Json, print_json, print_table, say
from mftui.core.errors import MftuiError, SettingError
from mftui.core.text import clean, moment

if TYPE_CHECKING:
    from mftui.core.runs.own_presets import Preset


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(presets)


def presets(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Show all of one preset.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Delete this preset of your own.")] = False,
    json: Json = False,
) -> None:
    """List the presets, or show one: its settings, the ranges that mftui tune searches, where it comes from."""
    from mftui.core.runs import own_presets
    from mftui.core.runs.presets import PRESETS, find, names

    if remove:
        if not name or name in PRESETS:
            raise SettingError("preset", f"{name or 'That'} is no preset of your own.", "Name one: mftui presets.")
        own_presets.remove(name)
        return print_json({"removed": name}) if json else say(f"The preset {name} is removed.")
    if name:
        found = find(name)
        return print_json(_row(name, found)) if json else _print_one(name, found)
    rows = {}
    for each in names():
        try:
            rows[each] = find(each)
        except MftuiError as error:  # damaged, or gone since its name was read
            say(error.message)
    if json:
        return print_json([_row(each, found) for each, found in rows.items()])
    columns = [
        (each, found.config.solver_name, "mftui" if each in PRESETS else "you", found.summary)
        for each, found in rows.items()
    ]
    return print_table(("preset", "solver", "from", "what it is for"), columns)


def _row(name: str, preset: "Preset") -> dict[str, object]:
    from mftui.core.runs.ranges import ranges_of

    return {
        "preset": name,
        "summary": preset.summary,
        "origin": preset.origin,
        "settings": preset.config.values(),
        "ranges": ranges_of(type(preset.config.solver)),
    }


def _print_one(name: str, preset: "Preset") -> None:
    from mftui.core.runs.config import as_text
    from mftui.core.runs.ranges import ranges_of

    print(f"{name}: {clean(preset.summary)}")
    if origin := preset.origin:
        print(f"Found {moment(origin.created)} by trial {origin.trial} of {clean(origin.run)}.")
    print()
    ranges = ranges_of(type(preset.config.solver))
    settings = [s for s in preset.config.settings() if s.key not in ("data", "columns")]
    rows = [(s.key, as_text(s.value), str(ranges.get(s.key, "")), s.description) for s in settings]
    print_table(("setting", "value", "mftui tune tries", "what it is"), rows)
