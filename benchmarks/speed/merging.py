"""How long merging takes and how much memory: Llama-shaped bf16 checkpoints, each merge in a new process.

    python benchmarks/speed/merging.py [--layers 18] [--vocabulary 32000] [--models 3] [--folder DIR]

mergekit is timed on the same files where its command is installed (``--mergekit COMMAND``).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml

from arts.merging.checkpoints.blocks import decode, encode
from arts.merging.checkpoints.checkpoint import Checkpoint, TensorEntry, TensorSpan
from arts.merging.checkpoints.checkpoint_writer import CheckpointOutput

HIDDEN, INNER, REPEATS = 1024, 2816, 3
MAX_SHARD_BYTES = 200_000_000
BLOCK = 1 << 20  # elements
MERGEKIT_METHODS = {
    "metagpt": "task_arithmetic",
    "task-arithmetic": "task_arithmetic",
    "ties": "ties",
    "dare": "dare_linear",
}


def llama_shapes(layers: int, vocabulary: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Name and shape of each tensor of a model like Llama."""
    yield "model.embed_tokens.weight", (vocabulary, HIDDEN)
    for number in range(layers):
        layer = f"model.layers.{number}"
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            yield f"{layer}.self_attn.{name}.weight", (HIDDEN, HIDDEN)
        for name in ("gate_proj", "up_proj"):
            yield f"{layer}.mlp.{name}.weight", (INNER, HIDDEN)
        yield f"{layer}.mlp.down_proj.weight", (HIDDEN, INNER)
        yield f"{layer}.input_layernorm.weight", (HIDDEN,)
        yield f"{layer}.post_attention_layernorm.weight", (HIDDEN,)
    yield "model.norm.weight", (HIDDEN,)
    yield "lm_head.weight", (vocabulary, HIDDEN)


def make_checkpoint(
    folder: Path, *, layers: int, vocabulary: int, seed: int, base: Checkpoint | None = None
) -> Path:
    """Write a random checkpoint, or one that differs from a base by little; returns the folder.

    Args:
        folder: the folder to write.
        layers: number of layers.
        vocabulary: number of tokens in the vocabulary.
        seed: random seed of the weights.
        base: the base to start from.
    """
    shapes = sorted(llama_shapes(layers, vocabulary))
    entries = [TensorEntry(name, "BF16", shape, folder, 0) for name, shape in shapes]
    rng = np.random.default_rng(seed)
    size = 0.002 if base else 0.02
    output = CheckpointOutput(folder, entries, max_shard_bytes=MAX_SHARD_BYTES)
    with output.open() as partial:
        for entry in entries:
            for first in range(0, entry.count, BLOCK):
                span = TensorSpan(entry.name, first, min(BLOCK, entry.count - first))
                values = rng.standard_normal(span.count, np.float32) * np.float32(size)
                raw = np.empty(2 * span.count, np.uint8)
                if base:
                    start = np.empty(span.count, np.float32)
                    base.read_raw(base.tensors[entry.name], raw, first=first)
                    decode(raw, "BF16", out=start)
                    values += start
                encode(values.astype(np.float64), "BF16", out=raw)
                output.write(span, raw)
        output.write_index(partial)
        (partial / "config.json").write_text(json.dumps(_llama_config(layers, vocabulary)))
    return folder


def _llama_config(layers: int, vocabulary: int) -> dict[str, object]:
    """The content of config.json for a model like Llama."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": vocabulary,
        "hidden_size": HIDDEN,
        "intermediate_size": INNER,
        "num_hidden_layers": layers,
        "num_attention_heads": 16,
        "num_key_value_heads": 16,
        "max_position_embeddings": 2048,
        "rms_norm_eps": 1e-6,
        "tie_word_embeddings": False,
        "dtype": "bfloat16",
    }


def measure_process(command: list[str]) -> tuple[float, float]:
    """Run a command; returns its seconds and its largest resident memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed: {errors.decode()[-2000:]}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def median_of_runs(command: list[str], output: Path) -> tuple[float, float]:
    """Run a command several times; returns the medians of its seconds and of its memory in MB.

    Args:
        command: the command.
        output: the folder that it writes, removed after each run.
    """
    runs = []
    for _ in range(REPEATS):
        runs.append(measure_process(command))
        shutil.rmtree(output)
    return statistics.median(s for s, _ in runs), statistics.median(m for _, m in runs)


def copying_seconds(base: Path, models: list[Path], *, output: Path) -> float:
    """Seconds to read all models once and to write one, into a folder that is then removed."""
    started = time.perf_counter()
    output.mkdir()
    buffer = bytearray(8 * BLOCK)
    for folder in (base, *models):
        for path in sorted(folder.glob("*.safetensors")):
            target = (output / path.name).open("wb") if folder == base else None
            with path.open("rb", buffering=0) as file:
                while count := file.readinto(buffer):
                    if target:
                        target.write(memoryview(buffer)[:count])
    shutil.rmtree(output)
    return time.perf_counter() - started


def write_mergekit_config(path: Path, method: str, *, base: Path, models: list[Path]) -> Path:
    """Write a configuration of mergekit for the method nearest to one of ours; returns its path."""
    parameters = (
        {"weight": 0.3} if method in ("metagpt", "task-arithmetic") else {"weight": 0.3, "density": 0.5}
    )
    content = {
        "merge_method": MERGEKIT_METHODS[method],
        "base_model": str(base),
        "models": [{"model": str(model), "parameters": parameters} for model in models],
        "dtype": "bfloat16",
    }
    path.write_text(yaml.safe_dump(content))
    return path


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=18)
    parser.add_argument("--vocabulary", type=int, default=32_000)
    parser.add_argument("--models", type=int, default=3)
    parser.add_argument("--method", action="append")
    parser.add_argument("--mergekit", default=shutil.which("mergekit-yaml"))
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    size = {"layers": options.layers, "vocabulary": options.vocabulary}
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        root = Path(name)
        base = make_checkpoint(root / "base", **size, seed=0)
        opened = Checkpoint(base)
        models = [
            make_checkpoint(root / f"model-{n}", **size, seed=n, base=opened)
            for n in range(1, options.models + 1)
        ]
        os.sync()  # what was written just now is not to be written while others are timed
        print(f"{opened.parameters / 1e9:.2f}B parameters, {options.models} models of one base, bf16\n")
        print("| | seconds | MB | mergekit's seconds | MB |\n|---|---:|---:|---:|---:|")
        print(
            f"| read all, write one | {copying_seconds(base, models, output=root / 'copy'):.2f} | | | |",
            flush=True,
        )
        for method in options.method or ("metagpt", "task-arithmetic", "ties", "dare"):
            output = root / "merged"
            given = [word for model in models for word in ("--model", str(model))]
            command = [sys.executable, "-m", "arts.merge", "--base", str(base), *given]
            seconds, memory = median_of_runs([*command, "--method", method, "--output", str(output)], output)
            cells = [f"{seconds:.2f}", f"{memory:.0f}", "", ""]
            if options.mergekit:
                config = write_mergekit_config(root / "mergekit.yaml", method, base=base, models=models)
                mergekit = median_of_runs([options.mergekit, str(config), str(output)], output)
                cells[2:] = [f"{mergekit[0]:.1f}", f"{mergekit[1]:.0f}"]
            print(f"| {method} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
