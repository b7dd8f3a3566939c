"""Needs, requests, losses and measures of nature: told around the work, never results of it.

Each rule looks at the figure's clause: the noun that governs the figure from the front («کمبود ۴۰
معلم», «خسارت به ۷۸۰ خانه») or the predicate behind it («… فاقد آب است», «… دچار آسیب شد»).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from karnameh.narrative.reader.acts import Act, act_of
from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Verb
from karnameh.narrative.reader.lexicon import (
    DEEDS,
    LACK_WORDS,
    NEED_NOUNS,
    PREPOSITIONS,
    PRESENCE,
    REMEDIES,
    REQUEST_WORDS,
)
from karnameh.narrative.reader.lists import HELP, governor_of
from karnameh.narrative.reader.losses import fated, harmed, overrun
from karnameh.narrative.reader.nouns import lemma
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.undertakings import deed_of
from karnameh.narrative.reader.verbs import Tense

_REACH = 7  # words between a governing noun and the list that it governs
_STATING = key_set("اعلام برآورد تخمین ذکر عنوان احساس گزارش ارزیابی بیان دانست محاسبه")
_FACING = key_set("مواجه روبرو روبهرو رنج دستوپنجه")
_SCARCE = 20
_MEETING = key_set("پاسخگو جوابگو پاسخگوی جوابگوی")
_ALL = key_set("همه بقیه تمام همگی تمامی باقی سایر")
_POLITE = key_set("فرمایید فرمائید بفرمایید بفرمائید نمایید نمائید")
_CHANGES = key_set("افزایش کاهش ارتقا رشد تنزل تغییر تبدیل پیدا")
_NEXT = 7
_MEASURED = frozenset(
    ("litre", "cubic_metre", "metre", "kilometre", "square_metre", "kilogram", "hectare", "ton")
)
_OF_IT = frozenset(("آن", "آنها", "آنان"))
_GOODS = key_set("برق آب گاز سرپناه خانه مسکن معلم پزشک جاده راه مدرسه سوخت تلفن")
_SHELTERS = key_set("چادر کپر کانکس")
_PROBLEMS = key_set("مشکل معضل بحران تنگنا دردسر")
_EXPOSED = key_set("خطر محاصره معرض تنگنا مضیقه آستانه‌ی‌تعطیلی")
_PRISONS = key_set("زندان زندان‌های زندان‌ها حبس بند")
_STILL = key_set("همچنان هنوز کماکان")
_FEW_WORDS = 3
_AMISS = key_set(
    """
    نیمه‌تمام نیمه‌کاره فرسوده متروکه معتاد بیکار بی‌خانمان متروک تخریبی ناایمن کپری بی‌سواد راکد
    نامعلوم نامشخص مبهم آلوده بلاتکلیف معطل چشم‌انتظار
    غیرقابل‌سکونت ناقص معیوب کهنه‌ساز
    """
)
_FIGURE_NOUNS = key_set("آمار رقم عدد ارقام رقمی عددی")
_REQUESTED = frozenset(word + ending for word in REQUEST_WORDS for ending in ("", "ی"))
_MEANS = key_set("اعتبار بودجه منابع هزینه سرمایه مبلغ مالی اعتبارات پول زمان نیروی امکانات")
_AT = (["به"], ["با"], ["طبق"], ["بنابر"], ["پی"])
_AID = key_set("کمک یاری مساعدت")
_LISTED = 8  # items of a list of requests
_ASKING = key_set("خواهشمند درخواست تقاضا خواستار")
_CLAIMED = key_set("گفته نوشته اعلام گفته‌اند نوشته‌اند می‌گویند")
_BEING = frozenset(("بود", "داشت", "ماند"))
_TOLD = _STATING | _FACING
_HELPED = HELP - {"قرار"}
_DONE_OR_THERE = DEEDS | PRESENCE


def circumstance_of(reading: Reading, figure: Figure) -> str:
    """Why a figure tells only of the circumstances, or an empty string."""
    tail = _tail(reading, figure)
    for rule in _RULES:
        why = rule(reading, figure, tail)
        if why:
            return why
    return ""


def _tail(reading: Reading, figure: Figure) -> list[str]:
    """The words of the figure's clause between the number and the verb."""
    verb = figure.clause.verb
    after = verb.first if verb is not None else figure.sentence.after
    return [
        reading.text(index) for index in figure.clause.words if figure.number.after <= index < after
    ]


