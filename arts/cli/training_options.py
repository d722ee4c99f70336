"""The options of how training calculates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import typer

from arts.cli.given_options import refuse_given
from arts.cli.number_types import whole_number
from arts.cli.option_groups import OptionGroup
from arts.models.runtime import PrecisionOption, batch_options, use_memory_saving, use_precision


@dataclass(frozen=True)
class TrainingOptions(OptionGroup):
    """How training calculates, which changes its time and memory more than its result."""

    heading = "How training calculates"

    precision: Annotated[
        PrecisionOption,
        typer.Option(
            "--precision",
            help="Precision of training: fp32; bf16, of products of matrices; or auto, which is bf16 on a "
            "GPU that has it, and for encoders on a CPU if a short measurement finds it clearly faster.",
        ),
    ] = PrecisionOption.AUTO
    gradient_checkpointing: Annotated[
        bool,
        typer.Option(
            "--gradient-checkpointing",
            help="Save memory: the layers of an encoder compute their states twice instead of keeping them. "
            "The result is the same; training takes about a third longer.",
        ),
    ] = False
    gradient_accumulation_steps: Annotated[
        int,
        typer.Option(
            "--gradient-accumulation-steps",
            parser=whole_number(least=1),
            help="Save memory: train on each batch in so many equal parts, one after another. The result is "
            "the same up to rounding.",
        ),
    ] = 1

    def use(self, models: Iterable[str]) -> None:
        """Train like this from now on.

        Args:
            models: the values of --model. Those that are not trained here are ignored.

        Raises:
            ArtsError: when what models run on has no bf16; when checkpointing is chosen, and none of the
                models has an encoder; or when the batch of a model cannot be divided into so many parts.
        """
        use_precision(self.precision)
        use_memory_saving(
            accumulation_steps=self.gradient_accumulation_steps, checkpointing=self.gradient_checkpointing
        )
        if not self.gradient_checkpointing and self.gradient_accumulation_steps == 1:
            return
        from arts.models.inputs.pair_encoder import EncoderModel
        from arts.models.registry import aspect_model_class, is_trained_here

        classes = {model: aspect_model_class(model) for model in models if is_trained_here(model)}
        refuse_given(
            "gradient_checkpointing",
            when=not any(issubclass(model_class, EncoderModel) for model_class in classes.values()),
            because=f"on {', '.join(classes)}, without an encoder that is trained",
        )
        for model_class in classes.values():
            batch_options(model_class.recipe.batch_size)
