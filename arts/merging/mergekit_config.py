"""Merges by mergekit's configuration files, for the methods that mergekit and this package share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from arts.data.errors import DataError
from arts.merging.checkpoints.lora_adapter import LoraAdapter
from arts.merging.job import MergeJob
from arts.merging.mergekit_adapters import adapted_model, split_adapter
from arts.merging.mergekit_schema import MergekitFile, ModelSection, read_mergekit_file
from arts.merging.methods import METHODS, Coefficients, MergeMethod, disjoint_mean, disjoint_sum
from arts.merging.options import MergeOptions, TensorSetting
from arts.merging.plan import MergeError, MergePlan
from arts.merging.policies import SAFETENSORS_NAMES, Granularity

_NAMES = {stored: str(name) for name, stored in SAFETENSORS_NAMES.items()}  # of types, in configuration files
_TOLERANCE = 1e-9  # by which a sum of weights may differ from 1


def read_mergekit_config(path: Path) -> MergeJob:
    """Read a merge from a YAML file in mergekit's schema.

    With a method of mergekit's, by mergekit's name, the merged model is that of mergekit; where it cannot be,
    the report of the merge has a warning.

    Raises:
        DataError: when the file cannot be read, or has a key or value that is unknown or not supported here.
    """
    file = read_mergekit_file(path)
    config = _MergekitConfig(file, [_plain_model(file, model) for model in file.models])
    return config.linear_job() if file.method == "linear" else config.task_vector_job()


@dataclass(frozen=True)
class _MergekitConfig:
    """A configuration file, and the models that are to be merged."""

    file: MergekitFile
    models: Sequence[ModelSection]

    def task_vector_job(self) -> MergeJob:
        """The `MergeJob` of a file whose method is not `linear`; such methods merge task vectors."""
        file = self.file
        if not file.base:
            raise DataError(file.path, f"merge_method {file.given_method} needs a base_model")
        config = replace(self, models=[model for model in self.models if model.name != file.base])
        if not config.models:
            raise DataError(file.path, "names no model beside the base")
        method, normalize = config._resolve_method()
        given = method.coefficients is Coefficients.GIVEN
        default = method.density if method.coefficients is Coefficients.METAGPT else 1.0
        options = MergeOptions(
            by_layer=file.granularity is Granularity.LAYER,
            weights=config._setting("weight", method.weight) if given else None,
            densities=config._setting("density", default) if method.sparsifies else None,
            scale=file.scale,
            normalize=normalize and given,
            by_tensor=file.flags.get("by_tensor", file.is_of_mergekit),
            seed=file.seed,
        )
        return config._job(file.base, config.models, method, options)

    def linear_job(self) -> MergeJob:
        """The `MergeJob` of a file whose method is `linear`: sum_t w_t theta_t / sum_t w_t.

        Here theta_t is model t, and w_t its weight in the file. The first model takes the place of the base,
        and each other model has the coefficient w_t / sum_t w_t. The result is the same, because these shares
        and that of the first model sum to 1. As in mergekit, a base that is not among the models becomes one.
        It comes first, so that types, configuration and tokenizer are its own. The model that adapters were
        trained on takes the place of the base, too, but has no weight unless the file gives it one.
        """
        file = self.file
        trained_on = adapted_model(file)
        base = trained_on or file.base or (self.models[0].name if self.models else "")
        others = [model for model in self.models if model.name != base]
        models = [model for model in self.models if model.name == base] + others
        is_model = base == file.base and (not trained_on or "weight" in file.settings)
        if is_model and len(models) == len(others):
            models = [ModelSection(base, {}), *others]
        if len(models) < 2:
            raise DataError(file.path, "linear needs two models at least")
        if lacking := [m.name for m in models if "weight" not in {**m.settings, **file.settings}]:
            raise DataError(file.path, f"models: {lacking[0]} has no weight, which linear needs")
        normalize = file.flags.get("normalize", True)
        setting = replace(self, models=models)._setting("weight", 1.0)

        def share(tensor: str, model: int, depth: float) -> float:
            weights = [setting(tensor, number, depth) for number in range(len(models))]
            total = sum(weights)
            if not normalize and abs(total - 1) > _TOLERANCE:
                raise MergeError(
                    f'{file.path}: the weights of {tensor} sum to {total:g}, and "normalize: false" is '
                    "supported for weights that sum to 1"
                )
            if not total:
                raise MergeError(f"{file.path}: the weights of {tensor} sum to 0")
            return weights[len(models) - len(others) + model] / total

        method = replace(METHODS["task-arithmetic"], name="linear")
        return self._job(base, others, method, MergeOptions(weights=share))

    def _job(
        self, base: str, models: Sequence[ModelSection], method: MergeMethod, options: MergeOptions
    ) -> MergeJob:
        """The `MergeJob` of given models, with the types, the tokenizer and the warnings of the file."""
        file = self.file
        return MergeJob(
            base,
            [model.name for model in models],
            method=method,
            options=options,
            dtype=file.out_dtype or file.dtype,
            tokenizer_from=file.tokenizer_source,
            warn=self._warnings if file.is_of_mergekit else None,
        )

    def _resolve_method(self) -> tuple[MergeMethod, bool]:
        """The merge method, and whether the coefficients of the file are divided by their sum."""
        file = self.file
        method = METHODS[file.method]
        given = method.coefficients is Coefficients.GIVEN
        everywhere = (file.settings, *(model.settings for model in self.models))
        if not given and any("weight" in settings for settings in everywhere):
            raise DataError(file.path, f"{file.method} finds the weights itself; leave them out")
        normalize = file.flags.get("normalize", file.method == "ties")
        if method.combine in (disjoint_mean, disjoint_sum):
            combine = disjoint_mean if normalize or not given else disjoint_sum
            method = replace(
                method, combine=partial(combine, positive_ties=True) if file.is_of_mergekit else combine
            )
            normalize = False
        rescale = file.flags.get("rescale")
        if rescale is not None and rescale != file.method.startswith("dare"):
            raise DataError(file.path, f'"rescale: {str(rescale).lower()}" is not what {file.method} does')
        return method, normalize

    def _setting(self, key: str, default: float) -> TensorSetting:
        """A function that returns the value of a parameter for a tensor's name, a model's index and a depth.

        A model's own value counts before that of all models. The function returns `default` when the file has
        no value of the parameter at all.
        """
        sources = [[s[key] for s in (m.settings, self.file.settings) if key in s] for m in self.models]
        for model, settings in zip(self.models, sources, strict=True):
            if not settings and key == "weight" and any(sources):
                raise DataError(self.file.path, f"models: {model.name} has no weight, and others have")

        def setting(tensor: str, model: int, depth: float) -> float:
            for source in sources[model]:
                if (value := source.value(tensor, depth)) is not None:
                    return value
            if sources[model] and key == "weight":
                raise MergeError(
                    f"{self.file.path}: the weight of {self.models[model].name} has no value for {tensor}; "
                    "give one without a filter"
                )
            return default

        return setting

    def _warnings(self, plan: MergePlan) -> list[str]:
        """Warnings on how mergekit's model would differ from the merged one."""
        file = self.file
        warnings = []
        drops = file.method.startswith("dare")
        densities = [
            s["density"] for s in (file.settings, *(m.settings for m in self.models)) if "density" in s
        ]
        if drops and any(density.smallest < 1 for density in densities):
            warnings.append(
                f"{file.given_method} drops elements at random, and mergekit draws others: the merged model "
                "is another draw than mergekit's, by the same rule"
            )
        if file.flags.get("by_tensor") is False and (drops or file.method == "ties"):
            warnings.append(
                '"by_tensor: false" sparsifies the whole model at once, and mergekit each tensor; leave it '
                "out for mergekit's model"
            )
        return warnings + _type_warnings(file, plan)


