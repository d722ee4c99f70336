"""Ways to forge the figures, the corpus or the model of a report: none is verified, by both."""

from __future__ import annotations

import pytest
from helpers.forging import (
    DIFFERS,
    REFUSED,
    Forged,
    check_forgery,
    curve,
    gap,
    moved_confusion,
    narrow,
    narrow_strategy,
    probe,
    put,
    score,
    swapped,
)

from arts.evaluation.verification import Status


def swap_gold(f: Forged) -> None:
    f.columns["polarity"] = list(f.columns["prediction"])


def no_probabilities(f: Forged) -> None:
    for name in ("positive", "negative", "neutral"):
        del f.columns[name]


def mirrored_confusion(f: Forged) -> None:
    f.put("confusion", [list(row) for row in zip(*f.report["confusion"], strict=True)])


def altered_corpus(f: Forged) -> None:
    swap_gold(f)
    f.put("dataset.checksum", "0" * 64)


def renamed_corpus(f: Forged) -> None:
    swap_gold(f)
    f.put("dataset.name", "s\u0430mple")


def called_zoo(f: Forged) -> None:
    f.put("model.kind", "zoo")
    f.put("model.id", "bert")
    f.put("name", "bert")


FORGERIES = [
    # Scores
    ("another accuracy", "custom", score("accuracy", 93.0), DIFFERS, "accuracy"),
    ("another ARS", "custom", score("ars", 58.7), DIFFERS, "ars"),
    ("another macro-F1", "custom", score("macro_f1", 93.0), DIFFERS, "macro_f1"),
    (
        "ARS by a hundredth",
        "custom",
        lambda f: f.put("ars.value", round(f.report["ars"]["value"] + 0.01, 2)),
        DIFFERS,
        "ars",
    ),
    (
        "another score by strategy",
        "custom",
        score("strategies.revtgt.perturbed", 93.0),
        DIFFERS,
        "strategies",
    ),
    ("a strategy left out", "custom", lambda f: f.report["strategies"].pop("revnon"), DIFFERS, "strategies"),
    ("another number of variants", "custom", put("strategies.revtgt.count", 5), DIFFERS, "strategies"),
    ("another score by polarity", "custom", score("polarities.neutral.ars", 93.0), DIFFERS, "polarities"),
    ("another F1", "custom", put("polarities.neutral.f1", 99.0), DIFFERS, "polarities"),
    ("a mirrored confusion matrix", "custom", mirrored_confusion, DIFFERS, "confusion"),
    ("another confusion matrix", "custom", moved_confusion, DIFFERS, "confusion"),
    ("narrower intervals", "custom", narrow, DIFFERS, "accuracy"),
    ("an interval of no width", "custom", narrow_strategy, DIFFERS, "strategies"),
    ("intervals of one resample", "custom", put("bootstrap.resamples", 1), DIFFERS, "bootstrap"),
    ("intervals of another level", "custom", put("bootstrap.level", 0.5), DIFFERS, "bootstrap"),
    ("intervals of another seed", "custom", put("bootstrap.seed", 7), DIFFERS, "bootstrap"),
    ("no resamples", "custom", put("bootstrap.resamples", 0), REFUSED, "bootstrap.resamples"),
    (
        "a thousand million resamples",
        "custom",
        put("bootstrap.resamples", 10**9),
        REFUSED,
        "bootstrap.resamples",
    ),
    ("an ADDDIFF curve above the accuracy", "custom", curve((100, 100, 100)), REFUSED, "originals right"),
    ("an ADDDIFF curve of fractions", "custom", curve((81.11, 74, 87)), REFUSED, "no accuracy on 138"),
    (
        "an ADDDIFF curve of more originals",
        "custom",
        curve((80.0, 77.5, 82.4), units=1000),
        REFUSED,
        "1000 originals; expected 1 to 138",
    ),
    (
        "an ADDDIFF curve of narrow intervals",
        "custom",
        curve((77.54, 77.5, 77.6)),
        REFUSED,
        "no accuracy on 138",
    ),
    ("an empty ADDDIFF curve", "custom", curve(), REFUSED, "does not have points for 0, 1, 2"),
    ("a pattern gap of other counts", "custom", gap(only_first=9), REFUSED, "its pattern gap"),
    ("a pattern gap of another p-value", "custom", gap(p_value=0.001), REFUSED, "its pattern gap"),
    ("another pattern gap", "custom", gap(value=9.0, high=12.0), REFUSED, "is not the difference of 50.00"),
    ("a probe with originals missing", "custom", probe(left_out=9), REFUSED, "with 9 left out; expected 138"),
    (
        "a probe below the accuracy",
        "custom",
        probe(),
        REFUSED,
        "probe same-side has 69 of 138 originals right",
    ),
    ("shares of no swapped aspects", "custom", swapped(33.1, 20, 47), REFUSED, "no accuracy on 50 originals"),
    ("another share of swapped aspects", "custom", swapped(50.0, 36, 64), DIFFERS, "aspect_swapped"),
    ("a lower floor", "custom", put("floors.0.accuracy.value", 10.0), DIFFERS, "floors"),
    # The corpus
    ("an altered corpus of a known name", "custom", altered_corpus, REFUSED, "a report on another sample"),
    ("a corpus of a name that looks like it", "custom", renamed_corpus, REFUSED, "dataset.name"),
    ("a corpus with a space", "custom", put("dataset.name", "sample "), REFUSED, "dataset.name"),
    ("fewer units", "custom", put("dataset.units", 100), DIFFERS, "dataset.units"),
    ("fewer instances", "blind", put("dataset.instances", 138), DIFFERS, "dataset.instances"),
    ("aspects left out", "custom", put("dataset.conflict", 40), DIFFERS, "dataset.conflict"),
    ("instances left out", "custom", put("dataset.left_out", {"a": "b"}), DIFFERS, "dataset.left_out"),
    ("spans repaired", "custom", put("dataset.repaired", ["a"]), DIFFERS, "dataset.repaired"),
    ("other files", "custom", put("dataset.files", {"test.jsonl": "0"}), DIFFERS, "dataset.files"),
    # Names, times and models
    (
        "a name with a letter of another script",
        "custom",
        put("name", "b\u0435rt"),
        REFUSED,
        'field "name" mixes Latin letters',
    ),
    ("a name in full-width letters", "custom", put("name", "\uff42\uff45\uff52\uff54"), REFUSED, "name"),
    (
        "a name with a digit for a letter",
        "custom",
        put("name", "td-1stm"),
        REFUSED,
        '"td-1stm" looks like "td-lstm"',
    ),
    (
        "a name with an invisible character",
        "custom",
        put("name", "be\u200brt"),
        REFUSED,
        "invisible or control character (U+200B",
    ),
    ("a name written backwards", "custom", put("name", "\u202etreb"), REFUSED, "(U+202E"),
    ("a name that writes to the terminal", "custom", put("name", "x\r\x1b[2Kverified"), REFUSED, "(U+000D"),
    ("a name of the paper", "custom", put("name", "bert (paper)"), REFUSED, "figures of the paper"),
    ("no name", "custom", put("name", " "), REFUSED, 'field "name" is empty'),
    (
        "the name of a model of the zoo",
        "custom",
        put("name", "bert"),
        Status.RECOMPUTED,
        'its name is that of "bert"',
    ),
    (
        "another model's name",
        "zoo",
        put("name", "capsbert"),
        Status.RECOMPUTED,
        'its name is that of "capsbert", but it is of "bert"',
    ),
    (
        "an intervention in the name",
        "zoo",
        put("name", "bert + merge"),
        Status.RECOMPUTED,
        "no intervention is recorded",
    ),
    (
        "a model that is not in the zoo",
        "zoo",
        put("model.id", "gpt-9", name="gpt-9"),
        Status.RECOMPUTED,
        'no model "gpt-9" is known here',
    ),
    ("weights without a checksum", "zoo", put("model.checksum", None), Status.RECOMPUTED, "checksum"),
    ("weights with another checksum", "zoo", put("model.checksum", "x"), Status.RECOMPUTED, "checksum"),
    (
        "a model of no parameters",
        "zoo",
        put("model.parameters", None),
        Status.RECOMPUTED,
        "how they were trained",
    ),
    ("a model of no recipe", "zoo", put("model.recipe", {}), Status.RECOMPUTED, "how they were trai"),
    ("labels of a file as a model of the zoo", "brought", called_zoo, Status.RECOMPUTED, "no probabilities"),
    (
        "labels of a file as a model",
        "brought",
        put("model.kind", "custom"),
        Status.RECOMPUTED,
        "no probabilities",
    ),
    ("predictions without probabilities", "zoo", no_probabilities, Status.RECOMPUTED, "no probabilities"),
    ("a seed below zero", "zoo", put("model.seed", -1), REFUSED, "model.seed"),
    (
        "measured in the future",
        "custom",
        put("provenance.started", "2999-01-01T00:00:00Z"),
        REFUSED,
        "is in the future: 2999-01-01",
    ),
    ("measured in less than no time", "custom", put("provenance.seconds", -5), REFUSED, "provenance.seconds"),
    ("trained in less than no time", "zoo", put("model.train_seconds", -5), REFUSED, "model.train_seconds"),
    ("a status of its own", "custom", put("status", "verified"), REFUSED, "field status"),
    ("another schema", "custom", put("schema_version", "2.0"), REFUSED, "field schema_version"),
]


@pytest.mark.parametrize(
    ("kind", "forge", "outcome", "message"),
    [case[1:] for case in FORGERIES],
    ids=[case[0] for case in FORGERIES],
)
def test_forged_reports_none_is_verified(honest, tmp_path, kind, forge, outcome, message):
    check_forgery(Forged.of(honest[kind], tmp_path / "results"), forge, outcome=outcome, message=message)
