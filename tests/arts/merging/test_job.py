"""A merge from start to end: warnings, files that go along, loading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from helpers.checkpoints import (
    TOKENS,
    random_weights,
    save,
    save_adapter,
    weights_of,
    write_tokens,
)

from arts.data.errors import ArtsError
from arts.merging.job import MergeJob
from arts.merging.methods import METHODS


def test_job_warnings_where_the_assumptions_do_not_hold(family, tmp_path):
    base, models = family(2)
    elsewhere = save(tmp_path / "elsewhere", random_weights(99))
    far = MergeJob(elsewhere, models).inspect().warnings
    assert "times the norm of the base away from it" in far[0]
    assert "all task vectors point the same way" in far[-1]
    theta, end = weights_of(base), weights_of(models[0])
    half = {name: theta[name] + 0.4 * (tensor - theta[name]) for name, tensor in end.items()}
    near = save(tmp_path / "near", {n: t + 0.01 * torch.randn_like(t) for n, t in half.items()})
    few = {name: theta[name] + 0.01 * (end[name] - theta[name]) for name in theta}
    small = save(tmp_path / "small", {n: t + 1e-3 * torch.randn_like(t) for n, t in few.items()})
    assert any("have a cosine of" in line for line in MergeJob(base, [models[0], small]).inspect().warnings)
    assert near
    dominated = MergeJob(base, [models[0], small], method=METHODS["metagpt"]).inspect().warnings
    assert any("the merged model is close to it alone" in line for line in dominated)


def test_job_configuration_tokenizer_card_and_report_go_along(family, tmp_path):
    base, models = family(2, "BF16")
    for folder, text in ((base, "the base's"), (models[0], "the model's")):
        write_tokens(folder, TOKENS)
        Path(folder, "chat_template.jinja").write_text(text)
    Path(base, "generation_config.json").write_text('{"eos_token_id": 3}')
    folder = tmp_path / "merged"
    report = MergeJob(base, models, method=METHODS["metagpt"], dtype="F32", command="arts merge ..").run(
        folder
    )
    config = json.loads((folder / "config.json").read_text())
    assert (config["model_type"], config["dtype"]) == ("llama", "float32")
    assert json.loads((folder / "generation_config.json").read_text()) == {"eos_token_id": 3}
    assert (folder / "chat_template.jinja").read_text() == "the base's"
    assert (folder / "tokenizer.json").read_bytes() == Path(base, "tokenizer.json").read_bytes()
    assert {tensor.dtype for tensor in weights_of(folder).values()} == {torch.float32}
    card = (folder / "README.md").read_text()
    for entry in report.models:
        assert f"{entry.coefficient:.6f}" in card
        assert entry.checksum in card
    assert "arts merge .." in card
    saved = json.loads((folder / "merge_report.json").read_text())
    assert saved["bytes_written"] == sum(f.stat().st_size for f in folder.glob("*.safetensors"))
    assert saved["cosines"][0][0] == pytest.approx(1)
    MergeJob(base, models, method=METHODS["metagpt"], tokenizer_from=models[0]).run(tmp_path / "other")
    assert (tmp_path / "other" / "chat_template.jinja").read_text() == "the model's"


def test_job_transformers_loads_what_was_merged(tmp_path):
    transformers = pytest.importorskip("transformers")
    shape = {"hidden_size": 24, "intermediate_size": 32, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 2}
    config = transformers.LlamaConfig(vocab_size=60, **shape, **heads, tie_word_embeddings=True)
    folders = []
    for seed in range(3):
        torch.manual_seed(0)
        model = transformers.LlamaForCausalLM(config).to(torch.bfloat16)
        torch.manual_seed(seed)
        with torch.no_grad():
            for weight in model.parameters():
                weight += 0.01 * min(seed, 1) * torch.randn_like(weight)
        model.save_pretrained(tmp_path / str(seed), max_shard_size="20KB")
        folders.append(str(tmp_path / str(seed)))
    MergeJob(folders[0], folders[1:], method=METHODS["ties"], max_shard_bytes=20_000).run(tmp_path / "merged")
    _, found = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path / "merged", output_loading_info=True
    )
    assert not found["missing_keys"]
    assert not found["unexpected_keys"]


def test_job_a_tokenizer_that_does_not_fit_the_embeddings_is_refused(family, tmp_path):
    base, (model, other) = family(2)
    write_tokens(base, TOKENS)
    job = MergeJob(base, [model], tokenizer_from=other)
    write_tokens(other, [*TOKENS[:10], "another", *TOKENS[11:]])
    renamed = (
        r"1 tokens have other numbers than in the base \(10 is 'another', in the base 'token-10'\), whose"
    )
    with pytest.raises(ArtsError, match=renamed):
        job.run(tmp_path / "merged")
    write_tokens(other, [*TOKENS, "new"])
    with pytest.raises(ArtsError, match="has a token 60, and the base has embeddings for 60 tokens"):
        job.run(tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


@pytest.mark.parametrize(
    ("trained_on", "remark"), [("org/base", None), ("org/other", "was trained on org/other")]
)
def test_job_an_adapter_of_another_base_comes_with_a_remark(trained_on, remark, family, tmp_path):
    base, _ = family(1)
    adapter = save_adapter(
        tmp_path / "adapter", {"model.norm.weight": torch.ones(24)}, base_model_name_or_path=trained_on
    )
    remarks = MergeJob(base, [adapter]).inspect().remarks
    assert [remark in line for line in remarks] == ([True] if remark else [])


def test_job_an_adapter_of_tied_embeddings_comes_with_a_remark(family, tmp_path):
    base, _ = family(1, tie_word_embeddings=True)
    adapter = save_adapter(tmp_path / "adapter", {"model.embed_tokens.weight": torch.ones(60, 24)})
    (remark,) = MergeJob(base, [adapter]).inspect().remarks
    assert "changes model.embed_tokens.weight, which is the output embeddings, too" in remark


def test_job_an_adapter_is_no_base(family, tmp_path):
    _, models = family(1)
    adapter = save_adapter(tmp_path / "adapter", {"model.norm.weight": torch.ones(24)})
    with pytest.raises(ArtsError, match="adapter: is an adapter; expected the model that it was trained on"):
        MergeJob(adapter, models).inspect()


def test_job_a_type_that_cannot_be_written_is_refused(family, tmp_path):
    base, models = family(1)
    with pytest.raises(ArtsError, match="cannot be written in F64; expected F32, F16, BF16"):
        MergeJob(base, models, dtype="F64").run(tmp_path / "merged")
