"""`arts train`."""

from __future__ import annotations

import json

from helpers.commands import call, run
from helpers.folders import ROOT


def test_train_a_model_is_trained_saved_and_measured_again(tmp_path, encoder):
    settings = ("--model", "memnet", "--encoder", encoder, "--strategy", "revtgt")
    command = ("arts.train", *settings, "--adversarial", "--output", "out/memnet")
    done = call(*command, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "arts: training memnet, seed 1\n" in done.stderr
    assert "wrote out/memnet: memnet, " in done.stderr
    assert {"model.safetensors", "config.json", "tokenizer.json", "arts.json"} <= {
        path.name for path in (tmp_path / "out" / "memnet").iterdir()
    }
    again = call(*command, folder=tmp_path)
    assert again.returncode == 2
    assert "out/memnet: exists and is not empty; expected a new or empty folder" in again.stderr
    kept = run("arts.evaluate", "--model", "hf:out/memnet", "--format", "json", folder=tmp_path)
    beside = ("arts.evaluate", *settings, "--intervention", "adversarial", "--format", "json")
    from_cache = call(*beside, folder=tmp_path)
    plain, robust = json.loads(from_cache.stdout)["reports"]
    assert json.loads(kept.stdout)["ars"] == robust["ars"]
    assert robust["model"]["intervention"]["strategies"] == ["revtgt"]
    assert plain["model"]["intervention"] is None


def test_train_says_which_split_is_missing(tmp_path):
    (tmp_path / "mine").mkdir()
    for split in ("train", "test"):
        (tmp_path / "mine" / f"{split}.jsonl").symlink_to(ROOT / "data" / "sample" / f"{split}.jsonl")
    done = call("arts.train", "--model", "td-lstm", "--dataset", "mine", "--output", "out", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "arts: error: mine: has no split dev, and training needs train and dev; "
        "expected a folder that has both"
    )
