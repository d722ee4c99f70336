"""Reader of the XML of SemEval (2014 Task 4, 2015 Task 12, 2016 Task 5; Pontiki et al.) and of MAMS."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from arts.data.errors import DataError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.readers.sentence_reader import SentenceReader, parse_offset
from arts.data.readers.span_repair import ReadingNotes
from arts.data.schema import Aspect, Sentence
from arts.data.support.input_files import check_file

CHUNK_BYTES = 1 << 16  # bytes that are read and parsed at a time
ROOTS = ("sentences", "Reviews", "Review")
_TERM_NAMES = {"aspectTerm": "term", "Opinion": "target"}  # the attribute with the term, by element


class _Term(NamedTuple):
    """An element on an aspect: its line in the file, its name and its attributes."""

    line: int
    element: str
    attributes: dict[str, str]


def read_semeval(path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES) -> Iterator[Sentence]:
    """Stream the sentences of a SemEval file that have at least one usable aspect term.

    Aspects are the ``<aspectTerm>`` elements of 2014 and of MAMS, or the ``<Opinion>`` elements of 2015 and
    2016, whose ``target`` is the term. Sentences without ``id``, as in MAMS, are numbered from 1. Terms with
    polarity ``conflict`` are left out and counted, and so are targets that are ``NULL``. A span that does not
    hold its term is repaired, or the aspect left out, by `SentenceReader`.

    Args:
        path: the XML file.
        notes: gets the ``conflict`` terms, and the ids of what is repaired or left out.
        labels: what labels that do not name a polarity stand for.

    Raises:
        DataError: when the file is not XML of this form; names the line.
    """
    handler = _SemEvalHandler(path, notes, labels)
    parser = defusedxml.sax.make_parser()
    parser.setContentHandler(handler)
    handler.setDocumentLocator(parser)  # feed() does not do it
    check_file(path)
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                parser.feed(chunk)
                while handler.complete:
                    yield handler.complete.popleft()
        parser.close()
    except SAXParseException as error:
        raise DataError(
            path,
            f"not well-formed XML ({error.getMessage()}); expected a complete SemEval file",
            line=error.getLineNumber(),
        ) from error
    except DefusedXmlException as error:
        raise DataError(path, f"refused: {error}; expected XML without entities or DTD") from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know
        raise DataError(path, f"not well-formed XML ({error}); expected a complete SemEval file") from error
    yield from handler.complete
    if handler.categories and not handler.terms_read:
        raise DataError(
            path, f"holds no aspect terms, only {handler.categories} aspect categories; expected aspect terms"
        )


class _SemEvalHandler(ContentHandler):
    """SAX handler that collects the sentences of a file, once each is complete, in its queue `complete`."""

    def __init__(self, path: Path, notes: ReadingNotes, labels: LabelNames) -> None:
        super().__init__()
        self.path, self.notes, self.labels = path, notes, labels
        self.complete: deque[Sentence] = deque()
        self.depth = self.sentences = self.categories = self.terms_read = 0
        self.review = ""  # the id, or else the number, of the review that is open
        self.reviews = 0
        self.seen_ids: dict[str, str] = {}  # the review of each sentence, keyed by its id
        self.id: str | None = None  # of the sentence that is open
        self.text: list[str] | None = None  # the parts of its text
        self.terms: list[_Term] = []
        self.in_text = False

    def startElement(self, name: str, attrs: Any) -> None:
        self.depth += 1
        if self.depth == 1 and name not in ROOTS:
            raise self._fault(
                f"unknown layout: root element <{name}>; expected <sentences> (SemEval 2014, MAMS) or "
                "<Reviews> (SemEval 2015, 2016)"
            )
        if name == "Review":
            self.reviews += 1
            self.review = str(attrs.get("rid") or self.reviews)
        elif name == "sentence":
            self._open_sentence(attrs)
        elif self.id is None:
            return  # of a whole review, or between sentences
        elif name == "text":
            if self.text is not None:
                raise self._fault("a second <text> in the sentence; expected one")
            self.in_text, self.text = True, []
        elif name in _TERM_NAMES:
            self._note_term(_Term(self._line, name, dict(attrs)))
        elif name == "aspectCategory":
            self.categories += 1

    def _open_sentence(self, attrs: Any) -> None:
        self.sentences += 1
        self.id = str(attrs["id"]) if "id" in attrs else str(self.sentences)
        if self.seen_ids.get(self.id, self.review) != self.review:
            self.id = f"{self.review}:{self.id}"  # ids that begin again in each review
        if self.id in self.seen_ids:
            raise self._fault("duplicate id; expected every sentence once")
        self.seen_ids[self.id] = self.review
        self.text, self.terms, self.in_text = None, [], False

    def _note_term(self, term: _Term) -> None:
        """Keep a term of the open sentence; an opinion on a category alone is counted."""
        if term.element == "Opinion" and "target" not in term.attributes:
            self.categories += 1
        else:
            self.terms.append(term)
            self.terms_read += 1

    def characters(self, content: str) -> None:
        if self.in_text and self.text is not None:
            self.text.append(content)

    def endElement(self, name: str) -> None:
        self.depth -= 1
        if name == "text":
            self.in_text = False
        elif name == "sentence" and self.id is not None:
            if self.text is None:
                raise self._fault("sentence without <text>")
            sentence = SentenceReader("".join(self.text), self.id, self.notes, self.labels)
            aspects = [self._aspect(term, sentence, position) for position, term in enumerate(self.terms)]
            usable = tuple(aspect for aspect in aspects if aspect)
            if usable:
                self.complete.append(Sentence(self.id, sentence.text, usable))
            self.id = None

    def _aspect(self, term: _Term, sentence: SentenceReader, position: int) -> Aspect | None:
        """The aspect of an element; None when it is to be left out.

        `position` is its place among the terms of its sentence, from 0.
        """
        words = self._attribute(term, _TERM_NAMES[term.element])
        try:
            start, end = (parse_offset(term.attributes.get(name), name) for name in ("from", "to"))
            return sentence.aspect(
                words,
                term.attributes.get("polarity"),
                id=f"{self.id}_{position}",
                offsets=None if start is None or end is None else (start, end),
            )
        except ValueError as error:
            raise self._fault(str(error), term.line) from error

    def _attribute(self, term: _Term, name: str) -> str:
        if name not in term.attributes:
            raise self._fault(f'<{term.element}> without the attribute "{name}"', term.line)
        return str(term.attributes[name])

    @property
    def _line(self) -> int:
        return int(self._locator.getLineNumber())  # type: ignore[attr-defined]

    def _fault(self, message: str, line: int | None = None) -> DataError:
        return DataError(self.path, message, line=line or self._line, record=self.id)
