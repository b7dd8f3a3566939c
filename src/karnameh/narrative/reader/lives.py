"""How people live, lived and think, and what they wish for: told of them, done by nobody of ours.

«۶۰ درصد اهالی دامدارند», «پیش‌تر روزی ۴ ساعت آب می‌آوردند», «خواسته مردم یک پل است», «سه پسرش به شهر رفته‌اند».
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import DEEDS, OURS, PEOPLE, PRICE_WORDS
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.verdicts import (
    MONEY,
    Verdict,
    counted_noun,
    first_of,
    owns,
)

_SERVED = key_set("پوشش بهره‌مند برخوردار متصل عضو تحت وصل زیرپوشش مجهز راضی رضایت")
_WISHES = key_set("خواسته خواست درخواست مطالبه مطالبات خواسته‌های انتظار توقع آرزوی آرزو گلایه گله")
_FORMER = key_set("پیش‌تر پیشتر قبلا سابقا قدیم سابق گذشته‌ها")
_THAT_TIME = key_set("زمان روزها سال‌ها موقع روزگار وقت‌ها")
_AGO = key_set("پارسال پیش قبل پیش‌ازاین")
_AT_FIRST = key_set("آغاز ابتدا شروع اوایل اول")
_WAITING = key_set("فهرست لیست صف")
_INCOME = key_set("درآمد سن سال سابقه عضو جمعیت فرزند نمره معدل")
_FEW = 12
_POSTURES = key_set("نشسته‌اند ایستاده‌اند نشسته ایستاده نشسته‌است ایستاده‌است نشسته‌بود نشسته‌بودند")
_RELATIVES = frozenset(
    one + tail
    for one in key_set("پسر دختر برادر خواهر بچه فرزند نوه عمو دایی پسرها دخترها")
    for tail in ("ش", "شان", "م", "اش")
)
_BILLS = key_set("اجاره کرایه قسط شهریه")
_COMPLAINTS = key_set("گلایه گله انتقاد شکایت نگرانی فکری")
_LIVES = key_set("مهاجرت کوچ فوت ازدواج سکته تصادف")
_MOST = key_set("بیشترین کمترین بالاترین پایین‌ترین")
_VOTES = key_set("مخالف موافق ممتنع")
_EVERYBODY = key_set("ایرانی شهروند نفر خانوار تهرانی")
_WASTE = key_set("زباله پسماند فاضلاب نخاله پساب")
_OLDEST = 120
_HEAD = 8
_AGES = key_set("سن سنی")
_OUR_WORK = _SERVED | OURS
_DONE = DEEDS - {"زندگی"}
_PRICES = PRICE_WORDS | {"هزینه"}


def lives(reading: Reading, figure: Figure) -> Verdict | None:
    """Why a figure only tells of people and their lives, or None."""
    return first_of(_RULES, reading, figure)


def _what_people_are(reading: Reading, figure: Figure) -> str:
    """«۶۰ درصد اهالی دامدارند»: what a people is like."""
    verb = figure.clause.verb
    if figure.phrase.unit not in ("percent", "share") or verb is None:
        return ""
    lives = reading.text(verb.first - 1) == "زندگی" and verb.lemma == "کرد"
    if not owns(figure) and not lives:
        return ""
    if verb.tense not in (Tense.COPULA, Tense.PRESENT):
        return ""
    at = figure.after if figure.phrase.unit == "percent" else figure.phrase.first
    behind = reading.texts(at, verb.first)
    told = reading.text(at) in PEOPLE and not _OUR_WORK & set(behind)
    done = _DONE & set(behind[1:])
    return "what a people is like" if told and not done else ""


def _priced(reading: Reading, figure: Figure) -> str:
    """«قیمت یک کیسه سیمان», «اجاره یک دستگاه لودر»: of which the price is told."""
    led = reading.text(figure.opening - 1) in _PRICES
    if figure.number.value != 1 or not led:
        return ""
    behind = reading.figures_after(figure)[:1]
    return "one of which the price is told" if behind and behind[0].phrase.unit in MONEY else ""


def _scene(reading: Reading, figure: Figure) -> str:
    """«کنار در، سه زن ایستاده‌اند»: who is seen there."""
    verb = figure.clause.verb
    few = figure.phrase.unit == "person" and (figure.number.value or _FEW) < _FEW
    seen = verb is not None and verb.lemma in ("نشست", "ایستاد") and not verb.negative
    seen = seen and verb is not None and reading.text(verb.first) in _POSTURES
    few = few and OURS.isdisjoint(reading.texts(figure.phrase.first, figure.after))
    return "who is seen there" if few and seen else ""


def _voted(reading: Reading, figure: Figure) -> str:
    """«۳ نفر از اعضا مخالف بودند», «به امضای ۷ عضو رسید»."""
    verb = figure.clause.verb
    if figure.phrase.unit != "person":
        return ""
    signed = reading.texts(figure.opening - 2, figure.opening) in (["به", "امضای"], ["با", "امضای"])
    against = verb is not None and verb.lemma == "بود" and reading.text(verb.first - 1) in _VOTES
    return "how they voted" if signed or against else ""


def _of_a_people(reading: Reading, figure: Figure) -> str:
    """«۹۰ هزار نفر از جمعیت استان عشایرند», «هر ایرانی روزی ۱۹۰ لیتر آب مصرف می‌کند»."""
    verb = figure.clause.verb
    if verb is None:
        return ""
    if reading.texts(figure.after, figure.after + 2) == ["از", "جمعیت"] and owns(figure):
        return "what a people is like"
    uses = reading.text(verb.first - 1) in ("مصرف", "تولید") and verb.tense is Tense.PRESENT
    wasted = verb.lemma == "شد" and not _WASTE.isdisjoint(
        reading.texts(figure.phrase.first, verb.first)
    )
    if uses and wasted:
        return "what a people leaves behind"  # «روزانه ۲ هزار تن زباله در استان تولید می‌شود»
    if "هر" not in reading.said_in(figure.sentence):
        return ""
    head = [text for text in reading.head(figure) if text not in ("و", "که")]
    everybody = any(one == "هر" and other in _EVERYBODY for one, other in pairwise(head))
    uses |= owns(figure) and head[:1] != [] and head[0] in ("سهم", "مصرف", "سرانه")
    return "what a people uses" if uses and everybody else ""


def _relatives(reading: Reading, figure: Figure) -> str:
    """«سه پسرش به شهر رفته‌اند»: somebody's family."""
    noun = reading.text(figure.phrase.first) if figure.phrase.after > figure.number.after else ""
    few = (figure.number.value or _FEW) < _FEW
    return "a private fact" if few and noun in _RELATIVES else ""


