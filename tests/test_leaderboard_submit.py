"""Uploads: what is refused, and why; the pages Board and Submit."""

from __future__ import annotations

from pathlib import Path

import pytest
from boards import measured, opened, predictions, started
from streamlit.testing.v1 import AppTest

from arts.data.errors import ArtsError
from arts.leaderboard.store.store import Store
from arts.leaderboard.store.uploads import clean_name, report_of


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an app that is about to be started."""
    return started(tmp_path, monkeypatch)


def upload(content: bytes, file: str = "mine.csv", name: str = "mine") -> str:
    with pytest.raises(ArtsError) as caught:
        report_of(file, content, corpus="sample", name=name)
    return str(caught.value)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return predictions(tmp_path_factory.mktemp("good") / "good.csv").read_bytes()


def test_a_predictions_file_is_scored(good):
    report = report_of("../../x.CSV", good, corpus="sample", name="  my\tmodel ")
    assert report.name == "my model"
    assert report.model.id == "predictions.csv"
    assert report.dataset.units == 138


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("id,prediction", "id,label"), 'the file, line 2: no column "prediction"'),
        (lambda text: text.replace(",positive", ",great", 1), "unknown polarity 'great'"),
        (lambda text: text + "nobody,positive\n", 'id "nobody" is not in the benchmark'),
        (lambda text: text + text.splitlines()[1] + "\n", "duplicate id"),
        (lambda text: "\n".join(text.splitlines()[:-2]), "2 of 490 ids are missing"),
        (lambda text: "", "ids are missing"),
    ],
)
def test_a_file_that_does_not_answer_is_refused(good, change, message):
    found = upload(change(good.decode()).encode())
    assert message in found
    assert "/tmp" not in found


def test_what_is_no_text_or_too_large_or_something_else_is_refused(good):
    assert upload(b"\x89PNG\r\n\xff\xfe") == "the file is not text in UTF-8"
    assert "binary" in upload(b"id,prediction\n\0\0")
    assert "21.0 MB; expected 20 MB at most" in upload(b"x" * (21 << 20))
    assert 'ends in ".exe"; expected .csv, .jsonl, .json' in upload(good, "mine.exe")


@pytest.mark.parametrize("name", ["=1+1", "+x", "@SUM(A1)", "-2", "<b>bold</b>", "a<script>", "\u202e=x"])
def test_markup_and_formulas_in_a_name_are_refused(good, name):
    assert "holds markup or begins like a formula" in upload(good, name=name)


def test_names_are_cleaned():
    assert clean_name(" a\u0000b\u200b \n c ") == "ab c"
    assert clean_name("Élan ± 2") == "Élan ± 2"
    for empty in ("", " \n", "\u200b"):
        with pytest.raises(ArtsError, match="no name"):
            clean_name(empty)
    with pytest.raises(ArtsError, match="81 characters; expected 80 at most"):
        clean_name("x" * 81)


def test_a_report_is_taken_as_a_claim(tmp_path):
    made = measured(tmp_path, "mine")
    content = made.model_dump_json().encode()
    assert report_of("x.json", content, corpus="sample", name="").name == "mine"
    assert report_of("x.json", content, corpus="sample", name="yours").name == "yours"


def test_a_report_that_cannot_be_true_is_refused(tmp_path):
    made = measured(tmp_path, "mine")
    text = made.model_dump_json()
    assert "not a report" in upload(b"{}", "x.json", "")
    assert "not a report" in upload(b'{"a": ', "x.json", "")
    high = text.replace(f'"ars":{{"value":{made.ars.value}', '"ars":{"value":120', 1)
    assert "ars.value: Input should be less than or equal to 100" in upload(high.encode(), "x.json", "")
    above = made.model_copy(update={"ars": made.ars.model_copy(update={"value": 99.0, "high": 99.0})})
    assert "over its accuracy" in upload(above.model_dump_json().encode(), "x.json", "")
    assert 'a report on "mine"' in upload(
        text.replace('"name":"sample"', '"name":"mine"').encode(), "x.json", ""
    )
    other = text.replace(made.dataset.checksum, "0" * 64)
    assert "a report on another sample" in upload(other.encode(), "x.json", "")


def test_the_board_shows_every_entry_best_first(results, tmp_path):
    for seed, right in enumerate((0.6, 0.95)):
        measured(tmp_path, f"model {seed}", right=right, seed=seed).save(results)
    app = opened("board", corpus="sample")
    assert not app.exception
    shown = app.dataframe[0].value
    assert [name for name in shown["model"] if name.startswith("model")] == ["model 1", "model 0"]


def test_the_board_is_searched_sorted_and_filtered_from_its_address(results):
    app = opened("board", corpus="laptop", q="BERT", sort="accuracy", intervention="adversarial")
    assert not app.exception
    shown = app.dataframe[0].value
    assert 0 < len(shown) < 20
    assert shown["model"].str.contains("bert").all()
    assert set(shown["intervention"]) == {"adversarial"}
    assert shown["accuracy"].is_monotonic_decreasing
    app.text_input(key="q").set_value("no such model").run()
    assert any("Clear the search or a filter" in info.value for info in app.info)


def test_a_table_of_many_is_shown_whole_when_asked(results, tmp_path):
    claim = measured(tmp_path, "model")
    for number in range(210):
        claim.model_copy(update={"name": f"model {number}"}).write_json(results / f"{number}.json")
    app = opened("board", corpus="sample")
    assert len(app.dataframe[0].value) == 200
    assert any("the table shows the first 200" in caption.value for caption in app.caption)
    app.toggle(key="all").set_value(True).run()
    assert len(app.dataframe[0].value) >= 210
    assert not app.exception


def test_an_empty_board_says_what_to_do(results, monkeypatch):
    monkeypatch.setattr("sys.argv", ["app.py", str(results), "--no-packaged"])
    app = opened("board")
    assert not app.exception
    assert "Run `arts evaluate --output results`" in app.info[0].value


def test_files_that_are_not_on_the_board_are_listed(results):
    results.mkdir()
    (results / "broken.json").write_text("{")
    app = opened("board")
    assert any("broken.json" in text.value for text in app.text)


def pressed(app: AppTest, label: str) -> None:
    """Press a button of the page."""
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_an_upload_is_previewed_and_only_then_added(results, good):
    app = opened("submit", dataset="sample")
    app.text_input[0].set_value("my model")
    app.file_uploader[0].set_value(("mine.csv", good, "text/csv"))
    pressed(app, "Check and score")
    assert not app.error
    assert [metric.label for metric in app.metric] == ["ARS", "Accuracy", "Macro-F1"]
    assert not list(results.glob("*.json"))
    pressed(app, "Add to the board")
    assert "my model is on the board" in app.success[0].value
    (entry,) = Store((str(results),), packaged=False).read().entries
    assert entry.name == "my model"
    assert entry.status == "verified"
    pressed(app, "Add to the board")
    assert 'on the board already, as "my model"' in app.error[0].value
    assert len(list(results.glob("*.json"))) == 1


@pytest.mark.parametrize(
    ("file", "name", "message"),
    [
        (("x.csv", b"id,prediction\nnobody,positive\n", "text/csv"), "mine", "is not in the benchmark"),
        (("x.csv", b"\xff\xfe\x00", "text/csv"), "mine", "not text"),
        (("x.csv", b"id,prediction\n", "text/csv"), "<img src=x onerror=alert(1)>", "holds markup"),
        (("x.csv", b"id,prediction\n", "text/csv"), "", "no name"),
        (None, "mine", "no file; expected predictions"),
    ],
)
def test_a_refused_upload_says_why_and_adds_nothing(results, file, name, message):
    app = opened("submit", dataset="sample")
    app.text_input[0].set_value(name)
    app.file_uploader[0].set_value(file)
    pressed(app, "Check and score")
    assert message in app.error[0].value
    assert [button.label for button in app.button] == ["Check and score"]
    assert not results.exists()
