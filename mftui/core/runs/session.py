"""Whether something on this machine ends what a session leaves behind when it closes, a training process included."""

import os
import subprocess
from functools import cache

_BATCH_SYSTEMS = {"SLURM_JOB_ID": "Slurm", "PBS_JOBID": "PBS", "LSB_JOBID": "LSF", "JOB_ID": "Grid Engine"}


@cache
def threat() -> str | None:
    """What would end a run together with this session, and the remedy, in a sentence; None where nothing is known."""
    for variable, system in _BATCH_SYSTEMS.items():
        if variable in os.environ and (variable != "JOB_ID" or "SGE_ROOT" in os.environ):
            return f"This is a {system} job: a run ends with the job, and can be resumed in the next one."
    if _logind("KillUserProcesses") == "b true" and not _lingers():
        return "logind ends what a session leaves behind: `loginctl enable-linger` keeps your runs."
    return None


def _logind(setting: str) -> str:
    """A setting of systemd's login manager as busctl prints it; empty where there is none."""
    manager = ["org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"]
    return _said_by("busctl", "get-property", *manager, setting)


def _lingers() -> bool:
    return _said_by("loginctl", "show-user", str(os.getuid()), "--property=Linger") == "Linger=yes"


def _said_by(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
