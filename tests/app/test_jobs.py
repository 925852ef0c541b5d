"""Child processes that work for the app: what they tell while they are at it, and how they end."""

from pathlib import Path

from mftui.app.jobs import Job, follow


async def jobs(*arguments: str) -> list[Job]:
    return [job async for job in follow("Reading", list(arguments))]


async def test_a_command_tells_how_far_it_is_and_then_its_result(home: Path, ratings_folder: Path) -> None:
    *under_way, last = await jobs("data", "show", str(ratings_folder))
    assert any(job.doing for job in under_way)
    assert not any(job.is_over for job in under_way)
    assert last.error is None
    assert last.result["users"] == 60


async def test_a_command_that_fails_says_why_in_its_own_words(home: Path, tmp_path: Path) -> None:
    last = (await jobs("data", "show", str(tmp_path / "nothing")))[-1]
    assert last.result is None
    assert last.error is not None
    assert "nothing" in last.error
    assert "Error: " not in last.error
