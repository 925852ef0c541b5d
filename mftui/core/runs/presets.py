"""Named settings, each with the reason to choose it."""

from msgspec import Struct

from mftui.core.errors import SettingError
from mftui.core.runs.config import Config
from mftui.core.runs.options import Gradient


class Preset(Struct, frozen=True):
    """A config by name, and what it is good for, in a few words."""

    config: Config
    summary: str


PRESETS: dict[str, Preset] = {
    # The notebook trained on all its training rows; it watches the test rows and keeps the last model. With batches
    # as small as its own, a second thread costs more than it brings.
    "notebook": Preset(
        Config(preset="notebook", held_out="test", epochs=128, threads=1, solver=Gradient()),
        "the notebook's model: 8 factors, Adam, 128 epochs",
    ),
}


def preset(name: str) -> Config:
    """The config of a preset.

    Raises:
        SettingError: there is no preset of this name.
    """
    if name not in PRESETS:
        raise SettingError("preset", f"There is no preset {name!r}.", f"Choose one of: {', '.join(PRESETS)}.")
    return PRESETS[name].config
