"""The console script `arts`: one thin module a command."""

from __future__ import annotations

from arts.catalogue import models
from arts.console import new_app, run
from arts.diagnose import diagnose
from arts.evaluate import evaluate
from arts.export import export
from arts.generate import generate
from arts.inspect import inspect
from arts.leaderboard.command import leaderboard
from arts.merge import merge
from arts.train import train
from arts.unlearn import unlearn
from arts.validate import validate


def main() -> None:
    """Run the command that the arguments name."""
    app = new_app(
        no_args_is_help=True,
        help="The aspect-robustness benchmark for aspect-based sentiment analysis.",
    )
    for command in (
        evaluate,
        generate,
        train,
        merge,
        inspect,
        unlearn,
        diagnose,
        models,
        validate,
        export,
        leaderboard,
    ):
        app.command()(command)
    run(app)


if __name__ == "__main__":
    main()
