"""Print constraints for pip: the lowest version of each library that setup.cfg allows.

    python tests/lowest_versions.py > lowest.txt

torch stays as `constraints.txt` has it: builds without CUDA are not to be had for every version everywhere.
"""

from __future__ import annotations

import configparser
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOUND = re.compile(r"(?P<name>[\w.-]+)(\[.*\])?>=(?P<version>[\w.]+)")


def main() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    lists = (settings["options"]["install_requires"], *settings["options.extras_require"].values())
    lines = {line for text in lists for line in text.split("\n") if line and not line.startswith("torch>")}
    lowest = [f"{bound['name']}=={bound['version']}" for bound in map(BOUND.match, sorted(lines)) if bound]
    torch = re.findall(r"^torch==.*$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    sys.stdout.write("\n".join([*lowest, *torch, ""]))


if __name__ == "__main__":
    main()
