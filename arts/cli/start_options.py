"""The options of what training starts from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from arts.cli.given_options import refuse_given
from arts.cli.option_groups import OptionGroup
from arts.data.errors import ArtsError
from arts.models.encoders import DEFAULT_ENCODER
from arts.models.recipe import Start


@dataclass(frozen=True)
class StartOptions(OptionGroup):
    """What training starts from: an encoder, word vectors, and what bert-pt is post-trained on."""

    heading = "What training starts from"

    encoder: Annotated[
        str,
        typer.Option(
            help="Pretrained encoder (a BERT-like network) that the models start from: a folder or Hub id."
        ),
    ] = DEFAULT_ENCODER
    embeddings: Annotated[
        Path | None,
        typer.Option(
            help="File of word vectors in GloVe's text format, for memnet, gcae, atae-lstm, td-lstm and "
            "asgcn, which read word vectors. Default: the mean of the encoder's input embeddings of a word's "
            "tokens."
        ),
    ] = None
    post_training_text: Annotated[
        Path | None,
        typer.Option(
            help="Text file on which bert-pt is post-trained, one passage per line. Default: the training "
            "sentences."
        ),
    ] = None
    post_trained: Annotated[
        bool,
        typer.Option(
            "--post-trained",
            help="Say that the encoder is post-trained already, so that bert-pt does not post-train it.",
        ),
    ] = False

    def start(self, models: Iterable[str]) -> Start:
        """The starting point of training.

        Args:
            models: the values of --model. Those with a colon (``hf:PATH`` or ``package.module:Class``) use
                none of these options and are ignored. All others have to be names of registered models.

        Raises:
            UnknownNameError: when a name is not that of a registered model.
            ArtsError: when an option other than --encoder is given, but none of the models uses it; or when
                an option was given that has no effect beside another one.
        """
        from arts.models.registry import find_model

        names = [model for model in models if ":" not in model]
        extras = {extra for name in names for extra in getattr(find_model(name), "extras", ())}
        for option, value, extra in (
            ("--embeddings", self.embeddings, "embeddings"),
            ("--post-training-text", self.post_training_text, "corpus"),
            ("--post-trained", self.post_trained, "corpus"),
        ):
            if value and extra not in extras:
                raise ArtsError(f"{option} is taken by none of the models; see `arts models`")
        refuse_given("post_training_text", when=self.post_trained, because="with --post-trained")
        reads_words = all("embeddings" in getattr(find_model(name), "extras", ()) for name in names)
        refuse_given(
            "encoder",
            when=self.embeddings and reads_words,
            because="with --embeddings on models that read words",
        )
        return Start(self.encoder, self.embeddings, self.post_training_text, self.post_trained)
