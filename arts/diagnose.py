"""`arts diagnose`: how synthetic text differs from natural text, and what models make of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from arts.cli.app import run_command
from arts.models.encoders import DEFAULT_ENCODER


def diagnose(
    synthetic: Annotated[Path, typer.Option(help="Synthetic texts: JSONL, CSV, Parquet, or .txt by lines.")],
    natural: Annotated[Path, typer.Option(help="Natural texts, likewise.")],
    output: Annotated[Path, typer.Option(help="Folder for diagnosis.json and the pictures.")],
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="A causal language model to ask for perplexities, such as the one before and the one after "
            "training: a folder, GGUF file or Hub id, or smollm2-135m-instruct. Repeatable."
        ),
    ] = None,
    encoder: Annotated[str, typer.Option(help="Embeds the texts: a folder or Hub id.")] = DEFAULT_ENCODER,
    seed: Annotated[int, typer.Option(help="Of folds, and of the picture.")] = 1,
) -> None:
    """Diagnose pattern overfitting by three views: embeddings, token frequency and perplexity.

    A row of a file has text, or prompt and completion, or messages.
    """
    from arts.cli import tables
    from arts.diagnosis import views
    from arts.diagnosis.plots import pattern_views
    from arts.diagnosis.texts import read_texts
    from arts.models.language_model import LanguageModel

    texts = [read_texts(path) for path in (synthetic, natural)]
    models = [LanguageModel.load(name) for name in model or ()]
    found, drawn = views.diagnose(*texts, encoder=encoder, models=models, seed=seed)
    path = output / "diagnosis.json"
    found.write_json(path)
    for written in (path, *pattern_views(found, drawn, output / "diagnosis")):
        typer.echo(f"arts: wrote {written}", err=True)
    tables.show(tables.diagnosis(found))


if __name__ == "__main__":
    run_command(diagnose)
