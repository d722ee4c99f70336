"""Composition: which interventions can follow each other, and what comes of several as one training."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from helpers.commands import call

from arts.cli.intervention_options import InterventionOptions
from arts.data.errors import ArtsError
from arts.interventions.adversarial import Adversarial
from arts.interventions.composition import Composition, compose
from arts.interventions.consistency import Consistency
from arts.interventions.merge import Merge
from arts.interventions.noaspect import NoAspect
from arts.interventions.position import Position
from arts.interventions.registry import intervention_from
from arts.interventions.unlearn import Unlearn
from arts.leaderboard.analysis.entry_citations import entry_bibtex
from arts.leaderboard.analysis.intervention_words import intervention_label
from arts.models.recipe import Start, TrainingRequest

pytestmark = pytest.mark.usefixtures("shared_perturbations")


@dataclass(frozen=True)
class Alone(Adversarial):
    name = "alone"
    stage = None


KNOWN = {
    "adversarial": Adversarial(),
    "consistency": Consistency(),
    "merge": Merge(),
    "noaspect": NoAspect(),
    "position": Position(),
    "domains": Merge(domains=("mams",)),
    "unlearn": Unlearn(),
    "alone": Alone(),
}
VALID = [
    "merge adversarial",
    "merge consistency",
    "adversarial unlearn",
    "merge consistency unlearn",
    "consistency noaspect",
    "merge noaspect",
    "consistency position noaspect",
    "merge unlearn",
]
INVALID = {
    "adversarial adversarial": (
        "--intervention adversarial --intervention adversarial: expected each intervention once"
    ),
    "unlearn adversarial": "unlearn takes the trained model, so nothing follows it; put it last",
    "unlearn merge": "unlearn takes the trained model",
    "adversarial unlearn consistency": (
        "--intervention adversarial --intervention consistency: both train on variants, and consistency does "
        "so by itself; leave one out"
    ),
    "adversarial merge": "merge makes the weights that training starts from; put it first",
    "consistency adversarial": "both train on variants",
    "domains unlearn": "merge + unlearn: unlearning takes out ADDDIFF's pattern; expected a model that was",
    "noaspect unlearn": "noaspect + unlearn: unlearning takes out ADDDIFF's pattern; expected a model",
    "alone unlearn": "alone cannot be composed with others",
}


def composed(names):
    return compose([KNOWN[name] for name in names.split()])


@pytest.mark.parametrize("names", VALID)
def test_composition_has_the_names_of_its_parts_and_comes_back_from_its_settings(names):
    whole = composed(names)
    assert whole.name == " + ".join(names.split())
    settings = json.loads(json.dumps({"name": whole.name, **whole.settings()}))
    assert [part["name"] for part in settings["parts"]] == names.split()
    assert intervention_from(settings) == whole
    assert intervention_label(settings) == whole.name
    given = [word for name in names.split() for word in ("--intervention", name)]
    assert whole.arguments() == given


@pytest.mark.parametrize("names", INVALID)
def test_composition_that_makes_no_sense_is_one_line_that_names_both(names):
    with pytest.raises(ArtsError) as caught:
        composed(names)
    assert INVALID[names] in str(caught.value)


def test_composition_one_alone_is_itself():
    assert composed("consistency") is KNOWN["consistency"]


def test_composition_what_is_last_unlearns_from_what_is_before():
    whole = composed("merge consistency unlearn")
    assert whole.parts[-1].training == composed("merge consistency")
    assert whole.settings()["taught"]["name"] == "merge + consistency"


def test_composition_parts_share_the_options_that_they_know():
    whole = InterventionOptions(
        ["merge", "consistency"], ["adddiff", "revtgt"], variant_ratio=0.7, consistency_weight=2.0
    ).chosen()
    merge, consistency = whole.parts
    assert merge.adversarial == Adversarial(("revtgt", "adddiff"), 0.7)
    assert consistency == Consistency(("revtgt", "adddiff"), 0.7, weight=2.0)
    assert whole.arguments()[4:] == [
        *("--strategy", "revtgt", "--strategy", "adddiff", "--variant-ratio", "0.7"),
        *("--consistency-weight", "2"),
    ]  # fmt: skip
    with pytest.raises(ArtsError, match="--merge-method is not an option of --intervention adversarial"):
        InterventionOptions(["adversarial"], merge_method="ties").chosen()


def test_composition_the_papers_of_all_parts_are_cited():
    keys = [entry.split("{")[1].split(",")[0] for entry in entry_bibtex("td-lstm", "merge + consistency")]
    assert keys[-2:] == ["zhou-etal-2024-metagpt", "liu-etal-2023-noncounterfactual"]


def test_composition_a_merge_is_where_training_starts(monkeypatch, encoder, sample, quick_recipe):
    begun = []

    class Watched(Consistency):
        def plans(self, plan, corpus):
            begun.append(plan.initial_key)
            return super().plans(plan, corpus)

    merge, request = Merge(adversarial=Adversarial(("revtgt",))), TrainingRequest("memnet", 1, Start(encoder))
    model = Composition((merge, Watched(("revtgt",), weight=1.0))).train(request, sample)
    assert begun == [merge.train(request, sample).key]
    assert model.key not in begun
    assert model.record["outcome"]["specialists"] == ["revtgt"]


def test_composition_the_report_and_the_command_line_agree(encoder, tmp_path):
    command = [
        "arts.train",
        "--model",
        "memnet",
        "--encoder",
        encoder,
        "--strategy",
        "revtgt",
        "--output",
        "o",
    ]
    done = call(*command, "--intervention", "consistency", "--consistency-weight", "1", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "wrote o: memnet, " in done.stderr
    order = ("--intervention", "unlearn", "--intervention", "merge")
    wrong = call("arts.train", "--model", "memnet", "--output", "p", *order, folder=tmp_path)
    assert wrong.returncode == 2
    (line,) = wrong.stderr.strip().splitlines()
    assert line.startswith("arts: error: --intervention unlearn --intervention merge: unlearn takes")
