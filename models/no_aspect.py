"""Training with templates that do not name the aspect: losses, and what is read at the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn
from transformers.modeling_outputs import SequenceClassifierOutput

from arts.data.errors import ArtsError
from arts.models.base import Inputs
from arts.models.inputs.no_aspect import ASPECT_IDS, MENTIONS, TEMPLATE_PREFIX, NoAspectInputs
from arts.models.inputs.pair_encoder import EncoderConfig, EncoderModel

Reading = Literal["dev", "sentence", "template", "both"]
READINGS: tuple[Reading, ...] = ("sentence", "template", "both")
MARGINS = ((0.0, 0.6, 0.4), (0.6, 0.0, 0.4), (0.4, 0.4, 0.0))  # between polarities, in the order of Polarity
CONTRAST_WEIGHT, RECOVERY_WEIGHT = 0.4, 0.1  # lambda_1, lambda_2


class NoAspectConfig(EncoderConfig):
    """The configuration of a model that can be trained with templates.

    Args:
        noaspect_reading: what a model so trained reads: the ``sentence``, its ``template``, or ``both``;
            ``dev`` until the best of them on dev is chosen. None: it is a model without templates.
        noaspect_temperature: tau of such a model.
    """

    model_type = "arts-noaspect"

    noaspect_reading: Reading | None = None
    noaspect_temperature: float = 0.1

    def to_dict(self) -> dict[str, Any]:
        """The settings keyed by name; those of templates are left out if the model has none."""
        settings = super().to_dict()
        if self.noaspect_reading:
            return settings
        return {name: value for name, value in settings.items() if not name.startswith("noaspect_")}


class NoAspectModel(EncoderModel):
    """Base class of the models that can be trained with templates: NADS (Cao et al., 2022).

    "Aspect Is Not You Need: No-aspect Differential Sentiment Framework for Aspect-based Sentiment Analysis",
    NAACL 2022. The template of an instance is the instance with a special token for its aspect, in the
    sentence and in the question. h_i and t_i are the encodings of instance i and of its template, after
    dropout; l_y is the embedding of polarity y, and E are the encoder's input embeddings, one row per token.
    Equations 10 and 11, with a margin m of 0.4 between neutral and a pole, and of 0.6 between the poles:

        d(h, l) = 1 - cos(h, l)
        L_ds = mean over i of sum over y != y_i of max(0, d(h_i, l_y_i) - d(h_i, l_y) + m(y_i, y))

    Equation 7, with the templates of the batch, and equations 8 and 9, where s are the last hidden states at
    the masks in the sentence of the template, and w the tokens of the aspect:

        L_con = mean over i of -log (exp(cos(h_i, t_i) / tau) / sum over j of exp(cos(h_i, t_j) / tau))
        L_asp = mean over s of mean over w of -log softmax(E (P s + b))_w

    The whole loss is equation 13, L = L_ds + 0.4 L_con + 0.1 L_asp.

    The prediction for an encoding is p(y | h) = softmax over y of -d(h, l_y) / tau; of ``both``, it is the
    mean of those for sentence and template. As in equation 12, the most probable polarity is the nearest.

    Where the paper is silent, these are our choices: tau is 0.1; the losses are means over the batch; the
    same tau turns distances into probabilities, which does not move what is nearest; the embeddings of the
    polarities are the rows of the classifier's weight matrix, whose bias is not used; which reading is used,
    of the paper's three, is chosen by the accuracy on dev.

    Departures from the paper:

    - the special token is the tokenizer's own mask instead of a new one, so no embedding begins at random;
    - other mentions of the same term are masked, too, since they name the aspect as well;
    - the tokens of an aspect are all predicted at one mask, with E in the place of a new matrix.
    """

    switches: ClassVar[tuple[str, ...]] = ("noaspect_reading", "noaspect_temperature")

    def __init__(self, config: EncoderConfig, *, encoder: Any = None) -> None:
        super().__init__(config, encoder=encoder)
        if self.reading:
            width = self.encoder.get_input_embeddings().weight.shape[1]
            self.recovery = nn.Linear(config.encoding_size, width)  # P, b

    @property
    def reading(self) -> Reading | None:
        """What the model reads, as in `NoAspectConfig`; None for a model without templates."""
        return getattr(self.config, "noaspect_reading", None)

    def load_inputs(self, folder: Path) -> Inputs:
        inputs = super().load_inputs(folder)
        return NoAspectInputs(inputs) if self.reading else inputs

    def settle(self, accuracy: Callable[[], float]) -> dict[str, Any]:
        """Choose the reading with the best accuracy on dev, the first of equals.

        Returns:
            Under ``readings``, the accuracy of each, in percent; and under ``chosen``, the ``reading``. Empty
            if there was nothing to choose.
        """
        if self.reading != "dev":
            return {}
        scores = {}
        for self.config.noaspect_reading in READINGS:
            scores[self.config.noaspect_reading] = round(100 * accuracy(), 2)
        self.config.noaspect_reading = max(scores, key=lambda reading: scores[reading])
        return {"readings": scores, "chosen": {"reading": self.reading}}

    def forward(self, labels: Tensor | None = None, **batch: Tensor) -> SequenceClassifierOutput:
        """Compute the logits of a batch, and the loss if the labels are given.

        Args:
            labels: (batch,) gold labels, as positions in `Polarity`.
            batch: what `NoAspectInputs.collate` returns.

        Returns:
            An output with `logits`, of shape (batch, 3), and `loss`, in the class's docstring L, or None
            without labels. A model without templates is as in `AspectModel.forward`.

        Raises:
            ArtsError: when the batch has no templates.
        """
        if not self.reading:
            return super().forward(labels, **batch)
        if TEMPLATE_PREFIX + "input_ids" not in batch:
            raise ArtsError("the model reads templates; expected a batch that its NoAspectInputs made")
        aspects, mentions = batch.pop(ASPECT_IDS), batch.pop(MENTIONS)
        masked = {name.removeprefix(TEMPLATE_PREFIX): batch.pop(name) for name in _template_names(batch)}
        encoding = self.dropout(self.encode(**batch)).float()  # (batch, hidden): h
        if labels is None and self.reading in ("dev", "sentence"):
            return SequenceClassifierOutput(logits=self._log_p(encoding))
        states, pooled = self.states_and_pool(**masked)
        template = self.dropout(pooled).float()  # (batch, hidden): t
        logits = self._read(encoding, template)
        if labels is None:
            return SequenceClassifierOutput(logits=logits)
        with torch.autocast(encoding.device.type, enabled=False):  # cosines near 1 need fp32
            distances = label_distances(encoding, self.classifier.weight)
            contrast = contrast_loss(encoding, template, temperature=self.config.noaspect_temperature)
        recovery = recovery_loss(self._token_log_p(states[mentions]), aspects, mentions)
        loss = differential_loss(distances, labels) + CONTRAST_WEIGHT * contrast + RECOVERY_WEIGHT * recovery
        return SequenceClassifierOutput(loss=loss, logits=logits)

    def _read(self, encoding: Tensor, template: Tensor) -> Tensor:
        """The logarithms (batch, 3) of the probabilities by what the model reads."""
        if self.reading == "template":
            return self._log_p(template)
        if self.reading == "both":
            return torch.stack([self._log_p(encoding), self._log_p(template)]).logsumexp(0).log_softmax(-1)
        return self._log_p(encoding)

    def _log_p(self, encodings: Tensor) -> Tensor:
        """The logarithms (batch, 3) of p(y | h) of encodings (batch, hidden)."""
        with torch.autocast(encodings.device.type, enabled=False):
            distances = label_distances(encodings, self.classifier.weight)
            log_p: Tensor = (-distances / self.config.noaspect_temperature).log_softmax(-1)
            return log_p

    def _token_log_p(self, states: Tensor) -> Tensor:
        """The logarithms (n, tokens) of the probabilities of the vocabulary, by n hidden states."""
        embeddings: Tensor = self.encoder.get_input_embeddings().weight  # E
        scores: Tensor = self.recovery(states) @ embeddings.T
        return scores.float().log_softmax(-1)


def _template_names(batch: dict[str, Tensor]) -> list[str]:
    """The names in a batch of what belongs to templates."""
    return [name for name in batch if name.startswith(TEMPLATE_PREFIX)]


def label_distances(encodings: Tensor, labels: Tensor) -> Tensor:
    """The distances d (n, 3) between n encodings and the embeddings of the polarities, each from 0 to 2.

    Args:
        encodings: (n, hidden) the encodings.
        labels: (3, hidden) the embeddings, in the order of `Polarity`.
    """
    normalized = nn.functional.normalize
    return 1 - normalized(encodings, dim=-1) @ normalized(labels, dim=-1).T


def differential_loss(distances: Tensor, labels: Tensor) -> Tensor:
    """L_ds, equation 11 of Cao et al. (2022), averaged over n instances.

    Args:
        distances: (n, 3) the distances to the embeddings of the polarities.
        labels: (n,) the gold labels, as positions in `Polarity`.
    """
    margins = distances.new_tensor(MARGINS)[labels]  # (n, 3); 0 at the gold label
    gold = distances.gather(1, labels.unsqueeze(1))
    return (gold - distances + margins).clamp(min=0).sum(1).mean()


def contrast_loss(encodings: Tensor, templates: Tensor, *, temperature: float) -> Tensor:
    """L_con, equation 7 of Cao et al. (2022), averaged over n instances, in nats.

    Args:
        encodings: (n, hidden) the encodings of the instances.
        templates: (n, hidden) those of their templates, in the same order.
        temperature: tau, over 0.
    """
    normalized = nn.functional.normalize
    scores = normalized(encodings, dim=-1) @ normalized(templates, dim=-1).T / temperature
    return nn.functional.cross_entropy(scores, torch.arange(len(scores), device=scores.device))


def recovery_loss(log_p: Tensor, aspects: Tensor, mentions: Tensor) -> Tensor:
    """L_asp, equation 9 of Cao et al. (2022), averaged over m mentions, in nats; 0 without any.

    Args:
        log_p: (m, tokens of the vocabulary) the logarithms of the probabilities at the masks of a batch, row
            by row.
        aspects: (batch, tokens of the longest aspect) the tokens of the aspect, padded with -1.
        mentions: (batch, tokens) whether a token is the mask of a mention.
    """
    if not len(log_p):
        return log_p.new_zeros(())
    expected = aspects[mentions.nonzero()[:, 0]]  # (m, tokens of the longest aspect)
    present = expected >= 0
    found = log_p.gather(1, expected.clamp(min=0)) * present
    return -(found.sum(1) / present.sum(1).clamp(min=1)).mean()
