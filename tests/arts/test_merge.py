"""`arts merge`."""

from __future__ import annotations

import json
from functools import partial

import pytest
import torch
from helpers.checkpoints import (
    save,
)
from helpers.commands import call, run


def test_merge_the_command_tells_what_it_did(family, tmp_path):
    base, models = family(2)
    given = [word for model in models for word in ("--model", model)]
    arts = partial(call, "arts.merge", folder=tmp_path)
    dry = arts("--base", base, *given, "--dry-run", "--format", "json")
    assert dry.returncode == 0, dry.stderr
    shares = [entry["coefficient"] for entry in json.loads(dry.stdout)["models"]]
    assert sum(shares) == pytest.approx(1)
    done = arts(
        "--base", base, *given, "--output", str(tmp_path / "merged"),
        "--emit-config", str(tmp_path / "linear.yaml"), "--heatmap", str(tmp_path / "cosines.svg"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Merged by metagpt" in done.stdout
    assert f"wrote {tmp_path / 'merged'}" in done.stderr
    assert "arts merge --base" in (tmp_path / "merged" / "README.md").read_text()
    assert (tmp_path / "cosines.svg").read_text().startswith("<?xml")
    again = arts("--config", str(tmp_path / "linear.yaml"), "--output", str(tmp_path / "again"))
    assert again.returncode == 0, again.stderr
    looked = arts("--dry-run", "--by-layer", "--base", base, *given)
    assert looked.returncode == 0, looked.stderr
    assert "conflicting signs" in looked.stdout


@pytest.mark.parametrize("method", ["metagpt", "ties"])
def test_merge_memory_grows_neither_with_the_model_nor_with_their_number(method, tmp_path):
    peaks = []
    for number, (rows, count) in enumerate(((8_000, 2), (64_000, 2), (8_000, 8))):
        start = {"model.embed_tokens.weight": torch.randn(rows, 256)}
        base, *models = (
            save(tmp_path / f"{number}-{n}", {k: t + 0.01 * n for k, t in start.items()}, "BF16")
            for n in range(count + 1)
        )
        given = [word for model in models for word in ("--model", model)]
        output = tmp_path / f"merged-{number}"
        options = ("--method", method, "--output", output, "--threads", "2")
        done = run("arts.merge", "--base", base, *given, *options, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        peaks.append(json.loads((output / "merge_report.json").read_text())["peak_memory"])
    assert max(peaks) < 200e6
    assert max(peaks) < 1.1 * min(peaks)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--base", "a", "--model", "b"), "give --output FOLDER, or --dry-run"),
        (("--dry-run",), "give --base and at least one --model, or --config FILE"),
        (("--dry-run", "--base", "a", "--model", "b", "--method", "tise"), 'Did you mean "ties"?'),
        (("--dry-run", "--config", "c.yaml", "--density", "0.3"), "--density has no effect with --config"),
        (
            ("--dry-run", "--base", "a", "--model", "b", "--density", "0.3"),
            "--density is of methods that sparsify",
        ),
        (
            ("--dry-run", "--base", "a", "--model", "b", "--method", "ties", "--density", "3"),
            "--density is 3.0; expected a number over 0, up to 1",
        ),
        (("--dry-run", "--base", "a", "--model", "b", "--weight", "1"), "metagpt finds the weights itself"),
        (
            (
                "--dry-run",
                "--base",
                "a",
                "--model",
                "b",
                "--method",
                "dare",
                "--weight",
                "1",
                "--weight",
                "2",
            ),
            "--weight is given 2 times; expected one for each of 1 models",
        ),
        (
            ("--dry-run", "--base", "a", "--model", "b", "--method", "ties", "--granularity", "layer"),
            "--granularity layer is of MetaGPT's coefficients",
        ),
    ],
)
def test_merge_bad_usage_is_one_clear_line(arguments, message, tmp_path):
    done = call("arts.merge", *arguments, folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
