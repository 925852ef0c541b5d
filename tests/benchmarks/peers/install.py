"""The peers, each in a virtual environment of its own under `build/peers`, at pinned versions."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

BUILD = Path(__file__).parents[3] / "build" / "peers"


@dataclass(frozen=True)
class Peer:
    """A library to measure against, and how it is installed."""

    name: str
    requirements: tuple[str, ...]
    build_first: tuple[str, ...] = ()
    """What its own build needs; then it is built from source, with `flags`."""
    flags: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return BUILD / self.name / "bin" / "python"

    @property
    def ready(self) -> Path:
        """Holds what was installed."""
        return BUILD / self.name / ".ready"


_AVX = "-O3 -march=native -DUSEAVX -DUSEOMP -fopenmp"

PEERS = {
    peer.name: peer
    for peer in (
        Peer("cornac", ("cornac==3.0.1", "pandas==3.1.1")),
        # The wheel on the index has no AVX and is up to eight times slower.
        Peer(
            "libmf",
            ("libmf==0.9.2",),
            build_first=("numpy==2.4.6", "pandas==3.1.1", "scipy==1.17.1", "setuptools==84.2.1", "wheel"),
            flags={"CFLAGS": _AVX, "CXXFLAGS": _AVX, "LDFLAGS": "-fopenmp"},
        ),
        Peer("implicit", ("implicit==0.7.3", "threadpoolctl==3.8.0", "numpy==2.4.6", "scipy==1.17.1")),
        Peer(
            "cmfrec", ("cmfrec==3.5.1.post14", "threadpoolctl==3.8.0", "numpy==2.4.6", "scipy==1.17.1", "pandas==3.1.1")
        ),
        Peer("lenskit", ("lenskit==2025.8.1", "torch==2.13.0")),
        Peer("surprise", ("scikit-surprise==1.1.5", "numpy==1.26.4", "pandas==3.0.6")),
        Peer("myfm", ("myfm==0.4.0", "setuptools==80.10.2", "numpy==2.4.6", "scipy==1.17.1", "pandas==3.1.1")),
    )
}


def install(peer: Peer) -> str | None:
    """Install a peer where that has not been done; the reason why not, or None when it is ready."""
    wanted = "\n".join(peer.requirements)
    if peer.ready.exists() and peer.ready.read_text() == wanted:
        return None
    folder = BUILD / peer.name
    folder.mkdir(parents=True, exist_ok=True)
    print(f"installing {peer.name} …", file=sys.stderr, flush=True)
    steps = [[sys.executable, "-m", "venv", str(folder)]]
    pip = [str(peer.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if peer.build_first:
        steps.append([*pip, *peer.build_first])
        steps.append([*pip, "--no-binary", peer.name, "--no-build-isolation", *peer.requirements])
    else:
        steps.append([*pip, *peer.requirements])
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, env={**os.environ, **peer.flags})
        if done.returncode:
            (folder / "install.log").write_text(done.stdout + done.stderr)
            last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
            return f"not installed: {last}"
    peer.ready.write_text(wanted)
    return None
