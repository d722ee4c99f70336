"""The tables of all commands, on terminals of any width: every figure is there, whole."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from helpers.terminals import numbers, printed

from arts.cli.command_tables import diagnosis_tables, model_table, probe_table, quality_table
from arts.cli.comparison_tables import comparison_tables
from arts.cli.evaluation_tables import evaluation_tables
from arts.cli.merge_tables import merge_tables
from arts.diagnosis.perplexity import ModelPerplexity, PerplexityQuartiles
from arts.diagnosis.views import Diagnosis, Separability, TokenPeak
from arts.evaluation.adddiff_probes import AddDiffCurve, CurvePoint, PatternGap
from arts.evaluation.paired_tests import Difference
from arts.evaluation.scores import Estimate
from arts.evaluation.seed_summary import SeedMean
from arts.evaluation.summary import Pairing, Summary
from arts.generators.running.quality_report import QualityReport, StrategyTally, VariantExample
from arts.merging.report import MergedLayerEntry, MergedModelEntry, MergeReport
from arts.unlearning.report import StopProbe, TextSource, UnlearnReport

WIDTHS = (20, 30, 40, 50, 60, 80, 100, 132)
MODELS = 3


def merge_report(**values):
    rng = np.random.default_rng(1)
    cosines = np.round(rng.uniform(-1, 1, (MODELS, MODELS)), 6).tolist()
    return MergeReport(
        method="metagpt",
        settings={},
        base="base",
        base_checksum="0",
        parameters=109_483_778,
        models=[
            MergedModelEntry(
                name=f"/home/somebody/models/a-specialist-of-a-strategy/checkpoint-{n}",
                checksum="0",
                norm=1234.5678 * n,
                relative=0.012345 * n,
                coefficient=-0.54321,
                kept=0.20049 if n > 1 else None,
            )
            for n in range(1, MODELS + 1)
        ],
        layers=[
            MergedLayerEntry(
                name=f"bert.encoder.layer.{n}",
                parameters=7_087_872,
                norms=[0.000123456, 12.3456, 123456.7],
                cosines=cosines,
                coefficients=[0.3] * MODELS,
                conflicts=0.4567,
            )
            for n in range(12)
        ],
        cosines=cosines,
        conflicts=0.45678,
        sign_agreement=0.98765,
        nonlinearity=[0.1234, 0.5678, 1.2345],
        warnings=[],
        remarks=[],
        bytes_read=1_234_567_890,
        bytes_written=987_654_321,
        seconds=123.456,
        peak_memory=4_567_890_123,
        threads=2,
        versions={},
        created="",
    ).model_copy(update=values)


def diagnosis(**values):
    def quartiles(start):
        return PerplexityQuartiles(low=start, median=start * 1.5, high=start * 1234.5)

    return Diagnosis(
        synthetic=12_345,
        natural=6_789,
        separability=Separability(auc=0.98765, low=0.91234, high=0.99949),
        tokens=tuple(
            TokenPeak(token=f"##token{'x' * n}", synthetic=123.456 + n, natural=0.05, log_odds=12.25)
            for n in range(12)
        ),
        perplexity=(
            ModelPerplexity(
                model="/home/somebody/models/smollm2", synthetic=quartiles(12.345), natural=quartiles(9.87)
            ),
        ),
    )


def quality():
    example = VariantExample(
        id="1", target="soup", polarity="positive → negative", source="Good soup.", text="Bad soup.", rules=()
    )
    return QualityReport(
        strategies={
            "revtgt": StrategyTally(
                tried=1_234_567,
                generated=765_432,
                rejected=Counter({"no acceptable reversal of an opinion term": 469_135}),
                examples=[example],
                nats=1e6,
                measured=765_432,
            ),
            "revnon": StrategyTally(tried=1_234_567),
        }
    )


def unlearning():
    source = TextSource(name="forget.jsonl", checksum="0", texts=12)
    return UnlearnReport(
        model="model",
        model_checksum="0",
        forget=source,
        retain=source,
        objective="npo",
        settings={},
        steps=[],
        probes=[StopProbe(step=n, forget=12.34567 / (n + 1), retain=0.00005) for n in range(0, 1200, 100)],
        kept=300,
        stopped="all 1,100 steps were taken",
        tokens=1,
        seconds=1.0,
        peak_memory=1,
        versions={},
        created="",
    )


def evaluation(report, *, several):
    score = Estimate(value=77.59, low=74.29, high=80.88)
    points = tuple(CurvePoint(added=k, accuracy=score) for k in range(6))
    gap = Difference(value=-4.25, low=-6.05, high=-2, only_first=1, only_second=3, p_value=0.0625)
    probes = {
        "adddiff_curve": AddDiffCurve(units=12, points=points),
        "pattern_gap": PatternGap(
            units=50, seen_templates=("but",), unseen_templates=("though",), seen=score, unseen=score, gap=gap
        ),
        "dataset": report.dataset.model_copy(update={"name": "laptop"}),
    }
    reports = []
    for seed in range(1, 4 if several else 2):
        model = report.model.model_copy(update={"seed": seed, "id": "bert"})
        for name in ("atae-lstm", "atae-lstm + adversarial, templates held out") if several else ("bert",):
            one = report.model_copy(update={"name": name, "model": model, **probes})
            one._predictions = report._predictions
            reports.append(one)
    return evaluation_tables(Summary.of(reports))


def comparison(report):
    pair = Pairing(first="a", second="b", seed=1, **dict(report.compare(report)))
    return comparison_tables(pair, (report, report))


ROWS = [
    {
        "name": "bert",
        "paper": "Devlin et al., 2019",
        "parameters": 22_713_219,
        "trained": 1.2e9,
        "reads": "x",
    },
    {"name": "mine", "paper": "", "reads": "(entry point package.of.mine:Model)"},
]

TABLES = {
    "evaluate": lambda report: evaluation(report, several=False),
    "evaluate, several seeds and an intervention": lambda report: evaluation(report, several=True),
    "compare": comparison,
    "merge": lambda report: merge_tables(merge_report(output="merged"), by_layer=False),
    "merge --dry-run --by-layer": lambda report: merge_tables(merge_report(), by_layer=True),
    "diagnose": lambda report: diagnosis_tables(diagnosis()),
    "generate": lambda report: quality_table(quality()),
    "unlearn": lambda report: probe_table(unlearning()),
    "models": lambda report: model_table(ROWS),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("command", TABLES)
def test_command_tables_hold_every_figure_at_any_width(monkeypatch, report, command, width):
    tables = TABLES[command](report)
    piped, narrow = printed(monkeypatch, tables), printed(monkeypatch, tables, width=width)
    assert "…" not in piped + narrow
    assert not numbers(piped) - numbers(narrow)
    assert max(map(len, narrow.splitlines())) <= max(width, 30)


@pytest.mark.parametrize("command", TABLES)
def test_command_tables_piped_rows_have_a_line_each(monkeypatch, report, command):
    piped = printed(monkeypatch, TABLES[command](report)).splitlines()
    ruled = [number for number, line in enumerate(piped) if set(line.strip()) == {"─"}]
    assert ruled
    assert all(piped[number + 1].strip() for number in ruled)


def test_command_tables_merge_shows_small_sizes_and_models_of_which_nothing_was_dropped(monkeypatch):
    text = printed(monkeypatch, merge_tables(merge_report(bytes_read=91_136), by_layer=False))
    assert "91.14 kB read" in text
    assert "20.0%" in text
    assert "1235" in text


def test_command_tables_generate_has_no_figure_for_what_was_not_measured(monkeypatch):
    lines = printed(monkeypatch, quality_table(quality())).splitlines()
    assert lines[3].split() == ["REVTGT", "1,234,567", "765,432", "62.0%", "+1.3"]
    assert lines[4].split() == ["REVNON", "1,234,567", "0", "0.0%"]


def test_command_tables_several_seeds_are_rounded_half_up():
    values = np.array([0.80645, 0.80644])
    assert str(SeedMean.of(values, np.tile(values, 50))) == "80.64 [80.6, 80.7]"


EVIL = "soup\x1b[2J\x07"


def evil_diagnosis():
    peak = TokenPeak(token=EVIL, synthetic=2.0, natural=1.0, log_odds=3.0)
    return diagnosis_tables(diagnosis().model_copy(update={"tokens": (peak,)}))


def evil_quality():
    example = VariantExample(id=EVIL, target=EVIL, polarity="positive", source=EVIL, text=EVIL, rules=())
    tally = StrategyTally(tried=2, generated=1, rejected=Counter({EVIL: 1}), examples=[example])
    return quality_table(QualityReport(strategies={"revtgt": tally}))


@pytest.mark.parametrize(("table", "count"), [(evil_diagnosis, 1), (evil_quality, 4)])
def test_command_tables_sentences_and_tokens_of_others_do_not_act_on_the_terminal(monkeypatch, table, count):
    text = printed(monkeypatch, table(), width=80)
    assert not {"\x1b", "\x07"} & set(text)
    assert text.count(r"soup\x1b[2J\x07") == count


def test_command_tables_unlearning_says_where_nothing_is_forgotten():
    report = unlearning()
    assert report.remark == ""
    unchanged = report.model_copy(update={"kept": 0})
    assert "nothing was unlearned: the forgetting loss is 12.3457 nats, and was 12.3457" in unchanged.remark
