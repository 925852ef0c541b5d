"""Work of more than a second: the same `mftui` command in a child process, cancelled by ending it."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Any

import msgspec


@dataclass(frozen=True)
class Job:
    """A child process at work, and how far it is."""

    title: str
    """What it is for, in words: "Fetching MovieLens 100K"."""
    doing: str = ""
    """Its own last words."""
    fraction: float | None = None
    """How far it is, from 0 to 1, where it can tell."""
    figures: Any = None
    """What it knows so far of its result, as plain JSON, where it tells."""
    error: str | None = None
    """What went wrong; the job is over."""
    result: Any = None
    """The JSON document that it printed last; the job is over."""

    @property
    def is_over(self) -> bool:
        """Whether the child process has ended."""
        return self.error is not None or self.result is not None


async def follow(title: str, arguments: list[str]) -> AsyncGenerator[Job, None]:
    """Run `mftui ARGUMENTS --json` and yield what it tells, ended when the iteration is.

    A line `{"doing": …, "fraction": …}`, perhaps with `figures`, is progress; the last that is not is the result.
    What it says on stderr is the error where it fails.
    """
    job = Job(title)
    yield job
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "mftui", *arguments, "--json",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        limit=1 << 26, env={**os.environ, "MFTUI_PROGRESS": "json"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    document = b""
    try:
        async for line in process.stdout:
            if (told := _progress(line)) is not None:
                figures = told.get("figures", job.figures)
                job = replace(job, doing=str(told["doing"]), fraction=told.get("fraction"), figures=figures)
                yield job
            else:
                document += line
        words = (await errors).decode(errors="replace")
        if await process.wait() == 0:
            yield replace(job, fraction=1.0, result=msgspec.json.decode(document or b"{}"))
        else:
            yield replace(job, error=_sentence(words) or f"{title}: ended with exit code {process.returncode}.")
    finally:
        errors.cancel()
        with contextlib.suppress(ProcessLookupError):
            process.terminate()


def _progress(line: bytes) -> dict[str, Any] | None:
    with contextlib.suppress(msgspec.DecodeError):
        told = msgspec.json.decode(line)
        if isinstance(told, dict) and "doing" in told:
            return told
    return None


def _sentence(words: str) -> str:
    """What the command line said went wrong, and what helps."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if "Traceback" in words:
        return lines[-1]
    return " ".join(lines).removeprefix("Error: ")
