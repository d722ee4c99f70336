"""What is copied beside merged weights: files of the folder, and nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from arts.data.errors import ArtsError
from arts.merging.job import MergeJob


def test_assets_a_link_that_leads_out_of_the_folder_is_not_copied_and_said(family, tmp_path):
    base, models = family(1)
    (tmp_path / "secret").write_text("key")
    Path(base, "tokenizer_notes.txt").symlink_to(tmp_path / "secret")
    Path(base, "vocab.txt").write_text("a")
    Path(base, "vocab_link.txt").symlink_to("vocab.txt")
    report = MergeJob(base, models).run(tmp_path / "merged")
    assert not (tmp_path / "merged" / "tokenizer_notes.txt").exists()
    assert (tmp_path / "merged" / "vocab_link.txt").read_text() == "a"
    assert any("tokenizer_notes.txt: a link that leads out of its folder" in line for line in report.remarks)


def test_assets_a_folder_that_is_a_link_is_not_copied(family, tmp_path):
    base, models = family(1)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "x.jinja").write_text("key")
    Path(base, "additional_chat_templates").symlink_to(tmp_path / "templates")
    MergeJob(base, models).run(tmp_path / "merged")
    assert not (tmp_path / "merged" / "additional_chat_templates").exists()


def test_assets_a_configuration_that_is_such_a_link_is_refused(family, tmp_path):
    base, models = family(1)
    config = Path(base, "config.json")
    config.rename(tmp_path / "elsewhere.json")
    config.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(
        ArtsError, match=r"config\.json: is a link that leads out of its folder; expected a file"
    ):
        MergeJob(base, models).run(tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_assets_the_links_in_the_cache_of_the_hub_are_followed(family, tmp_path):
    base, models = family(1)
    repository = tmp_path / "models--me--base"
    (repository / "snapshots").mkdir(parents=True)
    Path(base).rename(repository / "blobs")
    snapshot = repository / "snapshots" / "abc"
    snapshot.mkdir()
    (repository / "blobs" / "vocab.txt").write_text("a")
    for file in (repository / "blobs").iterdir():
        (snapshot / file.name).symlink_to(Path("..", "..", "blobs", file.name))
    MergeJob(str(snapshot), models).run(tmp_path / "merged")
    assert (tmp_path / "merged" / "vocab.txt").read_text() == "a"


def test_assets_code_that_a_model_brings_is_not_copied_and_said(family, tmp_path):
    base, models = family(1, auto_map={"AutoModel": "own.OwnModel"})
    Path(base, "own.py").write_text("")
    report = MergeJob(base, models).run(tmp_path / "merged")
    assert not (tmp_path / "merged" / "own.py").exists()
    assert any("names code of its own (auto_map), which is not copied" in line for line in report.remarks)
