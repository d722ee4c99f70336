"""The same configuration file, merged by mergekit and here.

mergekit is found by the variable ARTS_MERGEKIT, the path of its `mergekit-yaml`, or on the PATH.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import torch
import yaml
from helpers.checkpoints import weights_of
from transformers import LlamaConfig, LlamaForCausalLM

from arts.merging.mergekit_config import read_mergekit_config

MERGEKIT = os.environ.get("ARTS_MERGEKIT") or shutil.which("mergekit-yaml")
pytestmark = pytest.mark.skipif(
    not MERGEKIT, reason="mergekit is not installed; ARTS_MERGEKIT is to be the path of mergekit-yaml"
)

BASE, A, B, C = (f"{{{name}}}" for name in ("base", "a", "b", "c"))  # filled in by the folders of the models
BY_FILTER = [{"filter": "mlp", "value": 0.5}, {"value": 0}]


def linear(*models, **parameters):
    return {"merge_method": "linear", "models": entries(models), "parameters": parameters}


def merge(method, *models, **parameters):
    content = {"merge_method": method, "base_model": BASE, "models": entries(models)}
    return content | {"parameters": parameters}


def entries(models):
    return [{"model": name, "parameters": parameters} for name, parameters in models]


SAME = {  # mergekit's own options, and those of its examples
    "linear": linear((A, {"weight": 1.0}), (B, {"weight": 0.3}), (C, {"weight": 0.5})),
    "linear of a gradient and a filter": linear(
        (A, {"weight": [0, 1]}), (B, {"weight": BY_FILTER}), (C, {}), weight=2
    ),
    "linear with the base": linear((A, {"weight": 1.0}), (B, {"weight": 0.3}), weight=0.7)
    | {"base_model": BASE},
    "linear without normalising": linear((A, {"weight": 0.6}), (B, {"weight": 0.4}), normalize=False),
    "task_arithmetic": merge(
        "task_arithmetic",
        (A, {"weight": [0.5, 1]}),
        (B, {"weight": BY_FILTER}),
        **{"lambda": 2, "int8_mask": True},
    ),
    "task_arithmetic of normalised weights": merge(
        "task_arithmetic", (A, {"weight": 0.5}), (B, {"weight": -0.2}), normalize=True
    ),
    "a filter that falls back on all models": merge(
        "task_arithmetic", (A, {"weight": BY_FILTER[:1]}), (B, {"weight": 0.25}), (BASE, {}), weight=0.9
    ),
    "ties of gradients and filters": merge(
        "ties",
        (A, {"density": [1, 0.7, 0.1], "weight": 1.0}),
        (B, {"density": 0.5, "weight": [0, 0.3, 0.7, 1]}),
        (C, {"density": 0.33, "weight": BY_FILTER}),
        normalize=True,
        int8_mask=True,
    ),
    "ties of one density": merge("ties", (A, {}), (B, {}), (C, {}), weight=1, density=0.4),
    "ties without normalising": merge(
        "ties",
        (A, {"density": 0.5, "weight": 0.5}),
        (B, {"density": 0.5, "weight": 0.5}),
        normalize=False,
        int8_mask=True,
    ),
    "ties of a density of 0 and a negative weight": merge(
        "ties",
        (A, {"density": [0, 1], "weight": 1}),
        (B, {"density": 0.5, "weight": -0.5}),
        **{"lambda": 0.5},
    ),
    "ties of opposite models": merge("ties", ("{up}", {}), ("{down}", {}), weight=1),
    "dare_ties of density 1": merge("dare_ties", (A, {"weight": 0.5}), (B, {"weight": 0.7}), density=1),
    "dare_linear of density 1": merge(
        "dare_linear", (A, {"weight": 0.5}), (B, {"weight": 0.7}), normalize=True
    ),
}
TIES = SAME["ties of one density"]
DIFFERENT = {  # with the beginning of the warning
    "bfloat16": (TIES | {"dtype": "bfloat16"}, "weights are rounded once here"),
    "equal magnitudes": (
        merge("ties", ("{up}", {}), ("{down}", {}), weight=[1, 0.5], density=0.3) | {"dtype": "float32"},
        "ties keeps",
    ),
    "float16": (SAME["task_arithmetic"] | {"dtype": "float16"}, "weights are rounded once here"),
    "dare": (
        merge("dare_ties", (A, {}), (B, {}), weight=1, density=0.5),
        "dare_ties drops elements at random",
    ),
    "the whole model": (
        TIES | {"parameters": TIES["parameters"] | {"by_tensor": False}},
        '"by_tensor: false" sparsifies the whole model',
    ),
}
RUN = """
import sys
from mergekit.scripts.run_yaml import main
for pair in sys.argv[1:]:
    main([*pair.split("="), "--quiet"], standalone_mode=False)
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A base, three models that were trained from it, and two that moved in opposite directions."""
    folder = tmp_path_factory.mktemp("models")
    moves = {
        "base": (1, 0.0),
        "a": (1, 0.01),
        "b": (2, 0.01),
        "c": (3, 0.01),
        "up": (4, 0.01),
        "down": (4, -0.01),
    }
    paths = {}
    for name, (seed, size) in moves.items():
        for layers in (3, 1):
            torch.manual_seed(0)
            shape = {"hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": layers}
            config = LlamaConfig(vocab_size=50, num_attention_heads=2, tie_word_embeddings=False, **shape)
            model = LlamaForCausalLM(config)
            generator = torch.Generator().manual_seed(seed)
            for weight in model.parameters():  # opposites in steps of 2**-12, so that they cancel exactly
                move = size * torch.randn(weight.shape, generator=generator)
                weight.data = (weight.data * 2**12).round() / 2**12
                weight.data += (move * 2**12).round() / 2**12 if name in ("up", "down") else move
            model.save_pretrained(folder / f"{name}-{layers}")
            paths[name, layers] = str(folder / f"{name}-{layers}")
    return paths


@pytest.fixture(scope="module")
def both(folders, tmp_path_factory):
    """The weights by mergekit, those merged here, and the warnings, for the name of a file and its layers."""
    folder = tmp_path_factory.mktemp("merged")
    files = {**{name: content | {"dtype": "float32"} for name, content in SAME.items()}}
    files |= {name: content for name, (content, _) in DIFFERENT.items()}
    written = {}
    for number, (name, content) in enumerate(files.items()):
        for layers in (3, 1):
            path = folder / f"{number}-{layers}.yaml"
            names = {key: value for (key, count), value in folders.items() if count == layers}
            text = yaml.safe_dump(content)
            for key, value in names.items():
                text = text.replace(f"{{{key}}}", value)
            path.write_text(text)
            written[name, layers] = path
    python = Path(MERGEKIT).with_name("python")
    pairs = [f"{path}={path.with_suffix('.mergekit')}" for path in written.values()]
    subprocess.run([python, "-c", RUN, *pairs], check=True, capture_output=True)
    results = {}
    for key, path in written.items():
        report = read_mergekit_config(path).run(path.with_suffix(".here"))
        merged = (weights_of(path.with_suffix(suffix)) for suffix in (".mergekit", ".here"))
        results[key] = (*merged, [*report.warnings, *report.remarks])
    return results


@pytest.mark.parametrize("layers", [3, 1])
@pytest.mark.parametrize("name", SAME)
def test_mergekit_side_by_side_the_same_file_makes_the_same_model(name, layers, both):
    theirs, ours, warnings = both[name, layers]
    assert theirs.keys() == ours.keys()
    for tensor, expected in theirs.items():
        torch.testing.assert_close(ours[tensor], expected, rtol=1e-6, atol=1e-6)
    assert not [warning for warning in warnings if "mergekit" in warning]


@pytest.mark.parametrize("name", DIFFERENT)
def test_mergekit_side_by_side_another_model_comes_with_a_warning(name, both):
    theirs, ours, warnings = both[name, 3]
    assert any(not torch.equal(ours[tensor], expected) for tensor, expected in theirs.items())
    assert any(warning.startswith(DIFFERENT[name][1]) for warning in warnings)
