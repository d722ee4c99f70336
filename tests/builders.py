"""Sentences and instances by hand."""

from __future__ import annotations

import re

import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from arts.data.corpus_registry import load_corpus
from arts.data.schema import Aspect, Instance, Polarity, Sentence, Strategy


def aspect(text: str, term: str, polarity: str = "positive") -> Aspect:
    start = text.index(term)
    return Aspect(term, start, start + len(term), Polarity(polarity))


def sentence(id: str, text: str, **terms: str) -> Sentence:
    return Sentence(id, text, tuple(aspect(text, term, polarity) for term, polarity in terms.items()))


def variant(original: Instance, strategy: str, text: str, polarity: str) -> Instance:
    target = aspect(text, original.aspect.term, polarity)
    return Instance(f"{original.id}_{strategy}", original.id, Strategy(strategy), text, target, (target,))


POLARITIES = {"+": Polarity.POSITIVE, "-": Polarity.NEGATIVE, "0": Polarity.NEUTRAL}


def marked(text: str, id: str = "1") -> Sentence:
    """A sentence from one whose aspects are marked: "The {soup|+} was hot, the {bread|-} stale." """
    plain, aspects = "", []
    for piece in re.split(r"(\{[^}]*\})", text):
        if piece.startswith("{"):
            term, sign = piece[1:-1].split("|")
            aspects.append(Aspect(term, len(plain), len(plain) + len(term), POLARITIES[sign]))
            piece = term
        plain += piece
    return Sentence(id, plain, tuple(aspects))


WORDS = "the soup staff bar was is good bad rude kind ##s ##r , . and but table we got a".split()  # noqa: SIM905
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


def tiny_bert(folder: str) -> str:
    """A BERT with one narrow layer, saved in a folder with its tokenizer."""
    tokenizer = tiny_tokenizer()
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=160,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(folder)
    return folder


TOY = [
    sentence(str(n), text, **terms)
    for n, (text, terms) in enumerate(
        [
            ("The soup was good.", {"soup": "positive"}),
            ("The soup was bad.", {"soup": "negative"}),
            ("The staff was kind and the bar was bad.", {"staff": "positive", "bar": "negative"}),
            ("The staff was rude, but the soup was good.", {"staff": "negative", "soup": "positive"}),
            ("We got a table.", {"table": "neutral"}),
        ]
        * 4
    )
]


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
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=64,
        bos_token_id=0,
        eos_token_id=0,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


class Unseen:
    """The sample without its test split, which may not be looked at."""

    def __init__(self):
        sample = load_corpus("sample")
        self.name, self.train, self.dev = sample.name, sample.train, sample.dev

    @property
    def test(self):
        raise AssertionError("the test split was looked at")
