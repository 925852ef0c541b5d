"""What one can ask a trained model, on factors small enough to check by hand."""

import random
from pathlib import Path

import numpy as np
import pytest

from mftui.core.data.ratings import Scale
from mftui.core.errors import ModelError, UnknownItem
from mftui.core.model import Factors
from mftui.core.model.tensors import read_tensors, write_tensors


def small(**changes) -> Factors:
    """Two users with opposite tastes and four items, the last of them never trained on."""
    arrays = {
        "mean": 3.0,
        "user_bias": np.array([0.5, 0.0], np.float32),
        "item_bias": np.array([0.0, 0.25, 0.0, 0.0], np.float32),
        "user_factors": np.array([[1, 0], [0, 1]], np.float32),
        "item_factors": np.array([[1, 0], [2, 0], [0, 3], [1, 1]], np.float32),
        "user_counts": np.array([3, 2], np.int32),
        "item_counts": np.array([2, 2, 1, 0], np.int32),
        "scale": Scale(1.0, 5.0, 1.0),
    }
    return Factors(**{**arrays, **changes})


def test_a_prediction_is_mean_plus_biases_plus_dot_product():
    predicted = small().predict(np.array([0, 0, 1]), np.array([0, 2, 3]))
    assert predicted.tolist() == [4.5, 3.5, 4.0]


def test_predictions_stay_on_the_scale_unless_told_otherwise():
    pair = np.array([0]), np.array([1])
    assert small().predict(*pair).tolist() == [5.0]
    assert small().predict(*pair, clip=False).tolist() == [5.75]


def test_scores_are_the_unclipped_predictions_of_every_item():
    users, items = np.repeat([0, 1], 4), np.tile([0, 1, 2, 3], 2)
    flat = small().predict(users, items, clip=False)
    assert np.allclose(small().scores(np.array([0, 1])), flat.reshape(2, 4))


def test_the_top_items_come_best_first_and_without_those_excluded():
    assert small().top(0, 2).tolist() == [1, 0]
    assert small().top(0, 4, exclude=np.array([1])).tolist() == [0, 3, 2]


def test_similar_items_are_those_of_the_same_direction_and_trained():
    items, cosines = small().similar(0, 3)
    assert items.tolist() == [1, 2]
    assert np.allclose(cosines, [1, 0])


def test_a_position_out_of_range_is_named():
    with pytest.raises(UnknownItem, match="position 9"):
        small().top(9, 1)
    with pytest.raises(UnknownItem, match="position -1"):
        small().similar(-1, 1)


def test_a_saved_model_comes_back_the_same(tmp_path: Path):
    small().save(tmp_path / "model.safetensors")
    loaded = Factors.load(tmp_path / "model.safetensors")
    for name, value in vars(small()).items():
        assert np.array_equal(getattr(loaded, name), value), name


def test_a_model_that_only_ranks_says_so_and_is_not_clipped(tmp_path: Path):
    small(kind="score").save(tmp_path / "model.safetensors")
    loaded = Factors.load(tmp_path / "model.safetensors")
    assert loaded.kind == "score"
    assert loaded.predict(np.array([0]), np.array([1])).tolist() == [5.75]


def test_a_save_that_fails_leaves_the_old_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "model.safetensors"
    small().save(path)

    def no_room(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(OSError, match="No space"):
        small(mean=1.0).save(path)
    assert Factors.load(path).mean == 3.0
    assert [p.name for p in tmp_path.iterdir()] == ["model.safetensors"]


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("user_bias", np.array([np.nan, 0], np.float32), "not numbers"),
        ("item_factors", np.zeros((3, 2), np.float32), "item_factors"),
        ("item_factors", np.array(1, np.float32), "damaged"),
        ("user_factors", np.zeros((2, 2), np.float64), "float64"),
        ("item_counts", np.array([1, 1, 1, -1], np.int32), "below 0"),
        ("mean", np.array(np.inf), "makes no sense"),
        ("scale", np.array([5.0, 1.0, 1.0]), "makes no sense"),
        ("scale", np.array([5.0]), "not a mftui model"),
        ("more", np.array([5.0]), "not a mftui model"),
    ],
)
def test_arrays_that_make_no_sense_are_refused(tmp_path: Path, name: str, value: np.ndarray, complaint: str):
    path = tmp_path / "model.safetensors"
    small().save(path)
    write_tensors(path, {**read_tensors(path), name: value})
    with pytest.raises(ModelError, match=complaint):
        Factors.load(path)


def test_a_missing_model_is_one_sentence(tmp_path: Path):
    with pytest.raises(ModelError, match="There is no"):
        Factors.load(tmp_path / "model.safetensors")


def test_two_hundred_damaged_copies_are_refused_or_still_a_model(tmp_path: Path):
    path = tmp_path / "model.safetensors"
    small().save(path)
    whole = path.read_bytes()
    draw = random.Random(0)
    for _ in range(200):
        damaged = bytearray(whole[: draw.randrange(len(whole))] if draw.random() < 0.3 else whole)
        for _ in range(draw.randrange(1, 8) if damaged else 0):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        path.write_bytes(damaged)
        try:
            loaded = Factors.load(path)
        except ModelError:
            continue
        assert np.isfinite(loaded.predict(np.array([0]), np.array([0]))).all()
