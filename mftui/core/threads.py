"""Products that keep to one thread, however many of them go on at once: a library's limit is the whole process's."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any


class _Limit:
    """The limit on the libraries for products, for as long as anybody is within it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._n_within = 0
        self._limited: Any = None
        """The libraries that are limited."""
        self._before = ExitStack()
        """What sets them back."""

    def enter(self) -> None:
        """Limit them, where they are not yet limited: the first who enters does, and one after others were loaded."""
        with self._lock:
            libraries = _libraries(len(sys.modules))
            if libraries is not self._limited:
                with _heeded():
                    limits = libraries.select(user_api="blas").limit(limits=1)
                self._before.callback(limits.restore_original_limits)
                self._limited = libraries
            self._n_within += 1

    def leave(self) -> None:
        """Set them back, where nobody else is within."""
        with self._lock:
            self._n_within -= 1
            if not self._n_within:
                self._limited = None
                with _heeded():
                    self._before.close()


_limit = _Limit()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let products, decompositions and scikit-learn keep to one thread.

    They then add up in one order, so that a result is the same however many cores there are. Small ones are faster,
    too: two threads that wait for a busy machine take ten times as long. Any number of threads may be within.
    """
    _limit.enter()
    try:
        # The limit of OpenMP is each thread's own.
        with _libraries(len(sys.modules)).select(user_api="openmp").limit(limits=1):
            yield
    finally:
        _limit.leave()


@contextmanager
def _heeded() -> Iterator[None]:
    """Have OpenBLAS's limit set by this thread: threadpoolctl heeds only the one that has set it first."""
    from threadpoolctl import OpenBLASController

    OpenBLASController.clear_controlling_thread(force=True)
    yield
    OpenBLASController.clear_controlling_thread(force=True)


@lru_cache(maxsize=1)
def _libraries(n_modules: int) -> Any:
    """The libraries that compute in threads, looked for again once modules were loaded: it takes 3 ms."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
