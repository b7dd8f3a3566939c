"""The translation gate, shown to fail on each fault that it is there for."""

from __future__ import annotations

import gettext
import os
import time
from pathlib import Path

import pytest

from gates import translations

VIEWS = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

A = _("Sign in")
B = ngettext("one unit", "%(n)s units", 3) % {"n": 3}
C = pgettext("a month", "Mehr")
"""
PAGE = """\
{% load i18n %}
   <p>{% translate "Home" %} {{ _("Search") }}</p>
      <p title="{% translate 'Verified' context 'stage' %}">
  {% blocktranslate trimmed with n=count %}
    It's {{ n }}
    entries
  {% endblocktranslate %}
  {% blocktranslate count n=count %}{{ n }} place{% plural %}{{ n }} places{% endblocktranslate %}
"""
PERSIAN: dict[str, str | list[str]] = {
    "Sign in": "ورود",
    "one unit": ["یک واحد", "%(n)s واحد"],
    "Mehr": "مهر",
    "Home": "خانه",
    "Search": "جستجو",
    "Verified": "تأییدشده",
    "It's %(n)s entries": "%(n)s ثبت",
    "%(n)s place": ["%(n)s مکان", "%(n)s مکان"],
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A product of one context, completely translated."""
    front = tmp_path / "src/karnameh/front"
    (front / "templates/front").mkdir(parents=True)
    (front / "views.py").write_text(VIEWS, encoding="utf-8")
    (front / "templates/front/home.html").write_text(PAGE, encoding="utf-8")
    assert translations.write(tmp_path) == len(PERSIAN)
    translate(tmp_path, PERSIAN)
    return tmp_path


def catalogue(tree: Path) -> Path:
    return tree / "src/karnameh/front/locale/fa/LC_MESSAGES/django.po"


def translate(tree: Path, texts: dict[str, str | list[str]]) -> None:
    """Fill in the translations by hand, as a person would."""
    held = translations.read_catalogue(catalogue(tree))
    for message in held:
        singular = message.id if isinstance(message.id, str) else message.id[0]
        if singular in texts:
            given = texts[singular]
            message.string = given if isinstance(given, str) else tuple(given)
    catalogue(tree).write_text(translations.as_po(held), encoding="utf-8")


def replace(tree: Path, old: str, new: str) -> None:
    text = catalogue(tree).read_text(encoding="utf-8")
    assert old in text
    catalogue(tree).write_text(text.replace(old, new), encoding="utf-8")


def test_a_complete_translation_passes(tree: Path) -> None:
    inspection = translations.check(tree)
    assert inspection.sentences == []
    assert inspection.looked_at == len(PERSIAN)


def test_every_way_of_marking_a_text_is_read(tree: Path) -> None:
    said = translations.messages_of(translations.texts_of(tree / "src/karnameh/front"))
    assert {text for _, text in said} == set(PERSIAN)
    assert ("a month", "Mehr") in said and ("stage", "Verified") in said


@pytest.mark.parametrize(
    ("text", "given", "complaint"),
    [
        ("Sign in", "", "has no translation"),
        ("one unit", ["یک واحد", ""], "has no translation"),
        ("It's %(n)s entries", "ثبت", "lacks %(n)s"),
        ("It's %(n)s entries", "%(count)s از %(n)s ثبت", "has %(count)s"),
        ("Sign in", "بازكردن", "not ك (U+0643)"),
        ("Sign in", "يادداشت", "not ي (U+064A)"),
        ("Sign in", "٣ بار", "not ٣"),
        ("Sign in", "3 بار", "in Persian digits"),
    ],
)
def test_a_bad_translation_is_found(
    tree: Path, text: str, given: str | list[str], complaint: str
) -> None:
    translate(tree, {text: given})
    (sentence,) = translations.check(tree).sentences
    assert complaint in sentence and f"“{text}”" in sentence


@pytest.mark.parametrize(
    "given", ["کلید SHA-256", "پروندهٔ xlsx2007", "<b class='a1'>ورود</b>&#160;", "۳ بار"]
)
def test_digits_of_latin_words_are_left_alone(tree: Path, given: str) -> None:
    translate(tree, {"Sign in": given})
    assert translations.check(tree).sentences == []


def test_a_new_text_is_missing_until_written(tree: Path) -> None:
    views = tree / "src/karnameh/front/views.py"
    views.write_text(VIEWS + 'D = _("Sign out")\n', encoding="utf-8")
    (sentence,) = translations.check(tree).sentences
    assert "“Sign out” (views.py) is not in the catalogue" in sentence

    assert translations.write(tree) == 1
    (sentence,) = translations.check(tree).sentences
    assert "has no translation" in sentence
    assert "ورود" in catalogue(tree).read_text(encoding="utf-8")


def test_a_text_said_nowhere_is_found_and_set_aside(tree: Path) -> None:
    views = tree / "src/karnameh/front/views.py"
    views.write_text(VIEWS.replace("Sign in", "Come in"), encoding="utf-8")
    assert any(
        "“Sign in” is said nowhere" in sentence for sentence in translations.check(tree).sentences
    )
    translations.write(tree)
    assert '#~ msgstr "ورود"' in catalogue(tree).read_text(encoding="utf-8")
    assert not any("said nowhere" in sentence for sentence in translations.check(tree).sentences)


def test_a_fuzzy_text_is_found(tree: Path) -> None:
    replace(tree, 'msgid "Sign in"', '#, fuzzy\nmsgid "Sign in"')
    assert any("fuzzy" in sentence for sentence in translations.check(tree).sentences)


def test_a_broken_catalogue_is_found(tree: Path) -> None:
    replace(tree, 'msgid "Sign in"', "=" * 7 + '\nmsgid "Sign in"')
    assert any("cannot be read" in sentence for sentence in translations.check(tree).sentences)


def test_a_context_without_a_catalogue_is_found(tree: Path) -> None:
    catalogue(tree).unlink()
    assert "no catalogue" in translations.check(tree).sentences[0]


def test_writing_again_changes_nothing(tree: Path) -> None:
    before = catalogue(tree).read_text(encoding="utf-8")
    assert translations.write(tree) == 0
    assert catalogue(tree).read_text(encoding="utf-8") == before
    assert "views.py\n" in before  # a place, and no line number that moves
    assert "Date" not in before


def test_compiled_catalogues_follow_their_source(tree: Path) -> None:
    (compiled,) = translations.compile_catalogues(tree)
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Sign in") == "ورود"
    assert translations.compile_catalogues(tree) == []
    later = time.time() + 5
    os.utime(catalogue(tree), (later, later))
    assert translations.compile_catalogues(tree) == [compiled]
