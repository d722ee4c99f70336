"""The page of the board."""

from __future__ import annotations

from helpers.boards import open_view, sample_report, shown_models

from arts.leaderboard.analysis.table import board_table
from arts.leaderboard.store.store import Store


def test_board_the_board_shows_every_entry_best_first(packaged_results, tmp_path):
    for seed, right in enumerate((0.6, 0.95)):
        sample_report(tmp_path, f"model {seed}", right=right, seed=seed).save(packaged_results)
    app = open_view("board", corpus="sample")
    assert not app.exception
    assert [name for name in shown_models(app) if name.startswith("model")] == ["model 1", "model 0"]


def test_board_the_board_is_searched_sorted_and_filtered_from_its_address(packaged_results):
    app = open_view("board", corpus="laptop", q="BERT", sort="accuracy", intervention="adversarial")
    assert not app.exception
    shown = shown_models(app)
    assert 0 < len(shown) < 20
    assert all("bert" in name and "adversarial" in name for name in shown)
    accuracy = board_table(Store(()).read().on("laptop")).set_index("model")["accuracy"]
    assert accuracy[shown].is_monotonic_decreasing
    app.text_input(key="q").set_value("no such model").run()
    assert any("Clear the search or a filter" in info.value for info in app.info)


def test_board_a_table_of_many_is_shown_whole_when_asked(packaged_results, tmp_path):
    claim = sample_report(tmp_path, "model")
    for number in range(210):
        claim.model_copy(update={"name": f"model {number}"}).write_json(packaged_results / f"{number}.json")
    app = open_view("board", corpus="sample")
    assert len(shown_models(app)) == 100
    assert any("the table shows the first 100" in caption.value for caption in app.caption)
    app.toggle(key="all").set_value(True).run()
    assert len(shown_models(app)) >= 210
    assert not app.exception


def test_board_active_filters_are_seen_and_removed(packaged_results):
    app = open_view("board", corpus="laptop", q="bert", family=["encoder", "recurrent"])
    labels = [button.label.replace("\\", "") for button in app.button]
    assert [label for label in labels if "bert" in label or ":" in label] == [
        "with “bert”",
        "family: encoder",
        "family: recurrent",
    ]
    assert labels[-1] == "Remove all"
    app.button(key="remove family recurrent").click().run()
    assert app.multiselect(key="family").value == ["encoder"]
    app.button(key="remove q").click().run()
    assert app.text_input(key="q").value == ""
    assert not app.exception


def test_board_the_first_sentence_names_the_leader_and_how_sure_that_is(packaged_results):
    app = open_view("board", corpus="restaurant")
    (sentence,) = [one.value.replace("\\", "") for one in app.markdown if "leads with an ARS" in one.value]
    assert sentence == (
        "**bert-pt (paper)** leads with an ARS of 59.3 [56.4, 62.1], in the paper. The next 2, "
        "capsbert (paper) and bert (paper), cannot be told apart from it. Most models (8 of 9) lose most "
        "under REVTGT."
    )


def test_board_opens_on_the_revised_sets(packaged_results):
    app = open_view("board")
    assert app.segmented_control(key="corpus").value == "laptop-v2"
    (overview,) = [one.proto.body for one in app.get("html") if "ARS on all corpora" in one.proto.body]
    assert '<th scope="col">restaurant</th>' in overview


def test_board_about_says_what_is_measured(packaged_results):
    app = open_view("about")
    assert not app.exception
    assert any("Aspect Robustness Score" in one.value for one in app.markdown)


def test_board_an_empty_board_says_what_to_do(packaged_results, monkeypatch):
    monkeypatch.setattr("sys.argv", ["app.py", str(packaged_results), "--no-packaged"])
    app = open_view("board")
    assert not app.exception
    assert "Run `arts evaluate --output results`" in app.info[0].value


def test_board_files_that_are_not_on_the_board_are_listed(packaged_results):
    packaged_results.mkdir()
    (packaged_results / "broken.json").write_text("{")
    app = open_view("board")
    assert any("broken.json" in text.value for text in app.text)
