"""Links that ask for what is not there: it is said, and nothing else is shown in its place without a word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from helpers.boards import APP, prepare_app, sample_report
from streamlit.testing.v1 import AppTest

from arts.evaluation.report import Report
from arts.leaderboard.store.entry import entry_of
from arts.leaderboard.store.live_board import live_board
from arts.leaderboard.store.store import Store
from arts.leaderboard.web.page_state import PAGES

BAD = "0123456789ab"
GONE = f'No entry "{BAD}" is on the board'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    folder = tmp_path_factory.mktemp("made")
    reports = {
        name: sample_report(folder, name, right=right, seed=seed)
        for seed, (name, right) in enumerate((("ant", 0.95), ("bee", 0.8), ("cow", 0.6)))
    }
    dataset = reports["ant"].dataset.model_copy(update={"name": "other", "checksum": "0" * 64})
    reports["fox"] = reports["ant"].model_copy(update={"name": "fox", "dataset": dataset})
    reports["gnu"] = reports["bee"].model_copy(update={"name": "gnu"})  # without its predictions
    return reports


@pytest.fixture(scope="module")
def folder(made: dict[str, Report], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the results of an app, and a cache in which they have been checked."""
    folder = tmp_path_factory.mktemp("app")
    for name in ("ant", "bee", "cow"):
        made[name].save(folder / "results")
    for name in ("fox", "gnu"):
        made[name].write_json(folder / "results" / f"{name}.json")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTS_CACHE_HOME", str(folder / "cache"))
        Store((str(folder / "results"),), packaged=False).read()
    return folder


@pytest.fixture(scope="module")
def keys_made(made: dict[str, Report]) -> dict[str, str]:
    return {name: entry_of(report).key for name, report in made.items()} | {"BAD": BAD}


