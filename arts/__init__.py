"""ARTS: the aspect-robustness benchmark for aspect-based sentiment analysis.

    >>> import arts
    >>> bench = arts.load_benchmark("sample")
    >>> report = bench.evaluate("bert", seed=1)  # doctest: +SKIP
    >>> report.ars                               # doctest: +SKIP

``import arts`` is fast: the module of a public name is imported when the name is first used.
"""

import sys


def _drop_current_folder() -> None:
    """Take the current folder off the path where ``python -m arts.COMMAND`` has put it, first.

    A file in it, such as ``torch.py``, is not to be taken for a library.
    """
    if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:  # Python is still looking for the module
        word = sys.orig_argv[-len(sys.argv)]
        module = word.partition("m")[2] if word.startswith("-") else word
        if module.partition(".")[0] == "arts":
            del sys.path[0]


_drop_current_folder()  # before any other import

import importlib  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

if TYPE_CHECKING:
    from arts.data.errors import ArtsError
    from arts.data.schema import Aspect, Edit, Instance, Opinion, Polarity, Sentence, Strategy
    from arts.evaluation.benchmark import Benchmark, load_benchmark
    from arts.evaluation.paired_tests import Comparison
    from arts.evaluation.report import Report
    from arts.evaluation.scores import Estimate
    from arts.interventions.adversarial import Adversarial
    from arts.interventions.merge import Merge
    from arts.interventions.unlearn import Unlearn
    from arts.models.adapters import Classifier
    from arts.models.recipe import Start

_HOMES = {
    "Adversarial": "arts.interventions.adversarial",
    "ArtsError": "arts.data.errors",
    "Aspect": "arts.data.schema",
    "Benchmark": "arts.evaluation.benchmark",
    "Classifier": "arts.models.adapters",
    "Comparison": "arts.evaluation.paired_tests",
    "Edit": "arts.data.schema",
    "Estimate": "arts.evaluation.scores",
    "Instance": "arts.data.schema",
    "Merge": "arts.interventions.merge",
    "Opinion": "arts.data.schema",
    "Polarity": "arts.data.schema",
    "Report": "arts.evaluation.report",
    "Sentence": "arts.data.schema",
    "Start": "arts.models.recipe",
    "Strategy": "arts.data.schema",
    "Unlearn": "arts.interventions.unlearn",
    "load_benchmark": "arts.evaluation.benchmark",
}
__version__ = "0.1.0"
__all__ = [
    "Adversarial",
    "ArtsError",
    "Aspect",
    "Benchmark",
    "Classifier",
    "Comparison",
    "Edit",
    "Estimate",
    "Instance",
    "Merge",
    "Opinion",
    "Polarity",
    "Report",
    "Sentence",
    "Start",
    "Strategy",
    "Unlearn",
    "load_benchmark",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'arts' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
