"""Every figure of a report has its sentence."""

from msgspec.structs import fields

from mftui.core.evaluation import evaluate
from mftui.core.evaluation.glossary import ALWAYS, ERRORS, GLOSSARY, GROUPS, RANKING, SCREEN
from mftui.core.evaluation.report import RatingError
from mftui.core.evaluation.words import RANKERS
from tests.core.evaluation.test_evaluate import factors, parts  # noqa: F401

_TERM_OF = {"r2": "R²", "within_half": "within half a star", "rmse_interval": "95% interval"}


def test_every_figure_of_the_error_is_explained():
    for field in fields(RatingError):
        name = field.name
        if name not in ("n", "mae_interval"):
            assert _TERM_OF.get(name, name.upper()) in {**ERRORS, **ALWAYS}, name


def test_every_figure_of_the_ranking_and_all_that_it_must_beat_are_explained(ratings, parts, factors):  # noqa: F811
    ranking = evaluate(factors, ratings, parts, "").ranking
    explained = {term.lower().replace(" ", "_") for term in RANKING}
    assert {f"{name.partition('@')[0]}@k" for name in ranking} <= explained
    assert set(RANKERS) <= explained


def test_every_sentence_is_one_that_ends_and_is_said_once():
    assert len(GLOSSARY) == sum(map(len, (ERRORS, GROUPS, RANKING, ALWAYS, SCREEN)))
    for term, meaning in GLOSSARY.items():
        assert meaning.endswith("."), term
        assert meaning.count(". ") == 0, term
