"""Encoders unlike BERT: without types of tokens, with relative positions, or other special tokens and ids."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import torch
from helpers.sentences import TOY
from helpers.tiny_models import NARROW, WORDS, save_untrained
from helpers.zoo import fit, start
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    DataCollatorForLanguageModeling,
    DebertaV2Config,
    DebertaV2Model,
    DistilBertConfig,
    DistilBertModel,
    ElectraConfig,
    ElectraModel,
    ModernBertConfig,
    ModernBertModel,
    MPNetConfig,
    MPNetModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaModel,
)

from arts.data.schema import original_instances
from arts.models.encoders import load_tokenizer
from arts.models.registry import aspect_model_class
from arts.models.trained_models import TrainedModel
from arts.models.zoo import bert_pt
from arts.models.zoo.capsbert import ASPECT, SENTENCE, CapsuleInputs

INSTANCES = original_instances(TOY)
POSITIONS = {"max_position_embeddings": 160}
BERT_LIKE = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]  # padding, unknown, begin, separator, mask
ROBERTA_LIKE = ["<pad>", "<unk>", "<s>", "</s>", "<mask>"]
DISTIL = {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 16, **POSITIONS}
KINDS = {
    "mpnet": (MPNetModel, MPNetConfig, ROBERTA_LIKE, {**NARROW, **POSITIONS}),
    "roberta": (RobertaModel, RobertaConfig, ROBERTA_LIKE, {**NARROW, **POSITIONS, "type_vocab_size": 1}),
    "deberta": (
        DebertaV2Model,
        DebertaV2Config,
        BERT_LIKE,
        {**NARROW, **POSITIONS, "relative_attention": True, "pos_att_type": ["p2c", "c2p"]},
    ),
    "modernbert": (ModernBertModel, ModernBertConfig, BERT_LIKE, {**NARROW, **POSITIONS}),
    "electra": (ElectraModel, ElectraConfig, BERT_LIKE, {**NARROW, **POSITIONS, "embedding_size": 8}),
    "distilbert": (DistilBertModel, DistilBertConfig, BERT_LIKE, DISTIL),
}
TYPELESS = ("mpnet", "roberta", "modernbert", "distilbert")


def tokenizer_of(kind, special):
    """Special tokens have other ids than BERT's; RoBERTa and MPNet put two separators between texts."""
    pad, unknown, begin, separator, mask = special
    order = [begin, pad, separator, unknown, *WORDS, mask]
    ids = {token: n for n, token in enumerate(order)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token=unknown))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    between = [separator] * (2 if special is ROBERTA_LIKE else 1)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {separator}",
        pair=f"{begin} $A {' '.join(between)} $B {separator}",
        special_tokens=[(begin, ids[begin]), (separator, ids[separator])],
    )
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    named = dict(zip(names, special, strict=True))
    inputs = ["input_ids", "attention_mask", *([] if kind in TYPELESS else ["token_type_ids"])]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named, model_input_names=inputs)


@pytest.fixture(scope="module", params=KINDS)
def other_encoder(request, tmp_path_factory):
    model_class, config_class, special, shape = KINDS[request.param]
    tokenizer = tokenizer_of(request.param, special)
    ids = {"pad_token_id": tokenizer.pad_token_id, "vocab_size": len(tokenizer)}
    config = config_class(**ids, **shape, initializer_range=0.5)
    return save_untrained(model_class, config, tokenizer, str(tmp_path_factory.mktemp(request.param)))


@pytest.mark.parametrize("name", ["bert", "bert-pt", "bert-sent", "capsbert"])
def test_encoder_kinds_are_trained_saved_and_loaded_with_equal_predictions(
    name, other_encoder, tmp_path, monkeypatch
):
    model_class = aspect_model_class(name)
    recipe = replace(model_class.recipe, epochs=1, min_steps=1, batch_size=len(INSTANCES))
    monkeypatch.setattr(model_class, "recipe", recipe)
    monkeypatch.setattr(bert_pt, "EPOCHS", 1)
    trained = fit(name, other_encoder)
    trained.save(tmp_path / "saved")
    loaded = TrainedModel.load(tmp_path / "saved")
    expected = trained.predict_proba(INSTANCES)
    assert (loaded.predict_proba(INSTANCES) == expected).all()
    assert abs(trained.predict_proba(INSTANCES[:1]) - expected[:1]).max() < 1e-5  # without padding