def _without(reading: Reading, figure: Figure) -> str:
    """«۱۱ کودک هستند که شناسنامه ندارند»: what they lack."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.COPULA or reading.text(verb.after) != "که":
        return ""
    inner = figure.sentence.clause_of.get(verb.after + 1)
    lacks = inner is not None and inner.verb is not None and inner.verb.negative
    return "what they lack" if lacks and inner and inner.verb and inner.verb.lemma == "داشت" else ""


def _household_bill(reading: Reading, figure: Figure) -> str:
    """«ماهی ۲ میلیون تومان اجاره می‌دهد», «قسطش ماهی ۸۰۰ هزار تومان است»."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in MONEY or verb.tense is Tense.FUTURE:
        return ""
    pays = reading.text(verb.first - 1) in _BILLS and verb.lemma == "داد"
    pays = (
        pays
        and reading.text(verb.first).startswith("می")
        and not reading.text(verb.first).endswith("یم")
    )
    opens = reading.head(figure)[:2]
    named = owns(figure) and any(text.startswith(("قسط", "اجاره", "کرایه")) for text in opens[:1])
    return "what a household pays" if pays or named else ""


def _complained(reading: Reading, figure: Figure) -> str:
    """«از وضع راه ۱۲ روستا گلایه کرد»: what is complained of."""
    verb = figure.clause.verb
    complains = verb is not None and reading.text(verb.first - 1) in _COMPLAINTS
    return "what is complained of" if complains and verb and not verb.negative else ""


