"""Nouns and adjectives that govern a deed from the front: what is meant to be done, or can be.

«قصد ساخت ۴۰ خانه را داریم», «موظف به تجهیز …», «دستور حفر … صادر شد», «قادر به … هستیم»: Persian parts
such a noun from its light verb by the whole list of what shall be done. The noun right before the
deed decides together with its verb, however long the list is.
"""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Verb
from karnameh.narrative.reader.lexicon import COMMITMENTS, DEEDS, PLAN_NOUNS
from karnameh.narrative.reader.reading import Figure, Reading, Staged
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense

_MEANT = key_set(
    """
    قصد تصمیم عزم بنا بنای قرار تمرکز صدد آستانه آماده آمادگی مامور مأمور موظف مکلف ملزم متعهد متقبل
    مصمم نیت اراده شرف تکاپو تدارک اندیشه سودای مسئول مسیول
    """
)
_MEANING = key_set("بود داشت کرد شد گرفت گذاشت برآمد گردید گشت گماشت نهاد اعلام")
_ORDERS = COMMITMENTS | key_set("دستور فرمان حکم اجازه پروانه فراخوان مناقصه ابلاغیه پیمانکار مجری")
_ISSUED = key_set(
    "انتخاب تعیین مشخص صادر منتشر امضا منعقد مبادله تنظیم بسته اعلام ابلاغ برگزار اخذ دریافت تصویب"
)
_ISSUING = key_set("داد گرفت بست رسید کرد شد یافت گردید نمود رساند")
_CARRIED_OUT = key_set("اجرا اجرایی عملی محقق عملیاتی تکمیل پیاده")
_MEANS = key_set("اعتبار بودجه هزینه پول منابع زمین مجوزهای اعتبارات زمین‌های")
_PROVIDED = key_set(
    "تامین تخصیص اختصاص ابلاغ فراهم مصوب تصویب منظور لحاظ مهیا آماده واگذار دریافت جذب"
)
_POSSIBLE = key_set("زمینه بستر شرایط")
_ABLE = frozenset(("قادر",))
_NEEDED = key_set("ضرورت لزوم")
_LINKS = frozenset(("به", "برای", "بر", "در", "از", "جهت", "منظور", "لازم"))
_AFTER_DEED = frozenset(("به", "برای", "از", "میان", "بین", "در"))
_MANNERS = key_set("رایگان مجدد کامل فوری سریع اضطراری همزمان رسمی آزمایشی مستمر عمده")
_OURS = frozenset(("ما", "من", "آنان", "خود"))
_JOINTS = frozenset(("و", "،", "نیز", "همچنین"))
_PLANNED = PLAN_NOUNS | key_set("تاکید نوید وعده قول تعهد تصمیم قصد عزم")
_OUTSIDE = key_set(
    """
    جمعیت مساحت وسعت فاصله خسارت خسارات خسارت‌های تلفات کمبود نیاز بدهی جان‌باختگان کشته‌شدگان مجروحان
    مصدومان تورم بیکاری طلاق اعتیاد شیوع بارش بارندگی رتبه قیمت بهای قدمت بازمانده بازماندگان
    """
)
_FORESEEN = PLAN_NOUNS | key_set(
    "پیش‌بینی‌شده برنامه‌ریزی‌شده موردنیاز هدف‌گذاری‌شده تعهدشده موردانتظار پیش‌بینی هدف‌گذاری تعهد"
)
_OBJECT = 9
_FAR = 7
_BETWEEN = _LINKS | _OURS
_PAPERS = _ORDERS | _MEANS


def deed_of(reading: Reading, figure: Figure) -> int:
    """The deed that governs a figure's list from its head («ساخت ۳ خانه و تجهیز ۵ مدرسه»), or -1."""
    deed = _deed_before(reading, figure.opening)
    head = deed if deed >= 0 else figure.opening
    for other in reversed(reading.figures_before(figure)):
        if other.after > head or other.clause is not figure.clause:
            break
        between = reading.texts(other.after, head)
        if not between or any(text not in _JOINTS for text in between):
            break
        earlier = _deed_before(reading, other.opening)
        deed = earlier if earlier >= 0 else deed
        head = earlier if earlier >= 0 else other.opening
    return deed if deed == head else -1


def _deed_before(reading: Reading, opening: int) -> int:
    """The deed right in front, with «رایگان» or «به» between, and the first of «ساخت و تجهیز»."""
    at = opening - 1
    further = reading.text(at - 2) in DEEDS and reading.text(at - 1) not in DEEDS
    if reading.text(at) == "به" and further:
        at -= 2  # «آموزش مهارت به ۳۵۰ جوان»
    elif reading.text(at) in _AFTER_DEED or reading.text(at) in _MANNERS:
        at -= 1
    if reading.text(at) not in DEEDS:
        return -1
    while reading.text(at - 1) == "و" and reading.text(at - 2) in DEEDS:
        at -= 2
    return at


