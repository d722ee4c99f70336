"""Uploads, accepted or refused."""

from __future__ import annotations

import pytest
from helpers.boards import sample_report

from arts.data.errors import ArtsError
from arts.leaderboard.store.uploads import UploadForm, check_upload


def upload(content: bytes, file: str = "mine.csv", name: str = "mine") -> str:
    with pytest.raises(ArtsError) as caught:
        check_upload(file, content, UploadForm("sample", name))
    return str(caught.value)


def test_uploads_a_predictions_file_is_scored(good_upload):
    report = check_upload("../../x.CSV", good_upload, UploadForm("sample", "  my\tmodel ")).report
    assert report.name == "my model"
    assert report.model.id == "predictions.csv"
    assert report.dataset.units == 138


@pytest.mark.parametrize("spell", [("pos", "neg", "neu"), ("Positive", " NEG ", "NEUTRAL")])
def test_uploads_labels_may_be_spelled_in_any_way(good_upload, spell):
    text, expected = (
        good_upload.decode(),
        check_upload("a.csv", good_upload, UploadForm("sample", "a")).report,
    )
    for name, spelled in zip(("positive", "negative", "neutral"), spell, strict=True):
        text = text.replace(f",{name}", f",{spelled}")
    report = check_upload("a.csv", text.encode(), UploadForm("sample", "a")).report
    assert report.ars == expected.ars


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda text: text.replace("id,prediction", "id,label"),
            'the file, line 1: no column "prediction"; the columns are: id, label; Column NAME takes another',
        ),
        (lambda text: text.replace(",positive", ",great", 1), "unknown polarity 'great'"),
        (
            lambda text: text.replace(",negative", ",1", 1),
            'the file, line 2: label "1" is no polarity; expected positive, negative, neutral. A number does '
            "not name a polarity; say what each stands for: Labels 0=negative,1=neutral,2=positive",
        ),
        (lambda text: text.replace(",positive", ",true", 1), 'label "true" is no polarity'),
        (lambda text: text + "nobody,positive\n", 'id "nobody" is not in the benchmark'),
        (lambda text: text + text.splitlines()[1] + "\n", "duplicate id"),
        (lambda text: "\n".join(text.splitlines()[:-2]), "2 of 490 ids are missing"),
        (lambda text: "", "the file: has no predictions; expected 490, one for each instance"),
    ],
)
def test_uploads_a_file_that_does_not_answer_is_refused(good_upload, change, message):
    found = upload(change(good_upload.decode()).encode())
    assert message in found
    assert "/tmp" not in found


def test_uploads_what_is_no_text_or_too_large_or_something_else_is_refused(good_upload):
    assert upload(b"\x89PNG\r\n\xff\xfe") == "the file is not text in UTF-8"
    assert "binary" in upload(b"id,prediction\n\0\0")
    assert "21.0 MB; expected 20 MB at most" in upload(b"x" * (21 << 20))
    assert 'ends in ".exe"; expected .csv, .jsonl, .json' in upload(good_upload, "mine.exe")


@pytest.mark.parametrize("name", ["=1+1", "+x", "@SUM(A1)", "-2", "<b>bold</b>", "a<script>", "\u202e=x"])
def test_uploads_markup_and_formulas_in_a_name_are_refused(good_upload, name):
    assert "holds markup or begins like a formula" in upload(good_upload, name=name)


def test_uploads_a_report_is_taken_as_a_claim(tmp_path):
    made = sample_report(tmp_path, "mine")
    content = made.model_dump_json().encode()
    assert check_upload("x.json", content, UploadForm("sample", "")).report.name == "mine"
    assert check_upload("x.json", content, UploadForm("sample", "yours")).report.name == "yours"


def test_uploads_a_report_that_cannot_be_true_is_refused(tmp_path):
    made = sample_report(tmp_path, "mine")
    text = made.model_dump_json()
    assert "not a report" in upload(b"{}", "x.json", "")
    assert "the file: not valid JSON" in upload(b'{"a": ', "x.json", "")
    high = text.replace(f'"ars":{{"value":{made.ars.value}', '"ars":{"value":120', 1)
    assert "ars.value: Input should be less than or equal to 100" in upload(high.encode(), "x.json", "")
    above = made.model_copy(update={"ars": made.ars.model_copy(update={"value": 99.0, "high": 99.0})})
    assert "over its accuracy" in upload(above.model_dump_json().encode(), "x.json", "")
    assert 'a report on "mine"' in upload(
        text.replace('"name":"sample"', '"name":"mine"').encode(), "x.json", ""
    )
    other = text.replace(made.dataset.checksum, "0" * 64)
    assert "a report on another sample" in upload(other.encode(), "x.json", "")
