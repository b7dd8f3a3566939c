"""Press packs: published figures alone, the same numbers on every kind of paper, frozen."""

from __future__ import annotations

import io
from datetime import timedelta

import pypdfium2
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse
from docx import Document

from builders import NOW, as_owner
from figures.cast import CANARY, Press
from karnameh.insight.figures.actions import Words, withdraw_figure
from karnameh.insight.figures.models import Figure
from karnameh.insight.press.actions import issue_pack, make_files
from karnameh.insight.press.models import Pack
from karnameh.plumbing.public import OutOfReach, Refusal


def issued(press: Press, *figures: Figure) -> Pack:
    return issue_pack(
        press.world.nation, figures, title_fa="هفته تا امروز", title_en="So far", campaign=press.campaign,
        by=press.author, at=NOW, site="https://karnameh.example",
    )  # fmt: skip


def pdf_text(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


def test_the_files_say_the_published_numbers_in_both_languages(press: Press) -> None:
    figure, people = press.published(), press.published(indicator=press.taught)
    pack = issued(press, figure, people)
    while make_files(at=NOW):
        pass
    files = {(one.language, one.kind): bytes(one.content) for one in pack.files.all()}
    assert set(files) == {(language, kind) for language in ("fa", "en") for kind in ("pdf", "docx")}
    english = pdf_text(files["en", "pdf"])
    for said in ("So far", "Volunteers brought 68 parcels home.", "900 parcels", pack.document["head_code"],
                 f"https://karnameh.example/figures/{figure.code}/"):  # fmt: skip
        assert said in english
    assert "4,341" not in english
    assert "rounded to five" in english
    persian = pdf_text(files["fa", "pdf"])
    assert "۶۸" in persian
    assert "۹۰۰" in persian
    document = Document(io.BytesIO(files["fa", "docx"]))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "همیاران ۶۸ بسته به خانه‌ها رساندند." in text
    written = [paragraph for paragraph in document.paragraphs if paragraph.text]
    assert all(paragraph._element.xpath("./w:pPr/w:bidi") for paragraph in written)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "۹۰۰ بسته" in cells
    width = document.sections[0].page_width
    assert width is not None and round(width.cm, 1) == 21  # A4
    for table in document.tables:
        # From the right, by the schema's order; dark words on paper, whatever the template's styles do.
        assert table._tbl.tblPr[0].tag.endswith("}bidiVisual")
        assert not table._tbl.xpath(".//w:shd | ./w:tblPr/w:tblStyle")
    heads = [table.rows[0] for table in document.tables if table._tbl.xpath(".//w:tblHeader")]
    assert any("گزارش" in cell.text for row in heads for cell in row.cells)
    for content in files.values():
        assert len(content) < 1_000_000


def test_everybody_reads_the_page_and_loads_the_files(press: Press) -> None:
    pack = issued(press, press.published())
    while make_files(at=NOW):
        pass
    page = Client().get(reverse("press_pack", args=[pack.code]))
    assert "همیاران ۶۸ بسته به خانه‌ها رساندند." in page.content.decode()
    for address in (
        reverse("press_qr", args=[pack.code]),
        reverse("press_file", args=[pack.code, "fa", "pdf"]),
    ):
        assert Client().get(address).status_code == 200


@pytest.mark.parametrize("state", ["draft", "proposed", "approved"])
def test_no_number_comes_into_a_pack_but_as_a_published_figure(press: Press, state: str) -> None:
    figure = getattr(press, state)()
    with pytest.raises(Refusal):
        issued(press, figure)
    pack = issued(press, press.published(Words("{value}", "{value}")))
    with as_owner(), connection.cursor() as cursor, transaction.atomic():
        with pytest.raises(DatabaseError, match="pack_holds_published_figures"):
            cursor.execute(
                "INSERT INTO insight_packfigure (pack_id, figure_id, position) VALUES (%s, %s, 9)",
                [pack.pk, figure.pk],
            )
        transaction.set_rollback(True)


@pytest.mark.parametrize("table", ["insight_pack", "insight_packfigure"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_an_issued_pack_never_changes(press: Press, table: str, statement: str) -> None:
    issued(press, press.published())
    with as_owner(), connection.cursor() as cursor, transaction.atomic():
        with pytest.raises(DatabaseError, match="pack_is_never_changed"):
            cursor.execute(statement.format(table))
        transaction.set_rollback(True)


def test_a_pack_with_a_figure_under_embargo_does_not_exist(press: Press) -> None:
    held = press.published(
        Words(f"{CANARY} {{value}}", "{value}", embargo_until=NOW + timedelta(days=1))
    )
    pack = issued(press, held)
    while make_files(at=NOW):
        pass
    for address in (
        reverse("press_pack", args=[pack.code]), reverse("press_qr", args=[pack.code]),
        reverse("press_file", args=[pack.code, "fa", "pdf"]),
    ):  # fmt: skip
        assert Client().get(address).status_code == 404


def test_a_pack_says_when_one_of_its_figures_was_withdrawn(press: Press) -> None:
    figure = press.published()
    pack = issued(press, figure)
    withdraw_figure(figure, reason="خطا", by=press.author, at=NOW)
    page = Client().get(reverse("press_pack", args=[pack.code])).content.decode()
    assert "پس گرفته شده‌اند" in page


def test_titles_and_figures_are_asked_for_and_nothing_is_lost(press: Press) -> None:
    press.published()
    client = Client()
    client.force_login(press.author)
    page = client.post(reverse("press_packs"), {"title_fa": "عنوان من", "title_en": "Mine"})
    assert page.status_code == 422
    assert "عنوان من" in page.content.decode()
    assert client.post(
        reverse("press_packs"), {"title_fa": "الف", "title_en": "A", "figures": [Figure.objects.get().pk]}
    ).status_code == 302  # fmt: skip
    with pytest.raises(OutOfReach):
        issue_pack(
            press.world.nation, [], title_fa="الف", title_en="A", campaign=None, by=press.world.people["stranger"], at=NOW,
            site="",
        )  # fmt: skip
