"""Options without effect on what was asked are refused; none is dropped without a word."""

from __future__ import annotations

import inspect
import json
import shlex
from importlib.metadata import entry_points

import pytest
from helpers.commands import call

from arts.cli.option_groups import with_single_options

SENTENCE = {
    "id": "1",
    "text": "The soup is good.",
    "aspects": [{"term": "soup", "start": 4, "end": 8, "polarity": "positive"}],
}
UNLEARN = "arts.unlearn --model m --forget f.jsonl --retain r.jsonl --output out"
MERGE = "arts.merge --base b --model m --output out"
DOMAIN = "arts.evaluate --intervention merge --domain sample"

REFUSED = {
    "arts.evaluate --predictions p --column a --column b --column a": "--column a is given 2 times",
    "arts.evaluate --column a": "--column has no effect without --predictions FILE",
    "arts.evaluate --predictions p.csv --model bert": "--model has no effect with --predictions",
    "arts.evaluate --predictions p.csv --seed 1 --encoder e": (
        "--seed, --encoder have no effect with --predictions"
    ),
    "arts.evaluate --predictions p.csv --intervention merge": "--intervention has no effect with",
    "arts.evaluate --predictions p.csv --train-from sample": "--train-from has no effect with --predictions",
    "arts.evaluate --predictions p.csv --device cpu": "--device has no effect with --predictions",
    "arts.evaluate --predictions p.csv --precision auto": "--precision has no effect with --predictions",
    "arts.evaluate --model hf:mine --precision fp32": "--precision has no effect on hf:mine, which is not",
    "arts.evaluate --predictions p.csv --gradient-checkpointing --gradient-accumulation-steps 1": (
        "--gradient-checkpointing, --gradient-accumulation-steps have no effect with --predictions"
    ),
    "arts.evaluate --model td-lstm --model gcae --gradient-checkpointing": (
        "--gradient-checkpointing has no effect on td-lstm, gcae, without an encoder that is trained"
    ),
    "arts.train --model memnet --output o --gradient-checkpointing": (
        "--gradient-checkpointing has no effect on memnet, without an encoder that is trained"
    ),
    "arts.train --model bert --output o --gradient-accumulation-steps 3": (
        "--gradient-accumulation-steps 3 does not divide a batch of 16; expected one of 1, 2, 4, 8, 16"
    ),
    "arts.evaluate --model hf:mine --train-from sample": "--train-from has no effect on hf:mine, which is",
    "arts.evaluate --predictions p.csv --adddiff-curve": "--adddiff-curve has no effect with --predictions",
    "arts.evaluate --predictions p.csv --leaks drop": "--leaks has no effect with --predictions",
    "arts.evaluate --model hf:mine --leaks drop": "--leaks has no effect on hf:mine, which is not trained",
    "arts.evaluate --predictions p.csv --embeddings e": "--embeddings has no effect with --predictions",
    "arts.evaluate --predictions p.csv --post-training-text t": "--post-training-text has no effect with",
    "arts.evaluate --predictions p.csv --post-trained": "--post-trained has no effect with --predictions",
    "arts.evaluate --predictions p.csv --strategy revtgt": "--strategy has no effect with --predictions",
    "arts.evaluate --predictions p.csv --variant-ratio 1": "--variant-ratio has no effect with",
    "arts.evaluate --predictions p.csv --min-acceptance 0": "--min-acceptance has no effect with",
    "arts.evaluate --predictions p.csv --template but": "--template has no effect with --predictions",
    "arts.evaluate --predictions p.csv --holdout-templates but": "--holdout-templates has no effect with",
    "arts.evaluate --predictions p.csv --balance-places": "--balance-places has no effect with",
    "arts.evaluate --predictions p.csv --consistency-weight 1": "--consistency-weight has no effect with",
    "arts.evaluate --predictions p.csv --same-side 0": "--same-side has no effect with --predictions",
    "arts.evaluate --predictions p.csv --position weight": "--position has no effect with --predictions",
    "arts.evaluate --predictions p.csv --noaspect-reading both": "--noaspect-reading has no effect with",
    "arts.evaluate --predictions p.csv --noaspect-temperature 1": "--noaspect-temperature has no effect with",
    "arts.evaluate --predictions p.csv --merge-method ties": "--merge-method has no effect with",
    "arts.evaluate --predictions p.csv --domain mams": "--domain has no effect with --predictions",
    "arts.evaluate --predictions p.csv --intervention-option a=1": "--intervention-option has no effect with",
    "arts.evaluate --model hf:mine --encoder all-MiniLM-L6-v2": (
        "--encoder has no effect on hf:mine, which is not trained here"
    ),
    "arts.evaluate --model my:model --seed 1 --seed 2": "--seed has no effect on my:model, which is not",
    "arts.evaluate --model my:model --post-trained": "--post-trained has no effect on my:model",
    "arts.evaluate --model my:model --embeddings e": "--embeddings has no effect on my:model",
    "arts.evaluate --model bert-pt --post-trained --post-training-text t": (
        "--post-training-text has no effect with --post-trained"
    ),
    "arts.evaluate --model td-lstm --embeddings e --encoder f": (
        "--encoder has no effect with --embeddings on models that read words"
    ),
    "arts.evaluate --model bert --embeddings e": "--embeddings is taken by none of the models",
    "arts.evaluate --merge-method ties": "--merge-method: only with an intervention",
    "arts.evaluate --domain mams": "--domain: only with an intervention",
    "arts.evaluate --holdout-templates but": "--holdout-templates: only with an intervention",
    "arts.evaluate --intervention-option a=1": "--intervention-option: only with an intervention",
    "arts.evaluate --intervention adversarial --domain mams": "--domain is not an option of --intervention",
    "arts.evaluate --intervention adversarial --strategy revtgt --template but": (
        "--template: no effect without --strategy adddiff"
    ),
    "arts.evaluate --intervention adversarial --strategy revtgt --holdout-templates but": (
        "--holdout-templates: no effect without --strategy adddiff"
    ),
    "arts.evaluate --intervention adversarial --intervention unlearn --same-side 0": (
        "--same-side is not an option of --intervention adversarial + unlearn"
    ),
    "arts.train --model bert --output o --adversarial --intervention merge": (
        "--adversarial has no effect with --intervention"
    ),
    "arts.train --model bert --output o --balance-places": "--balance-places: only with an intervention",
    "arts.train --model bert --output o --consistency-weight 1": "--consistency-weight: only with an",
    "arts.train --model bert --output o --same-side 1": "--same-side: only with an intervention",
    "arts.train --model bert --output o --position dropout": "--position: only with an intervention",
    "arts.train --model bert --output o --noaspect-reading both": "--noaspect-reading: only with an",
    "arts.train --model bert --output o --noaspect-temperature 1": "--noaspect-temperature: only with an",
    "arts.train --model td-lstm --output o --intervention noaspect": (
        "--intervention noaspect is not defined for td-lstm; expected one of: bert, bert-pt"
    ),
    "arts.train --model bert --output o --merge-method ties": "--merge-method: only with an intervention",
    "arts.train --model bert --output o --domain mams": "--domain: only with an intervention",
    "arts.train --model bert --output o --intervention-option a=1": "--intervention-option: only with an",
    f"{DOMAIN} --strategy revtgt": "--strategy: no effect with --domain",
    f"{DOMAIN} --variant-ratio 0.5": "--variant-ratio: no effect with --domain",
    f"{DOMAIN} --template but": "--template: no effect with --domain",
    f"{DOMAIN} --holdout-templates but": "--holdout-templates: no effect with --domain",
    f"{DOMAIN} --strategy revtgt --strategy revnon --strategy adddiff": "--strategy: no effect with --domain",
    "arts.evaluate --predictions p.csv --prompt question": "--prompt has no effect with --predictions",
    "arts.evaluate --model td-lstm --prompt question --system-prompt s --shots 4": (
        "--prompt, --shots, --system-prompt have no effect on models that are not lm:... or openai:..."
    ),
    "arts.evaluate --model lm:mine --base-url u --concurrency 2 --answer-tokens 9": (
        "--base-url, --concurrency, --answer-tokens have no effect on lm:mine, which runs here"
    ),
    "arts.evaluate --model lm:mine --price-in 1 --price-out 1 --max-cost 1 --max-tokens 1": (
        "--price-in, --price-out, --max-cost, --max-tokens have no effect on lm:mine, which runs here"
    ),
    "arts.evaluate --model openai:m --length-normalized": "--length-normalized has no effect on openai:m",
    "arts.evaluate --model openai:m --device cpu": "--device has no effect on openai:m, which runs elsewhere",
    "arts.evaluate --model lm:mine --shots-by nearest": "--shots-by has no effect without --shots N",
    "arts.evaluate --model lm:mine --seed 2": "--seed has no effect on lm:mine without --shots N",
    "arts.evaluate --model lm:mine --shots 1 --shots-by nearest --seed 2": (
        "--seed has no effect with --shots-by nearest, which draws nothing"
    ),
    "arts.evaluate --model lm:mine --train-from sample": "--train-from has no effect on lm:mine without",
    "arts.evaluate --predictions p.csv --probe nose": 'unknown probe "nose"',
    "arts.evaluate --probe all --probe all": "--probe all is given 2 times",
    "arts.evaluate --model lm:mine --encoder e": "--encoder has no effect on lm:mine, which is not trained",
    "arts.evaluate --model lm:mine --model bert --dry-run": "--dry-run has no effect on bert, which is not",
    "arts.evaluate --model lm:mine --dry-run --output o": "--output has no effect with --dry-run",
    "arts.train --model bert --output o --strategy revtgt": "--strategy: only with an intervention",
    "arts.train --model bert --output o --embeddings e": "--embeddings is taken by none of the models",
    "arts.train --model gcae --output o --embeddings e --encoder f": "--encoder has no effect with",
    "arts.evaluate --labels 0=negative": "--labels has no effect on a corpus that is known by name",
    "arts.train --model bert --output o --labels 0=negative": "--labels has no effect on a corpus",
    "arts.generate --output o --labels 0=negative --pool laptop": "--labels has no effect on a corpus",
    "arts.export out --dataset sample --labels 0=negative": "--labels has no effect on a corpus",
    "arts.evaluate --columns text=a": "--columns has no effect on a corpus that is known by name",
    "arts.train --model bert --output o --columns text=a": "--columns has no effect on a corpus",
    "arts.generate --output o --columns text=a --pool laptop": "--columns has no effect on a corpus",
    "arts.export out --dataset sample --columns text=a": "--columns has no effect on a corpus",
    "arts.generate --output o --language-model lm": "--language-model has no effect without --rank lm",
    "arts.generate --output o --device cpu": "--device has no effect without --rank lm",
    "arts.generate --output o --verifier openai:v --base-url u --dry-run": (
        "--verifier, --dry-run, --base-url have no effect without --writer"
    ),
    "arts.generate --output o --concurrency 2 --answer-tokens 9": "--concurrency, --answer-tokens have no",
    "arts.generate --output o --price-in 1 --price-out 1 --max-cost 1 --max-tokens 1": (
        "--price-in, --price-out, --max-cost, --max-tokens have no effect without --writer"
    ),
    "arts.generate --output o --writer lm:m --base-url u": "--base-url has no effect on lm:m, which",
    "arts.generate --output o --strategy revtgt --k 2": "--k has no effect without ADDDIFF",
    "arts.generate --output o --strategy revnon --template but": "--template has no effect without ADDDIFF",
    "arts.generate --output o --strategy adddiff --neutral keep": "--neutral has no effect without REVTGT",
    "arts.generate --output o --input s.jsonl --split test": "--split has no effect on s.jsonl, a file",
    "arts.generate --output o --input - --split test": "--split has no effect on -, a file",
    f"{UNLEARN} --objective gradient-ascent --reference r": "--reference has no effect on gradient-ascent",
    f"{UNLEARN} --objective gradient-ascent --retain-ratio 1": "--retain-ratio has no effect on",
    f"{UNLEARN} --objective gradient-difference --reference r": (
        "--reference has no effect on gradient-difference without a weight of mitigation"
    ),
    f"{MERGE} --seed 0": "--seed has no effect on metagpt, which drops nothing at random",
    f"{MERGE} --method ties --seed 1": "--seed has no effect on ties",
    f"{MERGE} --by-tensor": "--by-tensor has no effect on metagpt, which does not sparsify",
    f"{MERGE} --by-layer": "--by-layer has no effect without --dry-run",
    "arts.merge --base b --model m --dry-run --tokenizer-from t": "--tokenizer-from has no effect with",
    f"{MERGE} --device cpu": "--device has no effect without --check-linearity",
    "arts.merge --base b --model m --dry-run --max-shard-size 1": "--max-shard-size has no effect with",
    "arts.merge --dry-run --config c.yaml --base b --seed 0": "--base, --seed have no effect with --config",
    "arts.leaderboard --export page --port 8501": "--port has no effect with --export",
    "arts.leaderboard --export page --address localhost": "--address has no effect with --export",
    "arts.leaderboard --export page --read-only": "--read-only has no effect with --export",
}


