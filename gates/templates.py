"""Templates and stylesheets keep what the content security policy and a right-to-left page ask of them.

A physical property that is meant (the axis of a map is not text) carries its reason on its own line:
`left: 0; /* physical: longitude grows to the right in every language */`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from gates.findings import ROOT, Inspection, report

Note = Callable[[int, str], None]  # takes a line and a sentence

_COMMENT_BLOCK = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)
_DJANGO = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
_UNESCAPED = re.compile(r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off\b")
_OUTSIDE = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
_DATA_TYPES = {"application/json", "application/ld+json"}  # read by scripts, never run
_LOADING = {  # attributes through which a page loads something by itself (a plain link does not)
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
}
_LINKS_ONLY = {
    "canonical",
    "alternate",
    "license",
    "author",
    "help",
}  # <link rel> that loads nothing

_SIDE = r"(?:left|right)"
_PHYSICAL = re.compile(
    rf"(?<![\w-])(?:"
    rf"(?P<property>{_SIDE}|(?:scroll-)?(?:margin|padding)-{_SIDE}|border-{_SIDE}(?:-\w+)?"
    rf"|border-(?:top|bottom)-{_SIDE}-radius)\s*:"
    rf"|(?P<value>(?:text-align|float|clear|caption-side)\s*:\s*{_SIDE})\b)"
)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_OUTSIDE = re.compile(r"""(?:url\(|@import)\s*["']?\s*(?:https?:)?//""", re.IGNORECASE)
_MEANT = re.compile(r"/\*\s*physical:\s*\w")


def check(root: Path = ROOT) -> Inspection:
    """Look at every template, every stylesheet of ours, and every piece of HTML inside Python."""
    inspection = Inspection(root)
    package = root / "src" / "karnameh"
    for file in sorted(package.glob("**/templates/**/*")):
        if file.suffix in (".html", ".svg", ".xml"):
            _look(inspection, file, check_template)
    for file in sorted(package.glob("**/static/**/*.css")):
        if "vendor" not in file.parts:
            _look(inspection, file, check_stylesheet)
    for file in sorted(package.rglob("*.py")):
        _look(inspection, file, check_python)
    return inspection


def _look(inspection: Inspection, file: Path, rules: Callable[[str, Note], None]) -> None:
    inspection.looked_at += 1
    rules(
        file.read_text(encoding="utf-8"),
        lambda line, sentence: inspection.found(file, line, sentence),
    )


def check_template(text: str, note: Note) -> None:
    """The rules for one template."""
    text = _COMMENT_BLOCK.sub(_blank, text)
    for match in _UNESCAPED.finditer(re.sub(r"{#.*?#}", _blank, text)):
        note(
            _line_of(text, match.start()),
            f"`{match[0].strip()}` lets text from people become markup. Escape it, or build the markup "
            "with format_html.",
        )
    reader = _Reader(text, note)
    reader.feed(_DJANGO.sub(_placeholder, text))
    reader.close()


def check_stylesheet(text: str, note: Note) -> None:
    """The rules for one stylesheet: logical sides only, and nothing from outside."""
    bare = _CSS_COMMENT.sub(_blank, text)
    lines = text.splitlines()
    for match in _PHYSICAL.finditer(bare):
        line = _line_of(bare, match.start())
        if not _MEANT.search(lines[line - 1]):
            name = match["property"] or match["value"]
            note(
                line,
                f"`{name}` is a physical side: Persian runs from right to left. Use the inline-start or "
                "inline-end form, or say why on the same line: /* physical: the reason */.",
            )
    for match in _CSS_OUTSIDE.finditer(bare):
        note(_line_of(bare, match.start()), "stylesheets load nothing from outside; ship the file.")


def check_python(text: str, note: Note) -> None:
    """The rule for markup that is made in Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        note(error.lineno or 0, f"this is not Python: {error.msg}")
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.search(r"<\w[^>]*\sstyle\s*=", node.value):
                note(node.lineno, _STYLE)
            if handler := re.search(r"<\w[^>]*\s(on\w+|hx-on[\w:-]*)\s*=", node.value):
                note(node.lineno, _HANDLER.format(handler[1]))


_STYLE = (
    "the content security policy refuses `style=`: use a class, or a data attribute that CSS reads."
)
_HANDLER = "the content security policy refuses `{}=`: listen for the event in a script file."


class _Reader(HTMLParser):
    """Walks the tags of a template whose Django parts were replaced, character for character."""

    def __init__(self, text: str, note: Note) -> None:
        super().__init__(convert_charrefs=True)
        self.text = text
        self.note = note
        self.starts = [0]  # where each line begins, to turn the parser's position into an offset
        self.starts += [match.end() for match in re.finditer(r"\n", text)]
        self.open_form: tuple[int, int] | None = None  # line and offset of a form that posts

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, _ = self.getpos()
        given = {name: value or "" for name, value in attrs}
        for sentence in (*refused_attributes(given), *refused_tag(tag, given)):
            self.note(line, sentence)
        if tag == "form" and given.get("method", "").lower() == "post":
            self.open_form = (line, self._offset())

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._close_form(self._offset())

    def close(self) -> None:
        super().close()
        self._close_form(len(self.text))

    def _close_form(self, end: int) -> None:
        if self.open_form is None:
            return
        line, start = self.open_form
        self.open_form = None
        if not re.search(r"{%\s*csrf_token\s*%}|{{\s*csrf_input\s*}}", self.text[start:end]):
            self.note(
                line, "a form that posts needs {% csrf_token %}; without it Django refuses it."
            )

    def _offset(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column


def refused_attributes(given: dict[str, str]) -> Iterator[str]:
    """What the content security policy refuses on any tag."""
    for name, value in given.items():
        if name == "style":
            yield _STYLE
        elif re.fullmatch(r"on[a-z]+|(data-)?hx-on([:-].*)?|(data-)?hx-vars", name):
            yield _HANDLER.format(name)
        elif re.match(r"\s*(javascript|js):", value, re.IGNORECASE):
            yield f'the content security policy refuses code in `{name}="{value[:20]}…"`.'


def refused_tag(tag: str, given: dict[str, str]) -> Iterator[str]:
    """What is wrong with this one tag."""
    if (
        tag == "script"
        and not given.keys() & {"src", "nonce"}
        and given.get("type") not in _DATA_TYPES
    ):
        yield "a script stands in a file of its own (src=), or carries the page's nonce."
    if tag == "style" and "nonce" not in given:
        yield "styles stand in a stylesheet, or carry the page's nonce."
    if tag == "img" and "alt" not in given:
        yield 'an image needs alt: what it says, or alt="" when it only decorates.'
    if tag == "link" and given.get("rel", "").lower() in _LINKS_ONLY:
        return
    for name in _LOADING.get(tag, ()):
        if _OUTSIDE.match(given.get(name, "")):
            yield (
                f"`{given[name]}` is loaded from outside: it tells a stranger who reads us, and fails "
                "offline. Ship the file and use {% static %}."
            )


def _blank(match: re.Match[str]) -> str:
    """Spaces in place of what was matched, so that every position stays."""
    return re.sub(r"[^\n]", " ", match[0])


def _placeholder(match: re.Match[str]) -> str:
    """A variable becomes letters (it has a value), a tag or a comment becomes spaces."""
    if match[0].startswith("{{"):
        return re.sub(r"[^\n]", "x", match[0])
    return _blank(match)


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


if __name__ == "__main__":
    sys.exit(report("templates", check(), "files"))
