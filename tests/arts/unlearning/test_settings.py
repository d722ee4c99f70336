"""Settings and the plan of batches."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.tiny_models import tiny_tokenizer

from arts.data.errors import ArtsError
from arts.data.readers.row_source import RowSource
from arts.unlearning.settings import BatchSchedule, UnlearningSettings, UnlearningTexts
from arts.unlearning.tokenization import LabelledTextTokenizer


def test_settings_a_plan_probes_what_it_does_not_train_on_and_looks_at_everything_before_it_repeats() -> None:
    encoder = LabelledTextTokenizer(tiny_tokenizer(), 9, {"a": 0, "b": 1})
    rows = [(n, {"text": f"soup {'good ' * n}", "label": "a"}) for n in range(1, 21)]
    texts = encoder.encode(RowSource("x", "", rows))
    plan = BatchSchedule.of(
        UnlearningTexts(texts[:8], texts[8:], encoder.collate, 2),
        UnlearningSettings(batch_size=4, ratio=2, steps=4),
    )
    assert [batch.forgets for batch in plan.batches] == [True, False, False] * 4
    assert not set(plan.retain_probe) & set(plan.texts(forgets=False))
    forgotten = [text for batch in plan.batches if batch.forgets for text in batch.texts]
    assert sorted(forgotten[:8]) == sorted(forgotten[8:]) == list(range(8))


@pytest.mark.parametrize("change", [{"steps": 0}, {"batch_size": 0}, {"ratio": 0}, {"rate": -1.0}])
def test_settings_out_of_range(change: dict[str, Any]) -> None:
    with pytest.raises(ArtsError, match="expected"):
        UnlearningSettings(**change)