@pytest.mark.parametrize("kind", TYPELESS)
@pytest.mark.parametrize("name", ["bert", "capsbert"])
def test_encoder_kinds_without_types_of_tokens_take_a_tokenizer_that_gives_some(name, kind, tmp_path):
    """As a tokenizer of BERT beside a DistilBERT: the types are left out, and change nothing."""
    model_class, config_class, special, shape = KINDS[kind]
    logits = []
    for kind_of_tokenizer in (kind, "bert"):
        tokenizer = tokenizer_of(kind_of_tokenizer, special)
        ids = {"pad_token_id": tokenizer.pad_token_id, "vocab_size": len(tokenizer)}
        folder = str(tmp_path / kind_of_tokenizer)
        save_untrained(model_class, config_class(**ids, **shape, initializer_range=0.5), tokenizer, folder)
        model, inputs = start(name, folder)
        batch = inputs.collate(inputs.encode(INSTANCES))
        assert ("token_type_ids" in batch) == (kind_of_tokenizer == "bert")
        logits.append(model.eval()(**batch).logits)
    assert logits[0].equal(logits[1])


@pytest.mark.usefixtures("short_recipes")
def test_encoder_kinds_deberta_with_a_file_of_sentencepiece_alone(tmp_path):
    sentencepiece = pytest.importorskip("sentencepiece", reason="needs pip install sentencepiece")
    pieces = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentence.text for sentence in TOY),
        model_writer=pieces,
        vocab_size=60,
        hard_vocab_limit=False,
        **{"pad_id": 0, "bos_id": 1, "eos_id": 2, "unk_id": 3, "minloglevel": 2},
        **{"pad_piece": "[PAD]", "bos_piece": "[CLS]", "eos_piece": "[SEP]", "unk_piece": "[UNK]"},
    )
    model_class, config_class, _, shape = KINDS["deberta"]
    folder = tmp_path / "encoder"
    model_class(config_class(vocab_size=128, type_vocab_size=0, **shape)).save_pretrained(folder)
    (folder / "spm.model").write_bytes(pieces.getvalue())
    tokens = load_tokenizer(folder)("The soup was good.", "soup").tokens()
    assert "".join(tokens) == "[CLS]\u2581The\u2581soup\u2581was\u2581good.[SEP]\u2581soup[SEP]"
    trained = fit("bert", str(folder))
    trained.save(tmp_path / "saved")
    again = TrainedModel.load(tmp_path / "saved")
    assert (again.predict_proba(INSTANCES) == trained.predict_proba(INSTANCES)).all()


def test_encoder_kinds_have_the_words_of_sentence_and_aspect_as_the_segments_of_capsules(other_encoder):
    inputs = CapsuleInputs(load_tokenizer(other_encoder))
    for instance, pair in zip(INSTANCES, inputs.encode(INSTANCES), strict=True):
        for segment, text in ((SENTENCE, instance.text), (ASPECT, instance.aspect.term)):
            tokens = zip(pair["input_ids"], pair["segments"], strict=True)
            own = [token for token, kind in tokens if kind == segment]
            assert own == inputs.tokenizer(text, add_special_tokens=False)["input_ids"]


def test_encoder_kinds_are_post_trained_with_their_own_mask_and_no_special_token_is_masked(other_encoder):
    tokenizer = load_tokenizer(other_encoder)
    torch.manual_seed(0)
    encoded = [{"input_ids": tokenizer("the soup is good").input_ids} for _ in range(50)]
    batch = DataCollatorForLanguageModeling(tokenizer, mlm_probability=0.5)(encoded)
    begin, end = batch["labels"][:, 0], batch["labels"][:, -1]
    assert (begin == -100).all()
    assert (end == -100).all()
    assert (batch["input_ids"] == tokenizer.mask_token_id).any()
