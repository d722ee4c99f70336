"""The objectives: values, gradients, limits."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from arts.data.errors import UnknownNameError
from arts.unlearning.objectives import (
    IGNORED_LABEL,
    NPO,
    OBJECTIVES,
    GradientAscent,
    PredictionRows,
    cross_entropy,
    find_objective,
    kl_divergence,
    lower_bounded_loss,
)

CLASSES = 7


def logits(rows: int, classes: int = CLASSES, *, seed: int = 0, scale: float = 3) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(rows, classes, generator=generator)


def rows_of(values: Tensor, targets: Tensor, reference: Tensor | None = None) -> PredictionRows:
    return PredictionRows(values, targets, torch.arange(len(targets)), reference)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("gap", [-100.0, -30, -15, -1, 0, 1, 15, 30, 60, 100])
def test_objectives_forgetting_is_exact_and_finite_for_any_gap(gap: float, dtype: torch.dtype) -> None:
    values = torch.tensor([[gap, 0.0, 0.0]], dtype=dtype, requires_grad=True)
    loss = lower_bounded_loss(values, torch.tensor([0]))
    loss.backward()
    exact = math.log1p(math.exp(gap - math.log(2)))  # -log(1 - p), p = e^gap / (e^gap + 2)
    assert loss.item() == pytest.approx(exact, rel=1e-6, abs=1e-30)
    assert values.grad is not None
    assert values.grad.isfinite().all()


def test_objectives_forgetting_is_the_unlikelihood_loss() -> None:
    values, targets = logits(50), torch.arange(50) % CLASSES
    p = values.double().softmax(1).gather(1, targets.unsqueeze(1))
    assert lower_bounded_loss(values, targets).item() == pytest.approx(-(1 - p).log().mean().item(), rel=1e-5)


def test_objectives_gradient_of_forgetting_is_that_of_the_closed_form() -> None:
    """d/dz_y = p, and d/dz_j = -p p_j / (1 - p)."""
    values, targets = logits(20).requires_grad_(), torch.arange(20) % CLASSES
    lower_bounded_loss(values, targets).backward()
    probabilities = values.detach().softmax(1)
    p = probabilities.gather(1, targets.unsqueeze(1))
    expected = (-p * probabilities / (1 - p)).scatter(1, targets.unsqueeze(1), p) / len(targets)
    torch.testing.assert_close(values.grad, expected)


def test_objectives_gradient_of_forgetting_agrees_with_finite_differences() -> None:
    values, targets = logits(4).double().requires_grad_(), torch.tensor([0, 3, 6, 2])

    def loss(z: Tensor) -> Tensor:  # in fp32 inside, so with a wide step
        return lower_bounded_loss(z, targets)

    assert torch.autograd.gradcheck(loss, (values,), eps=1e-2, atol=1e-2, rtol=1e-2)


@given(
    st.lists(st.lists(st.floats(-50, 50, width=32), min_size=3, max_size=3), min_size=1, max_size=8),
    st.integers(0, 2),
)
def test_objectives_forgetting_is_never_negative_and_fades_with_p(
    values: list[list[float]], target: int
) -> None:
    z = torch.tensor(values, requires_grad=True)
    targets = torch.full((len(values),), target)
    loss = lower_bounded_loss(z, targets)
    assert loss.item() >= 0
    loss.backward()
    p = z.detach().softmax(1).gather(1, targets.unsqueeze(1)).squeeze(1)
    assert z.grad is not None
    norms = z.grad.norm(dim=1) * len(values)
    assert (norms <= math.sqrt(2) * p + 1e-6).all()


def test_objectives_gradient_of_ascent_does_not_fade_as_that_of_forgetting_does() -> None:
    values, targets = torch.tensor([[-20.0, 0.0, 0.0]]), torch.tensor([0])
    norms = []
    for loss in (
        lambda rows: GradientAscent().forget_loss(rows),
        lambda rows: lower_bounded_loss(rows.logits, rows.targets),
    ):
        z = values.clone().requires_grad_()
        loss(rows_of(z, targets)).backward()
        assert z.grad is not None
        norms.append(z.grad.norm().item())
    assert norms[0] > 1
    assert norms[1] < 1e-8


def test_objectives_divergence_is_zero_at_the_original_and_positive_elsewhere() -> None:
    original = logits(10)
    reference = original.log_softmax(1)
    assert kl_divergence(original, reference).item() == pytest.approx(0, abs=1e-6)
    expected = torch.nn.functional.kl_div(
        logits(10, seed=1).log_softmax(1), reference, log_target=True, reduction="batchmean"
    )
    torch.testing.assert_close(kl_divergence(logits(10, seed=1), reference), expected)
    assert expected > 0


def test_objectives_npo_becomes_gradient_ascent_as_beta_goes_to_zero() -> None:
    targets = torch.arange(6) % CLASSES
    gradients = []
    for objective in (GradientAscent(), NPO(beta=1e-5)):
        z = logits(6).requires_grad_()
        reference = logits(6, seed=2).log_softmax(1).gather(1, targets.unsqueeze(1)).squeeze(1)
        objective.forget_loss(rows_of(z, targets, reference)).backward()
        gradients.append(z.grad)
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-3, atol=1e-6)


def test_objectives_npo_adds_up_the_tokens_of_a_text() -> None:
    z, targets, texts = logits(5), torch.tensor([0, 1, 2, 3, 4]), torch.tensor([0, 0, 0, 2, 2])
    log_p = z.log_softmax(1).gather(1, targets.unsqueeze(1)).squeeze(1)
    reference = torch.full((5,), -1.0)
    ratios = [float((log_p[:3] + 1).sum()), float((log_p[3:] + 1).sum())]
    expected = sum(2 / 0.1 * math.log1p(math.exp(0.1 * ratio)) for ratio in ratios) / 2
    assert NPO().forget_loss(PredictionRows(z, targets, texts, reference)).item() == pytest.approx(
        expected, rel=1e-5
    )


@pytest.mark.parametrize("name", OBJECTIVES)
def test_objectives_padding_changes_no_term(name: str) -> None:
    """Nor does an end-of-text token (here, 0) that doubles as padding: only labels say what counts."""
    ids = torch.tensor([[3, 4, 0, 0, 0], [5, 6, 2, 1, 0]])  # the first text ends with a 0 that counts
    labels = torch.tensor(
        [[IGNORED_LABEL, 4, 0, IGNORED_LABEL, IGNORED_LABEL], [IGNORED_LABEL, IGNORED_LABEL, 2, 1, 0]]
    )
    values = logits(ids.numel()).reshape(*ids.shape, CLASSES)
    wider = torch.cat([values, logits(4, seed=3, scale=50).reshape(2, 2, CLASSES)], 1)
    labels_wider = torch.cat([labels, torch.full((2, 2), IGNORED_LABEL)], 1)
    terms = []
    for z, known in ((values, labels), (wider, labels_wider)):
        plain = PredictionRows.from_batch(z, known)
        assert len(plain.targets) == 5
        reference = logits(5, seed=4).log_softmax(1)
        targets_only = reference.gather(1, plain.targets.unsqueeze(1)).squeeze(1)
        terms.append(
            [
                find_objective(name).forget_loss(PredictionRows.from_batch(z, known, reference=targets_only)),
                cross_entropy(plain.logits, plain.targets),
                kl_divergence(plain.logits, reference),
            ]
        )
    assert terms[0] == terms[1]


@pytest.mark.parametrize("name", OBJECTIVES)
def test_objectives_a_batch_without_labels_gives_zero_and_no_gradient(name: str) -> None:
    values = logits(6).reshape(2, 3, CLASSES).requires_grad_()
    rows = PredictionRows.from_batch(values, torch.full((2, 3), IGNORED_LABEL), reference=torch.zeros(0))
    loss = find_objective(name).forget_loss(rows) + cross_entropy(rows.logits, rows.targets)
    loss = loss + kl_divergence(rows.logits, torch.zeros(0, CLASSES))
    loss.backward()
    assert loss.item() == 0
    assert values.grad is None or not values.grad.any()


def test_objectives_a_text_without_labels_is_no_text() -> None:
    values = logits(6).reshape(2, 3, CLASSES)
    labels = torch.tensor([[IGNORED_LABEL] * 3, [IGNORED_LABEL, 2, 3]])
    rows = PredictionRows.from_batch(values, labels, reference=torch.tensor([-1.0, -1.0]))
    assert rows.texts.tolist() == [1, 1]
    assert NPO().forget_loss(rows).isfinite()


def test_objectives_rows_of_a_classifier_are_its_instances() -> None:
    rows = PredictionRows.from_batch(logits(3), torch.tensor([1, IGNORED_LABEL, 0]))
    assert rows.targets.tolist() == [1, 0]
    assert rows.texts.tolist() == [0, 2]


def test_objectives_unknown_objective() -> None:
    with pytest.raises(UnknownNameError, match='unknown objective "gradient_ascent"'):
        find_objective("gradient_ascent")
