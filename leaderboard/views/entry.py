"""One entry: its figures, how far to trust them, where they come from, and how to have them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from arts.data.errors import ArtsError
from arts.data.published import published
from arts.data.schema import PERTURBATIONS, Strategy
from arts.evaluation.metrics import POLARITIES
from arts.evaluation.report import Report
from arts.evaluation.scores import Estimate, Scores
from arts.leaderboard.analysis.before_after import TITLES
from arts.leaderboard.analysis.reproduction import command_of, described
from arts.leaderboard.store.citations import papers
from arts.leaderboard.store.entry import Entry, Status
from arts.leaderboard.store.store import Board
from arts.leaderboard.web import charts, entry_cache, page_state
from arts.leaderboard.web.entry_cache import plain

KEY = "entry"  # in the address


def choose(board: Board) -> Entry:
    """The entry that the address names, or one that is chosen; ends the page when there is none such."""
    asked = st.query_params.get(KEY)
    if asked and asked not in board.by_key:
        missing(asked)
    corpus = page_state.pick_corpus(board.corpora, board.by_key[asked].corpus if asked else None)
    return page_state.pick_entry("Entry", board.on(corpus), KEY)


def missing(asked: str) -> None:
    """Say that there is no such entry, and what to do."""
    st.error(
        f'No entry "{plain(asked)}" is on the board. A key changes with the content of its report, and '
        "an entry goes with its file: open it from the board, or choose another one."
    )
    with st.container(horizontal=True):
        page_state.link("board", "Open the board")
        page_state.link("entry", "Choose an entry")
    st.stop()


def headline(entry: Entry) -> None:
    """ARS, accuracy and macro-F1, with intervals."""
    figures = {"ARS": entry.ars, "Accuracy": entry.accuracy, "Macro-F1": entry.macro_f1}
    with st.container(horizontal=True):
        for name, estimate in figures.items():
            if estimate:
                st.metric(
                    name,
                    f"{estimate.value:.2f}%",
                    f"95%: {estimate.low:.1f} to {estimate.high:.1f}",
                    delta_color="off",
                    delta_arrow="off",
                    border=True,
                    width=200,
                )
    st.markdown(f"{entry.units:,} units. " + page_state.told(entry))


def interval(estimate: Estimate) -> str:
    """A figure with its interval, for a table."""
    return f"{estimate.value:.1f} [{estimate.low:.1f}, {estimate.high:.1f}]"


def strategies(scores: Scores) -> None:
    """Accuracy on the originals and on the variants, a strategy a line."""
    columns = {"on originals": "original", "on variants": "perturbed", "on both": "both"}
    found = scores.strategies.items()
    table = [
        {
            "strategy": TITLES[strategy],
            "variants": score.count,
            **{title: interval(getattr(score, name)) for title, name in columns.items()},
        }
        for strategy, score in found
    ]
    if not table:
        st.caption("The corpus has no variants.")
        return
    lines = [
        figure(TITLES[strategy], title, getattr(score, name))
        for strategy, score in found
        for title, name in columns.items()
    ]
    st.table(pd.DataFrame(table), hide_index=True, border="horizontal")
    spoken = "; ".join(f"{row['strategy']}: {row['on originals']} to {row['on variants']}" for row in table)
    charts.show(charts.side_by_side(pd.DataFrame(lines), "accuracy"), f"Accuracy by strategy. {spoken}")


def figure(score: str, series: str, estimate: Estimate) -> Mapping[str, object]:
    """A row of `charts.side_by_side`."""
    return {
        "score": score,
        "series": series,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
    }


def polarities(scores: Scores) -> None:
    """Scores by gold label."""
    rows = [
        {
            "gold label": str(polarity),
            "originals": score.count,
            "recall": interval(score.accuracy),
            "F1": f"{score.f1:.1f}",
            "ARS": interval(score.ars),
        }
        for polarity, score in scores.polarities.items()
    ]
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")


def confusion(scores: Scores) -> None:
    """What is taken for what."""
    rows = pd.DataFrame(
        {
            "gold": str(gold),
            "said": str(said),
            "count": count,
            "share": round(100 * count / max(sum(line), 1), 1),
        }
        for gold, line in zip(POLARITIES, scores.confusion, strict=True)
        for said, count in zip(POLARITIES, line, strict=True)
    )
    spoken = "; ".join(f"{row.gold} taken for {row.said}: {row.count}" for row in rows.itertuples())
    charts.show(charts.confusion(rows), f"Confusion matrix of the originals. {spoken}")


def added(report: Report) -> None:
    """The ADDDIFF(k) curve, or how to have one."""
    st.subheader("More and more added aspects")
    if report.adddiff_curve is None:
        st.caption("Not measured: `arts evaluate --adddiff-curve` adds 0 to 5 aspects to each original.")
        return
    points = pd.DataFrame(
        {"added": p.added, **p.accuracy.model_dump(include={"value", "low", "high"})}
        for p in report.adddiff_curve.points
    )
    spoken = ", ".join(f"{point.added}: {point.value}%" for point in points.itertuples())
    charts.show(charts.curve(points), f"Accuracy by the number of added aspects. {spoken}")
    st.caption(f"Over the {report.adddiff_curve.units:,} originals that every number can be added to.")


def gap(report: Report) -> None:
    """The pattern gap, where one was measured."""
    found = report.pattern_gap
    if found is None:
        return
    st.subheader("Pattern gap")
    rows = [
        {"ADDDIFF templates": "seen in training", "which": plain(", ".join(found.seen_templates))},
        {"ADDDIFF templates": "held out", "which": plain(", ".join(found.unseen_templates))},
    ]
    for row, estimate in zip(rows, (found.seen, found.unseen), strict=True):
        row["accuracy"] = interval(estimate)
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")
    st.caption(
        f"Held out minus seen: {found.gap}, over {found.units:,} units. Below zero, the pattern was learnt "
        "rather than the skill."
    )


def provenance(entry: Entry, report: Report) -> None:
    """Where the figures come from, and what they cost."""
    model, origin, data = report.model, report.provenance, report.dataset
    libraries = ", ".join(f"{name} {version}" for name, version in origin.libraries.items())
    cost = {
        "Training": duration(model.train_seconds),
        "Measuring": duration(origin.seconds),
        "Parameters": f"{model.parameters:,}" if model.parameters else None,
    }
    facts = {
        "Model": f"{model.id} ({model.kind})",
        "Intervention": described(model.intervention) if model.intervention else None,
        "Encoder": model.encoder,
        "Seed": model.seed,
        "Measured": f"{origin.started:%Y-%m-%d %H:%M} UTC, {origin.platform}",
        **cost,
        "Corpus": f"{data.name}: {data.units:,} units, {data.instances:,} instances",
        **{f"Started from: {name}": value for name, value in model.extras.items()},
        "Versions": f"arts {origin.arts}, Python {origin.python}, {libraries}",
        "Key": entry.key,
    }
    rows = [(name, str(value)) for name, value in facts.items() if value is not None]
    st.table({plain(name): plain(value) for name, value in rows}, border="horizontal")
    checksums = {
        "test split": data.checksum,
        "predictions" if model.kind == "predictions" else "weights": model.checksum,
        "encoder": model.encoder_checksum,
        **data.files,
    }
    with st.expander("Checksums (SHA-256)", icon=":material/fingerprint:"):
        lines = [f"{value}  {name}" for name, value in checksums.items() if value]
        st.code("\n".join(lines), language=None, wrap_lines=True)


def duration(seconds: float | None) -> str | None:
    """A time in the unit that suits it.

    Example:
        >>> duration(42.51), duration(1211.8), duration(None)
        ('42.5 s', '20.2 min', None)
    """
    if seconds is None:
        return None
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def reproduce(report: Report) -> None:
    """The command that measures it again."""
    command = command_of(report)
    st.code(str(command), language="bash", wrap_lines=True)
    if command.notes:
        st.markdown("\n".join(f"- {plain(note)}" for note in command.notes))
    if report.model.kind == "zoo":
        st.caption("The same seed gives the same weights with the same versions on the same kind of machine.")


def cite(entry: Entry) -> None:
    """BibTeX of the papers behind it."""
    found = papers(entry.model, entry.intervention)
    with st.expander("Cite", icon=":material/format_quote:"):
        st.code("\n\n".join(paper.bibtex for paper in found), language="latex", wrap_lines=True)


def from_report(entry: Entry) -> None:
    """All that a report has."""
    try:
        report, scores = entry_cache.report_of(entry), entry_cache.scores_of(entry)
    except ArtsError as error:
        st.error(f"Its report cannot be read any more: {plain(str(error))}")
        st.stop()
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("By strategy")
        strategies(scores)
    with right:
        st.subheader("By polarity")
        polarities(scores)
        st.subheader("Taken for")
        confusion(scores)
        gap(report)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Provenance and cost")
        provenance(entry, report)
    with right:
        added(report)
        st.subheader("Reproduce")
        reproduce(report)
        cite(entry)


def from_paper(entry: Entry) -> None:
    """All that the paper says."""
    table = published(entry.corpus)
    scores = {score["model"]: score for score in table["scores"]} if table else {}
    score = scores[entry.model]
    pairs = dict(zip(PERTURBATIONS, (score["revtgt"], score["revnon"], score["adddiff"]), strict=True))
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("By strategy")
        rows = [paper_row(entry, strategy, before) for strategy, (before, _) in pairs.items()]
        st.table(pd.DataFrame(rows), hide_index=True, border="horizontal")
        st.caption(
            "Intervals are ours: binomial (Wilson), for want of predictions. The paper has no scores by "
            "polarity and no confusion matrix."
        )
    with right:
        st.subheader("Reproduce")
        st.markdown(f"Figures of {plain(entry.remark)}. To measure the model of the same name here:")
        command = f"arts evaluate --dataset {entry.corpus} --model {entry.model}"
        st.code(command, language="bash", wrap_lines=True)
        cite(entry)


def paper_row(entry: Entry, strategy: Strategy, before: float | None) -> Mapping[str, str]:
    """A strategy's figures of the paper; intervals are ours."""
    return {
        "strategy": TITLES[strategy],
        "on originals": "not given" if before is None else f"{before:.1f}",
        "on variants": interval(entry.strategies[strategy]),
    }


def neighbours(entry: Entry, others: Sequence[Entry]) -> None:
    """Where to go from here."""
    with st.container(horizontal=True):
        if others:
            page_state.link(
                "compare",
                f"Compare with {plain(others[0].label)}",
                corpus=entry.corpus,
                entries=[entry.key, others[0].key],
            )
        if entry.has_answers:
            page_state.link("explore", "Read its answers", corpus=entry.corpus, entries=[entry.key])


board = page_state.board()
page_state.heading("entry", "All that is known of one entry of the board.")
if not board.entries:
    st.info("No results yet. Run `arts evaluate --output results`, or submit a predictions file.")
    st.stop()
entry = choose(board)
st.header(plain(entry.label))
headline(entry)
neighbours(entry, [other for other in board.on(entry.corpus) if other.key != entry.key])
if entry.status is Status.PUBLISHED:
    from_paper(entry)
else:
    from_report(entry)
