"""Keys of one's own: `keys.toml` in the data directory gives actions other keys than the table of actions does."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from mftui.app.actions import APP, SCREENS, Action
from mftui.core.errors import SettingError
from mftui.core.paths import data_dir


def own_keys_file() -> Path:
    """Where a person writes them: `delete = "ctrl+d"`, a line for each action, by its name in the palette."""
    return data_dir() / "keys.toml"


def own_keys() -> dict[str, str]:
    """The keys that a person gave to actions, by the action's name; empty where there is no such file.

    Raises:
        SettingError: the file can't be read, names no action, or gives two actions of a screen the same key.
    """
    path = own_keys_file()
    try:
        found = tomllib.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingError("keys", f"{path} can't be read: {error}.", "The keys are as usual.") from error
    names = {action.name for actions in (APP, *SCREENS.values()) for action in actions}
    for name, key in found.items():
        if name not in names:
            raise SettingError("keys", f"{path}: there is no action {name!r}.", "ctrl+p names them.")
        if not isinstance(key, str) or not key or key != key.strip():
            raise SettingError("keys", f"{path}: {name} has no key.", f'Write {name} = "ctrl+d".')
    for screen, actions in SCREENS.items():
        _refuse_twice(path, screen, (*actions, *APP), found)
    return found


def _refuse_twice(path: Path, screen: str, actions: tuple[Action, ...], own: Mapping[str, str]) -> None:
    """See that no key of a person's own does two things on a screen."""
    taken: dict[str, str] = {}
    for action in actions:
        key = own.get(action.name, action.keys)
        other = taken.setdefault(key, action.name)
        if other != action.name and {other, action.name} & set(own):
            raise SettingError("keys", f"{path}: on {screen}, {key} is both {other} and {action.name}.")
