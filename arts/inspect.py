"""`arts inspect`: what fine-tuned models have in common, before they are merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arts.cli.app import run_command
from arts.data.errors import ArtsError
from arts.merge import Base, Format, Formats, Heads, Heatmap, Models, Threads, Vocabs, progress_bar, tell
from arts.merging.choices import Head, Vocab

if TYPE_CHECKING:
    from arts.merging.report import MergeReport


def inspect(
    base: Base = None,
    model: Models = None,
    head: Heads = Head.ERROR,
    vocab: Vocabs = Vocab.ERROR,
    threads: Threads = None,
    heatmap: Heatmap = None,
    form: Formats = Format.TABLE,
) -> None:
    """Measure task vectors: norms, cosines and conflicts of sign, whole and by layer."""
    if not base or not model:
        raise ArtsError("give --base and at least one --model")
    from arts.merging.job import Job

    with progress_bar("measuring") as progress:
        report = Job(base, model, head=head, vocab=vocab, threads=threads).inspect(progress)
    tell(report, form, heatmap)
    if form is Format.TABLE:
        _tell_layers(report)


def _tell_layers(report: MergeReport) -> None:
    from rich.console import Console

    from arts.merging.report import forecast, layer_table

    console = Console()
    console.print(layer_table(report))
    console.print(forecast(report), highlight=False)


if __name__ == "__main__":
    run_command(inspect)