def _needed(reading: Reading, figure: Figure, tail: list[str]) -> str:
    """«کمبود ۴۰ معلم», «نیاز منطقه را ۱۰۰ چادر اعلام کرد», «اعتبار مورد نیاز ۲ میلیارد است»."""
    verb = figure.clause.verb
    if not _tells_need(reading, figure, verb, tail):
        return ""
    asked = verb is not None and verb.lemma == "خواست"
    asked = asked and verb is not None and reading.text(verb.first).startswith("می")
    if asked and verb is not None and not _is_followed(reading, figure, verb):
        money = figure.phrase.unit in ("toman", "rial")
        wanted = (
            reading.text(verb.first).endswith("د") if money else "از" not in figure.clause.texts
        )
        return "a need: خواستن" if wanted and tail[-1:] != ["را"] else ""
    governor = governor_of(reading, figure, NEED_NOUNS)
    if governor >= 0:
        return f"a need: {reading.text(governor)}"
    head = reading.head(figure)
    for texts in (head[-_REACH:], tail):
        if any(pair == ("مورد", "نیاز") for pair in pairwise(texts)):
            return "a need: مورد نیاز"
    if any(
        text in _MEANS and "لازم" in head[index + 1 : index + 3] for index, text in enumerate(head)
    ):
        return "a need: لازم"
    return ""


def _is_followed(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«می‌خواهیم ۴۰ خانه بسازیم» plans; «۴۰ پزشک دیگر می‌خواهیم» needs them."""
    if reading.text(verb.after) == "تا":
        return False  # «۳ دستگاه دیگر می‌خواهند تا کار راه بیفتد»
    later = (clause.verb for clause in figure.sentence.clauses)
    return any(
        other is not None and other.first > verb.first and other.tense is Tense.SUBJUNCTIVE
        for other in later
    )


def _tells_need(reading: Reading, figure: Figure, verb: Verb | None, tail: list[str]) -> bool:
    """Whether the verb leaves a need standing; «برای رفع کمبود ۴۰ معلم فرستادیم» does not."""
    if tail[-1:] and (tail[-1] in REMEDIES or tail[-1] in _MEETING):
        return False  # «می‌تواند نیاز ۴۰۰ نفر را پاسخگو باشد»
    if verb is None or verb.lemma in _BEING or verb.lemma == "خواست":
        return True
    if verb.lemma == "رسید" and reading.text(figure.opening - 1) == "به":
        return reading.head(figure)[:1] in (
            ["کمبود"],
            ["نیاز"],
            ["کسری"],
        )  # «کمبود معلم به ۶۰ نفر رسید»
    if set(tail[-3:]) & _TOLD or verb.lemma == "دانست":
        return True
    return act_of(reading, figure.clause, verb, figure.sentence) is Act.SAY


def _requested(reading: Reading, figure: Figure, tail: list[str]) -> str:
    """«خواستار ۴۰ معلم شدیم», «۴۰ چادر درخواست کرده‌ایم»."""
    verb = figure.clause.verb
    if _is_listed_request(reading, figure):
        return "a request: under a request"
    helped = reading.text(figure.opening - 1) == "برای" and tail[-1:] and tail[-1] in _AID
    if helped and verb is not None and verb.lemma == "خواست":
        return "a request: کمک خواستن"
    bidden = verb is None or verb.tense is Tense.SUBJUNCTIVE
    if bidden and reading.text(figure.sentence.after - 1) in _POLITE:
        return "a request: اقدام فرمایید"
    if "خواهشمند" in reading.said_in(figure.sentence) and "خواهشمند" in reading.texts(
        figure.sentence.first, figure.opening
    ):
        return "a request: خواهشمند"
    if verb is None or verb.negative:
        return ""
    if tail[-1:] and tail[-1] in REQUEST_WORDS and figure.phrase.unit != "person":
        return f"a request: {tail[-1]}" if verb.lemma in ("کرد", "داشت", "نمود", "شد") else ""
    head = reading.head(figure)
    if "خواستار" in head and verb.lemma in ("شد", "بود"):
        return "a request: خواستار"  # all that stands between belongs to it
    asked = any(
        word in _REQUESTED and head[index + 1] in DEEDS and head[index - 1 : index] not in _AT
        for index, word in enumerate(head[:-1])
    )
    light = verb.lemma in ("کرد", "داشت", "نمود") and not set(tail[-1:]) & DEEDS
    return "a request: درخواست" if asked and light else ""


def _is_listed_request(reading: Reading, figure: Figure) -> bool:
    """«خواهشمند است دستور فرمایید:» and, a line each, «اول) بیمه ۳۲۰ کارگر تمدید گردد»."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.SUBJUNCTIVE:
        return False
    for back in range(1, min(_LISTED, figure.sentence.number + 1)):
        lead = reading.sentences[figure.sentence.number - back]
        if reading.text(lead.after - 1) == ":":
            return not _ASKING.isdisjoint(reading.said_in(lead))
        if reading.text(lead.after - 1) not in ("؛", "،"):
            return False
    return False


