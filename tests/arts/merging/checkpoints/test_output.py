"""The merged model's files: whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple

import pytest
import torch
from helpers.checkpoints import (
    altered_copy,
    check_refused,
    weights_of,
)

from arts.data.errors import ArtsError
from arts.merging.job import MergeJob
from arts.merging.methods import METHODS


def test_output_a_folder_with_something_in_it_is_left_alone(family, tmp_path):
    base, models = family(1)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with pytest.raises(ArtsError, match="exists and is not empty"):
        MergeJob(base, models, method=METHODS["metagpt"]).run(tmp_path / "full")
    assert (tmp_path / "full" / "notes.txt").read_text() == "mine"


def test_output_a_number_too_large_for_half_precision(family, tmp_path):
    base, models = family(1)
    large = torch.full((24,), 1e5)
    start = altered_copy(base, tmp_path, "start", model__norm__weight=large)
    end = altered_copy(models[0], tmp_path, "end", model__norm__weight=large + 1)
    check_refused(
        r"model\.norm\.weight: a merged number is too large for F16", start, [end], tmp_path, dtype="F16"
    )


def test_output_a_full_disk_is_one_clear_error(family, tmp_path, monkeypatch):
    base, models = family(1)
    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: usage(10, 10, 0))
        check_refused(r"merged: needs 0\.00 GB, and 0\.00 GB are free", base, models, tmp_path)

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    for call in ("truncate", "pwrite"):
        with monkeypatch.context() as patch:
            patch.setattr(os, call, full)
            check_refused("the disk is full; nothing was written under this name", base, models, tmp_path)


def test_output_a_merge_that_is_killed_leaves_nothing_under_its_name(tmp_path, family):
    shapes = {f"model.layers.{n}.mlp.weight": (1500, 1000) for n in range(6)}
    base, models = family(2, "BF16", shapes=shapes)
    command = [sys.executable, "-m", "arts", "merge", "--base", base, "--output", str(tmp_path / "merged")]
    command += [word for model in models for word in ("--model", model)]
    started = time.perf_counter()
    MergeJob(base, models, method=METHODS["metagpt"]).run(tmp_path / "expected")
    took = time.perf_counter() - started
    for number in range(10):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.perf_counter() + 30
        while (
            not list(tmp_path.glob(".merged.*")) and process.poll() is None and time.perf_counter() < deadline
        ):
            time.sleep(0.002)
        time.sleep(took * number / 15)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (tmp_path / "merged").exists():  # it was faster than the signal
            assert (tmp_path / "merged" / "merge_report.json").exists()
            shutil.rmtree(tmp_path / "merged")
    subprocess.run(command, check=True, capture_output=True)
    assert not list(tmp_path.glob(".merged*"))
    merged, expected = weights_of(tmp_path / "merged"), weights_of(tmp_path / "expected")
    assert all(torch.equal(tensor, merged[name]) for name, tensor in expected.items())
