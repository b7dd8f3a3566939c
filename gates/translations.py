"""Every text of the product has a Persian translation, kept beside the context that says it.

    python -m gates.translations            compare src/karnameh/*/locale/fa with the sources
    python -m gates.translations --write    add what is missing, set aside what is no longer said
    python -m gates.translations --compile  write the .mo files that Django reads

Needs no gettext programs: texts are read with Babel and with Django's own reader of templates.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gates.findings import ROOT, Inspection, report

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

LANGUAGE = "fa"
PLACE = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
NEW_CATALOGUE = """\
msgid ""
msgstr ""
"Project-Id-Version: Karnameh\\n"
"Language: fa\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""
# Headers that change with every writing, or name whoever ran the program: noise between versions.
_NOISE = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To):.*\n',
    re.MULTILINE,
)

# The functions that mark a text, with the arguments that hold it ("c" marks the context).
_PLAIN: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
KEYWORDS = {
    "_": None,
    "gettext_noop": None,
    **_PLAIN,
    **{f"{name}_lazy": at for name, at in _PLAIN.items()},
}
TEMPLATES = (".html", ".txt", ".xml", ".svg")

Key = tuple[str | None, str]  # a context and a text (the singular of a plural pair)


# --- What the product says -------------------------------------------------------------------------


def texts_of(context: Path) -> Catalog:
    """Every text that the Python files and templates of one context mark for translation."""
    from babel.messages.catalog import Catalog

    said = Catalog(locale=LANGUAGE)
    for file in sorted(context.rglob("*")):
        if file.suffix == ".py":
            source = file.read_text(encoding="utf-8")
        elif file.suffix in TEMPLATES and "templates" in file.parts:
            source = as_python(file)
        else:
            continue
        for message, context_name in _read(source):
            said.add(message, locations=[(str(file.relative_to(context)), 0)], context=context_name)
    return said


def as_python(template: Path) -> str:
    """A template's texts as calls of gettext, through Django's own reader."""
    from django.utils.translation.template import templatize

    calls = templatize(template.read_text(encoding="utf-8"), origin=str(template))
    # Indentation of markup means nothing, but Python's reader would stumble over it.
    return "\n".join(line.lstrip() for line in calls.splitlines())


def _read(source: str) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    from babel.messages.extract import extract

    for _, message, _, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        yield (message if isinstance(message, str) else (message[0], message[1])), context


# --- What the catalogues hold ----------------------------------------------------------------------


def read_catalogue(file: Path) -> Catalog:
    """A .po file; raises babel's PoFileError when it cannot be read."""
    from babel.messages.pofile import read_po

    text = file.read_text(encoding="utf-8") if file.exists() else NEW_CATALOGUE
    return read_po(io.BytesIO(text.encode()), locale=LANGUAGE, abort_invalid=True)


def messages_of(catalogue: Catalog) -> dict[Key, Message]:
    """The texts of a catalogue by context and text, without its header."""
    return {
        (message.context, _forms(message.id)[0]): message for message in catalogue if message.id
    }


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    """A text as the tuple of its forms: one, or singular and plural."""
    return tuple(text) if isinstance(text, tuple | list) else (str(text or ""),)


# --- The comparison --------------------------------------------------------------------------------


def check(root: Path = ROOT) -> Inspection:
    """Compare the catalogue of every context with what its sources say."""
    from babel.messages.pofile import PoFileError

    inspection = Inspection(root)
    for context in context_folders(root):
        said = messages_of(texts_of(context))
        file = context / PLACE
        inspection.looked_at += len(said)
        if not file.exists():
            if said:
                sentence = (
                    f"{len(said)} texts and no catalogue; ./karnameh translations --write makes it."
                )
                inspection.found(file, 0, sentence)
            continue
        try:
            held = messages_of(read_catalogue(file))
        except PoFileError as error:
            inspection.found(file, error.lineno or 0, f"this catalogue cannot be read: {error}")
            continue
        compare(inspection, file, said, held)
    return inspection


def context_folders(root: Path) -> list[Path]:
    """The packages under src/karnameh."""
    return sorted(path for path in (root / "src" / "karnameh").glob("*") if path.is_dir())


def compare(
    inspection: Inspection, file: Path, said: dict[Key, Message], held: dict[Key, Message]
) -> None:
    """Note every text that is missing, left over or badly translated."""
    advice = "./karnameh translations --write"
    for key in sorted(said.keys() - held.keys(), key=str):
        where = ", ".join(sorted({place for place, _ in said[key].locations}))
        inspection.found(
            file, 0, f"“{key[1]}” ({where}) is not in the catalogue; {advice} adds it."
        )
    for key in sorted(held.keys() - said.keys(), key=str):
        inspection.found(
            file, held[key].lineno or 0, f"“{key[1]}” is said nowhere; {advice} sets it aside."
        )
    for key in said.keys() & held.keys():
        message = held[key]
        if _forms(message.id) != _forms(said[key].id):
            problem = (
                f"the code gives the plural as {_forms(said[key].id)[1:]}, the catalogue does not"
            )
            inspection.found(
                file, message.lineno or 0, f"“{key[1]}”: {problem}; {advice} mends it."
            )
        for sentence in faults_of(message):
            inspection.found(file, message.lineno or 0, f"“{key[1]}”: {sentence}")


