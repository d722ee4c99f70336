"""What came of asking a language model to write a variant."""

from __future__ import annotations

from dataclasses import dataclass

from arts.generators.writing.faults import WritingFault


@dataclass(frozen=True, slots=True)
class WritingResult:
    """What came of one proposal.

    Args:
        fault: why it was refused; None when it was taken.
        distance: the token edit distance of the variant from the original; None when it was refused.
        prompt_tokens: tokens that writer and verifier read.
        completion_tokens: tokens that they wrote.
    """

    fault: WritingFault | None
    distance: int | None
    prompt_tokens: int = 0
    completion_tokens: int = 0
