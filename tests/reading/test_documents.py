"""Files as they arrive: the text of each kind, and a sentence for everything that is no report."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import REPORT, entered, parcels

from builders import World
from karnameh.kernel.text import BIDI_CONTROLS
from karnameh.narrative.document_reader import mended, read
from karnameh.narrative.documents import kind_of, text_of
from karnameh.narrative.models import Kind
from karnameh.narrative.rules import (
    LONGEST,
    MOST_WORDS,
    Unreadable,
    pieces,
    require_report,
    sentence_around,
    tidy,
    words_around,
)
from karnameh.narrative.sentences import SENTENCES, sentence
from karnameh.plumbing.confined import Refused
from karnameh.plumbing.public import Refusal

FILES = Path(__file__).parent / "files"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def a_document(body: str, *, head: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """A Word document with this body."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f"{head}<w:document {_W}><w:body>{body}</w:body></w:document>"
        )
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return file.getvalue()


def a_paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(f'<w:r><w:t>{run}</w:t></w:r>' for run in runs)}</w:p>"


@pytest.mark.parametrize(
    "data",
    [
        REPORT.encode(), b"\xef\xbb\xbf" + REPORT.encode(), REPORT.encode("utf-16"),
        REPORT.encode("utf-16-le"), REPORT.replace("ی", "ي").replace("ٔ", "").replace("\u200c", " ")
        .replace("۱", "1").replace("۲", "2").replace("۳", "3").replace("۴", "4").replace("۵", "5")
        .replace("۰", "0").encode("cp1256", errors="replace"),
    ],
    ids=["utf-8", "with its mark", "utf-16", "utf-16 without its mark", "cp1256"],
)  # fmt: skip
def test_plain_text_in_the_encodings_of_persian_machines(data: bytes) -> None:
    text = tidy(read(data, "txt"))
    assert "توزیع شد" in text and ("۳۰۰" in text or "300" in text)


def test_a_pdf_says_its_text_in_reading_order_with_whole_words() -> None:
    text = tidy(text_of((FILES / "report.pdf").read_bytes(), Kind.PDF))
    assert (
        "بیش از ۱۲ هزار و ۳۰۰ بستهٔ معیشتی در شهرستان شیراز توزیع شد و ۴۵ خانه تا پایان سال" in text
    )
    assert "(به گفتهٔ او) روزانه ۹۰۰هزار ماسک" in text
    assert "450 بسته" in text


def test_lines_that_the_paper_broke_are_joined_and_others_are_not() -> None:
    page = "عنوان گزارش\r\n" + "کلمه " * 15 + "دنبالهٔ\r\nهمین جمله پایان یافت.\r\nجملهٔ دیگر"
    assert mended(page).split("\n")[0] == "عنوان گزارش"
    assert "دنبالهٔ همین جمله پایان یافت." in mended(page)


def test_a_document_gives_paragraphs_and_cells_without_what_was_deleted() -> None:
    body = (
        a_paragraph("۳۰۰ بس", "ته توزیع شد.")
        + "<w:p><w:r><w:delText>۹۰۰ بسته</w:delText></w:r></w:p>"
        + f"<w:tbl><w:tr><w:tc>{a_paragraph('خانه')}</w:tc><w:tc>{a_paragraph('۴۵')}</w:tc></w:tr></w:tbl>"
    )
    text = tidy(text_of(a_document(body), Kind.DOCX))
    assert (
        text.startswith("۳۰۰ بسته توزیع شد.")
        and "۹۰۰" not in text
        and "خانه" in text
        and "۴۵" in text
    )


def test_a_page_gives_its_words_and_runs_nothing() -> None:
    page = (
        "<html><head><title>x</title><style>p{}</style></head><body><script>alert('۹۹ بسته')</script>"
        "<p>۳۰۰ بسته\n توزیع&nbsp;شد.</p><ul><li>۴۵ خانه<li>۷ مدرسه</ul><svg><text>۱۲</text></svg></body></html>"
    )
    lines = [
        line.strip() for line in tidy(text_of(page.encode(), Kind.HTML)).split("\n") if line.strip()
    ]
    assert lines == ["۳۰۰ بسته توزیع شد.", "۴۵ خانه", "۷ مدرسه"]


