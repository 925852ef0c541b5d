"""Which versions are installed of what a run's figures depend on."""

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

OF_A_RUN = ("mftui", "torch", "numpy")
"""Packages whose versions a run records."""
_NONE = "not installed"


def installed(packages: Iterable[str] = OF_A_RUN) -> dict[str, str]:
    """The versions of Python and of these packages, by name; none of them is imported."""
    return {"python": platform.python_version(), **{package: _of(package) for package in packages}}


def _of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _NONE
