"""The registry of models by name: the nine of the zoo, and those that other packages add as entry points."""

from __future__ import annotations

import ast
import importlib
import os
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError, UnknownNameError
from arts.models.own_code import own_code
from arts.models.zoo_card import ModelCard

if TYPE_CHECKING:
    from arts.models.base import AspectModel

ZOO = {
    "memnet": "arts.models.zoo.memnet:MemNet",
    "gcae": "arts.models.zoo.gcae:GCAE",
    "atae-lstm": "arts.models.zoo.atae_lstm:ATAELSTM",
    "td-lstm": "arts.models.zoo.td_lstm:TDLSTM",
    "asgcn": "arts.models.zoo.asgcn:ASGCN",
    "bert": "arts.models.zoo.bert:BertPair",
    "bert-pt": "arts.models.zoo.bert_pt:BertPT",
    "capsbert": "arts.models.zoo.capsbert:CapsBert",
    "bert-sent": "arts.models.zoo.bert_sent:BertSentence",
}


def with_plugins(own: Mapping[str, str], group: str) -> dict[str, str]:
    """Extend a registry of this package by the objects that other packages register as entry points.

    Args:
        own: import paths ``package.module:attribute``, keyed by the name of the registered object.
        group: the group of entry points in which other packages register objects.

    Returns:
        The import paths, keyed by name; those in `own` come first. If another package registers a name that
        is in `own`, the import path in `own` is kept.
    """
    return {**own, **_plugins(group), **own}


@cache
def _plugins(group: str) -> dict[str, str]:
    """The import paths of the objects in a group of entry points, keyed by name.

    Finding entry points reads the metadata of all installed packages, so they are kept for the process.
    """
    return {entry.name: entry.value for entry in entry_points(group=group)}


def model_names() -> list[str]:
    """The names of all registered models; those of the zoo come first."""
    return list(_addresses())


def find_model(name: str) -> object:
    """Import the object that is registered under a name.

    Returns:
        A class of the zoo, or whatever object another package registers.

    Raises:
        UnknownNameError: when no model has this name. The message names the most similar one.
    """
    address = _addresses().get(name)
    if address is None:
        if Path(name, "config.json").is_file():
            raise ArtsError(
                f'unknown model "{name}"; to measure the model saved in this folder, say hf:{name}'
            )
        raise UnknownNameError("model", name, model_names(), "; or hf:PATH, or package.module:Class")
    return load_object(address)


@cache
def model_card(name: str) -> ModelCard | None:
    """The card (paper, licence and other facts) of a registered model.

    It is read from the source file, since importing a model takes seconds. The class is imported only if
    its card is not written with plain strings.

    Returns:
        The card. None when the name is not registered, or the model has no card.

    Raises:
        ArtsError: when the module or class that is registered does not exist.

    Example:
        >>> model_card("td-lstm").family
        'recurrent'
    """
    address = _addresses().get(name)
    if address is None:
        return None
    card = _card_in_source(address) or getattr(load_object(address), "card", None)
    return card if isinstance(card, ModelCard) else None


def _card_in_source(address: str) -> ModelCard | None:
    """The card of the class ``package.module:Class``, parsed from the source file of the module.

    None when the module has no source file, or the class has no card of plain strings.
    """
    module, _, class_name = address.partition(":")
    spec = find_spec(module)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    for statement in ast.parse(Path(spec.origin).read_text("utf-8")).body:
        if isinstance(statement, ast.ClassDef) and statement.name == class_name:
            return next(filter(None, map(_literal_card, statement.body)), None)
    return None


def _literal_card(statement: ast.stmt) -> ModelCard | None:
    """The card in a statement ``card = ModelCard(...)`` whose arguments are plain strings, otherwise None."""
    match statement:
        case ast.Assign(targets=[ast.Name(id="card")], value=ast.Call(args=[], keywords=keywords)):
            try:
                return ModelCard(**{word.arg: ast.literal_eval(word.value) for word in keywords if word.arg})
            except (TypeError, ValueError):
                return None  # not plain strings
    return None


