"""Probes: by what a model is right."""

from __future__ import annotations

import json

import numpy as np
import pytest
from helpers.classifiers import gold
from helpers.sentences import sentence

from arts.data.corpus import Corpus
from arts.data.errors import ArtsError, DataError, UnknownNameError
from arts.data.schema import Instance
from arts.evaluation.benchmark import Benchmark, load_benchmark
from arts.evaluation.metrics import INVALID
from arts.evaluation.predictions import Predictions
from arts.evaluation.probe_summary import probe_verdicts
from arts.evaluation.probes import ALL, PROBES, Subject, measure_swapped, probe_instances
from arts.evaluation.report import Report

pytestmark = pytest.mark.usefixtures("shared_perturbations")


def contrary(instances: list[Instance]):
    """A model that is right, but answers the opposite where a clause was added."""
    right = gold(instances)
    for row, i in enumerate(instances):
        if any(edit.rule.startswith("added") for edit in i.edits):
            right[row] = right[row][[1, 0, 2]]
    return right


def termless(instances: list[Instance]):
    """A model that is right, but says neutral where the term is masked."""
    right = gold(instances)
    right[[any(edit.rule == "masked" for edit in i.edits) for i in instances]] = [0, 0, 1]
    return right


def blind(instances: list[Instance]):
    """A model that gives one answer for each text."""
    return np.eye(3)[[len(i.text) % 3 for i in instances]]


def test_probes_an_oracle_stands_them_all():
    report = load_benchmark("sample").evaluate(gold, name="oracle", probes=[ALL])
    for score in (report.same_side, report.aspect_masked):
        assert (score.original.value, score.probed.value, score.change.value) == (100, 100, 0)
        assert score.count > 100
        assert score.count + score.left_out == report.dataset.units
    assert report.aspect_swapped.changed.share.value == 100
    assert report.aspect_swapped.stayed.share.value == 100
    assert {point.accuracy.value for point in report.adddiff_curve.points} == {100}
    assert probe_verdicts(report)[0].endswith("what agrees does not mislead it.")


def test_probes_each_shows_the_model_that_it_is_for():
    bench = load_benchmark("sample")
    names = ["same-side", "aspect-masked", "aspect-swapped"]
    against, without, one = (
        bench.evaluate(model, name="mine", probes=names) for model in (contrary, termless, blind)
    )
    assert (against.same_side.probed.value, against.same_side.change.value) == (0, -100)
    assert against.aspect_masked.change.value == 0
    assert probe_verdicts(against)[0].endswith("it answers against what is added.")
    assert without.aspect_masked.change.value < -80  # neutral ones stay right
    assert without.same_side.change.value == 0
    assert probe_verdicts(without)[1].endswith("so much depends on the term itself.")
    assert (one.aspect_swapped.changed.share.value, one.aspect_swapped.stayed.share.value) == (0, 100)
    assert "it never changes its answer" in probe_verdicts(one)[2]
    assert one.adddiff_curve is None


def test_probes_what_is_added_to_has_the_label_of_the_target(sample):
    for made in probe_instances(["same-side"], sample):
        (original,) = (i for i in sample.test if i.id == made.unit)
        known = {aspect.term for aspect in original.aspects}
        added = {aspect.polarity for aspect in made.aspects if aspect.term not in known}
        assert added == {original.polarity} == {made.polarity}
        assert made.polarity != "neutral"
        assert not {" but ", "though", "however"} & {edit.rule.removeprefix("added: ") for edit in made.edits}


A, B, C = sentence(
    "1", "Good soup, rude staff, fair bar.", soup="positive", staff="negative", bar="positive"
).instances()
D, E = sentence("2", "Good soup, bad soup bowl.", soup="positive", bowl="neutral").instances()
SWAPS = [  # labels of A B C D E: changed in per cent of 5 originals, stayed in per cent of 2
    ([0, 1, 0, 0, 2], 100, 100),
    ([0, 0, 0, 0, 0], 0, 100),
    ([0, 1, 2, 0, 0], 60, 0),
    ([0, INVALID, 0, 0, 2], 40, 100),
    ([INVALID, 1, INVALID, 0, 2], 40, 0),
]


@pytest.mark.parametrize(("labels", "changed", "stayed"), SWAPS)
def test_probes_swapped_aspects_by_hand(labels, changed, stayed):
    test = (A, B, C, D, E)
    found = measure_swapped(Subject(Corpus("mine", test), Predictions.of(test, np.array(labels))))
    assert (found.changed.count, found.stayed.count) == (5, 2)
    assert found.changed.share.value == changed
    assert found.stayed.share.value == stayed


def test_probes_aspects_of_the_same_words_are_not_asked_for_each_other():
    twice = sentence("1", "Good soup, bad Soup.", soup="positive", Soup="negative")
    test = tuple(twice.instances())
    with pytest.raises(DataError, match="no sentence with two aspects of different labels"):
        measure_swapped(Subject(Corpus("mine", test), Predictions.of(test, np.array([0, 1]))))


def test_probes_those_that_a_corpus_has_no_instances_for(units, caplog):
    bench = Benchmark(Corpus("mine", tuple(units)))
    with pytest.raises(DataError, match="has no train split"):
        bench.evaluate(gold, name="oracle", probes=["same-side"])
    with pytest.raises(UnknownNameError, match=r'unknown probe "same_side"\. Did you mean "same-side"'):
        bench.evaluate(gold, name="oracle", probes=["same_side"])
    report = bench.evaluate(gold, name="oracle", probes=[ALL])
    assert report.same_side is report.adddiff_curve is None
    assert report.aspect_swapped.changed.count == 2
    assert report.aspect_swapped.stayed is None
    left_out = [line for line in caplog.messages if "is left out" in line]
    assert [line.split()[1] for line in left_out] == ["same-side", "adddiff-curve"]


def test_probes_of_a_file_are_those_that_ask_nothing(units, write):
    bench = Benchmark(Corpus("mine", tuple(units)))
    path = write("p.csv", "\n".join(["id,prediction", *(f"{i.id},{i.polarity}" for i in units)]))
    assert bench.score(path, probes=["aspect-swapped"]).aspect_swapped.changed.share.value == 100
    assert bench.score(path, probes=[ALL]).aspect_masked is None
    with pytest.raises(ArtsError, match="file of predictions cannot answer; expected --model, or --probe"):
        bench.score(path, probes=["same-side"])


def test_probes_are_in_the_file_of_the_report_only_where_they_were_made(tmp_path):
    bench = load_benchmark("sample")
    plain, probed = (bench.evaluate(gold, name="oracle", probes=p) for p in ((), ["aspect-swapped"]))
    assert not {probe.field for probe in PROBES.values()} - {"adddiff_curve"} & plain.model_dump().keys()
    path = probed.save(tmp_path)
    assert Report.load(path).aspect_swapped == probed.aspect_swapped
    content = json.loads(path.read_text())
    content["aspect_swapped"]["changed"]["share"] |= {"value": 0.0, "low": 0.0, "high": 0.0}
    path.write_text(json.dumps(content))
    with pytest.raises(DataError, match='field "aspect_swapped" is not what'):
        Report.load(path)
