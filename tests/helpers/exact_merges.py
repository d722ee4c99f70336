"""Every merge method in fp64, held in memory, written after the formulas of the docs, and rounded once."""

from __future__ import annotations

import hashlib

import numpy as np
from helpers.checkpoints import weights_of

DIGITS = {"F32": (24, -149), "F16": (11, -24), "BF16": (8, -133)}  # bits of a number, smallest exponent
MASKS = 1 << 16


def round_once(exact, dtype):
    """The nearest number of a type, or the even one of two; as fp64."""
    digits, smallest = DIGITS[dtype]
    _, exponent = np.frexp(exact)
    step = np.maximum(exponent - digits, smallest)
    return np.ldexp(np.rint(np.ldexp(exact, -step)), step)


def numbers_of(folder):
    return {name: tensor.double().numpy() for name, tensor in weights_of(folder).items()}


def exact_merge(method, base, models, report, *, density=None, scale=1.0, seed=0):
    """The merged weights in fp64, before they are rounded.

    From the report are the checksums of the models, which DARE's masks depend on, and MetaGPT's coefficients,
    whose last bits depend on the order in which squares are added up.
    """
    theta = numbers_of(base)
    tasks = [{name: numbers - theta[name] for name, numbers in numbers_of(m).items()} for m in models]
    given = {"average": 1 / len(models), "task-arithmetic": 0.3, "dare": 0.3}
    weights = [given.get(method, 1.0)] * len(models)
    if "metagpt" in method:
        weights = report.layers[0].coefficients
    if method.startswith("ties"):
        tasks = [_trimmed(tau, density or 0.2) for tau in tasks]
    if method.startswith("dare"):
        checksums = [entry.checksum for entry in report.models]
        tasks = [_dropped(t, density or 0.55, f"{seed} {c}") for t, c in zip(tasks, checksums, strict=True)]
    merged = {}
    for name, start in theta.items():
        terms = [weight * tau[name] for weight, tau in zip(weights, tasks, strict=True)]
        if "ties" in method:
            sign = np.sign(sum(terms))
            agrees = [np.sign(term) * sign > 0 for term in terms]
            total = sum(term * a for term, a in zip(terms, agrees, strict=True))
            if method != "dare-ties":
                share = sum(weight * a for weight, a in zip(weights, agrees, strict=True))
                total = np.divide(total, share, out=np.zeros_like(total), where=share > 0)
        else:
            total = sum(terms)
        merged[name] = start + scale * total
    return merged


def _trimmed(tau, density):
    sizes = np.sort(np.concatenate([np.abs(task).ravel() for task in tau.values()]).astype(np.float32))
    limit = sizes[len(sizes) - max(1, int(density * len(sizes)))]
    return {name: task * (np.abs(task).astype(np.float32) >= limit) for name, task in tau.items()}


def _dropped(tau, density, key):
    return {name: task * (_mask(f"{key} {name}", task, density) / density) for name, task in tau.items()}


def _mask(key, task, density):
    draws = np.random.PCG64(int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "little"))
    bits = draws.random_raw(-(-task.size // 4)).view("<u2")[: task.size].reshape(task.shape)
    return bits < round(density * MASKS)