def _asked(reading: Reading, figure: Figure, _: list[str]) -> str:
    """«پرسید آیا آمار ۷۴۰۰ دستگاه است», «چرا گفته شده ۹۵ هزار نفر …»: a question tells nothing."""
    if figure.sentence.first == figure.first:
        return ""
    said = reading.said_in(figure.sentence)
    if "آیا" not in said and "چرا" not in said:
        return ""
    ahead = reading.texts(figure.sentence.first, figure.opening)
    affirmed = {"بله", "آری"} & set(reading.texts(figure.after, figure.sentence.after))
    if "آیا" in ahead and not affirmed:
        return "a question: آیا"
    at = ahead.index("چرا") if "چرا" in ahead else -1
    return "a question: چرا" if at >= 0 and _CLAIMED & set(ahead[at + 1 : at + 4]) else ""


def _not_yet(reading: Reading, figure: Figure, tail: list[str]) -> str:
    """«۱۳۱ روستا راه دارند و ۹ روستا هنوز نه»."""
    behind = reading.texts(figure.after, figure.after + 2)
    return "what they lack: نه" if behind == ["هنوز", "نه"] else ""


def _how_large(reading: Reading, figure: Figure, _: list[str]) -> str:
    """«۸۷ درصد کمک‌ها زیر ۱۰۰ هزار تومان بود»: how large they were."""
    verb, before = figure.clause.verb, reading.figures_before(figure)[-1:]
    if verb is None or verb.lemma != "بود" or figure.phrase.unit not in ("toman", "rial"):
        return ""
    share = bool(before) and before[0].phrase.unit == "percent"
    share = share and before[0].clause is figure.clause
    limited = figure.opening < figure.first and verb.first == figure.after
    return "how large they were" if share and limited else ""


