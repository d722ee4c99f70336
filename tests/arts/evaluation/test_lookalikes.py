"""Names that look like others."""

from __future__ import annotations

import pytest

from arts.evaluation.lookalikes import imitated_name, name_fault
from arts.evaluation.report_header import model_name_fault

KNOWN = ["bert", "td-lstm", "memnet", "capsbert"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("b\u0435rt", "U+0435"),
        ("\u0412ERT", "U+0412"),
        ("BER\u03a4", "U+03A4"),
        ("be\u200brt", "U+200B"),
        ("be\u00adrt", "U+00AD"),
        ("\u202etreb", "U+202E"),
        ("bert\ufeff", "U+FEFF"),
        ("bert\u3164", "U+3164"),
        ("bert\n", "U+000A"),
        ("be\uff52t", "U+FF52"),
        ("", "is empty"),
        (" ", "is empty"),
    ],
)
def test_lookalikes_names_that_are_not_what_they_seem_are_told(name, message):
    assert message in name_fault(name)


@pytest.mark.parametrize("name", ["bert", "Élan ± 2", "модель", "β-BERT", "中文BERT", "Yıldız", "a/b c, d=2"])
def test_lookalikes_honest_names_have_no_fault(name):
    assert name_fault(name) == ""
    assert model_name_fault(name) == ""


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("td-1stm", "td-lstm"),
        ("TD_LSTM", "td-lstm"),
        ("rnemnet", "memnet"),
        ("\uff42\uff45\uff52\uff54", "bert"),
        ("\U0001d41b\U0001d41e\U0001d42b\U0001d42d", "bert"),
        ("\u0432\u0435\u0433\u0442", "bert"),
        ("b\u00e9rt", "bert"),
        ("bert", ""),
        ("roberta", ""),
    ],
)
def test_lookalikes_the_imitated_name_is_found(name, known):
    assert imitated_name(name, KNOWN) == known


def test_lookalikes_case_and_punctuation_are_no_disguise():
    assert model_name_fault("TD_LSTM") == ""
    assert '"td-1stm" looks like "td-lstm"' in model_name_fault("td-1stm")
    assert "figures of the paper" in model_name_fault("BERT (Paper)")
    assert model_name_fault("white paper") == ""
