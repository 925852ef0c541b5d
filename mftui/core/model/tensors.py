"""Named arrays on disk as safetensors, replaced atomically: reading them runs no code."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.core.documents import landing
from mftui.core.errors import ModelError


def write_tensors(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the arrays so that a reader sees either the old file or the new one, whole, even after a crash."""
    from safetensors.numpy import save

    data = save({name: np.asarray(array, order="C") for name, array in arrays.items()})
    with landing(path) as partial:
        partial.write_bytes(data)


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays by name.

    Raises:
        ModelError: the file is missing, truncated or not safetensors.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return load(path.read_bytes())
    except FileNotFoundError as error:
        raise ModelError(f"There is no {path}.", "The run has not saved a model yet.") from error
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} is damaged: {error}.", "Resume or repeat the run.") from error
