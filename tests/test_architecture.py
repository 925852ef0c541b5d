"""The house as DESIGN.md draws it: what may import what, and what is loaded when."""

import subprocess
import sys
from pathlib import Path

import pytest

import mftui

ROOT = Path(__file__).parent.parent
TERMINAL = {"textual", "typer", "rich"}
HEAVY = {"torch", "sklearn", "pandas", "scipy", "numba", "optuna"}


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after running the code."""
    report = "\nimport sys\nprint('\\n'.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code + report], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def modules_under(package: str) -> list[str]:
    paths = (ROOT / package.replace(".", "/")).rglob("*.py")
    names = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths)
    return sorted(name.removesuffix(".__init__") for name in names if not name.endswith("__main__"))


def test_the_core_loads_nothing_of_terminals():
    modules = [name for name in modules_under("mftui.core") if ".training" not in name]
    assert not loaded_by(f"import {', '.join(modules)}") & TERMINAL


def test_training_loads_nothing_of_terminals():
    assert not loaded_by(f"import {', '.join(modules_under('mftui.core.training'))}") & TERMINAL


def test_the_app_loads_nothing_heavy_with_all_its_modules():
    assert not loaded_by(f"import {', '.join(modules_under('mftui.app'))}") & HEAVY


@pytest.mark.parametrize(
    "module",
    ["mftui.core.data", "mftui.core.evaluation.report", "mftui.core.clusters.report", "mftui.core.runs.history"],
)
def test_what_the_app_reads_at_start_needs_no_numpy(module):
    assert not loaded_by(f"import {module}") & (HEAVY | {"numpy"})


def test_the_command_line_loads_nothing_heavy_before_a_command_needs_it():
    assert not loaded_by(f"import {', '.join(modules_under('mftui.cli'))}") & (HEAVY | {"numpy", "textual"})


def test_training_one_model_loads_nothing_that_searches_settings():
    assert "optuna" not in loaded_by("import mftui.core.training.parts, mftui.core.training.process")


def test_the_version_is_told_without_opening_the_app():
    loaded = loaded_by(
        "import sys, mftui.__main__\nsys.argv = ['mftui', '--version']\n"
        "try: mftui.__main__.main()\nexcept SystemExit as end: assert not end.code"
    )
    assert mftui.__version__ in loaded
    assert not loaded & (HEAVY | {"numpy", "textual"})


def test_imports_keep_their_contracts():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
