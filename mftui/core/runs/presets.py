"""Named settings, each with the reason to choose it."""

from mftui.core.errors import SettingError
from mftui.core.runs import own_presets
from mftui.core.runs.config import Config
from mftui.core.runs.options import Als, Bayes, Gradient, Ials, Sgd
from mftui.core.runs.own_presets import Preset

PRESETS: dict[str, Preset] = {
    # The notebook trained on all its training rows; it watches the test rows and keeps the last model. With batches
    # as small as its own, a second thread costs more than it brings.
    "notebook": Preset(
        Config(preset="notebook", held_out="test", epochs=128, threads=1, solver=Gradient()),
        "the notebook's model: 8 factors, Adam, 128 epochs",
    ),
    # Its settings were fixed on a tenth of the training rows of each fold of MovieLens 100K (mean RMSE .8724 there;
    # ranks 8 and 24 were no better) and then frozen. It trains on all training rows: averaging samples doesn't
    # overfit and nothing is chosen by a loss, so the test rows are watched, for the curve only.
    "best": Preset(
        Config(preset="best", held_out="test", epochs=300, solver=Bayes()),
        "Bayesian, with side information: the most accurate, and says how sure it is",
    ),
    # Settings fixed on a tenth of the training rows of each fold of MovieLens 100K (the best of 280 tried, mean RMSE
    # .8975 there; rank 64 came to .8993) and then frozen, the number of epochs among them, so nothing is held out.
    "fast": Preset(
        Config(preset="fast", held_out="none", epochs=40, device="cpu", solver=Sgd()),
        "stochastic gradient descent, compiled: a good model in a tenth of a second, without a GPU",
    ),
    # Settings fixed on a tenth of the training rows of each fold of MovieLens 100K (mean RMSE .9188 there; ranks 96 and
    # 128 and other penalties were no better by .001) and then frozen. Nothing is held out: more sweeps do no harm.
    "als": Preset(
        Config(preset="als", held_out="none", epochs=10, solver=Als()),
        "alternating least squares with biases: few sweeps, on any device",
    ),
    # Settings fixed by NDCG@10 on a tenth of the training rows of each fold of MovieLens 100K (25 tried, and the best
    # five again on two more such tenths: mean .2280; ranks 96 and 128 and 20 epochs were no better by .001) and then
    # frozen, the number of epochs among them. 800 more, with targets on a curve, weights by grade and by popularity and
    # other exponents of the penalty, found nothing on fold 1's validation rows that held on fresh ones.
    "ranking": Preset(
        Config(preset="ranking", held_out="none", epochs=12, solver=Ials()),
        "implicit-feedback ALS: ranks what to recommend, predicts no ratings",
    ),
}


def find(name: str) -> Preset:
    """A preset that comes with mftui, or one of a person's own.

    Raises:
        SettingError: there is no preset of this name.
        RunError: it is a person's own, and damaged.
    """
    if name in PRESETS:
        return PRESETS[name]
    if (own := own_presets.read(name)) is not None:
        return own
    raise SettingError("preset", f"There is no preset {name!r}.", f"Choose one of: {', '.join(names())}.")


def preset(name: str) -> Config:
    """The config of a preset.

    Raises:
        SettingError: there is no preset of this name.
        RunError: it is a person's own, and damaged.
    """
    return find(name).config


def names() -> list[str]:
    """Every preset: those that come with mftui, then a person's own."""
    return [*PRESETS, *(name for name in own_presets.names() if name not in PRESETS)]


def check_free(name: str) -> None:
    """See that a new preset may have this name.

    Raises:
        SettingError: the name can't be one, or is taken.
    """
    own_presets.check_name(name)
    if name in names():
        own = "" if name in PRESETS else ", or remove that one: mftui presets --remove"
        raise SettingError("preset", f"There is a preset {name} already.", f"Take another name{own}.")


def free_name(wish: str) -> str:
    """A name that no preset has, made from this one; itself where it is such a name."""
    allowed = "".join(c if (c.isalnum() and c.isascii()) or c in "._-" else "-" for c in wish.lower())
    stem, taken = allowed.lstrip("._-") or "found", names()
    name, count = stem[:40], 1
    while name in taken:
        count += 1
        name = f"{stem[:36]}-{count}"
    return name
