"""Dates, times of day, durations, ages and ordinals."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import (
    ATTRIBUTE_TAILS,
    CLOCK,
    CONJUNCTIONS,
    DURATION_NOUNS,
    GREGORIAN_MONTHS,
    LUNAR_MONTHS,
    MONTHS,
    MUST,
    PREPOSITIONS,
    YEAR_WORDS,
)
from karnameh.narrative.reader.nouns import CLASSIFIERS
from karnameh.narrative.reader.phrases import Phrase
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.verdicts import (
    MANY_HOURS,
    Verdict,
    before_number,
    counts_known,
    nothing,
    owns,
)
from karnameh.narrative.reader.words import Kind

_TRAINING = key_set(
    """
    آموزش آموزشی کلاس کارگاه تدریس دوره کار خدمت فعالیت برنامه داوطلبی مشاوره پخش تولید محتوا
    """
)
_DAILY = key_set("همه‌روزه هرروز صبح‌ها عصرها")
_COURSES = key_set("دوره دوره‌ها دوره‌های کلاس‌ها کارگاه‌ها آموزش‌ها آموزش")
_AGE_JOINTS = frozenset(("و", "حداکثر", "تا", "یا", "الی"))
_OF_YEARS = key_set("میلادی شمسی خورشیدی قمری هجری تاکنون تا")
_HALVES = key_set("نیمه نیم‌سال شش‌ماهه سه‌ماهه ماهه فصل دهه")
_EDGES = key_set("پایان آخر انتهای اواخر")
_YEARLY = key_set(
    "کارنامه گزارش بودجه برنامه عملکرد تقویم نوروز لایحه قانون اعتبارات ترازنامه سالنامه"
)
_SINCE_PREPOSITIONS = frozenset(("از", "در", "تا", "سال", "ماه"))
_FUNCTION_WORDS = PREPOSITIONS | CONJUNCTIONS


def ordinal(reading: Reading, figure: Figure) -> Verdict:
    """«هشتمین نشست», «بیستم دی»: an ordinal counts nothing."""
    later = reading.figures_after(figure)[:1]
    if later and later[0].phrase.unit == "date" and _runs_on(reading, figure, later[0]):
        return Verdict("date", "the first of some days", later[0].phrase)
    if figure.phrase.unit == "date" or reading.text(figure.after) in MONTHS:
        return Verdict("date", "a day of a month")
    return Verdict("ordinal", "an ordinal")


def clock(reading: Reading, figure: Figure) -> Verdict | None:
    """«ساعت ۹», «۹ صبح»."""
    following = reading.text(figure.number.after)
    if reading.text(figure.first - 1) in CLOCK and (figure.number.value or 0) <= 24:
        return Verdict("time", "a time of day", before_number(figure))
    daily = reading.text(figure.first - 1 - 2 * (figure.number.bound == "high")) in _DAILY
    if daily and figure.number.bound and figure.phrase.after <= figure.phrase.first:
        return Verdict("time", "opening hours", nothing(figure))
    near = reading.texts(max(figure.sentence.first, figure.first - 6), figure.first)
    bare = figure.phrase.after <= figure.phrase.first and (figure.number.value or 99) <= 24
    if figure.number.bound and bare and CLOCK & set(near):
        return Verdict("time", "opening hours", nothing(figure))
    near = near[-3:]
    if ":" in near[-1:] and "ساعت" in near and (figure.number.value or 99) <= 24:
        return Verdict("time", "a time of day", nothing(figure))
    if following in ("صبح", "عصر", "بامداد", "ظهر") and (figure.number.value or 99) <= 24:
        return Verdict("time", "a time of day", nothing(figure))
    return None


def date(reading: Reading, figure: Figure) -> Verdict | None:
    """Days of a month, years in four digits or two, decades."""
    value = figure.number.value
    if not isinstance(value, int) or figure.number.attributive:
        return None
    before, following = reading.text(figure.first - 1), reading.text(figure.number.after)
    later = reading.figures_after(figure)[:1]
    if (
        later
        and later[0].phrase.unit == "date"
        and _runs_on(reading, figure, later[0])
        and value <= 31
    ):
        until = following in ("تا", "الی") and reading.words[figure.first].kind is Kind.DIGITS
        phrase = nothing(figure) if until else later[0].phrase
        return Verdict("date", "the first of some days", phrase)
    this_month = (
        following in ("این", "همین", "همان") and reading.text(figure.number.after + 1) == "ماه"
    )
    if this_month and 1 <= value <= 31:
        return Verdict("date", "a day of this month", nothing(figure))
    month = following in MONTHS or following in GREGORIAN_MONTHS or following in LUNAR_MONTHS
    if month and 1 <= value <= 31:
        return Verdict("date", "a day of a month")
    pointed = before == "سال" and reading.text(figure.first - 2) in ("آن", "این", "همان", "همین")
    if pointed and counts_known(reading, figure):
        return None  # «زمستان آن سال ۹۰ پتو بخشیدیم»
    full = before == "سال" and reading.text(figure.first - 2) in _EDGES  # «تا پایان سال ۹۰ واحد»
    if full and counts_known(reading, figure) and not _is_plural(reading, figure):
        return None
    if before == "سرشماری" and (1300 <= value <= 1499 or 50 <= value <= 99):
        return Verdict("date", "a year", nothing(figure))
    year = 1200 <= value <= 1499 or 1900 <= value <= 2049
    if year and _counts_things(reading, figure, before):
        return None
    spelled = value >= 60 and reading.words[figure.first].kind is Kind.WORD
    short = 10 <= value <= 99 and (figure.number.after == figure.first + 1 or spelled)
    if before == "سال" and 60 <= value <= 99 and short and following not in ("هزار", "نفر"):
        return Verdict("date", "a year", before_number(figure))
    half = before in ("اول", "دوم", "نخست") and reading.text(figure.first - 2) in _HALVES
    if half and short and 60 <= value <= 99 and following not in ("هزار", "نفر", "درصد"):
        return Verdict("date", "a year", nothing(figure))  # «از نیمه دوم ۹۸»
    edge = before in ("ابتدای", "اوایل", "آغاز", "پایان", "اواخر")
    if edge and short and 60 <= value <= 99 and not counts_known(reading, figure):
        return Verdict("date", "a year", nothing(figure))
    if (
        before == "از"
        and 60 <= value <= 99
        and following == "تا"
        and not counts_known(reading, figure)
    ):
        return Verdict("date", "a year", nothing(figure))
    counted = counts_known(reading, figure) and not _is_plural(reading, figure)
    in_month = before in MONTHS or (before == "ماه" and reading.text(figure.first - 2) in MONTHS)
    plain = reading.words[figure.number.after].kind is Kind.WORD if following else False
    plain = plain and not (following in _FUNCTION_WORDS or following in VERB_FORMS)
    early = short and value < 60 and plain and not _is_plural(reading, figure)
    if in_month and (year or (short and not counted and not early)):
        return Verdict("date", "a year", nothing(figure))
    this = reading.text(figure.first - 2) in ("این", "همین")  # «در این دهه ۲۰ محله»
    if before == "دهه" and value in range(10, 100, 10) and not this:
        return Verdict("date", "a decade", before_number(figure))
    told = (year and not _is_plural_count(reading, figure)) or (short and not counted)
    if told and (before in YEAR_WORDS or before == "افق"):
        named = before in ("سال", "سالهای")
        return Verdict("date", "a year", before_number(figure) if named else nothing(figure))
    if 1380 <= value <= 1420 and before in _YEARLY and figure.number.after == figure.first + 1:
        return Verdict("date", "a year", nothing(figure))
    bare = figure.phrase.after <= figure.phrase.first and reading.text(figure.first).isdecimal()
    if 1380 <= value <= 1420 and bare and before not in ("به", "از", "حدود", "جمع"):
        return Verdict("date", "a year", nothing(figure))
    alone = figure.number.after == figure.first + 1  # «تا دو هزار پیشخوان» counts them
    if (
        year
        and alone
        and not counted
        and (before in _SINCE_PREPOSITIONS or following in ("میلادی", "شمسی", "خورشیدی"))
    ):
        return Verdict("date", "a year", nothing(figure))
    return None


def _counts_things(reading: Reading, figure: Figure, before: str) -> bool:
    """«تا پایان مهر ۱٬۲۴۰ فقره وام», «از ۱۴۰۰ استادکار خواسته‌ایم»: a noun stands behind it."""
    if figure.number.after == figure.first + 1 and not reading.text(figure.first).isdecimal():
        return True  # grouped
    noun = reading.text(figure.phrase.first) if figure.phrase.after > figure.number.after else ""
    promised = noun == "وعده" and reading.text(figure.phrase.first + 1) in VERB_FORMS
    if promised and before == "سال":
        return False  # «در سال ۱۴۰۲ وعده کردیم …»
    if not noun or _is_plural(reading, figure):
        return False
    value = figure.number.value or 0
    recent = 1370 <= value <= 1410 or value >= 1990  # «تا پایان مهر ۱۳۴۰ خانه» counts houses
    if not recent and counts_known(reading, figure):
        return True
    return noun in CLASSIFIERS or (before == "از" and noun not in _OF_YEARS)


def _runs_on(reading: Reading, figure: Figure, later: Figure) -> bool:
    """«۲۰ و ۲۱ اسفند», «سوم تا دهم بهمن»."""
    joint = reading.text(figure.number.after)
    return later.first == figure.number.after + 1 and joint in ("و", "تا", "لغایت", "الی", "-", "–")


def _is_plural(reading: Reading, figure: Figure) -> bool:
    """«فروردین ۹۸ گروه‌های ما …»: a number never counts a plural."""
    return reading.text(figure.phrase.first).endswith(("ها", "های", "هایی", "هایمان"))


def _is_plural_count(reading: Reading, figure: Figure) -> bool:
    """«در سال ۱۳۰۰ خانه …» could be either; a grouped or spelled number is a count."""
    return not reading.text(figure.first).isdecimal() and figure.number.after - figure.first == 1


def duration(reading: Reading, figure: Figure) -> Verdict | None:
    """«۱۹ سال», «۱۲ ساله», «دو هفته»."""
    if not is_duration(reading, figure):
        return None
    at = figure.number.after
    unit = DURATION_NOUNS.get(reading.text(at), "year")
    return Verdict(unit, "a duration or an age", Phrase(at, at + 1, unit))


def is_duration(reading: Reading, figure: Figure) -> bool:
    """Whether a noun of time follows that is no work («۸۰ هزار ساعت خدمت»)."""
    following = reading.text(figure.number.after)
    if following == "شب" and reading.text(figure.number.after + 1) == "شعر":
        return False
    if _without_owner(following) in DURATION_NOUNS:
        return True  # «سفر ۳ روزه‌اش»
    if following not in DURATION_NOUNS:
        return False
    if following == "ساعت" and reading.text(figure.first - 1) in ("هفتهای", "روزی", "ماهی", "سالی"):
        return False
    if following == "ساعت" and (figure.number.value or 0) >= MANY_HOURS:
        # «۸۰ هزار ساعت خدمت», but «دوره‌ها بین ۶۰ تا ۲۲۰ ساعت است»
        courses = bool(_COURSES & set(figure.clause.texts))
        return bool(figure.number.bound) and courses and owns(figure)
    return not (
        following in ("ساعت", "دقیقه") and reading.text(figure.number.after + 1) in _TRAINING
    )


def training_of_each(reading: Reading, figure: Figure) -> Verdict | None:
    """«اعضای جدید باید ۲۰ ساعت آموزش ببینند»: how long each one learns."""
    verb = figure.clause.verb
    learns = (
        verb is not None and verb.lemma in ("دید", "گذراند") and verb.tense is Tense.SUBJUNCTIVE
    )
    if figure.phrase.unit != "hour" or not learns or MUST.isdisjoint(figure.clause.texts):
        return None
    return Verdict("hour", "a duration or an age")


def _without_owner(word: str) -> str:
    """The adjective of time in «سه‌روزه‌اش», «ده‌ساله‌شان», or an empty string."""
    for ending in ("اش", "شان", "مان"):
        if word.endswith("ه" + ending):
            return word.removesuffix(ending)
    return ""


def age_range(reading: Reading, figure: Figure) -> Verdict | None:
    """The lower end of «۱۸ تا ۳۵ ساله»; the noun stands behind the upper end."""
    if figure.number.bound != "low":
        return None
    at = figure.number.after
    for index in range(at, min(at + 6, len(reading.words))):
        text = reading.text(index)
        if text in DURATION_NOUNS and not (text == "ساعت" and reading.text(index + 1) in _TRAINING):
            return Verdict(DURATION_NOUNS[text], "the lower end of a duration", nothing(figure))
        if text in MONTHS:
            return Verdict("date", "the first day of a range", nothing(figure))
        if text in ATTRIBUTE_TAILS:
            return Verdict("", "the lower end of an attribute", nothing(figure))
        if reading.words[index].kind is Kind.WORD and index > at + 2:
            return None
    return None


def lower_age(reading: Reading, figure: Figure) -> Verdict | None:
    """«حداقل ۱۸ و حداکثر ۳۵ سال»: a bare number before an age."""
    later = reading.figures_after(figure)[:1]
    if figure.phrase.after > figure.phrase.first or not later:
        return None
    joint = set(reading.texts(figure.number.after, later[0].first))
    aged = reading.text(later[0].number.after) in DURATION_NOUNS
    if aged and joint and joint <= _AGE_JOINTS:
        return Verdict("year", "the lower end of a duration", nothing(figure))
    return None


def second_date(reading: Reading, figure: Figure, previous: Figure) -> Verdict | None:
    """The second year of «سال‌های ۹۵ تا ۹۸» or «۱۴۰۲ و ۱۴۰۳»."""
    value = figure.number.value
    near = figure.first - previous.number.after
    if (
        near <= 2
        and isinstance(value, int)
        and reading.text(figure.first - 1) in ("تا", "و", "-", "–", "/", "الی")
        and not counts_known(reading, figure)
        and (1200 <= value <= 1499 or 1900 <= value <= 2100 or 10 <= value <= 99)
    ):
        return Verdict("date", "a year", nothing(figure))
    return None
