from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karnameh.kernel.digits import ARABIC, LATIN, PERSIAN, to_latin, to_persian
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.money import Money
from karnameh.kernel.number_words import LIMIT, from_words, parse_number, to_words
from karnameh.kernel.quantity import format_quantity, parse_quantity


@given(st.one_of(st.integers(-LIMIT, LIMIT), st.integers(0, 10**6)))
def test_every_integer_survives_number_to_words_to_number(number: int) -> None:
    assert from_words(to_words(number)) == number


@pytest.mark.parametrize("power", range(19))
def test_the_edges_of_every_power_of_ten_survive(power: int) -> None:
    for number in (10**power - 1, 10**power, min(10**power + 1, LIMIT)):
        assert from_words(to_words(number)) == number


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("هزار و ۱۰۰ میلیون", 1_100_000_000),
        ("۳ هزار و ۴۲۰", 3420),
        ("دو میلیون و ۵۰ هزار", 2_050_000),
        ("هزار و ۳۰۰ میلیارد", 1_300_000_000_000),
        ("یک و نیم میلیون", 1_500_000),
        ("۱٫۵ میلیون", 1_500_000),
        ("یک هزار و ۲۳۵", 1235),
        ("بیست و پنج", 25),
        ("هزار میلیارد و دویست میلیون", 1_000_200_000_000),
    ],
)
def test_mixtures_of_digits_and_words(words: str, number: int) -> None:
    assert from_words(words) == number


@pytest.mark.parametrize(
    "words",
    [
        "",
        "و",
        "پنج بیست",
        "صد دویست",
        "سه سه",
        "هزار و دو هزار",
        "بیلیون",
        "۱ ۲",
        "یک و",
        "nan",
        "1e5",
        "inf",
        "1_0",
    ],
)
def test_what_is_no_number_or_two_numbers_is_refused(words: str) -> None:
    with pytest.raises(Malformed):
        parse_number(words)


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_clear_refusal(text: str) -> None:
    for read in (parse_number, parse_quantity):
        try:
            assert read(text).is_finite()
        except Malformed as trouble:
            assert trouble.code


@given(st.text(alphabet=LATIN + PERSIAN + ARABIC + "ا ،"))
def test_digits_change_their_shape_and_nothing_else(text: str) -> None:
    assert len(to_latin(text)) == len(text)
    assert to_latin(to_persian(text)) == to_latin(text)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("۱٬۱۵۰", "1150"), ("1,150", "1150"), ("1150", "1150"), ("٣٤٢", "342"), ("۱۲٫۵", "12.5"),
        ("2 500", "2500"), ("دو هزار و پانصد", "2500"), ("-3", "-3"), ("1,234,567.5", "1234567.5"), ("0", "0"),
    ],
)  # fmt: skip
def test_quantities_as_people_type_them(written: str, value: str) -> None:
    assert parse_quantity(written) == Decimal(value)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1.234", "quantity_ambiguous"), ("12/5", "quantity_ambiguous"), ("1,5", "quantity_ambiguous"),
        ("", "quantity_missing"), ("زیاد", "quantity_unreadable"), ("1e9", "quantity_unreadable"),
        ("9999999999999999", "quantity_too_large"), ("1.2345", "quantity_too_fine"),
    ],
)  # fmt: skip
def test_a_doubtful_quantity_is_refused(written: str, code: str) -> None:
    with pytest.raises(Malformed) as trouble:
        parse_quantity(written)
    assert trouble.value.code == code


def test_a_unit_that_is_counted_takes_no_fraction() -> None:
    with pytest.raises(Malformed, match="quantity_too_fine"):
        parse_quantity("2٫5", decimals=0)


@given(st.decimals(-(10**12), 10**12, places=3))
def test_what_is_printed_can_be_typed_again(value: Decimal) -> None:
    assert parse_quantity(format_quantity(value)) == value
    two_places = round(value, 2)  # three places after a point would look like thousands
    assert parse_quantity(format_quantity(two_places, digits=LATIN)) == two_places


def test_numbers_print_with_persian_separators() -> None:
    assert format_quantity(1234567) == "۱٬۲۳۴٬۵۶۷"
    assert format_quantity(Decimal("12.50")) == "۱۲٫۵"
    assert format_quantity(1150, digits=LATIN) == "1,150"


@pytest.mark.parametrize(
    ("written", "rial"),
    [
        ("۱۹ میلیارد تومان", 190_000_000_000), ("هزار و ۱۰۰ میلیون تومان", 11_000_000_000),
        ("۱٫۱ میلیارد تومان", 11_000_000_000), ("1,200,000 ریال", 1_200_000), ("47 میلیارد تومان", 470_000_000_000),
    ],
)  # fmt: skip
def test_toman_becomes_rial_once(written: str, rial: int) -> None:
    assert Money.parse(written).rial == rial
    assert Money.parse(written).as_written == written


def test_money_without_a_currency_is_asked_for_and_words_come_back() -> None:
    with pytest.raises(Malformed, match="money_without_currency"):
        Money.parse("۱۹ میلیارد")
    assert Money.parse("500", currency="toman").rial == 5000
    with pytest.raises(Malformed, match="money_not_whole"):
        Money.parse("0.05 تومان")
    assert Money(110_000_000).in_words() == "یازده میلیون تومان"
    assert Money(25).in_words() == "دو تومان و پنج ریال"
    assert Money(-20).in_words() == "منفی دو تومان"
    assert Money(1234).in_words("rial") == "هزار و دویست و سی و چهار ریال"


@given(st.integers(-(10**15), 10**15))
def test_money_in_words_is_the_same_money(rial: int) -> None:
    said = Money(rial).in_words("rial").removesuffix(" ریال")
    assert from_words(said) == rial