def _lives_lived(reading: Reading, figure: Figure) -> str:
    """«سالانه ۳ هزار نفر از استان مهاجرت می‌کنند», «استان با ۱۴ درصد بیشترین نرخ طلاق را دارد»."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PRESENT:
        return ""
    leave = figure.phrase.unit in ("person", "household") and reading.text(verb.first - 1) in _LIVES
    behind = reading.texts(figure.after, verb.first)
    ranked = figure.phrase.unit == "percent" and bool(_MOST & set(behind[:1]))
    return "what happens in a country" if leave or (ranked and verb.lemma == "داشت") else ""


def _by_video(reading: Reading, figure: Figure) -> str:
    """«با ارتباط تصویری با شعبه‌های ۱۰ شهرستان برگزار شد»: who was present."""
    if "ارتباط" not in reading.said_in(figure.sentence):
        return ""
    head = reading.head(figure)
    linked = any(
        one == "ارتباط" and other in ("تصویری", "ویدیویی") for one, other in pairwise(head)
    )
    return (
        "who was present"
        if linked and figure.phrase.unit in ("county", "province", "office")
        else ""
    )


def _children(reading: Reading, figure: Figure) -> str:
    """«چهار دختر و دو پسر دارد»: a family."""
    verb = figure.clause.verb
    if verb is None or verb.lemma != "داشت" or reading.text(verb.first) not in ("دارد", "داشت"):
        return ""
    few = (figure.number.value or _FEW) < _FEW and counted_noun(reading, figure) in ("دختر", "پسر")
    tail = set(reading.texts(figure.after, verb.first))
    return "a private fact" if few and tail <= {"و", "پسر", "دختر", "یک", "دو", "سه"} else ""


def _founders(reading: Reading, figure: Figure) -> str:
    """«با ۱۲ داوطلب شکل گرفت», «۲۲ معلم آن را پایه گذاشتند»."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST:
        return ""
    before = reading.text(verb.first - 1)
    if before == "پایه" and verb.lemma == "گذاشت":
        return "how it was founded"
    people = figure.phrase.unit in ("person", "", *MONEY)
    later = reading.figures_after(figure)[:1]
    alone = not later or later[0].clause is not figure.clause
    led = reading.text(figure.opening - 1) == "با" and alone
    return (
        "how it was founded" if before == "شکل" and verb.lemma == "گرفت" and led and people else ""
    )


def _costs_in_trade(reading: Reading, figure: Figure) -> str:
    """«این دارو ۴۰۰ هزار تومان تمام می‌شود», «دستگاه نو ۹۰۰ میلیون تومان قیمت دارد»."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in MONEY or verb.tense is not Tense.PRESENT:
        return ""
    before = reading.text(verb.first - 1)
    costs = (before == "تمام" and verb.lemma == "شد") or (before == "قیمت" and verb.lemma == "داشت")
    return "what one costs" if costs else ""


def _wished(reading: Reading, figure: Figure) -> str:
    """«خواسته مردم ساخت یک پل و دو کلاس درس است»: what people wish for."""
    verb = figure.clause.verb
    if verb is None or verb.lemma != "بود" or verb.passive:
        return ""
    opens = [text for text in reading.head(figure)[:5] if text not in ("و", "که", "مهمترین")]
    wished = any(one in _WISHES and other in PEOPLE for one, other in pairwise(opens))
    return "a request: خواسته" if wished else ""


def _formerly(reading: Reading, figure: Figure) -> str:
    """«پیش‌تر هر خانواده روزی ۴ ساعت وقت می‌گذاشت»: how people lived before."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST or verb.passive:
        return ""
    said = reading.text(verb.first)
    if said.endswith(("یم", "ام")) or not said.startswith(("می", "نمی")):
        return ""
    head = reading.head(figure)
    former = _FORMER & set(head) or any(
        one == "آن" and other in _THAT_TIME for one, other in pairwise(head)
    )
    former = former or ("در", "گذشته") in pairwise(head) or head[:1] == ["گذشته"]
    former = former or any(
        text == "تا" and _AGO & set(head[at + 1 : at + 4]) for at, text in enumerate(head)
    )
    return "as it was before" if former and not OURS & set(head) else ""


