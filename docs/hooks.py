"""What mkdocs is told on the way: where the package is, and the pages that are made from other files."""

from __future__ import annotations

import configparser
import shutil
import tempfile
from html import escape
from pathlib import Path
from typing import Any

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
LINKED = {"contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}
COMMON = ("print_version", "quiet", "verbose")  # options that every command has
PREFACE = """# Command line

`arts COMMAND` and `python -m arts.COMMAND` are the same. Results go to standard output, everything else to
standard error. The exit code is 0 when all went well, 2 for bad usage or bad input, 1 for a bug, and 130
after Ctrl-C. Every command also takes `--version`, `--quiet` (nothing but results and errors), `--verbose`
and `--help`.
"""
_folder = tempfile.TemporaryDirectory(prefix="arts-docs-")


@event_priority(1)  # before mkdocstrings reads its settings
def on_config(config: MkDocsConfig) -> None:
    """Show mkdocstrings the package as it is installed, with the folders that are mapped into it."""
    package = Path(_folder.name) / "arts"
    package.mkdir(exist_ok=True)
    shutil.copy(
        ROOT / "arts" / "__init__.py", package
    )  # a link would be followed to the folder that it lies in
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    mapped = (line.split(" = ") for line in settings["options"]["package_dir"].strip().splitlines())
    parts = {name.removeprefix("arts."): ROOT / folder for name, folder in mapped if name != "arts"}
    for name, path in parts.items() | {(path.name, path) for path in (ROOT / "arts").iterdir()}:
        if not (package / name).exists():
            (package / name).symlink_to(path)
    config.plugins["mkdocstrings"].config.handlers["python"]["paths"] = [_folder.name]


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the pages that are not written: the command line, and files of the repository's root."""
    files.append(File.generated(config, "reference/command_line.md", content=command_line()))
    for page, path in LINKED.items():
        text = (ROOT / path).read_text("utf-8").replace("](docs/", "](")
        files.append(File.generated(config, page, content=text))


def command_line() -> str:
    """The page on the command line, from the commands themselves."""
    from arts.cli.app import all_commands

    group: Any = typer.main.get_command(all_commands())
    sections = [_section(name, command) for name, command in sorted(group.commands.items())]
    return "\n".join([PREFACE, *sections])


def _section(name: str, command: Any) -> str:
    """What a command does, and a table for each group of options that it takes."""
    groups: dict[str | None, list[str]] = {}
    for parameter in command.params:
        if parameter.name not in COMMON:
            groups.setdefault(parameter.rich_help_panel, []).append(_row(parameter))
    tables = [
        (f"**{heading}**\n\n" if heading else "")
        + "| | value | what it does |\n|---|---|---|\n"
        + "".join(rows)
        for heading, rows in groups.items()
    ]
    return "\n".join([f"## arts {name}\n\n{escape(command.help, quote=False)}\n", *tables])


def _row(parameter: Any) -> str:
    """An argument or option, as a row of a table."""
    is_option = parameter.param_type_name == "option"
    names = ", ".join(f"`{name}`" for name in parameter.opts) if is_option else f"`{parameter.name.upper()}`"
    flags = ["required"] * parameter.required + ["repeatable"] * parameter.multiple
    default = parameter.default
    if default not in (None, False):
        flags.append(f"default `{getattr(default, 'value', default)}`")
    text = escape(" ".join(parameter.help.split()), quote=False).replace("|", "\\|")
    notes = f" *({', '.join(flags)})*" if flags else ""
    return f"| {names} | {_value(parameter)} | {text}{notes} |\n"


def _value(parameter: Any) -> str:
    """What an option takes: nothing, one of some words, or a value of a type."""
    if getattr(parameter, "is_flag", False):
        return ""
    shown = parameter.metavar or parameter.display_type(ctx=None)
    return " or ".join(f"`{word}`" for word in shown.strip("<>").split("|"))
