"""What stands right at a figure and decides about it: promised attributes, shares of a plan."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import MUST, PLAN_NOUNS, PLEDGED_ATTRIBUTES
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