def faults_of(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    if message.fuzzy:
        yield "marked fuzzy: read it, mend it, and remove the mark."
    translations = _forms(message.string)
    if not all(text.strip() for text in translations):
        yield "has no translation."
        return
    # A singular may leave its number unsaid ("one unit"), so either form's placeholders will do.
    singular, plural = (
        placeholders(text) for text in (_forms(message.id)[0], _forms(message.id)[-1])
    )
    always, ever = singular & plural, singular | plural
    for text in translations:
        used = placeholders(text)
        if lost := always - used:
            yield f"the translation lacks {', '.join(sorted(lost))}."
        if invented := used - ever:
            yield f"the translation has {', '.join(sorted(invented))}, which the original does not give."
        yield from misspellings(text)


_PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%[sdrif]|{\w*(?:[.!:\[][^{}]*)?}")


def placeholders(text: str) -> set[str]:
    """What a text leaves open: `%(name)s`, `%s`, `{name}`."""
    return set(_PLACEHOLDER.findall(text.replace("%%", "")))


_ARABIC = {"ي": "ی", "ى": "ی", "ك": "ک", **{chr(0x660 + n): chr(0x6F0 + n) for n in range(10)}}
# Words in Latin letters keep their digits (SHA-256, xlsx2007, 1x), and so do tags and entities.
_NOT_PERSIAN = re.compile(r"<[^>]*>|&#?\w+;|[\w./:@+-]*[A-Za-z][\w./:@+-]*", re.ASCII)


def misspellings(text: str) -> Iterator[str]:
    """Letters and digits of another script inside Persian text."""
    for letter in sorted(set(text) & _ARABIC.keys()):
        yield f"write {_ARABIC[letter]} (U+{ord(_ARABIC[letter]):04X}), not {letter} (U+{ord(letter):04X})."
    rest = _NOT_PERSIAN.sub("", _PLACEHOLDER.sub("", text))
    if digits := re.findall(r"[0-9]+", rest):
        yield f"write {', '.join(digits)} in Persian digits (۰۱۲۳۴۵۶۷۸۹)."


# --- Writing ---------------------------------------------------------------------------------------


def write(root: Path = ROOT) -> int:
    """Bring every catalogue up to date with its sources; gives how many texts wait for a translation.

    Translations are kept. What is said nowhere any more is set aside as a comment (`#~`), so that a text
    which was only reworded can still be found.
    """
    waiting = 0
    for context in context_folders(root):
        said, file = texts_of(context), context / PLACE
        if not messages_of(said) and not file.exists():
            continue
        catalogue = read_catalogue(file)
        catalogue.update(said, no_fuzzy_matching=True, keep_user_comments=True)
        catalogue.header_comment = f"# Persian texts of Karnameh: {context.name}"
        text = as_po(catalogue)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            print(f"wrote {file.relative_to(root)}")
        waiting += sum(
            not all(_forms(message.string)) for message in messages_of(catalogue).values()
        )
    return waiting


def as_po(catalogue: Catalog) -> str:
    """A catalogue as text that changes only where a text changes: sorted, undated, without line numbers."""
    from babel.messages.pofile import write_po

    for message in catalogue:
        message.locations = sorted({(place, 0) for place, _ in message.locations})
    written = io.BytesIO()
    write_po(written, catalogue, width=100, sort_output=True, include_lineno=False)
    return _NOISE.sub("", written.getvalue().decode()).rstrip() + "\n"


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Write the .mo beside every .po that is newer; gives what was written. Nothing to do costs nothing."""
    written = []
    for source in sorted((root / "src" / "karnameh").glob("*/locale/*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        from babel.messages.mofile import write_mo

        unfinished = target.with_suffix(".mo.new")
        with unfinished.open("wb") as file:
            write_mo(file, read_catalogue(source))
        unfinished.replace(target)
        written.append(target)
    return written


def compile_all() -> int:
    """Compile for a person or another program: the exit code, and a sentence when a file is broken."""
    from babel.messages.pofile import PoFileError

    try:
        compile_catalogues()
    except PoFileError as error:
        print(f"{error}; ./karnameh test translations names the file.")
        return 1
    return 0


def main(arguments: list[str]) -> int:
    """Compare, write or compile."""
    if "--compile" in arguments:
        return compile_all()
    if "--write" in arguments:
        waiting = write()
        print(
            f"{waiting} texts wait for a translation" if waiting else "every text has a translation"
        )
        return 0
    return report("translations", check(), "texts")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
