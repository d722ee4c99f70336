"""Tokenizers and models of a few thousand weights."""

from __future__ import annotations

import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

WORDS = "the soup staff bar was is good bad rude kind ##s ##r , . and but table we got a".split()  # noqa: SIM905


NARROW = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer with a vocabulary of a few words."""
    vocabulary = {word: n for n, word in enumerate(SPECIAL + WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = dict(
        zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True)
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def save_untrained(model_class, config, tokenizer, folder: str) -> str:
    """Save a model with weights drawn from one seed, beside its tokenizer; returns the folder."""
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    model_class(config).save_pretrained(folder)
    return folder


def tiny_bert(folder: str) -> str:
    """A BERT with one narrow layer, saved in a folder with its tokenizer."""
    tokenizer = tiny_tokenizer()
    config = BertConfig(
        vocab_size=len(tokenizer), **NARROW, max_position_embeddings=160, initializer_range=0.5
    )
    return save_untrained(BertModel, config, tokenizer, folder)


def tiny_llama(folder: str) -> str:
    """A causal model of two narrow layers, saved in a folder with its tokenizer, which has a chat template.

    What ends a text doubles as padding.
    """
    vocabulary = {word: n for n, word in enumerate(["<end>", "<unk>", "<user>", "<reply>", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\s+|(?<=>)|(?=<end>)|(?<=\w)(?=[,.])"), "removed")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>", unk_token="<unk>"
    )
    fast.chat_template = "{% for m in messages %}<user> {{ m['content'] }} {% endfor %}<reply> "
    shape = {**NARROW, "intermediate_size": 32, "num_hidden_layers": 2, "num_key_value_heads": 2}
    special = {"bos_token_id": 0, "eos_token_id": 0}
    config = LlamaConfig(vocab_size=len(vocabulary), **shape, max_position_embeddings=64, **special)
    return save_untrained(LlamaForCausalLM, config, fast, folder)


def tiny_letter_llama(folder: str) -> str:
    """A causal model of one narrow layer, saved in a folder with a tokenizer of letters."""
    letters = ["<s>", "</s>", *map(chr, range(32, 127))]
    vocabulary = {letter: n for n, letter in enumerate(letters)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="</s>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")
    return save_untrained(LlamaForCausalLM, LlamaConfig(vocab_size=len(letters), **NARROW), fast, folder)
