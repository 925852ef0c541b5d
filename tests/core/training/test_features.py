"""Which columns are attributes is seen from their values, not from their names."""

import numpy as np

from mftui.core.training.solvers.features import attributes

N = 120
ROWS = np.arange(N)


def names(**columns: np.ndarray) -> list[str]:
    matrix, found = attributes(columns, N)
    assert matrix.shape == (N, len(found))
    assert matrix.dtype == np.float32
    return found


def test_a_category_is_an_indicator_centred_on_its_share():
    matrix, found = attributes({"kind": np.where(ROWS < 30, "film", "series")}, N)
    assert sorted(found) == ["kind=film", "kind=series"]
    film = matrix[:, found.index("kind=film")]
    np.testing.assert_allclose(film[:30], 0.75)
    np.testing.assert_allclose(film[30:], -0.25)


def test_text_joined_by_bars_is_several_categories():
    found = names(tags=np.array([("Action|Drama", "Drama", "Comedy")[row % 3] for row in ROWS]))
    assert sorted(found) == ["tags=Action", "tags=Comedy", "tags=Drama"]


def test_numbers_are_binned_so_that_each_bin_holds_about_as_many_rows():
    matrix, found = attributes({"length": np.repeat(np.arange(40), 3)}, N)
    held = (matrix > 0).sum(axis=0)
    assert len(found) == 12
    assert held.sum() == N
    assert held.max() <= 2 * held.min()


def test_few_whole_numbers_are_categories():
    assert sorted(names(stars=ROWS % 3)) == ["stars=0", "stars=1", "stars=2"]


def test_a_missing_number_is_in_no_bin():
    length = np.where(ROWS < 20, np.nan, ROWS * 0.37)
    matrix, _ = attributes({"length": length}, N)
    assert (matrix[:20] < 0).all()


def test_what_tells_rows_apart_is_not_an_attribute():
    postal_codes = np.array([f"{10_000 + row // 2}" for row in ROWS])
    assert names(id=ROWS, title=np.array([f"Movie {row}" for row in ROWS]), postal_code=postal_codes) == []


def test_what_all_rows_have_in_common_is_not_an_attribute():
    assert names(country=np.full(N, "Norway"), year=np.full(N, 1997), empty=np.full(N, "")) == []


def test_categories_of_one_or_two_rows_are_left_out_of_a_column_that_is_kept():
    kinds = np.array(["film"] * 60 + ["series"] * 58 + ["opera"] * 2)
    assert sorted(names(kind=kinds)) == ["kind=film", "kind=series"]


def test_no_columns_give_no_features():
    matrix, found = attributes({}, N)
    assert matrix.shape == (N, 0)
    assert found == []
