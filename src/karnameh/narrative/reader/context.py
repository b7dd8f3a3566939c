"""Numbers that are no results: dates, times, ages, ids, ordinals, structures, attributes, terms.

Each rule is one small function that returns a `Verdict` or None; `context_of` asks them in order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import (
    ATTRIBUTE_TAILS,
    CAPACITY_TAILS,
    CLOCK,
    DURATION_NOUNS,
    GREGORIAN_MONTHS,
    ID_LEADS,
    LOAN_TERMS,
    LUNAR_MONTHS,
    MEASURES_OF_PARTS,
    MONTHS,
    NAMED_BY_NUMBER,
    PARTY_NOUNS,
    PLAN_NAMES,
    PRICE_WORDS,
    STRUCTURE_NOUNS,
    YEAR_WORDS,
)
from karnameh.narrative.reader.nouns import is_counted_noun, lemma, unit_of
from karnameh.narrative.reader.number_words import SMALL
from karnameh.narrative.reader.numerals import Form
from karnameh.narrative.reader.phrases import Phrase
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS
from karnameh.narrative.reader.words import Kind


class Verdict(NamedTuple):
    """Why a number is no result, its unit, and its phrase when the rule knows better."""

    unit: str
    why: str
    phrase: Phrase | None = None


_FORMS = {
    Form.DATE: Verdict("date", "a full date"),
    Form.TIME: Verdict("time", "a time of day"),
    Form.CODE: Verdict("id", "an identifier"),
}
_TRAINING = key_set(
    """
    آموزش آموزشی کلاس کارگاه تدریس دوره کار خدمت فعالیت برنامه داوطلبی مشاوره پخش تولید محتوا
    """
)
_SINCE_PREPOSITIONS = frozenset(("از", "در", "تا", "سال", "ماه"))
# Whose share a «هر» hands out: a body gets a result, a parcel or a loan only has a property.
_BODIES = key_set("""
    قشر شاخه شعبه استان شهرستان محله روستا پایگاه شهر منطقه ناحیه مسجد مدرسه بخش دهستان صنف رشته
    حوزه کانون مرکز دانشگاه شاخهی شهرک اداره دستگاه سازمان هسته کلاس
    """)
_TIMES = key_set("روز ماه هفته سال ساعت شب فصل نوبت روزه دوره")
_BACKGROUND = key_set("جمعیت جمعیتی فاصله ارتفاع رتبه وسعت مساحت قدمت سکنه قطر عمق")
_LIST_MARKS = frozenset(".-–)/ـ:")
_UNNAMED = key_set("نفر تن مورد عدد درصد روستا خانه شهر")
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
_SENTENCE_REACH = 25
_PRICE_REACH = 16
_MONEY = frozenset(("toman", "rial", "dollar"))
_MANY_HOURS = 200  # nobody measures a stretch of time so; it is work that was given
_IDIOM_NUMBERS = frozenset(("هزار", "صد"))
_SHARES = frozenset(("times", "percent", "share"))
_REFERRED = frozenset(("این", "آن", "هر", "همین"))
_MEDALS = frozenset(("طلا", "نقره", "برنز", "مدال"))
_VOTES = frozenset(("رای", "رأی", "امتیاز", "درجه", "ریشتر", "واحد درسی", "پسلرزه", "ضامن"))
_RATE_TAILS = frozenset(("درصدی", "برابری"))


def context_of(
    reading: Reading, figure: Figure, previous: Figure | None, known: str
) -> Verdict | None:
    """Why the number is no result, or None. `known` is the unit if `previous` was no result."""
    form = figure.number.form
    if form in _FORMS:
        clock = form is Form.TIME and reading.text(figure.first - 1) in CLOCK
        return _FORMS[form]._replace(phrase=_before(figure) if clock else _nothing(figure))
    if form is Form.ORDINAL:
        return _ordinal(reading, figure)
    if form in (Form.VAGUE, Form.FRACTION):
        return Verdict("year", "a duration") if _is_duration(reading, figure) else None
    for rule in _RULES:
        verdict = rule(reading, figure)
        if verdict is not None:
            return verdict
    if previous is not None and known == "date":
        return _second_date(reading, figure, previous)
    if previous is not None and known == "time" and figure.first - previous.number.after <= 1:
        return Verdict("time", "the end of opening hours", _nothing(figure))
    return None


def _ordinal(reading: Reading, figure: Figure) -> Verdict:
    if figure.phrase.unit == "date" or reading.text(figure.after) in MONTHS:
        return Verdict("date", "a day of a month")
    return Verdict("ordinal", "an ordinal")


def _nothing(figure: Figure) -> Phrase:
    return Phrase(figure.number.after, figure.number.after, "")


def _before(figure: Figure) -> Phrase:
    return Phrase(figure.first - 1, figure.first, "", ahead=True)


def _identifier(reading: Reading, figure: Figure) -> Verdict | None:
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
    if (
        digits
        and lone
        and marks == 0
        and (further in ("تلفن", "سامانه", "خط", "شماره") or before in ("سامانه", "خط"))
    ):
        return Verdict("id", "an identifier", _nothing(figure))
    if digits and lone and marks == 0 and _names_thing(reading, figure, before):
        return Verdict("id", "a number that names a thing", _before(figure))
    if digits and before in ID_LEADS:
        named = before in ("کد", "شماره", "شناسه", "تلفن", "پلاک", "کدپستی", "دورنگار", "نمابر")
        if marks or named or further in ("کد", "شماره", "شناسه", "انتهای"):
            return Verdict("id", "an identifier", _nothing(figure))
    legal = before in ("ماده", "بند", "تبصره", "اصل", "شماره", "کد")
    named = before in NAMED_BY_NUMBER and (legal or not _counts_known(reading, figure))
    if marks == 0 and named:
        return Verdict("id", "a number that names a thing", _before(figure))
    if digits and "خیابان" in reading.texts(figure.first - 3, figure.first):
        return Verdict("id", "part of an address", _nothing(figure))
    if digits and lone and len(reading.text(figure.first)) >= 6:
        value = reading.text(figure.first)
        if value.isdecimal() and value[0] != "0" and not value.endswith("000"):
            return Verdict("id", "a long bare number", _nothing(figure))
    return None


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


def _enumerator(reading: Reading, figure: Figure) -> Verdict | None:
    """«۱. …», «۲- …» at the beginning of a line."""
    if (
        reading.words[figure.first].kind is not Kind.DIGITS
        or figure.number.after != figure.first + 1
    ):
        return None
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
        return Verdict("ordinal", "numbers a list", _nothing(figure))
    return None


def _counts_known(reading: Reading, figure: Figure) -> bool:
    return figure.phrase.after > figure.phrase.first and is_counted_noun(
        reading.text(figure.phrase.first)
    )


def _clock(reading: Reading, figure: Figure) -> Verdict | None:
    following = reading.text(figure.number.after)
    if reading.text(figure.first - 1) in CLOCK and (figure.number.value or 0) <= 24:
        return Verdict("time", "a time of day", _before(figure))
    near = reading.texts(figure.first - 3, figure.first)
    if ":" in near[-1:] and "ساعت" in near and (figure.number.value or 99) <= 24:
        return Verdict("time", "a time of day", _nothing(figure))
    if following in ("صبح", "عصر", "بامداد", "ظهر") and (figure.number.value or 99) <= 24:
        return Verdict("time", "a time of day", _nothing(figure))
    return None


def _date(reading: Reading, figure: Figure) -> Verdict | None:
    value = figure.number.value
    if not isinstance(value, int) or figure.number.attributive:
        return None
    before, following = reading.text(figure.first - 1), reading.text(figure.number.after)
    month = following in MONTHS or following in GREGORIAN_MONTHS or following in LUNAR_MONTHS
    if month and 1 <= value <= 31:
        return Verdict("date", "a day of a month")
    year = 1200 <= value <= 1499 or 1900 <= value <= 2100
    short = 10 <= value <= 99 and figure.number.after == figure.first + 1
    if before == "سال" and 60 <= value <= 99 and short and following not in ("هزار", "نفر"):
        return Verdict("date", "a year", _before(figure))
    edge = before in ("ابتدای", "اوایل", "آغاز", "پایان", "اواخر")
    if edge and short and 60 <= value <= 99 and not _counts_known(reading, figure):
        return Verdict("date", "a year", _nothing(figure))
    if (
        before == "از"
        and 60 <= value <= 99
        and following == "تا"
        and not _counts_known(reading, figure)
    ):
        return Verdict("date", "a year", _nothing(figure))
    counted = _counts_known(reading, figure)
    in_month = before in MONTHS or (before == "ماه" and reading.text(figure.first - 2) in MONTHS)
    if in_month and (year or (short and not counted)):
        return Verdict("date", "a year", _nothing(figure))
    if before == "دهه" and value in range(10, 100, 10):
        return Verdict("date", "a decade", _before(figure))
    told = (year and not _is_plural_count(reading, figure)) or (short and not counted)
    if told and (before in YEAR_WORDS or before == "افق"):
        named = before in ("سال", "سالهای")
        return Verdict("date", "a year", _before(figure) if named else _nothing(figure))
    bare = figure.phrase.after <= figure.phrase.first and reading.text(figure.first).isdecimal()
    if 1380 <= value <= 1420 and bare and before not in ("به", "از", "حدود", "جمع"):
        return Verdict("date", "a year", _nothing(figure))
    if (
        year
        and not counted
        and (before in _SINCE_PREPOSITIONS or following in ("میلادی", "شمسی", "خورشیدی"))
    ):
        return Verdict("date", "a year", _nothing(figure))
    return None


def _is_plural_count(reading: Reading, figure: Figure) -> bool:
    """«در سال ۱۳۰۰ خانه …» could be either; a grouped or spelled number is a count."""
    return not reading.text(figure.first).isdecimal() and figure.number.after - figure.first == 1


def _duration(reading: Reading, figure: Figure) -> Verdict | None:
    if not _is_duration(reading, figure):
        return None
    at = figure.number.after
    unit = DURATION_NOUNS.get(reading.text(at), "year")
    return Verdict(unit, "a duration or an age", Phrase(at, at + 1, unit))


def _is_duration(reading: Reading, figure: Figure) -> bool:
    following = reading.text(figure.number.after)
    if following not in DURATION_NOUNS:
        return False
    if following == "ساعت" and (figure.number.value or 0) >= _MANY_HOURS:
        return False  # «۸۰ هزار ساعت خدمت»
    return not (
        following in ("ساعت", "دقیقه") and reading.text(figure.number.after + 1) in _TRAINING
    )


def _age_range(reading: Reading, figure: Figure) -> Verdict | None:
    """The lower end of «۱۸ تا ۳۵ ساله»; the noun stands behind the upper end."""
    if figure.number.bound != "low":
        return None
    at = figure.number.after
    for index in range(at, min(at + 6, len(reading.words))):
        text = reading.text(index)
        if text in DURATION_NOUNS and not (text == "ساعت" and reading.text(index + 1) in _TRAINING):
            return Verdict(DURATION_NOUNS[text], "the lower end of a duration", _nothing(figure))
        if text in MONTHS:
            return Verdict("date", "the first day of a range", _nothing(figure))
        if text in ATTRIBUTE_TAILS:
            return Verdict("", "the lower end of an attribute", _nothing(figure))
        if reading.words[index].kind is Kind.WORD and index > at + 2:
            return None
    return None


def _attribute(reading: Reading, figure: Figure) -> Verdict | None:
    at = figure.number.after
    following = reading.text(at)
    if following in _RATE_TAILS or following in CAPACITY_TAILS:
        return None
    if following == "گانه":
        noun = Phrase(figure.first - 1, figure.first, "headquarters", ahead=True)
        return Verdict(_unit(reading, figure.first - 1), "a structure", noun)
    if following in ATTRIBUTE_TAILS or figure.number.attributive:
        phrase = Phrase(at, at + 1, "") if following in ATTRIBUTE_TAILS else _nothing(figure)
        return Verdict(_unit(reading, at), "an attribute of a thing", phrase)
    return None


def _unit(reading: Reading, at: int) -> str:
    return unit_of([reading.text(at)])


def _structure(reading: Reading, figure: Figure) -> Verdict | None:
    noun = (
        lemma(reading.text(figure.phrase.first))
        if figure.phrase.after > figure.phrase.first
        else ""
    )
    verb = figure.clause.verb
    owned = verb is not None and verb.lemma == "داشت"
    if not owned and (
        noun in STRUCTURE_NOUNS or reading.text(figure.phrase.first) in STRUCTURE_NOUNS
    ):
        return Verdict(figure.phrase.unit, "a structure")
    if noun in _VOTES and (figure.number.value or 0) >= _MANY_HOURS:
        return None
    if noun in _MEDALS and figure.phrase.after == figure.phrase.first + 1:
        return Verdict("medal", "the outcome of a match")
    if (
        noun == "عضو"
        or noun in _VOTES
        or reading.texts(figure.phrase.first, figure.phrase.first + 2) == ["واحد", "درسی"]
    ):
        return Verdict(figure.phrase.unit, "a property of a body")
    if noun == "اتاق" and reading.text(figure.opening - 1) in ("با", "و", "دارای"):
        return Verdict("room", "a property of a building")
    if noun in ("بار", "دفعه"):
        return Verdict("times", "how often")
    if noun == "مرحله" and reading.text(figure.opening - 1) in ("در", "طی"):
        return Verdict("phase", "phases of a plan")
    alone = figure.number.after == figure.first + 1
    known = is_counted_noun(reading.text(figure.phrase.first))
    if noun and alone and not known and reading.text(figure.first) in _IDIOM_NUMBERS:
        return Verdict("", "a figure of speech")
    referred = reading.text(figure.first - 1) in _REFERRED and figure.phrase.unit not in _SHARES
    if referred and figure.number.value in (2, 3):
        return Verdict(figure.phrase.unit, "refers back")
    if reading.text(figure.opening - 1) == "دارای":
        return Verdict(figure.phrase.unit, "a property of a thing")
    lone = figure.phrase.after == figure.phrase.first + 1
    if figure.number.value == 2 and noun in PARTY_NOUNS and lone:
        return Verdict(figure.phrase.unit, "the parties of something")
    return None


def _part(reading: Reading, figure: Figure) -> Verdict | None:
    """«هر بسته ۱۲ کیلوگرم», «هر موکب … ده خادم، یک امدادگر و دو کپسول»: a property of each.

    A «هر» behind a preposition hands something out («در هر روستا دو نفر») and an average is
    measured: both are rates and stay results.
    """
    noun = reading.text(figure.phrase.first)
    if noun in MEASURES_OF_PARTS and reading.text(figure.phrase.first + 1) in (
        "وزن",
        "طول",
        "ارتفاع",
        "عرض",
    ):
        return Verdict(figure.phrase.unit, "a measure of a thing")
    near = max(figure.sentence.first, figure.opening - _SENTENCE_REACH)
    for at in range(figure.opening - 1, near - 1, -1):
        text = reading.text(at)
        if text in ("که", ":", "؛", "میانگین", "متوسط"):
            return None
        if text in VERB_FORMS and figure.phrase.unit not in _MONEY:
            return None
        if text == "هر" and reading.text(at + 1) in ("یک", "کدام"):
            verb = figure.clause.verb
            owned = verb is not None and verb.lemma in ("داشت", "بود")
            return Verdict(figure.phrase.unit, "a property of each") if owned else None
        if text != "هر" or reading.text(at + 1) in _TIMES:
            continue
        before = reading.text(at - 1) if at > figure.sentence.first else ""
        to_each = before in ("در", "به", "برای", "از") and figure.phrase.unit not in _MONEY
        if to_each and not _allotted(reading, at, figure):
            return None
        if before in ("میانگین", "متوسط") or figure.phrase.unit == "percent":
            return None
        if _allotted(reading, at, figure):
            return Verdict(figure.phrase.unit, "what each one gets")
        verb = figure.clause.verb
        if verb is not None and verb.lemma not in ("داشت", "بود") and not _is_measure(figure):
            return None
        each = lemma(reading.text(at + 1))
        if each in _BODIES and (figure.number.value == 1 or figure.phrase.unit in _MONEY):
            return None
        return Verdict(figure.phrase.unit, "a property of each")
    return None


def _allotted(reading: Reading, at: int, figure: Figure) -> bool:
    """«هر جوان ۸ کندو گرفت», «به هر تیم ۲ توپ داده می‌شود»: goods handed to each, counted elsewhere."""
    receiver = unit_of([reading.text(at + 1)])
    goods = figure.phrase.unit not in ("person", "percent", "litre", "hour", "", "request", "visit")
    earned = any(text in ("سود", "درآمد") for text in figure.clause.texts)
    return receiver in ("person", "team", "household") and goods and not earned


def _is_measure(figure: Figure) -> bool:
    return figure.phrase.unit in _MONEY or figure.phrase.unit in ("kilogram", "litre", "metre")


def _loan_term(reading: Reading, figure: Figure) -> Verdict | None:
    terms = figure.phrase.unit in _MONEY or figure.phrase.unit in ("percent", "month", "year")
    for at in range(figure.first - 1, max(figure.first - 5, figure.sentence.first - 1), -1):
        if reading.words[at].kind is Kind.MARK or not terms:
            break
        if reading.text(at) in LOAN_TERMS:
            return Verdict(figure.phrase.unit, "a term of a loan")
    if figure.phrase.unit in _MONEY and figure.number.bound and figure.clause.verb is None:
        return Verdict(figure.phrase.unit, "from … to … of money")
    if reading.text(figure.sentence.first) in ("حاضران", "حاضرین", "غایبان"):
        return Verdict(figure.phrase.unit, "who was present")
    if figure.phrase.unit in _MONEY and reading.text(figure.first - 1) == "وام":
        return Verdict(figure.phrase.unit, "the size of one loan")
    return None


def _price(reading: Reading, figure: Figure) -> Verdict | None:
    """«اجاره هر غرفه … ۳۰۰ هزار تومان», «قیمت سیمان ۲ برابر شد»."""
    if figure.phrase.unit not in _MONEY and figure.phrase.unit not in ("times", "percent"):
        return None
    head = [index for index in figure.clause.words if index < figure.opening]
    for at in head[-_PRICE_REACH:]:
        if reading.text(at) in PRICE_WORDS:
            return Verdict(figure.phrase.unit, "a price or a wage")
    return None


def _plan_name(reading: Reading, figure: Figure) -> Verdict | None:
    """A number inside a quoted name: «پویش «صد هزار لبخند»»."""
    for at in range(figure.first - 1, max(figure.first - 6, figure.sentence.first - 1), -1):
        text = reading.text(at)
        if text in '»"”' and at < figure.first - 1:
            return None
        if text in ("«", '"', "“"):
            if reading.text(at - 1) in PLAN_NAMES:
                return Verdict("", "part of a name", _nothing(figure))
            return None
    return None


def _background(reading: Reading, figure: Figure) -> Verdict | None:
    """Population, distance, rank: what a place is, not what was done."""
    for at in range(figure.opening - 1, max(figure.opening - 4, figure.sentence.first - 1), -1):
        people = figure.phrase.unit in ("person", "household", "")
        if reading.text(at) in _BACKGROUND and (people or reading.text(at) != "جمعیت"):
            return Verdict(figure.phrase.unit, "background")
        if reading.text(at) in ("ظرفیت", "گنجایش") and reading.text(at - 1) == "با":
            return Verdict(figure.phrase.unit, "the capacity of a thing")
    if any(
        text in _BACKGROUND for text in reading.texts(figure.phrase.first + 1, figure.after + 1)
    ):
        return Verdict(figure.phrase.unit, "background")
    if reading.text(figure.sentence.first) in ("پیوست", "پیوستها"):
        return Verdict(figure.phrase.unit, "an enclosure")
    if "بر" in (reading.text(figure.number.after), reading.text(figure.first - 1)) and _is_score(
        reading, figure
    ):
        return Verdict("score", "the score of a match", _nothing(figure))
    return None


def _is_score(reading: Reading, figure: Figure) -> bool:
    """«۳ بر ۱»."""
    ends = (reading.text(figure.number.after + 1), reading.text(figure.first - 2))
    return any(text.isdecimal() or text in SMALL for text in ends)


def _second_date(reading: Reading, figure: Figure, previous: Figure) -> Verdict | None:
    """The second year of «سال‌های ۹۵ تا ۹۸» or «۱۴۰۲ و ۱۴۰۳»."""
    value = figure.number.value
    near = figure.first - previous.number.after
    if (
        near <= 2
        and isinstance(value, int)
        and reading.text(figure.first - 1) in ("تا", "و", "-", "–", "/", "الی")
        and not _counts_known(reading, figure)
        and (1200 <= value <= 1499 or 1900 <= value <= 2100 or 10 <= value <= 99)
    ):
        return Verdict("date", "a year", _nothing(figure))
    return None


_RULES: tuple[Callable[[Reading, Figure], Verdict | None], ...] = (
    _enumerator,
    _identifier,
    _clock,
    _date,
    _duration,
    _age_range,
    _attribute,
    _structure,
    _plan_name,
    _part,
    _loan_term,
    _price,
    _background,
)
