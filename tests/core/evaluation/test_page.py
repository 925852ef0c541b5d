"""The report as a page: whole, escaped, and sufficient unto itself."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from msgspec.structs import replace

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import split
from mftui.core.evaluation import evaluate
from mftui.core.evaluation.aggregate import aggregate
from mftui.core.evaluation.glossary import GLOSSARY
from mftui.core.evaluation.page import page
from mftui.core.evaluation.report import Evaluation, RatingError
from mftui.core.model import Factors

HARM = "<script>alert(1)</script> & $x$ \x1b[2J"


class Reader(HTMLParser):
    """What a browser would see: the elements, their addresses, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.scopes: list[str] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "xlink:href", "srcset") and value]
        self.ids += [value for name, value in attrs if name == "id"]
        self.labels += [value for name, value in attrs if name == "aria-label"]
        self.scopes += [value for name, value in attrs if name == "scope"]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if self.open[-1:] == [tag]:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


@pytest.fixture(scope="module")
def evaluation(ratings: Ratings) -> Evaluation:
    parts = split(ratings, "random")
    rng = np.random.default_rng(0)
    genres = ratings.item_info["genres"].astype(object)
    genres[0] = HARM
    hostile = Ratings(
        **{f: getattr(ratings, f) for f in ("name", "users", "items", "values", "timestamps", "user_ids", "item_ids")},
        scale=ratings.scale,
        item_info={"title": np.array([HARM] * ratings.n_items), "genres": genres.astype(str)},
    )
    factors = Factors(
        mean=3.0,
        user_bias=np.zeros(ratings.n_users, np.float32),
        item_bias=np.zeros(ratings.n_items, np.float32),
        user_factors=rng.normal(size=(ratings.n_users, 2)).astype(np.float32),
        item_factors=rng.normal(size=(ratings.n_items, 2)).astype(np.float32),
        user_counts=np.bincount(ratings.users[parts.train], minlength=ratings.n_users).astype(np.int32),
        item_counts=np.bincount(ratings.items[parts.train], minlength=ratings.n_items).astype(np.int32),
        scale=ratings.scale,
    )
    return evaluate(factors, hostile, parts, "last, epoch 3")


@pytest.fixture(scope="module")
def whole(evaluation: Evaluation) -> Reader:
    return Reader(page(evaluation, "a run"))


def test_every_element_is_closed_and_every_chart_is_there(whole):
    assert whole.open == []
    assert whole.elements.count("svg") == 8


def test_it_holds_no_address_outside_itself_and_runs_nothing(whole):
    assert all(address.startswith("#") for address in whole.addresses)
    assert not {"script", "iframe", "link", "img", "object"} & set(whole.elements)


def test_text_from_outside_is_text(whole):
    assert "<script>alert(1)</script> & $x$" in whole.words
    assert "\x1b" not in whole.words


def test_every_number_says_how_it_was_made_and_what_it_beats(whole, evaluation):
    for words in (
        "random: 20% of the rows, seed 42",
        "last, epoch 3",
        f"{evaluation.ratings.rmse:.3f}",
        "Worse than the user and movie bias model by",
        "draws of the users",
        "All 40 items ranked",
        f"most popular {evaluation.ranking_baselines['most_popular']['ndcg@10']:.3f}",
        f"bias model {evaluation.baselines['bias'].rmse:.3f}",
    ):
        assert words in whole.words


def test_every_figure_is_explained_in_the_words_of_the_app(whole):
    for term in ("RMSE", "calibration", "NDCG@k", "norm"):
        assert f"{term}{GLOSSARY[term]}" in whole.words
    assert "overfitting" not in whole.words, "the page shows no curve"


def test_equal_reports_give_equal_pages(evaluation):
    assert page(evaluation, "a run") == page(evaluation, "a run")


def test_a_model_that_only_ranks_has_a_page_without_errors(evaluation):
    none = RatingError(0.0, 0.0, 0.0, 0)
    ranks = replace(evaluation, ratings=none, known=none, raw=none, baselines={}, beside={}, by_rating=[], worst=[])
    read = Reader(page(ranks, "a run"))
    assert "RMSE" not in read.words
    assert read.elements.count("svg") == 1


def test_a_report_of_the_first_version_has_a_page_too(evaluation):
    first = replace(evaluation, segments={}, errors=[], beside={}, ranking={}, ranking_baselines={}, ranking_beside={})
    assert Reader(page(first, "a run")).elements.count("svg") == 1


def test_the_mean_of_several_parts_says_how_far_they_lie_apart_and_shows_no_chart_of_nothing(evaluation):
    parts = [evaluation, replace(evaluation, ratings=replace(evaluation.ratings, rmse=evaluation.ratings.rmse + 0.2))]
    read = Reader(page(aggregate(parts, "2 folds"), "a run"))
    assert "± 0.1414 over 2 parts" in read.words
    assert "95%" not in read.words.partition("What the figures mean")[0]
    assert read.elements.count("svg") == 1


def test_why_there_is_no_ranking_is_told(evaluation):
    none = replace(evaluation, ranking={}, ranking_baselines={}, ranking_beside={}, ranking_protocol="not computed: x")
    assert "Not computed: x." in Reader(page(none, "a run")).words


def test_every_table_is_named_and_its_headings_say_what_they_head(whole):
    assert whole.elements.count("table") == whole.elements.count("caption") + whole.elements.count("details")
    assert all(scope in ("col", "row") for scope in whole.scopes)
    assert len(whole.scopes) == whole.elements.count("th")


def test_every_chart_is_named_and_no_two_of_its_parts_are_called_alike(whole):
    assert len(whole.labels) == whole.elements.count("svg") == len(set(whole.labels))
    assert len(whole.ids) == len(set(whole.ids))
    assert {address.removeprefix("#") for address in whole.addresses} <= set(whole.ids)


def test_its_charts_are_written_in_the_page_s_own_ink(evaluation):
    drawn = page(evaluation, "a run")
    assert "currentColor" in drawn
    assert not re.search(r"#(000000|010203|fdfefd)", drawn)


def test_it_says_how_to_repeat_the_run(evaluation):
    assert (
        "mftui train ml-100k --preset best" in Reader(page(evaluation, "x", "mftui train ml-100k --preset best")).words
    )
