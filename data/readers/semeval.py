"""Reader of the XML files of SemEval 2014 Task 4 (Pontiki et al., 2014): sentences with aspect terms."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from arts.data.errors import DataError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.polarity_labels import parse_gold_polarity
from arts.data.readers.span_repair import ReadingNotes, aspect_key, repair_span
from arts.data.schema import Aspect, Sentence

CHUNK_BYTES = 1 << 16  # bytes that are read and parsed at a time


def read_semeval(path: Path, notes: ReadingNotes, *, labels: LabelNames = NO_NAMES) -> Iterator[Sentence]:
    """Stream the sentences of a SemEval 2014 file that have at least one usable aspect term.

    Terms with polarity ``conflict`` are left out and counted. A span that does not hold its term is repaired
    by `arts.data.readers.span_repair.repair_span`; where that fails, the aspect is left out.

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
            f"not well-formed XML ({error.getMessage()}); expected a complete SemEval 2014 file",
            line=error.getLineNumber(),
        ) from error
    except DefusedXmlException as error:
        raise DataError(path, f"refused: {error}; expected XML without entities or DTD") from error
    yield from handler.complete


class _SemEvalHandler(ContentHandler):
    """SAX handler that collects the sentences of a file, once each is complete, in its queue `complete`."""

    def __init__(self, path: Path, notes: ReadingNotes, labels: LabelNames) -> None:
        super().__init__()
        self.path, self.notes, self.labels = path, notes, labels
        self.complete: deque[Sentence] = deque()
        self.depth = 0
        self.seen_ids: set[str] = set()
        self.in_text = False

    def startElement(self, name: str, attrs: Any) -> None:
        self.depth += 1
        if self.depth == 1 and name != "sentences":
            raise self._fault(f"root element <{name}>; expected <sentences> (SemEval 2014 Task 4)")
        if name == "sentence":
            self.id = self._attribute(attrs, "id", element=name)
            if self.id in self.seen_ids:
                raise self._fault("duplicate id; expected every sentence once")
            self.seen_ids.add(self.id)
            self.text: str | None = None
            self.terms: list[tuple[int, dict[str, str]]] = []  # (line number, attributes) of each aspect term
        elif name == "text":
            self.in_text, self.text = True, ""
        elif name == "aspectTerm":
            self.terms.append((self._line, dict(attrs)))

    def characters(self, content: str) -> None:
        if self.in_text:
            self.text = (self.text or "") + content

    def endElement(self, name: str) -> None:
        self.depth -= 1
        if name == "text":
            self.in_text = False
        elif name == "sentence":
            if self.text is None:
                raise self._fault("sentence without <text>")
            aspects = [
                self._aspect(attrs, position=position, line=line)
                for position, (line, attrs) in enumerate(self.terms)
            ]
            usable = tuple(aspect for aspect in aspects if aspect)
            if usable:
                self.complete.append(Sentence(self.id, self.text, usable))

    def _aspect(self, attrs: dict[str, str], *, position: int, line: int) -> Aspect | None:
        """The aspect of an ``aspectTerm`` element; None when it is to be left out.

        `position` is its place among the terms of its sentence, from 0, and `line` its line in the file.
        """
        term = self._attribute(attrs, "term", line=line)
        polarity = self._attribute(attrs, "polarity", line=line)
        start, end = (self._offset(attrs, name, line=line) for name in ("from", "to"))
        text, id = self.text or "", f"{self.id}_{position}"
        try:
            label = parse_gold_polarity(polarity, self.labels)
            if label is None:
                self.notes.conflicts[aspect_key(id, text, start=start, end=end)] = id
                return None
            span = repair_span(text, term, start=start, end=end, id=id, notes=self.notes)
        except ValueError as error:
            raise self._fault(str(error), line) from error
        return Aspect(text[slice(*span)], *span, label, id=id) if span else None

    def _offset(self, attrs: dict[str, str], name: str, *, line: int) -> int:
        value = self._attribute(attrs, name, line=line)
        if not value.isdecimal():
            raise self._fault(f'{name}="{value}"; expected a character offset', line)
        return int(value)

    def _attribute(
        self, attrs: Any, name: str, *, element: str = "aspectTerm", line: int | None = None
    ) -> str:
        if name not in attrs:
            raise self._fault(f'<{element}> without the attribute "{name}"', line)
        return str(attrs[name])

    @property
    def _line(self) -> int:
        return int(self._locator.getLineNumber())  # type: ignore[attr-defined]

    def _fault(self, message: str, line: int | None = None) -> DataError:
        return DataError(self.path, message, line=line or self._line, record=getattr(self, "id", None))
