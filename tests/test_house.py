"""The style of the house: small modules and functions, names of their own."""

from __future__ import annotations

import ast
import configparser
import statistics
import sys

import pytest
from helpers.folders import ROOT
from helpers.source_code import FOLDERS, functions, modules


def signatures_of_commands() -> set[tuple[str, str]]:
    """Module and name of each command: the signature is its usage."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    lines = settings["options.entry_points"]["arts.commands"].split("\n")
    return {tuple(line.partition("=")[2].strip().split(":")) for line in lines if line}


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        lines -= function.body[0].end_lineno - function.body[0].lineno + 1
    return lines


def test_house_no_module_is_named_like_one_of_the_standard_library():
    assert not {name for name in modules() if name.rpartition(".")[2] in sys.stdlib_module_names}


@pytest.mark.parametrize("folder", [*FOLDERS, "tests", "benchmarks"])
def test_house_a_file_has_at_most_300_lines(folder):
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert not {str(path): length for path, length in lengths.items() if length > 300}


def test_house_a_function_has_at_most_50_lines():
    lengths = {(module, node.name): node.end_lineno - node.lineno + 1 for module, node in functions()}
    long = {name for name, length in lengths.items() if length > 50}
    assert long <= signatures_of_commands()


def test_house_most_functions_are_short():
    assert statistics.median(code_lines(node) for _, node in functions()) <= 8