@pytest.fixture
def keys(keys_made: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The keys of the entries of an app that is about to be started, and one that is on no board.

    The sample has ant, bee, cow, and gnu, which has no predictions; the other corpus has fox.
    """
    monkeypatch.setenv("ARTS_CACHE_HOME", str(folder / "cache"))
    prepare_app(folder, monkeypatch, "--no-packaged")
    return dict(keys_made)


def open_view(view: str, **state: str | Sequence[str]) -> AppTest:
    """A page that is opened by a link, and not from another page of the app."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    if view != "board":
        app.switch_page(f"views/{view}.py")
    for name, value in state.items():
        app.query_params[name] = value
    app.run()
    assert view == "entry" or app.title[0].value == PAGES[view].title  # that of an entry is the model's name
    return app


def warnings(app: AppTest) -> str:
    assert not app.exception
    return " ".join(one.value for one in (*app.warning, *app.error)).replace("\\", "")


def picked(app: AppTest) -> list[str]:
    return next(one.value for one in app.multiselect if one.label.startswith("Entries"))


@pytest.mark.parametrize(
    ("view", "named", "corpus", "shown", "message"),
    [
        ("compare", ["BAD"], "sample", [], GONE),
        ("compare", ["BAD", "cow"], "sample", ["cow"], GONE),
        ("compare", ["cow", "BAD", "bee"], None, ["cow", "bee"], GONE),
        ("compare", ["fox"], "sample", [], "fox, was measured on other, not on sample."),
        ("compare", ["cow", "fox"], None, ["cow"], "fox, was measured on other, not on sample."),
        ("compare", ["cow", "cow"], "sample", ["cow"], "more than once"),
        ("compare", ["cow"], "nowhere", ["cow"], 'asks for the corpus "nowhere"'),
        ("compare", ["cow", "bee"], None, ["cow", "bee"], ""),
        ("compare", [""], "sample", ["ant", "tie"], ""),
        ("explore", ["BAD"], "sample", [], GONE),
        ("explore", ["cow", "BAD"], None, ["cow"], GONE),
        ("explore", ["fox"], "other", [], "fox, was measured on other, not on sample."),
        ("explore", ["gnu"], None, [], "gnu, has no predictions here for this version of sample"),
    ],
)
def test_address_entries_that_a_link_names_are_shown_or_said_not_to_be(
    keys, view, named, corpus, shown, message
):
    state = {} if corpus is None else {"corpus": corpus}
    keys |= {"": "", "tie": min(keys["bee"], keys["gnu"])}  # which have the same scores
    app = open_view(view, entries=[keys[name] for name in named], **state)
    assert picked(app) == [keys[name] for name in shown]
    assert message in warnings(app)
    assert bool(warnings(app)) == bool(message)
    app.run()
    assert message in warnings(app)  # until something else is chosen
    entries = next(one for one in app.multiselect if one.label.startswith("Entries"))
    entries.set_value([keys["ant"], keys["bee"]]).run()
    assert GONE not in warnings(app)
    assert "was measured on" not in warnings(app)
    assert app.query_params["entries"] == [keys["ant"], keys["bee"]]


def test_address_a_corpus_that_is_chosen_begins_with_its_own_entries(keys):
    app = open_view("compare")
    assert picked(app) == [keys["fox"]]
    app.segmented_control(key="corpus").set_value("sample").run()
    assert picked(app) == [keys["ant"], min(keys["bee"], keys["gnu"])]
    app.segmented_control(key="corpus").set_value("other").run()
    assert picked(app) == [keys["fox"]]
    assert not warnings(app)


def test_address_nothing_chosen_stays_nothing(keys):
    app = open_view("compare", corpus="sample")
    next(one for one in app.multiselect if one.label.startswith("Entries")).set_value([]).run()
    app.run()
    assert not picked(app)
    assert not warnings(app)


@pytest.mark.parametrize(
    ("state", "message", "title"),
    [
        ({"entry": "BAD"}, GONE, "No such entry"),
        ({"entry": "fox", "corpus": "sample"}, "fox, was measured on other, not on sample.", "fox"),
        ({"entry": "cow", "corpus": "nowhere"}, 'asks for the corpus "nowhere"', "cow"),
    ],
)
def test_address_an_entry_that_a_link_names_is_opened_or_said_not_to_be(keys, state, message, title):
    app = open_view("entry", **{name: keys.get(value, value) for name, value in state.items()})
    assert message in warnings(app)
    assert [shown.value for shown in app.title] == [title]
    assert bool(app.metric) == (title == "cow")


def test_address_an_entry_is_opened_whatever_the_corpus_of_the_page_before(keys):
    app = open_view("board", corpus="sample")
    app.segmented_control(key="corpus").set_value("sample").run()
    app.switch_page("views/entry.py")
    app.query_params["entry"] = keys["fox"]
    app.run()
    assert app.title[0].value == "fox"
    assert not warnings(app)


def test_address_the_other_of_two_and_the_side_that_is_right_are_kept_by_key(keys):
    ant, bee, cow = (keys[name] for name in ("ant", "bee", "cow"))
    app = open_view("compare", entries=[ant, bee, cow], against=cow, wins=cow)
    assert app.selectbox[0].value == cow
    assert app.radio[0].value == 1
    assert not warnings(app)
    next(one for one in app.multiselect if one.label.startswith("Entries")).set_value([cow, bee, ant]).run()
    assert app.radio[0].value == 0  # the same entry, which is the first of the two now
    app = open_view("compare", entries=[ant, bee], against=cow, wins=BAD)
    assert "cow, is not compared with ant by a test here" in warnings(app)
    assert f'"{BAD}" is neither of the two' in warnings(app)


def test_address_an_entry_that_takes_the_label_of_another_does_not_take_its_place(
    made, monkeypatch, tmp_path
):
    results = prepare_app(tmp_path, monkeypatch, "--no-packaged")
    for name in ("ant", "bee"):
        made[name].write_json(results / f"{name}.json")
    ant, bee = sorted(entry.key for entry in Store((str(results),), packaged=False).read().entries)
    app = open_view("compare", entries=[ant, bee])
    assert picked(app) == [ant, bee]
    gone = next(entry for entry in Store((str(results),), packaged=False).read().entries if entry.key == bee)
    made["cow"].model_copy(update={"name": gone.name}).write_json(Path(str(gone.path)))
    live_board.cache_clear()
    app.run()
    assert picked(app) == [ant]
    assert f'No entry "{bee}" is on the board' in warnings(app)


@pytest.mark.parametrize(
    ("view", "state", "message"),
    [
        ("board", {"corpus": "nowhere"}, 'the corpus "nowhere"'),
        ("board", {"sort": "beauty"}, 'the order "beauty"'),
        ("board", {"family": ["other", "feline"]}, 'the family "feline"'),
        ("board", {"columns": ["model", "smell"]}, 'the columns "smell"'),
        ("board", {"since": "yesterday"}, 'the day "yesterday"'),
        ("explore", {"page": "999"}, 'the page "999"'),
        ("explore", {"page": "0"}, 'the page "0"'),
        ("explore", {"page": "one"}, 'the page "one"'),
        ("explore", {"strategy": ["revtgt", "revall"]}, 'the strategy "revall"'),
        ("explore", {"corpus": "other"}, 'the corpus "other"'),
        ("interventions", {"corpus": "nowhere"}, 'the corpus "nowhere"'),
        ("submit", {"corpus": "nowhere"}, 'the corpus "nowhere"'),
        ("board", {"corpus": "<b>x</b>" * 20}, "<b>x</b>"),
        ("board", {"entries": ["gone", "<i>"]}, 'The link names "gone", "<i>", but'),
        ("interventions", {"entry": "gone"}, 'The link names "gone", but this page shows no entries'),
        ("submit", {"entry": "gone"}, 'The link names "gone", but this page shows no entries'),
        ("explore", {"entry": "gone"}, 'The link names "gone", but this page shows no entries'),
    ],
)
def test_address_a_value_that_is_not_to_be_had_is_named(keys, view, state, message):
    app = open_view(view, **state)
    assert message in warnings(app)
    app.run()
    assert message in warnings(app)
