"""`python -m tests.benchmarks [NAME…]`: every benchmark here, or those named; the last prints the README's table."""

import inspect
import pkgutil
import sys
from importlib import import_module
from pathlib import Path

LAST = "against_peers"
NOT_RUN = {"__main__", "inputs", "watched"}


def main(names: list[str]) -> int:
    """Run benchmarks by name: modules of this folder with a `main()`."""
    here = [m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if not m.ispkg and m.name not in NOT_RUN]
    known = [*(name for name in here if name != LAST), LAST]
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. Choose from: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in names or known:
        run = import_module(f"tests.benchmarks.{name}").main
        print(f"\n== {name}", flush=True)
        if any(
            p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
            for p in inspect.signature(run).parameters.values()
        ):
            print(f"It wants arguments: run tests/benchmarks/{name}.py by hand.")
        else:
            run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
