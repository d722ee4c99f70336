"""Each model against its paper's equations, worked out word by word without batching or masks."""

from __future__ import annotations

import pytest
import torch
from builders import TOY
from torch.nn import functional

from arts.data.schema import originals
from arts.models.base import Start
from arts.models.registry import zoo_class
from arts.models.zoo.asgcn import links
from arts.models.zoo.capsbert import margin_loss, squash

INSTANCE = originals(TOY)[5]  # "The staff was rude, but the soup was good.": soup


@pytest.fixture
def asked(encoder):
    """A model by name, with the batch of one instance among others, and the words of its sentence."""

    def asked(name):
        torch.manual_seed(1)
        model, inputs = zoo_class(name).start(Start(encoder), [])
        batch = inputs.collate(inputs.encode([INSTANCE, *originals(TOY)[:2]]))
        model.eval()
        return model, batch

    return asked


def words(model, batch):
    """The vectors (n, embedding) of the first sentence's words, and the first and last of the aspect."""
    embedded = model.embed(**{k: batch[k] for k in ("input_ids", "words", "first", "last")})
    return embedded.vectors[0, : embedded.lengths[0]], int(batch["first"][0]), int(batch["last"][0])


def agrees(model, batch, expected):
    return torch.allclose(model.encode(**batch)[0], expected, atol=1e-5)


def test_td_lstm_is_two_lstms_that_meet_at_the_target(asked):
    model, batch = asked("td-lstm")
    vectors, first, last = words(model, batch)
    size = model.config.hidden_size
    single = [torch.nn.LSTM(vectors.shape[-1], size) for _ in range(2)]
    for one, suffix in zip(single, ("", "_reverse"), strict=True):
        one.load_state_dict({n: getattr(model.lstm, n + suffix) for n in one.state_dict()})
    left = single[0](vectors[: last + 1])[0][-1]
    right = single[1](vectors[first:].flip(0))[0][-1]
    assert agrees(model, batch, torch.cat([left, right]))


def test_memnet_hops_over_the_located_context(asked):
    model, batch = asked("memnet")
    vectors, first, last = words(model, batch)
    n = len(vectors)
    memory = [
        vectors[i] * (1 - (first - i if i < first else i - last) / n)
        for i in range(n)
        if not first <= i <= last
    ]
    query = vectors[first : last + 1].mean(0)
    for _ in range(3):
        scores = torch.stack([torch.tanh(model.score(torch.cat([m, query])))[0] for m in memory])
        alpha = scores.softmax(0)
        query = sum(a * m for a, m in zip(alpha, memory, strict=True)) + model.carry(query)
    assert agrees(model, batch, query)


