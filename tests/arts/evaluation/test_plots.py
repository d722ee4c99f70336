"""The plot of the ADDDIFF curves."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from arts.evaluation import plots
from arts.evaluation.adddiff_probes import AddDiffCurve, CurvePoint
from arts.evaluation.report import Report
from arts.evaluation.scores import Estimate


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that were drawn instead of saved."""
    figures: list[Figure] = []
    monkeypatch.setattr(plots, "save_figures", lambda figure, stem: figures.append(figure) or [])
    return figures


def with_curve(report: Report, *values: float, seed: int | None = 1, **facts: object) -> Report:
    """The report with a curve of these values, each with an interval of one point to either side."""
    points = tuple(
        CurvePoint(added=added, accuracy=Estimate(value=value, low=value - 1, high=value + 1))
        for added, value in enumerate(values)
    )
    model = report.model.model_copy(update={"seed": seed, **facts})
    return report.model_copy(update={"model": model, "adddiff_curve": AddDiffCurve(units=3, points=points)})


def test_plots_one_seed_has_its_interval(report, drawn, tmp_path):
    plots.draw_adddiff_curves([with_curve(report, 80, 60)], tmp_path / "x")
    (axes,) = drawn[0].axes
    (band,) = axes.collections
    ends = {tuple(vertex) for vertex in band.get_paths()[0].vertices.tolist()}
    assert {(0, 79), (0, 81), (1, 59), (1, 61)} <= ends
    assert "band: 95% interval" in axes.get_xlabel()
    assert [line.get_ydata().tolist() for line in axes.lines] == [[80, 60]]


def test_plots_several_seeds_have_a_mean_and_dots_and_no_interval(report, drawn, tmp_path):
    runs = [with_curve(report, 80, 60, seed=1), with_curve(report, 70, 20, seed=2)]
    plots.draw_adddiff_curves(runs, tmp_path / "x")
    (axes,) = drawn[0].axes
    assert not axes.collections
    assert [list(line.get_ydata()) for line in axes.lines] == [[75, 40], [80, 60], [70, 20]]
    assert "line: mean; small dots: each seed, without an interval" in axes.get_xlabel()
    assert axes.get_legend().get_texts()[0].get_text() == "oracle, mean of 2 seeds"


def test_plots_models_of_one_name_have_curves_of_their_own(report, drawn, tmp_path):
    runs = [with_curve(report, 80, 60, encoder="A"), with_curve(report, 70, 20, encoder="B"), report]
    plots.draw_adddiff_curves(runs, tmp_path / "x")
    (axes,) = drawn[0].axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["oracle", "oracle (2)"]
    assert len(axes.collections) == 2
