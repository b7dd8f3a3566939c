"""What stands right at a figure and decides about it: promised attributes, shares of a plan, broken promises."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Verb
from karnameh.narrative.reader.lexicon import DEEDS, MUST, PLAN_NOUNS, PLEDGED_ATTRIBUTES
from karnameh.narrative.reader.plans import GIVEN_WORDS
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense

_PROMISING = key_set(
    """
    پیش‌بینی تعهد وعده قول برنامه‌ریزی هدف‌گذاری تصویب ابلاغ تقبل نظر لحاظ مقرر منظور مصوب سفارش پیمان
    """
)
_MADE = frozenset(("شده", "گردیده", "گشته"))
_FINITE = key_set("است بود اند هستند می‌شود باشد بودند خواهد")
_REACH = 5
_SHARES = frozenset(("percent", "times", "share"))
_PLANS = PLAN_NOUNS | key_set(
    """
    تعهد تعهدات وعده وعده‌ها وعده‌های قول‌ها قول‌های هدف‌گذاری هدف‌گذاری‌ها سهمیه سهمیه‌ها قرارداد
    """
)
_PROJECTS = key_set("برنامه طرح هدف پروژه عملیات تصمیم قرارداد تفاهم‌نامه")
_STOPPED = key_set("لغو متوقف منتفی تعطیل معلق فراموش رها عقب")
_LED_BY = 5
_PARTED = frozenset(("و", "ولی", "اما", "،", "؛", ":", "که", "از"))
_OF_ALL = frozenset(("از", "کل", "مجموع", "آن", "این", "همه", "تمام"))


def promised_by_attribute(reading: Reading, figure: Figure) -> bool:
    """«۷۵ مدرسه در نظر گرفته شده», «۹۰۰ واحد قول داده شده», «۲۴۰ دوره پیش‌بینی‌شده»."""
    texts = reading.texts(figure.phrase.first, figure.after + 1)
    if figure.phrase.after > figure.phrase.first and any(
        text in PLEDGED_ATTRIBUTES for text in texts
    ):
        return True
    verb = figure.clause.verb
    limit = min(figure.number.after + _REACH + 3, figure.sentence.after)
    for at in range(figure.number.after + 1, limit):
        text = reading.text(at)
        if verb is not None and verb.first <= at < verb.after:
            return False
        if text in _MADE:
            promising = _PROMISING & set(reading.texts(max(at - 3, figure.number.after), at))
            return bool(promising) and reading.text(at + 1) not in _FINITE
        form = VERB_FORMS.get(text)
        if form is not None and form.tense is not Tense.PARTICIPLE:
            return False
        if text in PLEDGED_ATTRIBUTES and at <= figure.after + 1:
            return True
    return False


def share_of_plan(reading: Reading, figure: Figure) -> bool:
    """«۹۰ درصد برنامه محقق شد», «۲۰ درصد از هدف جلوتریم»: the plan is what the share is of."""
    if figure.phrase.unit not in _SHARES:
        return False
    at = max(figure.phrase.after, figure.number.after)
    while reading.text(at) in _OF_ALL:
        at += 1
    verb = figure.clause.verb
    if reading.text(at) not in _PLANS or verb is None or verb.negative:
        return False
    told = verb.tense in (Tense.COPULA, Tense.PAST)
    return told and verb.first > at - 1 and not set(figure.clause.texts) & MUST


def is_broken(reading: Reading, figure: Figure) -> bool:
    """«وعده ساخت ۹۰ خانه روی کاغذ ماند», «طرح خرید ۱۲ اتوبوس به نتیجه نرسید»: promised all the same."""
    verb = figure.clause.verb
    if verb is None or not (verb.negative or verb.lemma == "ماند" or _stopped(reading, verb)):
        return False
    at = figure.opening - 1
    led = reading.text(at) in DEEDS or reading.text(at) == "برای"
    first = max(figure.sentence.first, figure.opening - (_LED_BY if led else 1))
    for near in range(at, first - 1, -1):
        text = reading.text(near)
        if text in GIVEN_WORDS or (led and text in _PROJECTS):
            return True
        if text in VERB_FORMS or text in _PARTED:
            return False
    return False


def _stopped(reading: Reading, verb: Verb) -> bool:
    return reading.text(verb.first - 1) in _STOPPED and verb.tense is Tense.PAST
