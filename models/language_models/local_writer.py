"""Writers that run here: the likeliest token after the other, until the reply ends."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

from arts.data.errors import ArtsError
from arts.data.support.text_cache import TextCache
from arts.models.language_models.conversation_tokens import conversation_ids
from arts.models.language_models.language_model import LanguageModel
from arts.models.language_models.prompts import Message
from arts.models.language_models.respondent import RespondentFacts
from arts.models.language_models.written import Written

MOST_TOKENS = 256  # of a reply: a review and the names of what was added


class LocalWriter:
    """A causal language model of transformers that writes by greedy decoding.

    What it wrote is kept on disk as it comes, by the model's files and the tokens of the conversation.

    Args:
        language_model: the model.
    """

    def __init__(self, language_model: LanguageModel) -> None:
        self.name = language_model.name
        self.language_model = language_model
        self._cache = TextCache("written", language_model.cache.source)
        self._requests = self._prompt_tokens = self._completion_tokens = 0
        self._seconds = 0.0

    def replies(self, conversations: Sequence[list[Message]], ids: Sequence[str]) -> Iterator[Written]:
        """Yield one reply per conversation, in order, as they come.

        Args:
            conversations: n conversations, whose last message is the user's.
            ids: n ids of what they are about, for error messages.

        Raises:
            ArtsError: when the chat template cannot be rendered, or a conversation is longer than the model
                can read.
        """
        for messages, id in zip(conversations, ids, strict=True):
            question = conversation_ids(self.language_model.tokenizer, messages)
            key = hashlib.sha256(json.dumps([question, MOST_TOKENS]).encode()).hexdigest()
            known = self._cache.get([key]).get(key)
            if known is None:
                started = time.monotonic()
                known = self._write(question, id)
                self._cache.put({key: known})
                self._requests += 1
                self._seconds += time.monotonic() - started
            text, written = known
            self._prompt_tokens += len(question)
            self._completion_tokens += written
            yield Written.of(text, prompt_tokens=len(question), completion_tokens=written)

    def facts(self) -> RespondentFacts:
        """How the model was asked, and what that has taken so far."""
        return RespondentFacts(
            asked="text",
            model=self.name,
            version=self.language_model.checksum,
            parameters={"temperature": 0.0, "max_tokens": MOST_TOKENS},
            requests=self._requests,
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._completion_tokens,
            seconds=self._seconds,
        )

    def _write(self, question: Sequence[int], id: str) -> list[Any]:
        """The reply to a conversation and its number of tokens."""
        import torch

        language_model = self.language_model
        model, tokenizer, limit = language_model.model, language_model.tokenizer, language_model.max_tokens
        if limit is not None and len(question) + MOST_TOKENS > limit:
            raise ArtsError(
                f'language model "{self.name}": what it is asked about instance "{id}" has {len(question):,} '
                f"tokens and the reply up to {MOST_TOKENS}; it can read {limit:,}"
            )
        language_model.check_tokens(max(question))
        ids = torch.tensor([[*question]], device=model.device)
        with torch.inference_mode():
            end = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
            output = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=MOST_TOKENS,
                do_sample=False,
                temperature=None,
                top_p=None,
                top_k=None,
                pad_token_id=end,
            )
        fresh = output[0, len(question) :].tolist()
        return [tokenizer.decode(fresh, skip_special_tokens=True), len(fresh)]
