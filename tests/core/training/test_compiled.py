"""What is compiled once for a machine: where it is kept, how it is told, and on how many threads it works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mftui.core.training import solvers
from mftui.core.training.solvers import code_cache, compiled_conjugate, compiled_draws, compiled_rows, sgd

from .conftest import config_of

TWICE = """
from mftui.core.training.solvers.compiled import compiled

@compiled()
def twice(x):
    return 2 * x
"""


def test_numba_is_there_for_those_who_need_it_and_keeps_its_code_in_the_cache(tmp_path):
    """Also where somebody else imported numba before."""
    (tmp_path / "once.py").write_text(TWICE)
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    program = """
import sys
from mftui.core.training import solvers
from tests.core.training.conftest import config_of, planted_rows
solvers.build(config_of("gradient"), planted_rows(), "cpu").sweep(1)
assert "numba" not in sys.modules

import numba, torch
from mftui.core.training.solvers.code_cache import must_compile
from mftui.core.training.solvers.compiled import use_threads
from once import twice
assert must_compile(twice)
assert twice(4) == 8
assert not must_compile(twice)

# numba's first call sets OpenMP's number of threads, which is torch's: what was asked for must outlive it.
torch.set_num_threads(1)
use_threads()
assert (torch.get_num_threads(), numba.get_num_threads()) == (1, 1)
"""
    environment |= {"MFTUI_CACHE_DIR": str(tmp_path / "cache"), "NUMBA_NUM_THREADS": "2"}
    environment["PYTHONPATH"] = os.pathsep.join([str(tmp_path), *sys.path])
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
    assert list((tmp_path / "cache" / "numba").rglob("once.twice-*.nbi"))
    assert not list((tmp_path / "__pycache__").glob("*.nbi"))


def test_compiled_code_is_made_anew_when_a_function_that_it_calls_has_changed_in_another_file(tmp_path):
    (tmp_path / "callee.py").write_text(TWICE)
    (tmp_path / "caller.py").write_text(TWICE.replace("twice", "four_times"))
    (tmp_path / "torch_only.py").write_text("")
    before = code_cache.fingerprint(tmp_path)
    (tmp_path / "torch_only.py").write_text("import torch")
    assert code_cache.fingerprint(tmp_path) == before
    (tmp_path / "callee.py").write_text(TWICE.replace("2 * x", "3 * x"))
    assert code_cache.fingerprint(tmp_path) != before


def test_what_an_older_version_of_a_module_left_counts_for_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    source = Path(sgd.__file__)
    index = tmp_path / f"{source.stem}._sweep-1.py311.nbi"
    index.touch()
    assert not code_cache.must_compile(sgd._sweep)
    os.utime(index, (0, source.stat().st_mtime - 60))
    assert code_cache.must_compile(sgd._sweep)


@pytest.mark.parametrize("steps", ["0", "3"])
def test_it_says_so_before_it_compiles_and_only_then(name, steps, rows, monkeypatch):
    config = config_of(name, **({"steps": steps, "n_factors": "64"} if name in {"als", "ials"} else {}))
    said = []
    for module in (sgd, compiled_rows, compiled_draws, compiled_conjugate):
        monkeypatch.setattr(module, "must_compile", lambda function: True)
    solvers.build(config, rows, "cpu").prepare(said.append)
    assert all(words.startswith("compiling the") and words.endswith("once for this machine") for words in said)
    assert bool(said) == (name != "gradient")
    for module in (sgd, compiled_rows, compiled_draws, compiled_conjugate):
        monkeypatch.setattr(module, "must_compile", lambda function: False)
    said.clear()
    solvers.build(config, rows, "cpu").prepare(said.append)
    assert said == []
