"""Log-likelihoods of continuations: shared beginnings are computed once, and change nothing."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from transformers import (
    BloomConfig,
    BloomForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MambaConfig,
    MambaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from arts.models.language_models.scoring import ContinuationScorer

WORDS = 40  # tokens of the vocabulary
NARROW = {"vocab_size": WORDS, "hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
DEEP = {**NARROW, "num_hidden_layers": 2, "num_key_value_heads": 1, "initializer_range": 0.3}
MODELS = {
    "llama": (LlamaForCausalLM, LlamaConfig(**DEEP)),
    "qwen, tied": (Qwen2ForCausalLM, Qwen2Config(**DEEP, tie_word_embeddings=True)),
    "gpt-2, learned positions": (
        GPT2LMHeadModel,
        GPT2Config(vocab_size=WORDS, n_embd=16, n_layer=2, n_head=2, n_positions=64, initializer_range=0.3),
    ),
    "gemma, layers of two kinds": (
        Gemma3ForCausalLM,
        Gemma3TextConfig(
            **DEEP, head_dim=8, sliding_window=5, layer_types=["sliding_attention", "full_attention"]
        ),
    ),
    "mistral, sliding window": (MistralForCausalLM, MistralConfig(**DEEP, sliding_window=5)),
}
OTHERS = {
    "bloom, no positions": (
        BloomForCausalLM,
        BloomConfig(vocab_size=WORDS, hidden_size=16, n_layer=1, n_head=2),
    ),
    "mamba, a state": (MambaForCausalLM, MambaConfig(vocab_size=WORDS, hidden_size=16, num_hidden_layers=1)),
}


def untrained(kind: str):
    model_class, config = {**MODELS, **OTHERS}[kind]
    torch.manual_seed(0)
    return model_class(config).eval()


def plain_loop(model, sequences, starts) -> list[float]:
    scores = []
    for sequence, start in zip(sequences, starts, strict=True):
        with torch.inference_mode():
            likelihoods = model(torch.tensor([sequence])).logits[0].double().log_softmax(-1)
        scores.append(sum(float(likelihoods[n - 1, sequence[n]]) for n in range(start, len(sequence))))
    return scores


def similar_sequences(prefix: int, number: int = 60):
    """Sequences with the same beginning, which part from each other after as many tokens as it comes."""
    draw = random.Random(1)
    first = [draw.randrange(WORDS) for _ in range(prefix)]
    sequences = [tuple(first + [draw.randrange(WORDS) for _ in range(draw.randint(1, 20))])]
    while len(sequences) < number:
        old = draw.choice(sequences)
        kept = draw.randint(prefix, len(old))
        sequences.append(old[:kept] + tuple(draw.randrange(WORDS) for _ in range(draw.randint(0, 6))))
    return sequences, [draw.randint(prefix, max(prefix, len(s) - 1)) for s in sequences]


@pytest.mark.parametrize("prefix", [1, 12])
@pytest.mark.parametrize("kind", [*MODELS, *OTHERS])
def test_scoring_equals_a_plain_loop(kind, prefix):
    model = untrained(kind)
    sequences, starts = similar_sequences(prefix)
    scorer = ContinuationScorer(model, kind)
    scores = scorer.log_likelihoods(sequences, starts)
    assert scorer.shares is (kind in MODELS)
    assert scores == pytest.approx(plain_loop(model, sequences, starts), abs=1e-4)
    assert min(scores) < -50  # so that the tolerance means something


@pytest.mark.parametrize("kind", OTHERS)
def test_scoring_says_when_nothing_is_shared(kind, caplog):
    assert not ContinuationScorer(untrained(kind), kind).shares
    assert [record.message for record in caplog.records] == [
        f"{kind} computes shared beginnings again and again: slower"
    ]


def test_scoring_reads_each_shared_token_once(monkeypatch):
    model = untrained("llama")
    scorer = ContinuationScorer(model, "llama")
    assert scorer.shares
    read = []
    forward = model.forward

    def count(*args, **arguments):
        read.append(arguments["input_ids"].numel())
        return forward(*args, **arguments)

    monkeypatch.setattr(model, "forward", count)
    prefix = tuple(range(20))
    question, other = (*prefix, 1, 2, 3, 4, 5), (*prefix, 9, 8, 7, 6)
    sequences = [(*q, *label) for q in (question, other) for label in ((11,), (12, 13), (12, 14))]
    starts = [25] * 3 + [24] * 3
    first = scorer.log_likelihoods(sequences, starts)
    # The prefix; the rest of each question, and after it the token that two labels begin with. The last token
    # of a label predicts nothing.
    assert read == [20, 5 + 4 + 2]
    again = scorer.log_likelihoods(sequences[:3], starts[:3])
    assert len(read) == 3
    assert again == pytest.approx(first[:3], abs=1e-5)


def test_scoring_of_one_sequence_does_not_depend_on_the_others():
    model = untrained("qwen, tied")
    sequences, starts = similar_sequences(3)
    together = ContinuationScorer(model, "qwen").log_likelihoods(sequences, starts)
    for n in range(0, len(sequences), 7):
        alone = ContinuationScorer(model, "qwen").log_likelihoods(sequences[n : n + 1], starts[n : n + 1])
        assert alone[0] == pytest.approx(together[n], abs=1e-5)


def test_scoring_of_nothing_and_of_what_has_no_continuation():
    scorer = ContinuationScorer(untrained("llama"), "llama")
    assert scorer.log_likelihoods([], []).shape == (0,)
    assert np.array_equal(scorer.log_likelihoods([(3,), (3, 4)], [1, 2]), [0, 0])