BOMB = a_document("<!--" + "x" * 60_000_000 + "-->")
ENTITIES = a_document(
    a_paragraph("&amp;x;"),
    head='<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
)


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"", Kind.TXT, "empty"),
        (b" \r\n\t ", Kind.TXT, "empty"),
        (bytes(range(256)) * 40, Kind.TXT, "not_its_name"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, Kind.TXT, "not_its_name"),
        (b"%PDF-1.7 broken", Kind.PDF, "broken"),
        (REPORT.encode(), Kind.PDF, "not_its_name"),
        (REPORT.encode(), Kind.DOCX, "not_its_name"),
        ((FILES / "scanned.pdf").read_bytes(), Kind.PDF, "scanned"),
        ((FILES / "locked.pdf").read_bytes(), Kind.PDF, "encrypted"),
        (BOMB, Kind.DOCX, "unpacks_too_far"),
        (ENTITIES, Kind.DOCX, "defines_entities"),
        (a_document("<w:p>"), Kind.DOCX, "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Kind.DOCX, "old_document"),
        (("متن ۵ " * 200_000).encode(), Kind.TXT, "too_long"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_what_cannot_be_read_is_refused_by_name(data: bytes, kind: Kind, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        text_of(data, kind)
    assert refused.value.code == code and refused.value.code in SENTENCES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"), ("۱۲ ۳۴۵ ۶۷٬۰۰۰ (۱۲)", "digits_only"), ("Three hundred parcels were handed out.", "not_persian"),
        ("تم توزيع ثلاثمئة سلة غذائية على العائلات في المدينة وقد حضر الحفل جمع من الناس " * 5, "not_persian"),
        ("متن بلند " * LONGEST, "too_long"),
    ],
)  # fmt: skip
def test_what_is_no_persian_report_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        require_report(tidy(text))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "kind"), [("a.TXT", Kind.TXT), ("گزارش.docx", Kind.DOCX), ("x.htm", Kind.HTML)]
)
def test_a_name_says_what_a_file_is(name: str, kind: Kind) -> None:
    assert kind_of(name) == kind
    for wrong in ("a.doc", "a.exe", "a"):
        with pytest.raises(Unreadable):
            kind_of(wrong)


def test_a_text_without_numbers_or_with_too_many_is_refused(world: World) -> None:
    parcels()
    for text in ("همهٔ کارها به‌خوبی انجام شد.", "۱۲ بسته و ۱۳ خانه آماده شد. " * 600):
        with pytest.raises(Refusal):
            entered(world, text)


def test_hidden_characters_are_gone_and_change_no_number(world: World) -> None:
    parcels()
    hostile = "".join(
        f"{mark}{letter}"
        for letter, mark in zip("دیروز ۳۰۰ بسته توزیع شد.", BIDI_CONTROLS * 3, strict=False)
    )
    source = entered(world, hostile + "\u202e" * 500 + " \u200b\u200b‌‌‌‌")
    assert source.text_row.text == "دیروز ۳۰۰ بسته توزیع شد."
    assert [one.quantity for one in source.drafts.all()] == [300]


def test_every_code_has_its_sentence() -> None:
    for code in SENTENCES:
        assert str(sentence(code, "۵"))


@given(st.text(alphabet="آبپ ۱۲3.\n!‌«»", max_size=700), st.data())
def test_the_words_around_a_number_always_hold_it(text: str, data: st.DataObject) -> None:
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 60)))
    first, last = sentence_around(text, start, end)
    assert 0 <= first <= start < end <= last <= len(text)
    words, at = words_around(text, start, end)
    assert words[at : at + end - start] == text[start:end].replace("\n", " ")
    assert len(words) <= MOST_WORDS + 20


@given(st.text(max_size=80), st.lists(st.integers(0, 80), max_size=10))
def test_the_pieces_of_a_text_are_the_text(text: str, cuts: list[int]) -> None:
    inside = sorted({min(cut, len(text)) for cut in cuts})
    spans = [(a, b) for a, b in zip(inside[::2], inside[1::2], strict=False) if a < b]
    made = list(pieces(text, spans))
    assert "".join(one.text for one in made) == text
    assert [one.mark for one in made if one.mark is not None] == list(range(len(spans)))


@given(st.binary(max_size=400), st.sampled_from(["txt", "html", "docx"]))
def test_any_bytes_are_read_or_refused(data: bytes, kind: str) -> None:
    try:
        assert isinstance(read(data, kind), str)
    except Refused as refusal:
        assert refusal.code in SENTENCES