def _lacking(reading: Reading, figure: Figure, tail: list[str]) -> str:
    """«۲۴۰ روستا فاقد آب هستند», «۴۵ روستا در محاصره آب قرار دارند»."""
    verb = figure.clause.verb
    few = tail[-1:] == ["کم"] and verb is not None and verb.first == figure.after + 1
    if few and verb is not None and verb.tense is Tense.COPULA:
        return "what they lack: کم"  # «۹ مربی کم است»
    dated = "هنوز" in tail and figure.phrase.unit in ("school", "village", "dwelling", "classroom")
    if dated and verb is not None and verb.lemma == "داشت" and not deed_of(reading, figure) >= 0:
        return "what is amiss: هنوز"  # «۲۵ مدرسه هنوز بخاری نفتی دارد»
    still = _STILL & set(figure.clause.texts) and verb is not None and verb.lemma in _BEING
    if _SHELTERS & set(tail) and (tail[-1:] == ["زندگی"] or still):
        return "what they lack: سرپناه"
    if any(pair == ("خط", "فقر") for pair in pairwise(tail)):
        return "what they lack: خط فقر"
    if tail[-1:] and tail[-1] in _FACING and _PROBLEMS & set(tail):
        return f"what they face: {tail[-1]}"
    if verb is None or verb.passive:
        return ""
    placed = verb.lemma == "گرفت" and tail[-1:] == ["قرار"] and not verb.negative
    if verb.lemma not in _BEING and not placed:
        return ""
    exposed = next((b for a, b in pairwise(tail) if a == "در" and b in _EXPOSED), "")
    if exposed and not set(tail) & _HELPED:
        return f"what they face: {exposed}"
    if placed:
        return ""
    if "بدون" in tail and (verb.lemma == "ماند" or set(tail[-1:]) & _GOODS):
        return "what they lack: بدون"
    if _PROBLEMS & set(tail[-2:]) and verb.lemma == "داشت":
        return "what they lack: مشکل"
    if "فاقد" in tail and deed_of(reading, figure) < 0:
        found = "فاقد"
    elif "نیازمند" in tail and _is_needing(tail):
        return "what they lack: نیازمند"
    else:
        found = tail[-1] if tail and tail[-1] in LACK_WORDS else ""
    return f"what they lack: {found}" if found and not set(tail) & _HELPED else ""


def _is_needing(tail: list[str]) -> bool:
    """«۴۰ درصد مدارس نیازمند بازسازی است»; «خانوار نیازمند تحت پوشش است» names who they are."""
    behind = tail[tail.index("نیازمند") + 1 :]
    return 0 < len(behind) <= _FEW_WORDS and behind[0] not in PREPOSITIONS and "تحت" not in behind


def _amiss(reading: Reading, figure: Figure, tail: list[str]) -> str:
    """«وجود ۲۳۰ پروژه نیمه‌تمام», «۱۲۰۰ معتاد وجود دارد»: what is amiss in a place."""
    verb = figure.clause.verb
    if lemma(reading.text(figure.phrase.first)) == "زندانی" and _PRISONS & set(tail):
        return "what is amiss: زندان" if verb is not None and verb.lemma in _BEING else ""
    dirt = tail[-1:] == ["خاکی"] and "راه" in figure.clause.texts[:3]
    if dirt and figure.phrase.unit == "village" and verb is not None and verb.lemma == "بود":
        return "what is amiss: خاکی"
    if ("ترک", "خورده") in pairwise(tail) and verb is not None and verb.lemma in _BEING:
        return "what is amiss: ترک خورده"
    if tail[-3:] == ["خالی", "از", "سکنه"] and verb is not None and verb.lemma in _BEING | {"داشت"}:
        return "what is amiss: خالی از سکنه"
    unfinished = tail[-1:] in (["نیمهکاره"], ["نیمهتمام"])
    alike = any(one.phrase.unit == figure.phrase.unit for one in reading.figures_before(figure))
    if unfinished and alike:
        return ""  # «۳۰ کلاس تمام شده و ۱۰ کلاس نیمه‌کاره است»
    if tail[-1:] and tail[-1] in _AMISS and verb is not None and verb.lemma == "بود":
        return f"what is amiss: {tail[-1]}"
    held = verb is not None and verb.lemma == "داشت" and verb.tense is Tense.PRESENT
    there = held and (tail[-1:] == ["وجود"] or not set(tail[-1:]) & _DONE_OR_THERE)
    if not there and reading.text(figure.opening - 1) != "وجود":
        return ""
    named = reading.texts(figure.phrase.first, figure.phrase.after)
    found = next((text for text in named if lemma(text) in _AMISS), "")
    return f"what is amiss: {found}" if found else ""


