"""No aspect: its settings, the models it is defined for, and what it makes of a plan."""

from __future__ import annotations

import pytest

from arts.data.errors import ArtsError
from arts.interventions.noaspect import NoAspect
from arts.models.training_plan import TrainingPlan


@pytest.mark.parametrize(
    ("way", "options"),
    [
        (NoAspect(), []),
        (NoAspect("template"), ["--noaspect-reading", "template"]),
        (
            NoAspect("both", 0.05),
            ["--noaspect-reading", "both", "--noaspect-temperature", "0.05"],
        ),
    ],
)
def test_noaspect_comes_back_from_its_settings_and_is_asked_for_by_options(way, options):
    assert NoAspect.from_settings(way.settings()) == way
    assert way.arguments() == ["--intervention", "noaspect", *options]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"reading": "question"},
            'noaspect with the reading "question"; expected sentence, template or both',
        ),
        ({"reading": "dev"}, 'the reading "dev"; expected sentence'),
        ({"temperature": 0.0}, "noaspect with the temperature 0.0; expected over 0"),
    ],
)
def test_noaspect_settings_out_of_range_are_one_clear_error(options, message):
    with pytest.raises(ArtsError, match=message):
        NoAspect(**options)


@pytest.mark.parametrize("name", ["td-lstm", "capsbert", "bert-sent"])
def test_noaspect_a_model_without_templates_is_refused_and_those_with_them_are_named(name):
    NoAspect().check_model("bert")
    with pytest.raises(ArtsError) as caught:
        NoAspect().check_model(name)
    assert str(caught.value) == (
        f"--intervention noaspect is not defined for {name}; expected one of: bert, bert-pt"
    )


@pytest.mark.parametrize(("reading", "switch"), [(None, "dev"), ("both", "both")])
def test_noaspect_a_plan_keeps_its_switches_and_gets_those_of_templates(reading, switch, units):
    plan = TrainingPlan(units, units, switches={"other": 1})
    (made,) = NoAspect(reading, 0.2).plans(plan, None)
    assert made.switches == {"other": 1, "noaspect_reading": switch, "noaspect_temperature": 0.2}
    assert made.train is units
