"""Reader of SemEval 2014 Task 4 XML (Pontiki et al., 2014): sentences with aspect terms."""

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
from arts.data.readers.span_repair import Notes, mend
from arts.data.schema import Aspect, Polarity, Sentence

CHUNK = 1 << 16  # bytes parsed before the sentences they complete are handed on
CONFLICT = "conflict"


def read_semeval(path: Path, notes: Notes) -> Iterator[Sentence]:
    """Stream the sentences of a SemEval 2014 file that have at least one usable aspect term.

    Terms with polarity ``conflict`` are left out and counted; a span that does not hold its term is
    repaired when the term occurs once nearby, else the aspect is left out; `notes` tells which.

    Raises:
        DataError: naming the line, for anything that is not such a file.
    """
    handler = _Handler(path, notes)
    parser = defusedxml.sax.make_parser()
    parser.setContentHandler(handler)
    handler.setDocumentLocator(parser)  # feed() does not do it
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.feed(chunk)
                while handler.done:
                    yield handler.done.popleft()
        parser.close()
    except SAXParseException as error:
        raise DataError(
            path,
            f"not well-formed XML ({error.getMessage()}); expected a complete SemEval 2014 file",
            line=error.getLineNumber(),
        ) from error
    except DefusedXmlException as error:
        raise DataError(path, f"refused: {error}; expected XML without entities or DTD") from error
    yield from handler.done


class _Handler(ContentHandler):
    """Collects finished sentences in `done`."""

    def __init__(self, path: Path, notes: Notes) -> None:
        super().__init__()
        self.path, self.notes = path, notes
        self.done: deque[Sentence] = deque()
        self.depth = 0
        self.seen: set[str] = set()
        self.in_text = False

    def startElement(self, name: str, attrs: Any) -> None:
        self.depth += 1
        if self.depth == 1 and name != "sentences":
            raise self.fault(f"root element <{name}>; expected <sentences> (SemEval 2014 Task 4)")
        if name == "sentence":
            self.id = self.attribute(name, attrs, "id")
            if self.id in self.seen:
                raise self.fault("duplicate id; expected every sentence once")
            self.seen.add(self.id)
            self.text: str | None = None
            self.terms: list[tuple[int, Any]] = []
        elif name == "text":
            self.in_text, self.text = True, ""
        elif name == "aspectTerm":
            self.terms.append((self.line, dict(attrs)))

    def characters(self, content: str) -> None:
        if self.in_text:
            self.text = (self.text or "") + content

    def endElement(self, name: str) -> None:
        self.depth -= 1
        if name == "text":
            self.in_text = False
        elif name == "sentence":
            if self.text is None:
                raise self.fault("sentence without <text>")
            aspects = [self.aspect(k, line, attrs) for k, (line, attrs) in enumerate(self.terms)]
            kept = tuple(aspect for aspect in aspects if aspect)
            if kept:
                self.done.append(Sentence(self.id, self.text, kept))

    def aspect(self, position: int, line: int, attrs: dict[str, str]) -> Aspect | None:
        term = self.attribute("aspectTerm", attrs, "term", line)
        polarity = self.attribute("aspectTerm", attrs, "polarity", line)
        start, end = (self.offset(attrs, name, line) for name in ("from", "to"))
        if polarity == CONFLICT:
            self.notes.conflict += 1
            return None
        text, id = self.text or "", f"{self.id}_{position}"
        try:
            label = Polarity(polarity)
            span = mend(text, term, start, end, id=id, notes=self.notes)
        except ValueError as error:
            raise self.fault(str(error), line) from error
        return Aspect(text[slice(*span)], *span, label, id=id) if span else None

    def offset(self, attrs: dict[str, str], name: str, line: int) -> int:
        value = self.attribute("aspectTerm", attrs, name, line)
        if not value.isdecimal():
            raise self.fault(f'{name}="{value}"; expected a character offset', line)
        return int(value)

    def attribute(self, element: str, attrs: Any, name: str, line: int | None = None) -> str:
        if name not in attrs:
            raise self.fault(f'<{element}> without the attribute "{name}"', line)
        return str(attrs[name])

    @property
    def line(self) -> int:
        return int(self._locator.getLineNumber())  # type: ignore[attr-defined]

    def fault(self, message: str, line: int | None = None) -> DataError:
        return DataError(self.path, message, line=line or self.line, record=getattr(self, "id", None))
