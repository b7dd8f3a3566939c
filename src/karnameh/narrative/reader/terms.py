"""What each one gets, what a thing costs, on what terms a loan is given."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import LOAN_TERMS, MEASURES_OF_PARTS, PRICE_WORDS
from karnameh.narrative.reader.nouns import lemma, unit_of
from karnameh.narrative.reader.number_words import SMALL
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.verdicts import AVERAGES, MONEY, Verdict
from karnameh.narrative.reader.words import Kind

# Whose share a «هر» hands out: a body gets a result, a parcel or a loan only has a property.
_BODIES = key_set("""
    قشر شاخه شعبه استان شهرستان محله روستا پایگاه شهر منطقه ناحیه مسجد مدرسه بخش دهستان صنف رشته
    حوزه کانون مرکز دانشگاه شاخهی شهرک اداره دستگاه سازمان هسته کلاس
    """)
_TIMES = key_set("روز ماه هفته سال ساعت شب فصل نوبت روزه دوره")
_TRANSFERS = key_set("تعلق پرداخت اهدا اعطا واریز جبران کمک تقدیم")
_EARNINGS = key_set("سود درآمد فروش")
_SENTENCE_REACH = 25
_PRICE_REACH = 16


def part(reading: Reading, figure: Figure) -> Verdict | None:
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
        if text in ("که", ":", "؛") or text in AVERAGES:
            return None
        if text == "هر" and reading.text(at + 1) in SMALL:
            return None
        if text == "هر" and reading.words[at + 1].kind is Kind.DIGITS:
            return None  # «از هر پنج کودک سه نفر»: the base of a rate
        if text in VERB_FORMS and figure.phrase.unit not in MONEY:
            return None
        if text == "هر" and reading.text(at + 1) in ("یک", "کدام"):
            verb = figure.clause.verb
            owned = verb is not None and verb.lemma in ("داشت", "بود")
            owned = owned or _is_worth(reading, figure)
            return Verdict(figure.phrase.unit, "a property of each") if owned else None
        if text != "هر" or reading.text(at + 1) in _TIMES:
            continue
        before = reading.text(at - 1) if at > figure.sentence.first else ""
        to_each = before in ("در", "به", "برای", "از") and figure.phrase.unit not in MONEY
        if to_each and not _allotted(reading, at, figure):
            return None
        averaged = set(reading.texts(max(at - 3, figure.sentence.first), at)) & AVERAGES
        if averaged or figure.phrase.unit == "percent":
            return None
        earned = figure.phrase.unit in MONEY and _EARNINGS & set(figure.clause.texts)
        if earned or _is_handed(reading, figure):
            return None
        if _allotted(reading, at, figure):
            if (
                figure.clause.verb is not None
                and reading.text(figure.clause.verb.first - 1) == "نظر"
            ):
                return None  # «برای هر خانوار ۲۰ میلیون در نظر گرفته شده» is a promise
            return Verdict(figure.phrase.unit, "what each one gets")
        verb = figure.clause.verb
        if verb is not None and verb.lemma not in ("داشت", "بود") and not _is_measure(figure):
            return None
        each = lemma(reading.text(at + 1))
        if each in _BODIES and (figure.number.value == 1 or figure.phrase.unit in MONEY):
            return None
        return Verdict(figure.phrase.unit, "a property of each")
    return None


def _is_worth(reading: Reading, figure: Figure) -> bool:
    """«هر کدام به ارزش ۹۵۰ هزار تومان»: what one is worth, not what is given."""
    near = reading.texts(max(figure.sentence.first, figure.opening - 3), figure.opening)
    return figure.phrase.unit in MONEY and bool({"ارزش", "بهای", "قیمت"} & set(near))


def _is_handed(reading: Reading, figure: Figure) -> bool:
    """«هر نفر ۵۰۰ هزار تومان کمک کردند», «… تعلق می‌گیرد»: money that changed hands."""
    verb = figure.clause.verb
    return (
        verb is not None
        and figure.phrase.unit in MONEY
        and bool(_TRANSFERS & set(reading.texts(verb.first - 2, verb.first)))
        and not _is_worth(reading, figure)
    )


def _allotted(reading: Reading, at: int, figure: Figure) -> bool:
    """«هر جوان ۸ کندو گرفت», «به هر تیم ۲ توپ داده می‌شود»: goods handed to each, counted elsewhere."""
    receiver = unit_of([reading.text(at + 1)])
    goods = figure.phrase.unit not in ("person", "percent", "litre", "hour", "", "request", "visit")
    earned = any(text in ("سود", "درآمد") for text in figure.clause.texts)
    return receiver in ("person", "team", "household") and goods and not earned


def _is_measure(figure: Figure) -> bool:
    return figure.phrase.unit in MONEY or figure.phrase.unit in ("kilogram", "litre", "metre")


def loan_term(reading: Reading, figure: Figure) -> Verdict | None:
    """«کارمزد ۴ درصد», «سقف ۸۰ میلیون تومان», «وام ۵۰ میلیونی»."""
    if {"بازگشت", "وصول"} & set(reading.texts(figure.opening - 4, figure.opening)):
        return None  # how many pay back is a result
    terms = figure.phrase.unit in MONEY or figure.phrase.unit in ("percent", "month", "year")
    for at in range(figure.first - 1, max(figure.first - 5, figure.sentence.first - 1), -1):
        if reading.words[at].kind is Kind.MARK or not terms:
            break
        if reading.text(at) in LOAN_TERMS:
            return Verdict(figure.phrase.unit, "a term of a loan")
    if figure.phrase.unit in MONEY and figure.number.bound and figure.clause.verb is None:
        return Verdict(figure.phrase.unit, "from … to … of money")
    if reading.text(figure.sentence.first) in ("حاضران", "حاضرین", "غایبان"):
        return Verdict(figure.phrase.unit, "who was present")
    if figure.phrase.unit in MONEY and reading.text(figure.first - 1) == "وام":
        return Verdict(figure.phrase.unit, "the size of one loan")
    return None


def price(reading: Reading, figure: Figure) -> Verdict | None:
    """«اجاره هر غرفه … ۳۰۰ هزار تومان», «قیمت سیمان ۲ برابر شد»."""
    if figure.phrase.unit not in MONEY and figure.phrase.unit not in ("times", "percent"):
        return None
    verb = figure.clause.verb
    if figure.phrase.unit not in MONEY and verb is not None and verb.tense is Tense.FUTURE:
        return None
    head = [index for index in figure.clause.words if index < figure.opening]
    for at in head[-_PRICE_REACH:]:
        if reading.text(at) in PRICE_WORDS:
            return Verdict(figure.phrase.unit, "a price or a wage")
    return None
