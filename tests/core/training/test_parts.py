"""The process of a run in parts on small planted ratings: what it tells of the part that it trains."""

from pathlib import Path

import pytest

from mftui.core.runs import directory, events
from mftui.core.runs.config import Config
from mftui.core.runs.history import History
from mftui.core.runs.parts import plan
from mftui.core.training import parts

from .test_process import here


@here
def test_while_a_part_trains_the_whole_tells_how_far_it_is(ratings_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parts, "OFTEN", 0.0)
    config = Config().with_changes({"data": str(ratings_folder), "device": "cpu", "threads": 1, "epochs": 3})
    run = directory.create(config, parts=plan(config, folds=2))
    assert parts.train(run) == 0
    told = [event for event in History(run).read() if isinstance(event, events.Progress)]
    words = [event.doing for event in told]
    assert words.index("fold-1, 1 of 2, epoch 2 of 3") < words.index("fold-2, 2 of 2, epoch 1 of 3")
    shares = [event.fraction for event in told]
    assert shares == sorted(shares)
    assert shares[words.index("fold-2, 2 of 2, epoch 1 of 3")] == pytest.approx((1 + 1 / 3) / 2)
