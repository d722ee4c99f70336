"""`arts merge`."""

from __future__ import annotations

import json
from functools import partial

import pytest
import torch
import yaml
from helpers.checkpoints import TINY, save, save_adapter, weights_of
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
    assert max(peaks) < 1.2 * min(peaks)  # a process alone varies by a tenth


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


TIES = ("--base", "base", "--model", "model-1", "--method", "ties", "--output", "merged")
PLAIN = ("--base", "base", "--model", "model-1", "--output", "merged")
BAD_NUMBERS = {
    "--density 0": "--density is 0.0; expected a number over 0, up to 1",
    "--density -1": "--density is -1.0; expected a number over 0, up to 1",
    "--density 1.5": "--density is 1.5; expected a number over 0, up to 1",
    "--density nan": "--density is nan; expected a finite number",
    "--weight nan": "--weight is nan; expected a finite number",
    "--weight inf": "--weight is inf; expected a finite number",
    "--weight 0": "all weights are 0, so that nothing would be merged into the base",
    "--scale nan": "--scale is nan; expected a finite number",
    "--scale 0": "--scale is 0.0; expected a number other than 0, from -1,000,000 to 1,000,000",
    "--scale 1e38": "--scale is 1e+38; expected a number other than 0, from -1,000,000 to 1,000,000",
    "--density 1e-320": "model-1: with densities up to 9.99989e-321, ties would keep none of its",
    "--model model-1/": "--model model-1/ is given twice; expected each model once",
    "--tokenizer-from /no/such": "neither a folder nor to be had from the Hugging Face Hub (no such folder",
    "--threads 0": "--threads is 0; expected a whole number from 1 to 256",
    "--threads 1000000": "--threads is 1000000; expected a whole number from 1 to 256",
    "--max-shard-size inf": "--max-shard-size is inf; expected a finite number",
    "--max-shard-size nan": "--max-shard-size is nan; expected a finite number",
    "--max-shard-size 0": "--max-shard-size is 0.0; expected a number of GB from 0.001 to 1,000,000",
}


def check_one_line(done, message, folder):
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (folder / "merged").exists()
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("given", BAD_NUMBERS)
def test_merge_numbers_out_of_range_are_named_by_their_option(given, family, tmp_path):
    family(1)
    done = call("arts.merge", *TIES, *given.split(), folder=tmp_path)
    check_one_line(done, BAD_NUMBERS[given], tmp_path)


def test_merge_a_density_by_which_dare_would_drop_everything_is_refused(family, tmp_path):
    family(1)
    done = call("arts.merge", *PLAIN, "--method", "dare", "--density", "1e-30", folder=tmp_path)
    check_one_line(done, "model-1: with densities up to 1e-30, dare would keep none of its", tmp_path)


@pytest.mark.parametrize("seed", ["-1", "4294967296", "1.5"])
def test_merge_a_seed_out_of_range(seed, family, tmp_path):
    family(1)
    done = call("arts.merge", *PLAIN, "--method", "dare", "--seed", seed, folder=tmp_path)
    check_one_line(done, f"'--seed': \"{seed}\"; expected a whole number from 0 to 4294967295", tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*TIES, "--emit-config", "c.yaml"), "--emit-config: mergekit's linear cannot do what ties does"),
        ((*PLAIN, "--emit-config", "c.yaml", "--head", "drop"), "linear cannot do what --head drop does"),
        ((*PLAIN, "--heatmap", "map.xyz"), "map.xyz: a picture ends in .png or .svg"),
        ((*PLAIN, "--heatmap", "base/config.json/map.png"), "cannot be written"),
        ((*PLAIN, "--emit-config", "base"), "base: is a folder; expected a file to write"),
        ((*PLAIN, "--emit-config", "model-1/model.safetensors"), "safetensors: exists; expected a new file"),
        ((*PLAIN, "--emit-config", "base/config.json"), "config.json: exists; expected a new file"),
        ((*PLAIN, "--heatmap", "old.svg"), "old.svg: exists; expected a new file"),
        ((*PLAIN, "--heatmap", "link.png"), "link.png: exists; expected a new file"),
        (
            (*PLAIN, "--heatmap", "a.svg", "--emit-config", "base/../a.svg"),
            "--emit-config base/../a.svg: is that of --heatmap, too",
        ),
        ((*PLAIN, "--emit-config", "merged"), "--emit-config merged: is that of --output, too"),
        ((*PLAIN, "--emit-config", "merged/config.json"), "could be a file of the merged model"),
        (
            (*PLAIN, "--check-linearity"),
            "--check-linearity: base has no tokenizer, so that it cannot be given",
        ),
        ((*PLAIN[:-1], "base/config.json/merged"), "cannot be written"),
        ((*PLAIN[:-1], "base"), "base: exists and is not empty"),
    ],
)
def test_merge_what_cannot_be_done_is_refused_before_the_work(
    arguments, message, family, tmp_path, monkeypatch
):
    family(1)
    (tmp_path / "old.svg").write_text("kept")
    (tmp_path / "link.png").symlink_to("nowhere")
    monkeypatch.setattr("arts.merging.job.survey_task_vectors", lambda *_, **__: pytest.fail("it worked"))
    check_one_line(call("arts.merge", *arguments, folder=tmp_path), message, tmp_path)


def test_merge_after_an_interrupt_says_that_it_starts_over(family, tmp_path, monkeypatch):
    family(1)

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("arts.merging.job.survey_task_vectors", interrupt)
    done = call("arts.merge", *PLAIN, folder=tmp_path)
    assert done.returncode == 130
    assert done.stderr.endswith("arts: interrupted; nothing was written; the same command starts over\n")
    assert not list(tmp_path.glob("*merged*"))


def test_merge_an_adapter_is_emitted_as_mergekit_names_it_and_merged_again(family, tmp_path):
    family(1)
    rows, columns = TINY["model.layers.0.mlp.weight"]
    name = "model.layers.0.mlp"
    parts = {f"{name}.lora_A.weight": torch.randn(4, columns), f"{name}.lora_B.weight": torch.randn(rows, 4)}
    save_adapter(tmp_path / "lora", parts)
    given = ("--base", "base", "--model", "model-1", "--model", "lora", "--method", "task-arithmetic")
    emitted = ("--output", "one", "--emit-config", "c.yaml")
    done = call("arts.merge", *given, *emitted, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [entry["model"] for entry in yaml.safe_load((tmp_path / "c.yaml").read_text())["models"]] == [
        "base",
        "model-1",
        "base+lora",
    ]
    again = call("arts.merge", "--config", "c.yaml", "--output", "two", folder=tmp_path)
    assert again.returncode == 0, again.stderr
    one, two = (weights_of(tmp_path / name) for name in ("one", "two"))
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, two[name], rtol=1e-5, atol=1e-6)