def _at_first(reading: Reading, figure: Figure) -> str:
    """«در آغاز ۵ نفر بودیم»: how it began."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST or not owns(figure):
        return ""
    head = [text for text in reading.head(figure)[:4] if text not in ("و", "که", "ما")]
    begun = head[:1] == ["ابتدا"] or (head[:1] == ["در"] and _AT_FIRST & set(head[1:2]))
    people = figure.phrase.unit == "person" and verb.first == figure.after
    return "how it began" if begun and people and verb.lemma == "بود" else ""


def _queue(reading: Reading, figure: Figure) -> str:
    """«در فهرست انتظار ۲۳۰ نفر نام نوشته‌اند»."""
    if "انتظار" not in reading.said_in(figure.sentence):
        return ""
    head = reading.head(figure)
    waits = any(one in _WAITING and other == "انتظار" for one, other in pairwise(head))
    return (
        "who waits"
        if waits and figure.phrase.unit in ("person", "household", "request", "case")
        else ""
    )


def _which(reading: Reading, figure: Figure) -> str:
    """«کسانی که کمتر از ۱۰ میلیون تومان درآمد دارند»: which ones are meant."""
    verb = figure.clause.verb
    first = min(figure.clause.words, default=0)
    if verb is None or not owns(figure) or reading.text(first - 1) != "که":
        return ""
    if figure.opening - first > 1 or figure.opening == figure.first:
        return ""
    if reading.text(figure.after) in ("آنان", "آنها"):
        return ""  # «… که کمتر از ۵۰ نفر آنان زیر ۴۰ سال سن دارند»: a part of them
    before = reading.text(first - 2)
    apart = before in VERB_FORMS and figure.phrase.unit in ("person", "household", "hectare")
    if apart and reading.text(verb.first).endswith("ند") and verb.tense is Tense.PRESENT:
        return "which ones are meant"  # «کارگاه‌هایی پذیرفته می‌شوند که کمتر از ۵ کارگر دارند»
    plural = reading.text(verb.first).endswith("ند") and before.endswith("ی")
    return "which ones are meant" if plural and _INCOME & set(figure.clause.texts) else ""


def _fallen(reading: Reading, figure: Figure) -> str:
    """«این استان ۳۴۰۰ شهید تقدیم کرده است»: who is remembered."""
    verb = figure.clause.verb
    given = verb is not None and reading.text(verb.first - 1) in ("تقدیم", "نثار")
    return (
        "who is remembered" if given and counted_noun(reading, figure) in ("شهید", "جانباز") else ""
    )


def _saying(reading: Reading, figure: Figure) -> str:
    """«گاهی یک احوال‌پرسی از ده جلسه بهتر است»."""
    verb = figure.clause.verb
    told = verb is not None and verb.tense in (Tense.COPULA, Tense.PRESENT)
    few = (figure.number.value or _FEW) < _FEW and figure.clause.texts[:2] != []
    return "a saying" if told and few and "گاهی" in figure.clause.texts[:3] else ""


def _age(reading: Reading, figure: Figure) -> str:
    """«متوسط سن ازدواج برای مردان ۲۷ و برای زنان ۲۳ سال است»."""
    bare = figure.phrase.after <= figure.phrase.first and (figure.number.value or _OLDEST) < _OLDEST
    aged = _AGES & set(reading.head(figure)[-_HEAD:])
    return "an age" if bare and aged and owns(figure) else ""


_RULES: tuple[Callable[[Reading, Figure], str], ...] = (
    _what_people_are,
    _priced,
    _age,
    _saying,
    _fallen,
    _wished,
    _scene,
    _voted,
    _of_a_people,
    _by_video,
    _children,
    _relatives,
    _without,
    _household_bill,
    _complained,
    _lives_lived,
    _founders,
    _costs_in_trade,
    _formerly,
    _at_first,
    _queue,
    _which,
)
