"""The outputs of the reference model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from helpers.unlearning import QUICK, RETAIN

from arts.data.errors import ArtsError
from arts.data.readers.row_source import RowSource
from arts.unlearning.job import UnlearningJob
from arts.unlearning.loaded_model import load_unlearning_model
from arts.unlearning.objectives import IGNORED_LABEL, LossWeights
from arts.unlearning.reference import count_prediction_rows, read_reference, write_reference


def test_reference_another_reference_is_asked(job: UnlearningJob, tmp_path: Path) -> None:
    torch.manual_seed(1)
    other = load_unlearning_model(job.model)
    with torch.no_grad():
        for weight in other.model.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    other.model.save_pretrained(tmp_path / "other")
    other.tokenizer.save_pretrained(tmp_path / "other")
    settings = replace(QUICK, weights=LossWeights(0, 0, 1), tolerance=1)
    report = replace(job, settings=settings, reference=str(tmp_path / "other")).run(tmp_path / "made")
    divergences = [step.mitigation or 0.0 for step in report.steps]
    assert divergences[0] > 1e-3
    assert sum(divergences[-4:]) < 0.8 * sum(divergences[:4])


def test_reference_the_reference_is_what_the_model_said(causal: str, tmp_path: Path) -> None:
    loaded = load_unlearning_model(causal)
    tokenizer = loaded.row_tokenizer(64)
    texts = tokenizer.encode(RowSource("retain", "", list(enumerate(RETAIN, 1))))
    path = tmp_path / "reference.npy"
    write_reference(
        path, loaded.model, texts=texts, indices=[1, 4, 7], collate=tokenizer.collate, classes=loaded.classes
    )
    said = read_reference(path, texts, indices=[1, 4, 7]).rows_of([7, 1])
    logits = [loaded.model(input_ids=torch.tensor([texts[n]["input_ids"]])).logits[0] for n in (7, 1)]
    kept = [torch.tensor(texts[n]["labels"]) != IGNORED_LABEL for n in (7, 1)]
    expected = torch.cat([z[:-1][k[1:]] for z, k in zip(logits, kept, strict=True)]).log_softmax(1)
    torch.testing.assert_close(said, expected.detach(), atol=2e-3, rtol=2e-3)
    assert len(said) == count_prediction_rows(texts[7]) + count_prediction_rows(texts[1])


def test_reference_a_reference_with_another_tokenizer(job: UnlearningJob, tmp_path: Path) -> None:
    other = load_unlearning_model(job.model)
    other.model.save_pretrained(tmp_path / "other")
    other.tokenizer.save_pretrained(tmp_path / "other")
    path = tmp_path / "other" / "tokenizer.json"
    path.write_text(path.read_text().replace('"soup"', '"stew"'))
    with pytest.raises(ArtsError, match="have no common tokenizer"):
        replace(job, reference=str(tmp_path / "other")).run(tmp_path / "made")


def test_reference_no_room_for_the_reference(
    job: UnlearningJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("arts.unlearning.reference.shutil.disk_usage", lambda path: usage)
    with pytest.raises(
        ArtsError, match=r"the reference model's outputs on \d+ texts take .* GB, and 0.0 GB are free"
    ):
        job.run(tmp_path / "made")
