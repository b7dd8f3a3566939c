"""What a phone loads of the app: its modules as one script, and one sheet of the styles that it uses.

On a slow network each file costs a round trip, and what nobody uses costs time all the same. The sources
stay modules and stylesheets by hand; both are put together here, in a few milliseconds, once in a process.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

_STATIC = Path(__file__).parent / "static" / "field"
_PAGE = Path(__file__).parent / "templates" / "field" / "app.html"
_SITE = settings.PACKAGE / "ui" / "static" / "ui" / "karnameh.css"
_FIRST = "app.js"

_ALL = re.compile(r'^import \* as (\w+) from "\./(\w+\.js)";$', re.M)
_SOME = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+\.js)";$', re.M)
_GIVEN = re.compile(r"^export (?=(?:const|class|function|async function) (\w+))", re.M)
_PASSED = re.compile(r"^export \{ ([\w, ]+) \};$", re.M)
_OTHERWISE = re.compile(r"^(?:import|export)\b.*|\bimport\(.*", re.M)
_REMARK = re.compile(r"^\s*/\*.*?\*/\s*?\n", re.M | re.S)


class Unshippable(Exception):
    """A module says something that cannot be put into one file."""


@functools.cache
def script() -> str:
    """All modules as one: each in a function of its own, those that it imports before it."""
    sources = {file.name: file.read_text(encoding="utf-8") for file in _STATIC.glob("*.js")}
    return '"use strict";\n' + "".join(_shipped(name, sources[name]) for name in _order(sources))


def _order(sources: dict[str, str]) -> list[str]:
    done: list[str] = []

    def visit(name: str, on_the_way: tuple[str, ...]) -> None:
        if name in on_the_way:
            raise Unshippable(f"{name} imports itself by way of {', '.join(on_the_way)}")
        if name in done:
            return
        for pattern in (_ALL, _SOME):
            for _names, other in pattern.findall(sources[name]):
                visit(other, (*on_the_way, name))
        done.append(name)

    visit(_FIRST, ())
    return done


def _shipped(name: str, source: str) -> str:
    given = [*_GIVEN.findall(source)]
    given += [one.strip() for names in _PASSED.findall(source) for one in names.split(",")]
    text = _ALL.sub(lambda m: f"const {m[1]} = {_named(m[2])};", source)
    text = _SOME.sub(lambda m: f"const {{ {m[1]} }} = {_named(m[2])};", text)
    text = _REMARK.sub("", _PASSED.sub("", _GIVEN.sub("", text)))
    left = _OTHERWISE.search(text)
    if left is not None:
        raise Unshippable(f"{name}: {left[0]}")
    return f"const {_named(name)} = (() => {{\n{text}return {{ {', '.join(given)} }};\n}})();\n"


def _named(file: str) -> str:
    return f"the_{file.removesuffix('.js')}"


# --- styles ----------------------------------------------------------------------------------------------


@functools.cache
def styles() -> str:
    """The site's styles without those of classes that the app does not name, then the app's own."""
    used = _Names(
        "".join(file.read_text(encoding="utf-8") for file in [_PAGE, *_STATIC.glob("*.js")])
    )
    both = _SITE.read_text(encoding="utf-8") + (_STATIC / "field.css").read_text(encoding="utf-8")
    kept = "\n".join(_kept(re.sub(r"/\*.*?\*/", "", both, flags=re.S), used))
    return re.sub(r'url\("(fonts/[\w.-]+)"\)', lambda m: f'url("{static("ui/" + m[1])}")', kept)


class _Names:
    """The words of a source that may be names of classes; `badge-${tone}` names all that begin so."""

    def __init__(self, source: str) -> None:
        self.words = set(re.findall(r"[A-Za-z][\w-]*", source))
        self.beginnings = tuple(set(re.findall(r"([\w-]+-)\$\{", source)))

    def has(self, name: str) -> bool:
        return name in self.words or (bool(self.beginnings) and name.startswith(self.beginnings))


def _kept(css: str, used: _Names) -> Iterator[str]:
    for head, body in _rules(css):
        if head.startswith(("@media", "@supports")):
            inside = "".join(_kept(body, used))
            if inside and "print" not in head:
                yield f"{head}{{{inside}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        else:
            selectors = [one for one in _listed(head) if _applies(one, used)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _applies(selector: str, used: _Names) -> bool:
    """Whether all its classes are in use; those within :is(), :not() and the like are not asked about."""
    outside = re.sub(r"\((?:[^()]|\([^()]*\))*\)|\[[^]]*\]", "", selector)
    return all(used.has(name) for name in re.findall(r"\.([A-Za-z][\w-]*)", outside))


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Each rule of a sheet as its head and what stands between its braces."""
    start = depth = opened = 0
    for found in re.finditer(r'"[^"]*"|[{};]', css):
        sign, at = found[0], found.start()
        if sign == "{":
            depth += 1
            opened = at if depth == 1 else opened
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : at].strip()
                start = at + 1


def _listed(head: str) -> list[str]:
    """The selectors of a list; a comma inside brackets does not part them."""
    return [one.strip() for one in re.split(r",(?![^(]*\))", head)]


# --- both -------------------------------------------------------------------------------------------------


@functools.cache
def mark_of(kind: str) -> str:
    """The mark of the script or of the styles: it changes with their content."""
    return hashlib.sha256(made(kind).encode()).hexdigest()[:12]


def made(kind: str) -> str:
    """`js` or `css`."""
    return script() if kind == "js" else styles()


@functools.cache
def release() -> str:
    """The mark of this release of the app: it changes with any of its files."""
    files = [_PAGE, _STATIC / "worker" / "worker.js"]
    parts = [mark_of("js"), mark_of("css"), *(file.read_text(encoding="utf-8") for file in files)]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:12]