def test_gcae_gates_features_by_the_aspect(asked):
    model, batch = asked("gcae")
    vectors, first, last = words(model, batch)
    aspect = model.aspect(vectors[first : last + 1].T).relu()[:, : last - first + 1].amax(1)
    outputs = []
    for features, gates, steer in zip(model.features, model.gates, model.steer, strict=True):
        width = features.kernel_size[0]
        padded = functional.pad(vectors, (0, 0, width // 2, width // 2))
        passed = []
        for i in range(len(vectors)):
            window = padded[i : i + width].T.unsqueeze(0)  # (1, embedding, width)
            carried = functional.conv1d(window, features.weight, features.bias)[0, :, 0].tanh()
            gate = (functional.conv1d(window, gates.weight, gates.bias)[0, :, 0] + steer(aspect)).relu()
            passed.append(carried * gate)
        outputs.append(torch.stack(passed).amax(0))
    assert agrees(model, batch, torch.cat(outputs))


def test_atae_lstm_attends_with_the_aspect_at_every_word(asked):
    model, batch = asked("atae-lstm")
    vectors, first, last = words(model, batch)
    aspect = vectors[first : last + 1].mean(0)
    states = model.lstm(torch.stack([torch.cat([v, aspect]) for v in vectors]))[0]
    keys = torch.stack([torch.cat([model.key(h), model.aspect(aspect)]).tanh() for h in states])
    alpha = model.score(keys)[:, 0].softmax(0)
    read = (alpha.unsqueeze(1) * states).sum(0)
    assert agrees(model, batch, (model.project(read) + model.carry(states[-1])).tanh())


def test_asgcn_convolves_over_the_parse_and_reads_at_the_aspect(asked):
    model, batch = asked("asgcn")
    vectors, first, last = words(model, batch)
    n = len(vectors)
    context = model.lstm(vectors)[0]
    near = [0.0 if first <= i <= last else 1 - (first - i if i < first else i - last) / n for i in range(n)]
    states = list(context)
    for layer in model.layers:
        inputs = [q * h for q, h in zip(near, states, strict=True)]
        states = []
        for i in range(n):
            linked = [j for j in range(n) if batch["graph"][0, i, j]]
            total = sum(inputs[j] @ layer.weight.T + layer.bias for j in linked)
            states.append((total / (len(linked) + 1)).relu())
    beta = torch.stack([sum(context[t] @ states[i] for i in range(first, last + 1)) for t in range(n)])
    assert agrees(model, batch, (beta.softmax(0).unsqueeze(1) * context).sum(0))


def test_links_are_symmetric_and_hold_each_word_itself(asked):
    _, batch = asked("asgcn")
    graph = batch["graph"][0]
    assert torch.equal(graph, graph.T)
    size = int(batch["words"][0].max()) + 1
    assert graph.diagonal()[:size].all()
    assert graph.sum() > size  # and the parse links some
    assert links([(0, 3)], [[0, 3, 0]]) == [(0, 0)]


def test_capsbert_weighs_by_the_aspect_and_routes_by_guides(asked):
    model, batch = asked("capsbert")
    parts = batch["parts"][0]
    inputs = {name: tensor for name, tensor in batch.items() if name != "parts"}
    states = model.encoder(**inputs).last_hidden_state[0]
    aspect = squash(model.aspect(states[parts == 1].mean(0)))
    capsules = [squash(model.primary(h)) for h in states[parts == 0]]
    relevance = torch.stack([model.relevance(p) @ aspect for p in capsules]).softmax(0)
    guides = squash(model.guides)
    categories = torch.zeros(3, model.config.capsule_size)
    for u, p in zip(relevance, capsules, strict=True):
        route = torch.stack([model.routing(p) @ z for z in guides]).softmax(0)
        categories = categories + model.scale * u * route.unsqueeze(1) * p
    assert torch.allclose(model.encode(**batch)[0], squash(categories), atol=1e-5)


def test_capsbert_reads_the_sentence_and_the_aspect_apart(asked):
    model, batch = asked("capsbert")
    pieces = batch["input_ids"][0]
    count = {part: int((batch["parts"][0] == part).sum()) for part in (0, 1)}
    assert count == {0: 11, 1: 1}  # words and marks of the sentence; soup
    special = batch["parts"][0] == -1
    assert set(pieces[special].tolist()) <= {0, 2, 3}  # [PAD], [CLS], [SEP]
    assert model(**batch).logits.exp().max() < 1  # lengths of capsules


def test_squash_shortens_to_below_one_and_keeps_the_direction():
    vector = torch.tensor([3.0, 4.0])
    assert torch.allclose(squash(vector), vector / 5 * 25 / 26, atol=1e-5)
    assert squash(torch.zeros(2)).isfinite().all()


def test_margin_loss_is_nought_when_lengths_are_beyond_the_margins():
    lengths = torch.tensor([[0.95, 0.05, 0.1], [0.5, 0.5, 0.1]])
    assert margin_loss(lengths[:1], torch.tensor([0])) == 0
    expected = (0.9 - 0.5) ** 2 + 0.6 * (0.5 - 0.1) ** 2
    assert margin_loss(lengths[1:], torch.tensor([0])).item() == pytest.approx(expected)
