"""Needs, requests, losses and measures of nature: told around the work, never results of it.

Each rule looks at the figure's clause: the noun that governs the figure from the front («کمبود ۴۰
معلم», «خسارت به ۷۸۰ خانه») or the predicate behind it («… فاقد آب است», «… دچار آسیب شد»).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from karnameh.narrative.reader.acts import LIGHTS_OF_HARM, Act, act_of
from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Verb
from karnameh.narrative.reader.lexicon import (
    DEEDS,
    HARM_GOVERNORS,
    HARM_NOUNS,
    HARM_WORDS,
    LACK_WORDS,
    NEED_NOUNS,
    PREPOSITIONS,
    PRESENCE,
    REMEDIES,
    REQUEST_WORDS,
    SAY_VERBS,
)
from karnameh.narrative.reader.nouns import lemma
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.undertakings import deed_of
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense

_EMPTY_DEEDS = key_set("راه یاد قول کنار پر رنگ جمع شکل طی کلید سامان صاحب دارای مشغول تشکیل")
_HELP = DEEDS - HARM_WORDS - HARM_NOUNS - PRESENCE - _EMPTY_DEEDS
_REACH = 7  # words between a governing noun and the list that it governs
_LIST_JOINTS = frozenset(("و", "،", "یا"))
_STATING = key_set("اعلام برآورد تخمین ذکر عنوان احساس گزارش ارزیابی بیان دانست محاسبه")
_FACING = key_set("مواجه روبرو روبهرو رنج دستوپنجه")
_SCARCE = 20
_INFINITIVES = key_set("شدن دیدن ماندن خوردن رفتن افتادن باختن سوختن دادن گشتن")
_MEETING = key_set("پاسخگو جوابگو پاسخگوی جوابگوی")
_ALL = key_set("همه بقیه تمام همگی تمامی باقی سایر")
_POLITE = key_set("فرمایید فرمائید بفرمایید بفرمائید نمایید نمائید")
_FORCES = key_set(
    """
    سیل سیلاب زلزله زمین‌لرزه طوفان توفان آتش حریق شعله‌های آتش‌سوزی خشکسالی سرما سرمازدگی یخبندان تگرگ رانش آب‌گرفتگی
    باد برف باران بارندگی بارش کولاک تندر موج گردوغبار آلودگی ریزگردها کرونا گرانی
    تحریم‌ها جنگ بهمن صاعقه تندباد سونامی آفت کم‌آبی بی‌آبی
    """
)
_CARRIED = 3  # clauses through which a subject goes on
_RUINING = key_set("بست برد گرفت کند شکست کشت سوزاند انداخت کرد ریخت بلعید شست پوشاند غرق")
_BOONS = key_set("سیراب زنده سبز آبیاری احیا نجات")
_BEFORE_FORCE = key_set("و که آن این پارسال امسال دیروز دیشب")
_NO_BLOWS = frozenset(
    ("بود", "داشت", "گفت", "افزود", "خواست", "توانست", "یافت", "آمد", "رسید", "ماند")
)
_CHANGES = key_set("افزایش کاهش ارتقا رشد تنزل تغییر تبدیل پیدا")
_NEXT = 7
_MEASURED = frozenset(
    ("litre", "cubic_metre", "metre", "kilometre", "square_metre", "kilogram", "hectare", "ton")
)
_OF_IT = frozenset(("آن", "آنها", "آنان"))
_FATES = key_set("ازدواج طلاق تصادف سانحه تولد سرقت جرم زمین‌لرزه آتش‌سوزی حادثه پس‌لرزه مرگ ولادت")
_OCCURRING = key_set("ثبت رخ اتفاق وقوع گزارش روی")
_GOODS = key_set("برق آب گاز سرپناه خانه مسکن معلم پزشک جاده راه مدرسه سوخت تلفن")
_SHELTERS = key_set("چادر کپر کانکس")
_PROBLEMS = key_set("مشکل معضل بحران تنگنا دردسر")
_EXPOSED = key_set("خطر محاصره معرض تنگنا مضیقه آستانه‌ی‌تعطیلی")
_PRISONS = key_set("زندان زندان‌های زندان‌ها حبس بند")
_STILL = key_set("همچنان هنوز کماکان")
_ENTERING = key_set("پیدا نفوذ وارد سرایت")
_FEW_WORDS = 3
_AMISS = key_set(
    """
    نیمه‌تمام نیمه‌کاره فرسوده متروکه معتاد بیکار بی‌خانمان متروک تخریبی ناایمن کپری بی‌سواد راکد
    نامعلوم نامشخص مبهم آلوده بلاتکلیف معطل چشم‌انتظار
    غیرقابل‌سکونت ناقص معیوب کهنه‌ساز
    """
)
_CASUALTIES = key_set("کشته مجروح مصدوم زخمی جانباخته قربانی مفقودی فوتی")
_FIGURE_NOUNS = key_set("آمار رقم عدد ارقام رقمی عددی")
_REQUESTED = frozenset(word + ending for word in REQUEST_WORDS for ending in ("", "ی"))
_MEANS = key_set("اعتبار بودجه منابع هزینه سرمایه مبلغ مالی اعتبارات پول زمان نیروی امکانات")
_AT = (["به"], ["با"], ["طبق"], ["بنابر"], ["پی"])
_AID = key_set("کمک یاری مساعدت")
_LISTED = 8  # items of a list of requests
_ASKING = key_set("خواهشمند درخواست تقاضا خواستار")
_CLAIMED = key_set("گفته نوشته اعلام گفته‌اند نوشته‌اند می‌گویند")
_BEING = frozenset(("بود", "داشت", "ماند"))


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


def list_head(reading: Reading, figure: Figure) -> int:
    """The word behind what governs the list that the figure stands in; asked once for each."""
    known = reading.lists.get(figure.first)
    if known is None:
        known = reading.lists[figure.first] = _list_head(reading, figure)
    return known


def _list_head(reading: Reading, figure: Figure) -> int:
    opening = figure.opening
    for other in reversed(reading.figures_before(figure)):
        if other.sentence is not figure.sentence or not other.after <= opening:
            break
        if any(text not in _LIST_JOINTS for text in reading.texts(other.after, opening)):
            break
        if other.after == opening:
            break
        opening = other.opening
    return opening


def list_lead(reading: Reading, figure: Figure) -> list[str]:
    """The words of the figure's clause in front of the list that it stands in."""
    first = list_head(reading, figure)
    return [reading.text(index) for index in figure.clause.words if index < first]


