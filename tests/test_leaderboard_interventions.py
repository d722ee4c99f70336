"""Before and after an intervention: who belongs together, means over seeds, and the page."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from boards import measured, started
from boards import opened as open_view
from streamlit.testing.v1 import AppTest

from arts.evaluation.report import ModelInfo, Report
from arts.interventions.adversarial import Adversarial
from arts.interventions.merge import Merge
from arts.interventions.unlearn import Unlearn
from arts.leaderboard.analysis.before_after import Pair, before_and_after, slopes
from arts.leaderboard.store.entry import entry_of
from arts.models.encoders import DEFAULT_ENCODER

MERGED = {
    "specialists": ["revtgt", "adddiff"],
    "coefficients": [0.25, 0.75],
    "norms": [1.5, 2.5],
    "cosines": [[1.0, 0.125], [0.125, 1.0]],
}
UNLEARNT = {"kept": 24, "stopped": "what is kept got worse", "tokens": 12345}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[float, Report]:
    folder = tmp_path_factory.mktemp("reports")
    return {
        right: measured(folder, "x", right=right, seed=int(100 * right)) for right in (0.6, 0.7, 0.8, 0.9)
    }


def zoo(report: Report, way: Any = None, *, seed: int = 1, id: str = "bert", **further: Any) -> Report:
    """As if it were of a model of the zoo, with an intervention and what it came to."""
    outcome = further.pop("outcome", {})
    intervention = {"name": way.name, **way.settings(), **outcome} if way else None
    model = {"kind": "zoo", "id": id, "seed": seed, "encoder": DEFAULT_ENCODER, **further}
    name = f"{id} + {way.name}" if way else id
    return report.model_copy(update={"model": ModelInfo(**model, intervention=intervention), "name": name})


def paired(*reports: Report) -> list[Pair]:
    return before_and_after((entry_of(report), report) for report in reports)


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    return started(tmp_path, monkeypatch, "--no-packaged")


def test_an_entry_stands_beside_the_plain_one_of_its_seed(made):
    plain = [zoo(made[0.6], seed=seed) for seed in (1, 2)]
    (pair,) = paired(*plain, zoo(made[0.9], Adversarial(), seed=2))
    assert (pair.before.seed, pair.after.seed, pair.way) == (2, 2, "adversarial")


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"id": "memnet"},
        {"encoder": "another"},
        {"encoder_checksum": "another"},
        {"extras": {"embeddings": "glove"}},
        {"recipe": {"epochs": 9}},
    ],
)
def test_what_differs_in_more_is_no_pair(made, other):
    assert not paired(zoo(made[0.6]), zoo(made[0.9], Adversarial(), **other))


def test_another_test_split_is_no_pair(made):
    plain = zoo(made[0.6])
    elsewhere = plain.model_copy(update={"dataset": plain.dataset.model_copy(update={"checksum": "other"})})
    assert not paired(elsewhere, zoo(made[0.9], Adversarial()))


def test_settings_tell_two_ways_apart(made):
    pairs = paired(zoo(made[0.6]), zoo(made[0.8], Adversarial()), zoo(made[0.9], Adversarial(ratio=1)))
    assert [pair.way for pair in pairs] == ["adversarial", "adversarial --ratio 1"]


def test_unlearning_stands_beside_what_it_went_on_from(made):
    plain, taught = zoo(made[0.6]), zoo(made[0.8], Adversarial())
    unlearn = zoo(made[0.9], Unlearn())
    (_, pair) = paired(plain, taught, unlearn)
    assert pair.earlier is taught
    assert (pair.before.intervention, pair.start, pair.title) == (
        "adversarial",
        "adversarial",
        "unlearn (after adversarial)",
    )
    (pair,) = paired(plain, unlearn)
    assert (pair.before.intervention, pair.title) == ("", "unlearn")


def test_means_are_over_seeds(made):
    after = {1: made[0.8], 2: made[0.9]}
    pairs = paired(
        *(zoo(made[0.6], seed=seed) for seed in after),
        *(zoo(report, Merge(), seed=seed) for seed, report in after.items()),
    )
    (row,) = slopes(pairs, "ars").itertuples()
    gains = [report.ars.value - made[0.6].ars.value for report in after.values()]
    assert (row.model, row.seeds, row.before) == ("bert", 2, pytest.approx(made[0.6].ars.value))
    assert (row.gain, row.least, row.most) == (
        pytest.approx(sum(gains) / 2),
        pytest.approx(min(gains)),
        pytest.approx(max(gains)),
    )


def test_encoders_are_named_where_there_are_several(made):
    pairs = paired(
        zoo(made[0.6]),
        zoo(made[0.9], Merge()),
        zoo(made[0.7], encoder="big"),
        zoo(made[0.8], Merge(), encoder="big"),
    )
    assert set(slopes(pairs, "revtgt")["model"]) == {f"bert, {DEFAULT_ENCODER}", "bert, big"}


opened = partial(open_view, "interventions")


def said(app: AppTest) -> str:
    parts = (app.subheader, app.markdown, app.caption, app.info, app.code)
    return "\n".join(str(one.value) for part in parts for one in part)


def test_the_page_shows_gains_and_tests(made, results):
    for report in (zoo(made[0.6]), zoo(made[0.9], Adversarial())):
        report.save(results)
    app = opened()
    assert not app.exception
    gain = made[0.9].ars.value - made[0.6].ars.value
    (row,) = app.table[0].value.to_dict("records")
    assert (row["model"], row["gain"]) == ("bert", f"{gain:+.1f}")
    (test,) = app.dataframe[0].value.to_dict("records")
    assert test["test"] == "p < 0.0001"
    assert test["units won"] > test["units lost"]
    app.segmented_control(key="score").set_value("adddiff").run()
    variants = (made[right].strategies["adddiff"].perturbed.value for right in (0.9, 0.6))
    assert app.dataframe[0].value["gain"][0] == pytest.approx(next(variants) - next(variants))


def test_without_predictions_there_is_no_test(made, results):
    zoo(made[0.6]).save(results)
    zoo(made[0.9], Adversarial()).write_json(results / "alone.json")
    app = opened()
    assert not app.exception
    assert app.dataframe[0].value["test"].isna().all()
    assert "Where the test is missing, predictions are" in said(app)


def test_a_merge_shows_what_it_came_to(made, results):
    for seed, outcome, before, after in ((1, MERGED, 0.6, 0.9), (2, {}, 0.7, 0.8)):
        zoo(made[before], seed=seed).save(results)
        zoo(made[after], Merge(), seed=seed, outcome=outcome).save(results)
    app = opened()
    assert not app.exception
    shown = app.table[1].value
    assert shown["coefficient"].tolist() == ["0.25", "0.75"]
    assert shown["cosine with adddiff"].tolist() == ["0.125", "1"]
    assert "seed 2: coefficients, norms and cosines not recorded" in said(app)


def test_unlearning_shows_where_it_stopped(made, results):
    zoo(made[0.6]).save(results)
    zoo(made[0.9], Unlearn(), outcome=UNLEARNT).save(results)
    app = opened()
    assert not app.exception
    (row,) = app.table[1].value.to_dict("records")
    assert (row["kept"], row["stopped"]) == ("24", "what is kept got worse")


def test_without_a_pair_the_page_says_how_to_make_one(made, results):
    made[0.6].save(results)
    app = opened()
    assert not app.exception
    for name in ("adversarial", "merge", "unlearn"):
        assert f"--intervention {name} --output results" in said(app)


def test_an_empty_board_says_so_too(results):
    assert "--intervention merge" in said(opened())
