"""`arts validate`."""

from __future__ import annotations

import os

from helpers.commands import call
from helpers.folders import ROOT
from helpers.prediction_files import predictions

from arts.evaluation.report import Report


def test_validate_a_report_is_written_and_validated(tmp_path):
    path = predictions(tmp_path)
    done = call(
        "arts.evaluate", "--predictions", path, "--output", "results", "--name", "oracle", folder=tmp_path
    )
    (report,) = (tmp_path / "results").glob("sample-oracle-*.json")
    assert f"wrote results/{report.name}" in done.stderr
    assert Report.load(report).ars.value == 100
    again = call("arts.evaluate", "--predictions", report.with_suffix(".parquet"), folder=tmp_path)
    assert again.returncode == 0
    done = call("arts.validate", report, ROOT / "data" / "sample" / "test.jsonl", folder=tmp_path)
    assert done.returncode == 0
    assert "recomputed: recomputed here from the corpus and labels that somebody brought" in done.stdout
    assert "instances" in done.stdout
    report.write_text(report.read_text().replace('"value": 100.0', '"value": 99.0', 1))
    done = call("arts.validate", report, ROOT / "README.md", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("arts: error:") == 2


def test_validate_a_folder_stands_for_the_files_in_it(tmp_path):
    path = predictions(tmp_path)
    call("arts.evaluate", "--predictions", path, "--output", "results", folder=tmp_path)
    done = call("arts.validate", "results", folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("results/sample-mine-")
    assert done.stdout.count("\n") == 1
    (tmp_path / "empty").mkdir()
    done = call("arts.validate", "empty", folder=tmp_path)
    assert done.returncode == 2
    assert "arts: error: empty: holds no reports and no corpora" in done.stderr


def test_validate_a_folder_that_was_generated_or_exported_stands_for_its_corpora(tmp_path):
    call("arts.export", "exported", folder=tmp_path)
    call("arts.generate", "--output", "made", "--strategy", "revtgt", "--format", "arts", folder=tmp_path)
    done = call("arts.validate", "made", "exported", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "made/sample/test.json",
        *(f"exported/sample/{split}.parquet" for split in ("test", "train", "validation")),
    ]


def test_validate_predictions_in_a_file_whose_name_is_not_utf8_are_scored(tmp_path):
    path = predictions(tmp_path)
    path.rename(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.csv"))
    done = call("arts.evaluate", "--predictions", os.fsdecode(b"bad\xff.csv"), folder=tmp_path)
    assert done.returncode == 0
    assert r"bad\udcff" in done.stdout