def _type_warnings(file: MergekitFile, plan: MergePlan) -> list[str]:
    """Warnings on the types that mergekit would calculate and store weights in.

    mergekit converts everything to `dtype`, or else the versions of a tensor to their common type, and
    calculates in this type; linear adds up in fp32.
    """
    checkpoints = [c for c in (plan.base, *plan.models) if not isinstance(c, LoraAdapter)]
    given = {
        tensor.name: {c.tensors[tensor.name].dtype for c in checkpoints if tensor.name in c.tensors}
        for tensor in plan.merged_tensors
    }
    common = {name: "F32" if len(types) > 1 else min(types) for name, types in given.items()}
    warnings = []
    if not (file.dtype or file.out_dtype) and any(
        tensor.entry.dtype != common[tensor.name] for tensor in plan.merged_tensors
    ):
        warnings.append(
            f"weights are stored in the types that they have in {plan.base.name}, and mergekit would store "
            "those in float32 that are so in any model; give out_dtype: float32 for that"
        )
    working = {file.dtype} if file.dtype else set(common.values())
    is_exact = file.method == "linear" and all(
        types == {file.dtype or min(types)} for types in given.values()
    )
    if working != {"F32"} and not is_exact:
        names = {_NAMES[dtype] for dtype in working if dtype}
        target = _NAMES[file.out_dtype or file.dtype or min(set(common.values()) - {"F32"})]
        warnings.append(
            f"weights are rounded once here, and mergekit calculates in {' and '.join(sorted(names))} with "
            f"this file; give dtype: float32 and out_dtype: {target} for the same model from both, but for "
            "single roundings"
        )
    return warnings


def _plain_model(file: MergekitFile, model: ModelSection) -> ModelSection:
    """A model of a file; of ``base+adapter``, which is how mergekit names an adapter, it is the adapter.

    Raises:
        DataError: when an adapter belongs to another model than the base.
    """
    whole, adapter = split_adapter(model.name)
    if adapter is None:
        return model
    if file.method != "linear" and whole != file.base:
        raise DataError(
            file.path,
            f'models: "{model.name}" is an adapter on {whole}; expected a whole model, or an adapter on the '
            "base_model",
        )
    return replace(model, name=adapter)
