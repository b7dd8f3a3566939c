"""Numbers that name something: identifiers, list numbers, parts of a name."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import ID_LEADS, NAMED_BY_NUMBER, PLAN_NAMES
from karnameh.narrative.reader.nouns import is_counted_noun, unit_of
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verdicts import Verdict, before_number, counts_known, nothing
from karnameh.narrative.reader.words import Kind

_LIST_MARKS = frozenset(".-–)/ـ:")
_UNNAMED = key_set("نفر تن مورد عدد درصد روستا خانه شهر")
_DIALLING = key_set("شماره‌گیری دستوری سرشماره پیش‌شماره")
_LINES = key_set("خط سامانه شماره تلفن کد سرشماره اورژانس")
_NUMBERS = key_set("شماره‌های کدهای پلاک‌های")  # «خبرنگاران: شماره‌های ۱۸ و ۲۶»
_MOST_ITEMS = 30
_STOPS = frozenset((":", ".", "؛", "،", "؟"))
_SHORT_CODE = 3
_SENT = key_set("پیامک ارسال بفرستند بفرستید")
_NAMEABLE = frozenset(
    (
        "warehouse",
        "clinic",
        "hospital",
        "centre",
        "school",
        "workshop",
        "market",
        "park",
        "district",
    )
)


def identifier(reading: Reading, figure: Figure) -> Verdict | None:
    """«کد خبر: ۱۲۳», «انتهای پیام/ ۱۲», «ماده ۵», «کووید ۱۹»."""
    at = figure.first - 1
    marks = 0
    while (
        at >= 0
        and reading.words[at].kind is Kind.MARK
        and reading.text(at) in "/:-–#"
        and marks < 2
    ):
        at, marks = at - 1, marks + 1
    before, further = reading.text(at), reading.text(at - 1)
    digits = reading.words[figure.first].kind is Kind.DIGITS
    lone = figure.phrase.after <= figure.phrase.first
    numbered = "شماره" in reading.texts(max(at - 3, figure.sentence.first), at + 1)
    if digits and lone and numbered and reading.text(figure.after) in ("است", "میباشد"):
        return Verdict("id", "an identifier", nothing(figure))
    sent = before == "سامانه" and len(reading.text(figure.first)) > _SHORT_CODE
    texted = before == "به" and reading.text(figure.number.after) == "پیامک"
    sent |= texted and len(reading.text(figure.first)) > _SHORT_CODE
    keyed = before == "عدد" and lone
    keyed = keyed and bool(_SENT & set(reading.texts(figure.first - 3, figure.first + 8)))
    if digits and marks == 0 and (sent or keyed):
        return Verdict("id", "an identifier", nothing(figure))
    if (
        digits
        and marks == 0
        and before in ("سامانه", "خط", "داخلی")
        and not counts_known(reading, figure)
    ):
        return Verdict("id", "an identifier", nothing(figure))
    if (
        digits
        and lone
        and marks == 0
        and (further in ("تلفن", "سامانه", "خط", "شماره") or before in ("سامانه", "خط"))
    ):
        return Verdict("id", "an identifier", nothing(figure))
    if digits and lone and marks == 0 and _names_thing(reading, figure, before):
        return Verdict("id", "a number that names a thing", before_number(figure))
    bracketed = lone and reading.text(figure.first - 1) == "("
    if digits and bracketed and _LINES & set(reading.texts(figure.first - 5, figure.first - 1)):
        return Verdict("id", "an identifier", nothing(figure))
    if digits and before in _DIALLING:
        return Verdict("id", "an identifier", nothing(figure))
    if digits and before in ID_LEADS:
        named = before in ("کد", "شماره", "شناسه", "تلفن", "پلاک", "کدپستی", "دورنگار", "نمابر")
        if marks or named or further in ("کد", "شماره", "شناسه", "انتهای"):
            return Verdict("id", "an identifier", nothing(figure))
    if digits and before in ("منطقه", "ناحیه") and reading.text(figure.after - 1) == "شهرداری":
        return Verdict("id", "a number that names a thing", before_number(figure))
    if digits and before == "کیلومتر" and reading.text(figure.after - 1) in ("جاده", "محور"):
        return Verdict("id", "a number that names a thing", before_number(figure))
    if digits and further == "شماره" and before in ("کارت", "حساب", "شبای", "مجوز"):
        return Verdict("id", "an identifier", nothing(figure))
    if digits and lone and marks == 0 and before in _NUMBERS:
        return Verdict("id", "an identifier", nothing(figure))
    legal = before in ("ماده", "بند", "تبصره", "اصل", "شماره", "کد", "فاز", "کانال", "طبقه")
    each = further == "هر"  # «برای هر کوچه یک سفره»
    named = before in NAMED_BY_NUMBER and not each and (legal or not counts_known(reading, figure))
    if marks == 0 and named:
        return Verdict("id", "a number that names a thing", before_number(figure))
    if digits and "خیابان" in reading.texts(figure.first - 3, figure.first):
        return Verdict("id", "part of an address", nothing(figure))
    if digits and lone and len(reading.text(figure.first)) >= 6:
        value = reading.text(figure.first)
        if value.isdecimal() and value[0] != "0" and not value.endswith("000"):
            return Verdict("id", "a long bare number", nothing(figure))
    return None


def another(reading: Reading, figure: Figure, previous: Figure) -> bool:
    """«شماره‌های ۱۸ و ۲۶»: a bare number joined to an identifier."""
    joined = figure.first == previous.number.after + 1
    joined &= reading.text(figure.first - 1) in ("و", "،", "تا")
    return joined and figure.phrase.after <= figure.phrase.first


def _names_thing(reading: Reading, figure: Figure, before: str) -> bool:
    """«انبار ۲», «درمانگاه ۵»: a thing with a number behind it and nothing counted."""
    value = figure.number.value
    return (
        isinstance(value, int)
        and value < 100
        and is_counted_noun(before)
        and before not in _UNNAMED
        and unit_of([before]) in _NAMEABLE
    )


def enumerator(reading: Reading, figure: Figure) -> Verdict | None:
    """«۱. …», «۲- …» at the beginning of a line."""
    if (
        reading.words[figure.first].kind is not Kind.DIGITS
        or figure.number.after != figure.first + 1
    ):
        return None
    if _opens_item(reading, figure):
        return Verdict("ordinal", "numbers a list", nothing(figure))
    at = figure.first - 1
    while at >= 0 and reading.words[at].kind is Kind.MARK and reading.text(at) in "([-•*–":
        at -= 1
    if at >= 0 and reading.words[at].kind is not Kind.BREAK:
        return None
    following = figure.number.after
    if (
        reading.text(following) in _LIST_MARKS
        and reading.words[following].start == figure.number.end
    ):
        return Verdict("ordinal", "numbers a list", nothing(figure))
    return None


def _opens_item(reading: Reading, figure: Figure) -> bool:
    """«مقرر شد: ۱) … ۲) …»: a small number with a closing bracket behind a stop."""
    value = figure.number.value or 0
    closed = reading.text(figure.number.after) == ")" and value <= _MOST_ITEMS
    return closed and reading.text(figure.first - 1) in _STOPS


def plan_name(reading: Reading, figure: Figure) -> Verdict | None:
    """A number inside a quoted name: «پویش «صد هزار لبخند»»."""
    for at in range(figure.first - 1, max(figure.first - 6, figure.sentence.first - 1), -1):
        text = reading.text(at)
        if text == "»" or (text in '"”' and at < figure.first - 1):
            return None
        if text in ("«", '"', "“"):
            if reading.text(at - 1) in PLAN_NAMES or reading.text(at - 2) in PLAN_NAMES:
                return Verdict("", "part of a name", nothing(figure))
            return None
    return None
