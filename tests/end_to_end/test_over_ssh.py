"""Over a real sshd on loopback: a connection that is lost ends the app at once, and the run goes on."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pexpect
import psutil
import pytest

from mftui.core.runs import launch
from mftui.core.runs.config import Config
from mftui.core.runs.directory import create
from mftui.core.runs.history import State
from tests.end_to_end.terminal import GONE_WITHIN
from tests.waiting import latest, until

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


@dataclass(frozen=True)
class Server:
    """An sshd of the test's own, which lets in its own key only."""

    folder: Path
    port: int
    daemon: subprocess.Popen[bytes]

    def connect(self, *arguments: str) -> pexpect.spawn:
        """`mftui` with these arguments at the other end of a connection, on a terminal there."""
        kept = [f"{name}={os.environ[name]}" for name in ("MFTUI_DATA_DIR", "MFTUI_CACHE_DIR")]
        options = [
            f"IdentityFile={self.folder}/user", "IdentitiesOnly=yes", "StrictHostKeyChecking=no", "LogLevel=ERROR",
            "UserKnownHostsFile=/dev/null", "BatchMode=yes",
        ]  # fmt: skip
        command = ["-tt", "-F", "/dev/null", "-p", str(self.port), *(f"-o{option}" for option in options)]
        program = ["env", *kept, "TERM=xterm-256color", sys.executable, "-m", "mftui", *arguments]
        return pexpect.spawn(
            "ssh", [*command, f"{getpass.getuser()}@127.0.0.1", *program], dimensions=(24, 80), timeout=60
        )

    def apps(self) -> list[psutil.Process]:
        """The processes at the other end of all connections that are `mftui` itself."""
        found = psutil.Process(self.daemon.pid).children(recursive=True)
        return [process for process in found if _command(process)[1:3] == ["-m", "mftui"]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    if SSHD is None or not shutil.which("ssh") or not shutil.which("ssh-keygen"):
        pytest.skip("there is no sshd on this machine")
    folder = tmp_path / "ssh"
    folder.mkdir()
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd parts with its privileges there; boot makes it
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\n"
        "StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nPidFile none\n"
    )
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(folder / "config")], stderr=log, stdin=subprocess.DEVNULL
        )
    try:
        until(lambda: daemon.poll() is not None or _answers(port), "sshd neither answers nor ends")
        if daemon.poll() is not None:
            pytest.skip(f"sshd can't run here: {(folder / 'log').read_text().strip().splitlines()[-1]}")
        yield Server(folder, port, daemon)
    finally:
        daemon.terminate()
        daemon.wait()


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.usefixtures("home")
def test_a_lost_connection_ends_the_app_and_the_run_goes_on(server: Server, ratings_folder: Path) -> None:
    plan = Config().with_changes({"data": str(ratings_folder), "device": "cpu", "threads": 1, "epochs": 10**6})
    run = create(plan)
    launch.start(run)
    try:
        until(lambda: len(latest().epochs) > 2, "no epoch")
        client = server.connect()
        client.expect("running")
        [app] = server.apps()
        behind = [app, *app.children(recursive=True)]
        os.kill(client.pid, signal.SIGKILL)
        _, alive = psutil.wait_procs(behind, timeout=GONE_WITHIN)
        assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE], "it is still there"
        assert not server.apps(), "a process of the app is left"
        client.close(force=True)
        seen = len(latest().epochs)
        until(lambda: len(latest().epochs) > seen + 2, "no further epoch")
        assert latest().state() is State.RUNNING

        again = server.connect("watch", run.name)
        again.expect("Step: 0 Loss: ")
        again.expect(f"Step: {seen + 2} Loss: ")
        again.close(force=True)
    finally:
        launch.request_stop(run)
        until(lambda: not launch.live_runs(), "the process lives on")
