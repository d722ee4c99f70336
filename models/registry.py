"""The models known by name: the zoo, and what other packages add under the entry point `arts.models`."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from arts.data.errors import ArtsError, UnknownNameError

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


def model_names() -> list[str]:
    """The names that `find` knows, the zoo's first."""
    return list({**ZOO, **_installed()})


def find(name: str) -> object:
    """What a name stands for: a class of the zoo, or whatever another package gives under it.

    Raises:
        UnknownNameError: with the nearest known name; nothing is imported for that.
    """
    place = {**_installed(), **ZOO}.get(name)
    if place is None:
        raise UnknownNameError("model", name, model_names(), "; or hf:PATH, or package.module:Class")
    return load_object(place)


def entries() -> list[dict[str, Any]]:
    """One record a name: paper, parameters in all and trained (on the default encoder), and what it reads."""
    import torch

    from arts.models.base import AspectModel, Start

    rows: list[dict[str, Any]] = []
    for name in model_names():
        found = find(name)
        if isinstance(found, type) and issubclass(found, AspectModel):
            with torch.device("meta"):
                model = found(found.blank(Start()))
            sizes = model.num_parameters(), model.num_parameters(only_trainable=True)
            rows.append(
                {
                    "name": name,
                    "paper": found.paper,
                    "parameters": sizes[0],
                    "trained": sizes[1],
                    "reads": found.reads,
                }
            )
        else:
            rows.append({"name": name, "paper": "", "reads": f"(entry point {_installed()[name]})"})
    return rows


def zoo_class(name: str) -> type[AspectModel]:
    """The class of a model that can be trained here.

    Raises:
        UnknownNameError: with the nearest known name.
        ArtsError: when it is not for training.
    """
    found = find(name)  # before the import, which takes seconds
    from arts.models.base import AspectModel

    if not (isinstance(found, type) and issubclass(found, AspectModel)):
        raise ArtsError(f'"{name}" can be measured but not trained here; expected a model of the zoo')
    return found


def load_object(place: str) -> Any:
    """What ``package.module:attribute`` names.

    Raises:
        ArtsError: when there is no such module or attribute.
    """
    module_name, _, attribute = place.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and not module_name.startswith(error.name):
            raise  # the module is there; something that it imports is not
        raise ArtsError(f'"{place}": no module "{module_name}"; expected package.module:Class') from error
    if not hasattr(module, attribute):
        raise ArtsError(f'"{place}": module {module_name} has no "{attribute}"')
    return getattr(module, attribute)


def _installed() -> dict[str, str]:
    return {entry.name: entry.value for entry in entry_points(group="arts.models")}