def _governor(reading: Reading, figure: Figure, nouns: frozenset[str]) -> int:
    """The nearest of some nouns that governs the figure's list from the front, or -1."""
    if nouns.isdisjoint(reading.said_in(figure.sentence)):
        return -1
    opening = list_head(reading, figure)
    first = max(figure.sentence.first, opening - _REACH)
    for at in range(opening - 1, first - 1, -1):
        text = reading.text(at)
        if text in nouns:
            near = reading.texts(at - 2, at)
            near = [] if near[-1:] and near[-1] in SAY_VERBS else near  # «… گفت کمبود معلم …»
            remedied = any(word in REMEDIES or word in _HELP for word in near)
            return -1 if remedied else at
        form = VERB_FORMS.get(text)
        spoken = form is not None and form.tense is not Tense.PARTICIPLE
        if text in _HELP or text in ("که", "؛", "برای") or spoken:
            return -1
        if text == "،" or reading.words[at].text in "«»":
            return -1
    return -1


# --- needs ---------------------------------------------------------------------------------------


def _overrun(reading: Reading, figure: Figure, _tail: list[str]) -> str:
    """«آب وارد ۱۴ روستا شد»: how far a flood or a fire came."""
    verb = figure.clause.verb
    head = reading.head(figure)
    came = verb is not None and verb.lemma == "شد" and not verb.passive
    entered = any(pair in _OVERRUNNING for pair in pairwise(head[-3:]))
    return "how far it came" if came and entered else ""


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
    governor = _governor(reading, figure, NEED_NOUNS)
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
    if set(tail[-3:]) & (_STATING | _FACING) or verb.lemma == "دانست":
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
    if exposed and not set(tail) & _HELP - {"قرار"}:
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
    return f"what they lack: {found}" if found and not set(tail) & _HELP - {"قرار"} else ""


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
    if tail[-1:] and tail[-1] in _AMISS and verb is not None and verb.lemma == "بود":
        return f"what is amiss: {tail[-1]}"
    held = verb is not None and verb.lemma == "داشت" and verb.tense is Tense.PRESENT
    there = held and (tail[-1:] == ["وجود"] or not set(tail[-1:]) & (DEEDS | PRESENCE))
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