def run_command_line(line, folder):
    module, *arguments = shlex.split(line)
    if module == "arts.leaderboard":
        module, arguments = "arts", ["leaderboard", *arguments]
    return call(module, *arguments, folder=folder)


@pytest.mark.parametrize("line", REFUSED)
def test_given_options_without_effect_are_refused_in_one_line(line, tmp_path):
    (tmp_path / "s.jsonl").write_text(json.dumps(SENTENCE))
    done = run_command_line(line, tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("arts: error: ")
    assert REFUSED[line] in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} <= {"s.jsonl", "cache"}


ALWAYS_USED = {  # whatever else is asked
    "evaluate": "dataset undisputed predictions resample name output format",
    "train": "model output dataset seed adversarial leaks device precision",
    "generate": (
        "output input opinions pool strategy seed min_acceptance rank writer workers engine format force"
    ),
    "unlearn": (
        "labels model forget retain output objective weights learning_rate batch_size "
        "gradient_accumulation_steps steps eval_steps until tolerance seed lora max_length device"
    ),
    "merge": (
        "output config scale head vocab dtype threads dry_run emit_config heatmap check_linearity form"
    ),
    "diagnose": "synthetic natural output model encoder seed device",
    "leaderboard": "folders packaged resample export",
    "models": "format",
    "compare": "files resample format",
    "validate": "files labels columns",
    "export": "folder dataset template",
}
REFUSED_ELSEWHERE = {  # with messages of their own, which the tests of the command have
    "evaluate": "model seed encoder adddiff_curve",
    "merge": "base model method granularity weight density",
    "train": "variant_ratio min_acceptance template holdout_templates post_training_text post_trained",
}


@pytest.mark.parametrize("command", ALWAYS_USED)
def test_given_options_every_option_is_always_used_or_has_a_case(command):
    """A new option has to be put into one of the tables."""
    (entry,) = entry_points(group="arts.commands", name=command)
    lines = " ".join(line for line in REFUSED if line.startswith(f"arts.{command}"))
    cases = {word.removeprefix("--").replace("-", "_") for word in lines.split() if word.startswith("--")}
    known = {*ALWAYS_USED[command].split(), *REFUSED_ELSEWHERE.get(command, "").split(), *cases}
    assert set(inspect.signature(with_single_options(entry.load())).parameters) - known == set()


def test_given_options_that_hold_for_some_of_the_models_are_taken_and_it_is_said(tmp_path):
    line = "arts.evaluate --model mine:good --model bert --seed 1 --seed 2 --encoder e --dataset nowhere"
    first, second = run_command_line(line, tmp_path).stderr.strip().splitlines()
    assert (
        first == "arts: mine:good: measured once, as it is; the options of training hold for the other models"
    )
    assert 'unknown dataset "nowhere"' in second
