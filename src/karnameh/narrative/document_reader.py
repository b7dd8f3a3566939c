"""Gives the text of one uploaded report, in a process of its own, which may use little and knows nothing.

    python -m karnameh.narrative.document_reader txt|docx|pdf|html < FILE

Memory, processor time and files are limited before the first byte is looked at. One line leaves:
`{"text": …}`, or `{"refused": code}`; a parent that sees neither knows that the limits ended the process.
"""

from __future__ import annotations

import io
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any, NoReturn
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from karnameh.plumbing.confined import Refused, limit_this_process, say

MEMORY, SECONDS = 768 * 2**20, 30
MOST = 400_000  # characters before tidying; a report of twice the allowed length is refused anyway
PAGES = 500
PARTS, UNPACKED, RATIO = 2_000, 200_000_000, 250
_SMALL = 1_000_000  # below this no ratio is suspicious
_CHUNK = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FOREIGN = (
    b"PK\x03\x04", _OLE[:4], b"%PDF", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x89PNG", b"\xff\xd8\xff",
    b"GIF8", b"\x7fELF", b"MZ", b"{\\rtf",
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class Text:
    """Text while it is gathered; too much of it is refused at once."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def add(self, part: str) -> None:
        self.size += len(part)
        if self.size > MOST:
            raise Refused("too_long", "200000")
        self.parts.append(part)

    def __str__(self) -> str:
        return "".join(self.parts)


def read(data: bytes, kind: str) -> str:
    """The text of a file of that kind. Raises `Refused`."""
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise Refused("empty")
    return {"txt": _plain, "html": _page, "docx": _document, "pdf": _pdf}[kind](data)


# --- text and pages ---------------------------------------------------------------------------------


def _plain(data: bytes) -> str:
    text = _decoded(data)
    if text.lstrip()[:200].casefold().startswith(("<!doctype html", "<html")):
        return _page(data)  # a page that was saved under another name is still a page
    return _bounded(text)


def _bounded(text: str) -> str:
    gathered = Text()
    gathered.add(text)
    return text


def _decoded(data: bytes, declared: str = "") -> str:
    """UTF-8 if it is; UTF-16 with or without its mark; the old code page of Windows otherwise."""
    if data.startswith(_FOREIGN):
        raise Refused("not_its_name")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _readable(data.decode("utf-16", errors="replace"))
    zeros = data[:4000].count(0)
    if zeros > len(data[:4000]) // 20:
        # In UTF-16 the Latin half of a text is zeros on one side only.
        even = data[:4000:2].count(0)
        return _readable(
            data.decode("utf-16-be" if even * 2 > zeros else "utf-16-le", errors="replace")
        )
    try:
        return _readable(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        old = declared if declared in ("windows-1256", "cp1256", "iso-8859-6") else "cp1256"
        if b"\xd9" in data and b"\xdb" in data and _share_of_faults(data) < 0.01:
            return _readable(
                data.decode("utf-8-sig", errors="replace")
            )  # cut in the middle, no more
        return _readable(data.decode(old, errors="replace"))


def _share_of_faults(data: bytes) -> float:
    text = data.decode("utf-8", errors="replace")
    return text.count("\ufffd") / max(1, len(text))


def _readable(text: str) -> str:
    """Refuse what is no text at all."""
    sample = text[:20_000]
    if len(_CONTROL.findall(sample)) + sample.count("\ufffd") > max(2, len(sample) // 50):
        raise Refused("not_its_name")
    return text


_DROPPED = frozenset(
    (
        "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "select", "button",
        "textarea", "head",
    )
)  # fmt: skip
_BLOCKS = frozenset(
    (
        "p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "ul", "ol", "li", "dl",
        "dt", "dd", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "figure",
        "figcaption", "form", "fieldset", "hr", "br", "caption", "address",
    )
)  # fmt: skip
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


class _Page(HTMLParser):
    """Keeps the words that a reader of the page sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = Text()
        self.silent = ""  # the dropped element that is open, and how deep it stands in itself
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.silent:
            self.depth += tag == self.silent
        elif tag in _DROPPED:
            self.silent, self.depth = tag, 1
        elif tag in _BLOCKS:
            self.text.add("\n")
        elif tag in ("td", "th"):
            self.text.add(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.silent and tag in _BLOCKS:
            self.text.add("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            self.depth -= tag == self.silent
            if not self.depth:
                self.silent = ""
        elif tag in _BLOCKS:
            self.text.add("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            # A line break in the source of a page is a space.
            self.text.add(re.sub(r"\s+", " ", data))


def _page(data: bytes) -> str:
    found = _CHARSET.search(data[:4096])
    page = _Page()
    page.feed(_decoded(data, found[1].decode().casefold() if found else ""))
    page.close()
    return str(page.text)


# --- Word documents -----------------------------------------------------------------------------------

_BODY = "word/document.xml"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"


def _document(data: bytes) -> str:
    if data.startswith(_OLE):
        raise Refused("encrypted" if _ENCRYPTED in data else "old_document")
    if not data.startswith(b"PK\x03\x04"):
        raise Refused("not_its_name")
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            return "".join(_words_of(archive))
    except (BadZipFile, EOFError):
        raise Refused("broken") from None


def _words_of(archive: ZipFile) -> Iterator[str]:
    parts = archive.infolist()
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Refused("unpacks_too_far")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    body = [part for part in parts if part.filename == _BODY]
    if len(body) != 1:
        raise Refused("not_its_name")
    limit = max(_SMALL, body[0].compress_size * RATIO)
    reader = _Body()
    size = 0
    with archive.open(body[0]) as stream:  # no other part is ever opened
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise Refused("unpacks_too_far")
            reader.parse(chunk, False)
    reader.parse(b"", True)
    yield str(reader.text)


class _Body:
    """The body of a document: paragraphs are lines, cells are set apart, deleted words are gone."""

    def __init__(self) -> None:
        self.text = Text()
        self.in_words = self.skipped = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = _refuse_definitions
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._words
        self._parser: Any = parser

    def parse(self, chunk: bytes, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError:
            raise Refused("broken") from None

    def _start(self, name: str, _attributes: object) -> None:
        if name == _FALLBACK or self.skipped:
            self.skipped += 1
        elif name == f"{_W} t":
            self.in_words += 1
        elif name in (f"{_W} tab", f"{_W} tc"):
            self.text.add(" ")
        elif name in (f"{_W} br", f"{_W} cr"):
            self.text.add("\n")

    def _end(self, name: str) -> None:
        if self.skipped:
            self.skipped -= 1
        elif name == f"{_W} t":
            self.in_words -= 1
        elif name == f"{_W} p":
            self.text.add("\n")

    def _words(self, data: str) -> None:
        if self.in_words and not self.skipped:
            self.text.add(data)


def _refuse_definitions(*_: object) -> NoReturn:
    raise Refused("defines_entities")


# --- PDF ------------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> str:
    if b"%PDF" not in data[:1024]:
        raise Refused("not_its_name")
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as trouble:
        raise Refused("encrypted" if "password" in str(trouble).casefold() else "broken") from None
    if len(document) > PAGES:
        raise Refused("too_long", "200000")
    gathered = Text()
    for number in range(len(document)):
        page = document[number]
        words = page.get_textpage()
        gathered.add(mended(words.get_text_range()) + "\n")
        words.close()
        page.close()
    if not str(gathered).strip():
        raise Refused("scanned")
    return str(gathered)


_MARK_FIRST = re.compile(
    "([\u064b-\u0652\u0654\u0655\u0670])([\u0621-\u063a\u0641-\u064a\u0671-\u06d3])"
)
_OPENING, _CLOSING = "([{«", ")]}»"
_SWAPPED = str.maketrans(_OPENING + _CLOSING, _CLOSING + _OPENING)
_ENDS = (".", "!", "؟", "?", ":", "؛", "»", ")", "…")


def mended(page: str) -> str:
    """A page's text as it was written: what drawing from right to left did to it is undone.

    A PDF keeps glyphs, not letters: a mark may stand before its letter, brackets of a line from right to
    left are mirrored, and every line ends where the paper did, also in the middle of a sentence.
    """
    lines = [
        _MARK_FIRST.sub(r"\2\1", line.strip()) for line in page.replace("\r", "\n").split("\n")
    ]
    lines = [line for line in lines if line]
    full = max((len(line) for line in lines), default=0) * 0.7
    joined: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on:
            joined[-1] += " " + line
        else:
            joined.append(line)
        goes_on = len(line) >= full and full > 30 and not line.endswith(_ENDS)
    return "\n".join(_unmirrored(line) for line in joined)


def _unmirrored(line: str) -> str:
    """Brackets that close before anything was opened were mirrored."""
    depth = 0
    for letter in line:
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth < 0:
            line = line.translate(_SWAPPED)
            line = re.sub(r"\s*([(\[{«])\s*", r" \1", line)
            return re.sub(
                r"\s*([)\]}»])\s*(?=[\w(«])", r"\1 ", re.sub(r"\s+([)\]}»])", r"\1", line)
            ).strip()
    return line


# --- what leaves ----------------------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    """Read standard input, in the form that is named."""
    limit_this_process(memory=MEMORY, seconds=SECONDS)
    warnings.simplefilter("ignore")
    try:
        say({"text": read(sys.stdin.buffer.read(), arguments[0])})
    except Refused as refusal:
        say({"refused": refusal.code, "given": refusal.given})
    except MemoryError:
        say({"refused": "takes_too_much"})
    except Exception as trouble:
        # Whatever a hostile file makes the library stumble over, the answer is the same sentence.
        say({"refused": "broken", "because": f"{type(trouble).__name__}: {trouble}"[:300]})
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
