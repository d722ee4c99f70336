"""The schedule of batches."""

from __future__ import annotations

from helpers.tiny_models import tiny_tokenizer

from arts.data.readers.row_source import RowSource
from arts.unlearning.schedule import BatchSchedule, UnlearningTexts
from arts.unlearning.settings import UnlearningSettings
from arts.unlearning.tokenization import LabelledTextTokenizer


def test_schedule_probes_what_is_not_trained_on_and_takes_every_text_before_it_repeats() -> None:
    tokenizer = LabelledTextTokenizer(tiny_tokenizer(), 9, {"a": 0, "b": 1})
    rows = [(n, {"text": f"soup {'good ' * n}", "label": "a"}) for n in range(1, 21)]
    texts = tokenizer.encode(RowSource("x", "", rows))
    schedule = BatchSchedule.draw(
        UnlearningTexts(texts[:8], texts[8:], collate=tokenizer.collate, classes=2),
        UnlearningSettings(batch_size=4, retain_ratio=2, steps=4),
    )
    assert [batch.forget for batch in schedule.batches] == [True, False, False] * 4
    assert not set(schedule.retain_probe) & set(schedule.trained_texts(forget=False))
    forgotten = [index for batch in schedule.batches if batch.forget for index in batch.indices]
    assert sorted(forgotten[:8]) == sorted(forgotten[8:]) == list(range(8))