def undertaken(reading: Reading, figure: Figure, verb: Verb) -> Staged | None:
    """What the noun says that governs the figure's deed, or None."""
    deed = deed_of(reading, figure)
    if deed < 0:
        return None
    at = deed - 1
    while reading.text(at) in _BETWEEN and at > deed - 4:
        at -= 1
    noun = reading.text(at)
    lead = reading.text(verb.first - 1)
    if noun in _MEANT and verb.lemma in _MEANING and _is_half(reading, at, deed, verb):
        return _promised(verb, f"undertaken: {noun}")
    if noun in _ABLE and verb.lemma == "بود":
        return Staged("context" if verb.negative else "potential", f"ability: {noun}")
    if noun in _NEEDED and verb.lemma in ("داشت", "بود"):
        return Staged("context", f"a need: {noun}", sure=0.6)
    there = lead in ("وجود", "فراهم", "مهیا") and verb.tense in (Tense.PRESENT, Tense.COPULA)
    if noun in _POSSIBLE and there and reading.text(at - 1) != "در":
        return Staged("context" if verb.negative else "potential", f"possible: {noun}")
    paper = _paper(reading, figure, deed, at)
    if paper in _ORDERS and (lead in _ISSUED or verb.lemma == "بست" or lead == paper):
        issued = verb.lemma in _ISSUING or verb.lemma == "بود"
        return _promised(verb, f"ordered or agreed: {paper}") if issued else None
    if paper in _ORDERS and lead == "را" and verb.lemma in ("داد", "گرفت", "بست"):
        return _promised(verb, f"ordered or agreed: {paper}")
    treated = paper == "هزینه" and figure.phrase.unit == "person"  # «هزینه درمان ۵۲ کودک تأمین شد»
    if paper in _MEANS and lead in _PROVIDED and verb.lemma in _ISSUING and not treated:
        return _promised(verb, f"there are means for it: {paper}")
    return None


def _promised(verb: Verb, why: str) -> Staged:
    return Staged("context" if verb.negative else "pledged", why, sure=0.8)


def _is_half(reading: Reading, at: int, deed: int, verb: Verb) -> bool:
    """Whether noun and verb make one compound: nothing but «را» and deeds stands before the verb."""
    lead = reading.text(verb.first - 1)
    if lead in _CARRIED_OUT or (lead in DEEDS and verb.first - 1 > deed):
        return False
    if reading.text(at) in ("صدد", "آستانه", "شرف", "تکاپو", "تدارک", "اندیشه"):
        return reading.text(at - 1) in ("در", "به")
    return reading.text(at) not in ("قرار", "بنا") or reading.text(deed - 1) == "بر"


def _paper(reading: Reading, figure: Figure, deed: int, at: int) -> str:
    """The paper or the means for a deed: right before it, or further back with «برای» between."""
    noun = reading.text(at).removesuffix("ای")
    known = _PAPERS
    if noun in known:
        return "" if reading.text(at - 1) == "در" else noun
    if not {"برای", "منظور", "جهت"} & set(reading.texts(at + 1, deed)):
        return ""
    for far in range(at, max(figure.sentence.first, at - _FAR) - 1, -1):
        text = reading.text(far)
        if text in ("که", "،", "؛", ":") or text in VERB_FORMS:
            return ""
        for noun in (text, text.removesuffix("ای"), text.removesuffix("ی")):
            if noun in known:
                return noun
    return ""


def named_undertaking(reading: Reading, figure: Figure) -> str:
    """«نوید ساخت ۱۲۰ خانه», «برنامه همیاران برای ساخت ۱۲۰ خانه»: without a verb of its own."""
    deed = deed_of(reading, figure)
    if deed < 0:
        return ""
    at = deed - 1
    while reading.text(at) in _LINKS and at > deed - 3:
        at -= 1
    purpose = at < deed - 1 and "برای" in reading.texts(at + 1, deed)
    for near in range(at, max(figure.sentence.first, at - (_FAR if purpose else 1)) - 1, -1):
        text = reading.text(near)
        if text in _PLANNED:
            return f"a plan: {text}"
        if text in VERB_FORMS or text in ("که", "،", "؛", ":", "با", "در"):
            return ""
    return ""


def announced(reading: Reading, figure: Figure, verb: Verb) -> Staged | None:
    """«وی جمعیت استان را ۳۷۰ هزار نفر اعلام کرد», «… پروژه‌های پیش‌بینی‌شده را ۹۰ پروژه …»: what it is of."""
    at = figure.opening - 1
    at -= reading.text(at) in DEEDS  # «هدف این طرح را ساخت ۲۵ خانه دانست»
    if reading.text(at - 1) == "در":
        at -= 2  # «شمار بازماندگان از تحصیل را در کشور ۱۵۰ هزار نفر اعلام کرد»
    if reading.text(at) != "را" or verb.first - figure.after > 1:
        return None
    for near in range(at - 1, max(figure.sentence.first, at - _OBJECT) - 1, -1):
        text = reading.text(near)
        if text in _OUTSIDE:
            return Staged("context", f"what is told is no result: {text}", sure=0.8)
        if text in _FORESEEN:
            return Staged("pledged", f"what is told is a plan: {text}", sure=0.7)
        if text in VERB_FORMS or text in ("که", "،", "؛", ":", "وی", "او"):
            return None
    return None