def model_rows() -> list[dict[str, Any]]:
    """The table of the registered models, as one dict per model.

    The keys are ``name``, ``paper``, ``parameters`` (number of parameters, with the default encoder),
    ``trained`` (number of those parameters that training changes) and ``reads`` (what the model reads, in
    a phrase). For a model of another package that is not an `AspectModel` and so cannot be trained here,
    ``parameters`` and ``trained`` are missing, ``paper`` is empty, and ``reads`` has its import path.
    """
    import torch

    from arts.models.base import AspectModel
    from arts.models.recipe import Start

    rows: list[dict[str, Any]] = []
    for name in model_names():
        model_class = find_model(name)
        if isinstance(model_class, type) and issubclass(model_class, AspectModel):
            with torch.device("meta"):
                model = model_class(model_class.config_from_start(Start()))
            sizes = model.num_parameters(), model.num_parameters(only_trainable=True)
            rows.append(
                {
                    "name": name,
                    "paper": model_class.card.paper,
                    "parameters": sizes[0],
                    "trained": sizes[1],
                    "reads": model_class.card.reads,
                }
            )
        else:
            rows.append({"name": name, "paper": "", "reads": f"(entry point {_addresses()[name]})"})
    return rows


def aspect_model_class(name: str) -> type[AspectModel]:
    """The class of a registered model that can be trained here, which is a subclass of `AspectModel`.

    Raises:
        UnknownNameError: when no model has this name. The message names the most similar one.
        ArtsError: when the registered object is not a subclass of `AspectModel`.
    """
    model_class = find_model(name)  # before the import, which takes seconds
    from arts.models.base import AspectModel

    if not (isinstance(model_class, type) and issubclass(model_class, AspectModel)):
        raise ArtsError(f'"{name}" can be measured but not trained here; expected a model of the zoo')
    return model_class


def is_trained_here(name: str) -> bool:
    """Whether a model, as ``--model`` names it, is trained here, so that it has a seed and an encoder.

    Args:
        name: the name of a registered model; ``hf:PATH``, or an import path ``package.module:attribute``.

    Raises:
        UnknownNameError: when it has no colon, and no model has this name.
    """
    if ":" in name:
        return False
    model = None if name in ZOO else find_model(name)
    base = sys.modules.get("arts.models.base")  # what extends its class has imported it; it imports torch
    return name in ZOO or (
        base is not None and isinstance(model, type) and issubclass(model, base.AspectModel)
    )


def load_object(address: str) -> Any:
    """Import an object by its import path.

    Args:
        address: the import path, ``package.module:attribute``.

    Raises:
        ArtsError: when there is no such module or attribute, or importing the module raises an error.
    """
    module_name, _, attribute = address.partition(":")
    if not all(module_name.split(".")) or {"/", "\\"} & {*module_name} or not attribute.isidentifier():
        raise ArtsError(f'"{address}" is no import path; expected package.module:attribute')
    with own_code(f'"{address}": importing {module_name}'):
        module = _imported(module_name, address)
    if not hasattr(module, attribute):
        file = getattr(module, "__file__", None) or "built in"
        raise ArtsError(f'"{address}": module {module_name} ({file}) has no "{attribute}"')
    return getattr(module, attribute)


def _imported(name: str, address: str) -> ModuleType:
    """Import a module; raises `ArtsError` when it, or one that it imports, is missing."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and not name.startswith(error.name):
            raise ArtsError(f'"{address}": {name} imports {error.name}, which is missing') from error
        raise ArtsError(f'"{address}": no module "{name}"; expected package.module:Class') from error


def load_own_object(address: str) -> Any:
    """Import an object of the user, whose module may be in the current folder.

    The folder is searched last: a file in it never takes the place of a library.

    Args:
        address: the import path, ``package.module:attribute``.

    Raises:
        ArtsError: when there is no such module or attribute, or the module cannot be imported.
    """
    if not {"", os.getcwd()} & {*sys.path}:
        sys.path.append(os.getcwd())
    return load_object(address)


def _addresses() -> dict[str, str]:
    """The import paths ``package.module:Class`` of all registered models, keyed by the model's name."""
    return with_plugins(ZOO, "arts.models")
