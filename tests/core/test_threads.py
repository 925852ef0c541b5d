"""One thread for products: for everybody who asked for it, as long as they do, and no longer."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np  # noqa: F401  whose library is limited
import pytest
import sklearn.cluster  # noqa: F401
from threadpoolctl import threadpool_info, threadpool_limits

from mftui.core.threads import one_thread


def threads_of(kind: str) -> set[int]:
    """How many threads the process's libraries of a kind may use."""
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == kind}


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    """However many cores there are."""
    with threadpool_limits(2):
        yield


@pytest.fixture
def other() -> Iterator[ThreadPoolExecutor]:
    """Another thread, which is handed one step after the other."""
    with ThreadPoolExecutor(1, initializer=threadpool_limits, initargs=(2, "openmp")) as pool:
        yield pool


def test_the_limit_ends_where_it_began():
    with one_thread():
        assert threads_of("blas") == threads_of("openmp") == {1}
        with one_thread():
            assert threads_of("blas") == threads_of("openmp") == {1}
        assert threads_of("blas") == threads_of("openmp") == {1}
    assert threads_of("blas") == threads_of("openmp") == {2}


def test_it_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), one_thread():
        1 / 0  # noqa: B018
    assert threads_of("blas") == threads_of("openmp") == {2}


def test_limits_that_overlap_in_two_threads_neither_lift_one_another_nor_stay(other: ThreadPoolExecutor):
    early, late = one_thread(), one_thread()
    early.__enter__()
    other.submit(late.__enter__).result()
    early.__exit__(None, None, None)
    assert threads_of("openmp") == {2}
    assert threads_of("blas") == {1}
    assert other.submit(threads_of, "openmp").result() == {1}
    other.submit(late.__exit__, None, None, None).result()
    assert threads_of("blas") == {2}
    assert other.submit(threads_of, "openmp").result() == {2}


def test_a_library_that_is_loaded_within_a_limit_is_limited_for_who_enters_next_and_then_set_back():
    code = """
import json, numpy
from threadpoolctl import threadpool_info
from mftui.core.threads import one_thread
threads = lambda: [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
with one_thread():
    import scipy.linalg
    with one_thread():
        within = threads()
    still = threads()
print(json.dumps([within, still, threads()]))
"""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    within, still, after = json.loads(done.stdout)
    assert (set(within), set(still), set(after)) == ({1}, {1}, {2})