def _fated(reading: Reading, figure: Figure, _: list[str]) -> str:
    """«۳۴۰۰ طلاق به ثبت رسید», «۱۲ تصادف رخ داد»: public statistics."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.after <= figure.number.after:
        return ""
    base = reading.figures_before(figure)[-1:]
    if base and reading.texts(base[0].opening - 2, base[0].opening) == ["از", "هر"]:
        fate = lemma(reading.text(base[0].phrase.first))
        return f"what happens in a country: {fate}" if fate in _FATES else ""
    nouns = reading.texts(figure.phrase.first, figure.phrase.first + 2)
    told = set(reading.texts(verb.first - 2, verb.first)) & _OCCURRING
    found = next((noun for noun in nouns if lemma(noun) in _FATES), "")
    return f"what happens in a country: {found}" if told and found else ""


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


# --- losses --------------------------------------------------------------------------------------


def _settles(reading: Reading, verb: Verb) -> bool:
    """«خسارت ۲۰۰ خانوار پرداخت شد»."""
    lead = reading.texts(verb.first - 2, verb.first)
    if lead[-1:] == ["پیدا"]:
        return lead[0] in REMEDIES  # «تلفات دام از ۹ به ۴ درصد کاهش پیدا کرد»
    return lead[-1:] != [] and lead[-1] in REMEDIES | {"پرداخت"}


def _harmed(reading: Reading, figure: Figure, tail: list[str]) -> str:
    """«دچار آسیب شد», «جان خود را از دست دادند»; «قطع راه ۱۳۷ روستا» governs from the front."""
    governor = _governor(reading, figure, HARM_GOVERNORS)
    paid = figure.clause.verb is not None and _settles(reading, figure.clause.verb)
    if governor >= 0 and figure.phrase.unit != "percent" and not paid:
        return f"what befell: {reading.text(governor)}"
    at = figure.after + (reading.text(figure.after) == "ای")
    of_these = reading.text(at) == "که" and reading.text(figure.opening - 1) == "از"
    inner = figure.sentence.clause_of.get(at + 1) if of_these else None
    lost = inner.verb if inner is not None else None
    if inner and lost and act_of(reading, inner, lost, figure.sentence) is Act.HARM:
        return "what befell, of which a part is told"  # «از ۵۰ خانه‌ای که سوخته بود …»
    joint, further = reading.text(figure.after), reading.figures_after(figure)[:1]
    listed = joint in ("و", "،") and further and further[0].opening == figure.after + 1
    if listed and reading.text(figure.after - 1) == "آسیبدیده":
        return "what befell: آسیب دیده"  # «۲۳۰۰ خانه آسیب دیده و ۴۱۰ خانه …»
    happened = _happening(reading, figure)
    if happened:
        return happened
    verb = figure.clause.verb
    if verb is None or verb.negative or verb.lemma not in LIGHTS_OF_HARM:
        return ""
    noun = lemma(reading.text(figure.phrase.first))
    brought = verb.lemma in ("رساند", "برد", "آورد")
    if (
        noun in _CASUALTIES
        and not brought
        and figure.phrase.after > figure.number.after
        and not set(tail) & _HELP - {"بستری"}
    ):
        return f"casualties: {noun}"
    found = next((text for text in tail if text in HARM_NOUNS and not REMEDIES & set(tail)), "")
    if not found and "جان" in tail and verb.lemma in ("داد", "باخت", "سپرد"):
        found = "جان"
    return f"what befell: {found}" if found and not set(tail) & _HELP else ""


def _happening(reading: Reading, figure: Figure) -> str:
    """«گرفتار شدن ۲۶۰ خودرو», «از نوزده مجروح …», «سیل ۵۰۰ خانه را دربرگرفت»."""
    before, further = reading.text(figure.opening - 1), reading.text(figure.opening - 2)
    if before == "فرسودگی":
        return "what befell: فرسودگی"
    if before in _INFINITIVES and further in HARM_WORDS:
        return f"what befell: {further} {before}"
    noun = lemma(reading.text(figure.phrase.first))
    counts = figure.phrase.after > figure.number.after
    if before == "از" and counts and noun in _CASUALTIES - {"مصدوم"}:
        return f"casualties: {noun}"
    if before == "حال" and figure.phrase.unit == "person":
        return "how the hurt are"
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST or verb.passive:
        return ""
    head = reading.head(figure)
    struck_thing = "را" in reading.texts(figure.after, verb.first)
    lead = list_lead(reading, figure)
    if (
        lead[:1] in (["و"], ["،"], ["ولی"], ["اما"], [])
        and len(lead) <= _FEW_WORDS
        and struck_thing
        and verb.lemma in _RUINING
        and not reading.text(verb.after - 1).endswith(
            ("م", "ند")
        )  # no force is «ما», «من» or people
    ):
        head = _subject_before(reading, figure)  # «سیلاب وارد شهر شد و ۶۰۰ خانه را گرفت»
    first = min(figure.clause.words, default=0)
    described = reading.text(first - 1) == "که" and reading.text(first - 2) not in VERB_FORMS
    if not head and described:  # «سیل سال ۹۸ که ۲۰۰ خانه را برد»
        named = reading.texts(max(figure.sentence.first, first - 5), first - 1)
        head = [text for text in named if text in _FORCES][:1]
    dated = head[:1] == ["سال"] and head[1:2] != [] and head[1].isdecimal()
    opens = [text for text in head[2 * dated :][:3] if text not in _BEFORE_FORCE][:2]
    entered = reading.text(verb.first - 1) in _ENTERING and verb.lemma in ("کرد", "شد")
    if entered and opens[:1] and opens[0] in ("آب", "آتش", "دود"):
        return f"what befell: {opens[0]}"  # «آب به ۹۰۰ خانه راه پیدا کرد»
    force = opens[0] if opens[:1] and opens[0] in _FORCES else ""  # the subject
    struck = verb.lemma not in _NO_BLOWS and reading.text(verb.first - 1) not in _BOONS
    struck = struck and not set(head) & PREPOSITIONS - {"به", "در"}
    return f"what befell: {force}" if force and struck else ""


def _subject_before(reading: Reading, figure: Figure) -> list[str]:
    """The beginning of the clause in front, whose subject goes on."""
    first = min(figure.clause.words)
    before = [
        clause for clause in figure.sentence.clauses if clause.verb and clause.verb.after <= first
    ]
    for clause in before[-_CARRIED:]:
        at = clause.texts.index(":") + 1 if ":" in clause.texts else 0
        opens = [text for text in clause.texts[at : at + 3] if text not in _BEFORE_FORCE][:1]
        if opens and opens[0] in _FORCES:
            return opens
    return []


_OVERRUNNING = frozenset(
    (water, "وارد") for water in key_set("آب سیل سیلاب آتش گل‌ولای رودخانه سیلابها")
)
_RULES: tuple[Callable[[Reading, Figure, list[str]], str], ...] = (
    _asked,
    _not_yet,
    _how_large,
    _harmed,
    _overrun,
    _needed,
    _requested,
    _lacking,
    _disputed,
    _amiss,
    _scarce,
    _excepted,
    _fated,
    _starting_level,
)
