"""Sentences on how language models were asked, and what that took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from arts.data.support.printable import printable
from arts.data.support.rounding import decimal_text
from arts.evaluation.prompt_summary import asked
from arts.evaluation.report import Report

MOST_REMARK = 300  # characters of what a server says


def asking_remarks(reports: Sequence[Report]) -> list[str]:
    """Sentences on language models: how each was asked at which expense, and what was refused."""
    lines = [_expense_remark(report) for report in reports if report.language_model]
    texts = ((report.model.id, text) for report in reports for text in _refusals(report))
    return [*lines, *(f"{id}: {printable(text)[:MOST_REMARK]}." for id, text in dict.fromkeys(texts))]


def _expense_remark(report: Report) -> str:
    """A sentence on how the model was asked, its tokens, its time and, if prices are known, its cost."""
    info = asked(report)
    facts, parts = info.facts, [f"asked by {info.facts.asked}"]
    parts.append(f"{facts.prompt_tokens:,} tokens read and {facts.completion_tokens:,} written")
    parts.append(f"{decimal_text(facts.seconds, 1)} s for {facts.requests:,} requests")
    parts += [f"{facts.retries:,} retries"] if facts.retries else []
    parts += [f"cost {info.expense.cost:.4g}"] if info.expense else []
    return f"{report.label}: {'; '.join(parts)}."


def _refusals(report: Report) -> Iterable[str]:
    return report.language_model.facts.refusals if report.language_model else ()
