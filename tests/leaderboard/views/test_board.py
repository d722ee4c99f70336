"""The page of the board."""

from __future__ import annotations

from helpers.boards import open_view, sample_report


def test_board_the_board_shows_every_entry_best_first(packaged_results, tmp_path):
    for seed, right in enumerate((0.6, 0.95)):
        sample_report(tmp_path, f"model {seed}", right=right, seed=seed).save(packaged_results)
    app = open_view("board", corpus="sample")
    assert not app.exception
    shown = app.dataframe[0].value
    assert [name for name in shown["model"] if name.startswith("model")] == ["model 1", "model 0"]


def test_board_the_board_is_searched_sorted_and_filtered_from_its_address(packaged_results):
    app = open_view("board", corpus="laptop", q="BERT", sort="accuracy", intervention="adversarial")
    assert not app.exception
    shown = app.dataframe[0].value
    assert 0 < len(shown) < 20
    assert shown["model"].str.contains("bert").all()
    assert set(shown["intervention"]) == {"adversarial"}
    assert shown["accuracy"].is_monotonic_decreasing
    app.text_input(key="q").set_value("no such model").run()
    assert any("Clear the search or a filter" in info.value for info in app.info)


def test_board_a_table_of_many_is_shown_whole_when_asked(packaged_results, tmp_path):
    claim = sample_report(tmp_path, "model")
    for number in range(210):
        claim.model_copy(update={"name": f"model {number}"}).write_json(packaged_results / f"{number}.json")
    app = open_view("board", corpus="sample")
    assert len(app.dataframe[0].value) == 200
    assert any("the table shows the first 200" in caption.value for caption in app.caption)
    app.toggle(key="all").set_value(True).run()
    assert len(app.dataframe[0].value) >= 210
    assert not app.exception


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