def _scarce(reading: Reading, figure: Figure, _: list[str]) -> str:
    """«فقط دو مینی‌بوس در اختیارمان بود», «تنها ۲ پزشک وجود دارد»: told as too little."""
    verb = figure.clause.verb
    if verb is None or verb.passive or verb.lemma not in ("داشت", "بود"):
        return ""
    if _OF_IT & set(reading.texts(figure.after, figure.after + 2)):
        return ""  # «فقط ۹ دستگاه آن از خود ماست»: a part
    near = reading.texts(max(figure.sentence.first, figure.opening - 3), figure.opening)
    if "،" in near:
        return ""  # «خانه سالمندان تنها، ساخت ۱۲ خانه …»
    few = (figure.number.value or _SCARCE) < _SCARCE and figure.phrase.unit != "percent"
    only = next((text for text in near if text in ("فقط", "تنها")), "")
    return f"told as too little: {only}" if few and only else ""


def _excepted(reading: Reading, figure: Figure, tail: list[str]) -> str:
    """«به جز ۷ روستا، همه آب دارند»: the few that something does not hold for."""
    if reading.texts(figure.opening - 2, figure.opening) == ["به", "جای"]:
        return "instead of them"  # «به جای ۲۰ چادر، ۳۵ چادر فرستادیم»
    apart = reading.text(figure.opening - 1) in ("جز", "بجز", "استثنای")
    verb = figure.clause.verb
    if verb is None or verb.negative or verb.lemma == "ماند":
        return ""  # «جز ۳ مورد، بقیه روی زمین ماند»: the three were done
    return "an exception" if apart and _ALL & set(tail) else ""


def _starting_level(reading: Reading, figure: Figure, tail: list[str]) -> str:
    """«از ۱۹۰ لیتر به ۳۸۰ لیتر افزایش یافت»: the level from which a measure rose."""
    if figure.phrase.unit not in _MEASURED:
        return ""  # «شمار مراکز از ۱۲ به ۳۱ رسید»: both were there
    verb, later = figure.clause.verb, reading.figures_after(figure)[:1]
    if later and reading.text(later[0].first - 1) == "سال":
        later = reading.figures_after(figure)[1:2]  # «از ۱۲ شعبه در سال ۹۵ به ۳۴ شعبه»
    if verb is None or not later or reading.text(figure.opening - 1) != "از":
        return ""
    rose = verb.lemma == "رسید" or set(tail[-2:]) & _CHANGES
    led = reading.text(later[0].opening - 1) == "به" and later[0].opening - figure.after <= _NEXT
    aimed = "هدف" in reading.texts(figure.opening, later[0].opening)
    return (
        "the level before"
        if rose and led and not aimed and later[0].clause is figure.clause
        else ""
    )


def _disputed(reading: Reading, figure: Figure, _: list[str]) -> str:
    """«آمار ۷۰۰ برنامه‌ای که در رسانه‌ها درج شد»: talk about a figure, not what was done."""
    if reading.text(figure.opening - 1) not in _FIGURE_NOUNS:
        return ""
    at = figure.after + (reading.text(figure.after) == "ای")
    behind = reading.texts(at, at + 2)
    return "a figure that is talked about" if "که" in behind else ""


_RULES: tuple[Callable[[Reading, Figure, list[str]], str], ...] = (
    _asked,
    _not_yet,
    _how_large,
    harmed,
    overrun,
    _needed,
    _requested,
    _lacking,
    _disputed,
    _amiss,
    _scarce,
    _excepted,
    fated,
    _starting_level,
)
