"""Cells, headings, words and ids as plain values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karnameh.exchange.rules.columns import (
    EXPORT,
    HEADINGS,
    TEMPLATE,
    Column,
    heading_text,
    layout_of,
)
from karnameh.exchange.rules.rows import (
    Counted,
    Qualifier,
    Row,
    clean_file_name,
    derived_id,
    dimension_pairs,
    read_amounts,
    read_row,
    worst,
)
from karnameh.kernel.ids import made_at
from karnameh.plumbing.cells import Cell, Unreadable, guarded, unguarded

HOSTILE = st.text(
    st.sampled_from("'=+-@\t\r\n＝＋－＠|0123abcآب ,;\"<>&_x"), max_size=12
) | st.text(max_size=12)
PIECES = Counted(0, False, ("بسته", "parcels"))
RIALS = Counted(0, True, ())


@given(HOSTILE)
def test_what_was_guarded_comes_back_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(HOSTILE)
def test_no_guarded_text_is_a_formula(text: str) -> None:
    safe = guarded(text)
    if safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")):
        assert set(safe[1:]) <= set("0123456789.,")  # a plain number stays one


@pytest.mark.parametrize("language", ["fa", "en"])
def test_own_headings_are_recognised_in_any_order(language: str) -> None:
    header = [heading_text(column, language) for column in reversed(EXPORT)]
    assert set(layout_of(header).positions) == set(EXPORT)


def test_headings_are_recognised_however_they_are_spelled() -> None:
    header = ["كد  واحد", "  شاخص ", "مرحله*", "تعداد", "تاريخ", "مبلغ به تومان", "چیز دیگر"]
    layout = layout_of(header)
    assert layout.currency == "toman"
    assert layout.positions[Column.UNIT] == 0
    assert layout.positions[Column.QUANTITY] == 3
    assert len(layout.positions) == 6


@pytest.mark.parametrize("missing", [Column.UNIT, Column.STAGE])
def test_a_missing_column_is_named(missing: Column) -> None:
    header = [heading_text(column, "fa") for column in TEMPLATE if column is not missing]
    with pytest.raises(Unreadable) as caught:
        layout_of(header)
    assert (caught.value.code, caught.value.given) == ("column_missing", missing)


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(Unreadable, match="column_twice"):
        layout_of([heading_text(column, "fa") for column in TEMPLATE] + ["تعداد"])


def test_no_two_columns_share_a_name() -> None:
    for column, heading in HEADINGS.items():
        for name in (heading.fa, heading.en, *heading.others):
            others = [
                other
                for other, one in HEADINGS.items()
                if other is not column and name in (one.fa, one.en, *one.others)
            ]
            assert not others, name


def test_a_row_with_nothing_but_its_prepared_cells_is_blank() -> None:
    layout = layout_of([heading_text(column, "fa") for column in TEMPLATE])
    cells: list[Cell] = [None] * len(TEMPLATE)
    cells[0], cells[-1] = "101-1", "0197-x"
    assert read_row(2, cells, layout) is None


@pytest.mark.parametrize(
    ("written", "quantity", "qualifier"),
    [
        ("۱٬۲۰۰", 1200, Qualifier.EXACT),
        ("هزار و دویست", 1200, Qualifier.EXACT),
        ("بیش از ۵۰۰", 500, Qualifier.AT_LEAST),
        ("حدود هفتصد بسته", 700, Qualifier.ABOUT),
        (Decimal("12"), 12, Qualifier.EXACT),
    ],
)
def test_quantities_are_read_as_people_write_them(
    written: object, quantity: int, qualifier: Qualifier
) -> None:
    row = Row(2, quantity=written)  # type: ignore[arg-type]
    assert read_amounts(row, PIECES, None) == (Decimal(quantity), None)
    assert row.qualifier is qualifier and not row.problems


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (None, "quantity_missing"),
        ("1.234", "quantity_ambiguous"),
        ("12/5", "quantity_ambiguous"),
        ("دوازده تا و نیم", "quantity_unreadable"),
        ("۲٫۵", "quantity_too_fine"),
        (Decimal("2.5"), "quantity_too_fine"),
        (Decimal(10) ** 16, "quantity_too_large"),
        ("-5", "entry_original_is_not_negative"),
    ],
)
def test_quantities_that_cannot_be_trusted_are_refused(written: object, code: str) -> None:
    row = Row(2, quantity=written)  # type: ignore[arg-type]
    read_amounts(row, PIECES, None)
    assert [one.code for one in row.problems] == [code] and worst(row.problems) == "error"


@pytest.mark.parametrize(
    ("quantity", "money", "currency", "rial", "codes"),
    [
        ("۱۹ میلیارد تومان", None, None, 190_000_000_000, []),
        (None, "۱۲۰۰ تومان", "rial", 12_000, []),
        (None, Decimal(500), "rial", 500, []),
        (None, Decimal(500), "toman", 5_000, []),
        (None, Decimal(500), None, None, ["money_without_currency", "quantity_missing"]),
        (Decimal(500), None, "rial", None, ["money_without_currency"]),
        (Decimal(500), Decimal(500), "rial", 500, []),
        (Decimal(500), Decimal(600), "rial", 600, ["amounts_disagree"]),
    ],
)
def test_an_indicator_of_money_knows_its_currency(
    quantity: object, money: object, currency: str | None, rial: int | None, codes: list[str]
) -> None:
    row = Row(2, quantity=quantity, money=money)  # type: ignore[arg-type]
    _quantity, found = read_amounts(row, RIALS, currency)
    assert (found, [one.code for one in row.problems]) == (rial, codes)


def test_breakdowns_are_pairs() -> None:
    assert dimension_pairs("جنسیت=زنان؛ سن = زیر ۱۸ سال") == [("جنسیت", "زنان"), ("سن", "زیر18سال")]
    assert dimension_pairs("زنان") is None


@given(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 1000),
    st.dates(date(1900, 1, 1), date(2122, 1, 1)),
)
def test_the_same_row_makes_the_same_id_and_never_one_of_tomorrow(
    content: bytes, occurrence: int, on: date
) -> None:
    identifier = derived_id(content, occurrence, on)
    assert identifier == derived_id(content, occurrence, on)
    assert identifier != derived_id(content, occurrence + 1, on)
    assert identifier.version == 7 and identifier.variant == "specified in RFC 4122"
    if on.year >= 1981:
        assert made_at(identifier).date() < on


def test_file_names_keep_their_last_part_alone() -> None:
    assert clean_file_name("C:\\Users\\x\\گزارش\u202e.xlsx") == "گزارش.xlsx"
    assert clean_file_name("../../etc/passwd") == "passwd"
    assert len(clean_file_name("x" * 500 + ".csv")) == 120
