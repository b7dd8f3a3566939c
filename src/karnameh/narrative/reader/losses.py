"""What befell people and things, by whom or by what force: told around the work, never a result of it."""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.acts import LIGHTS_OF_HARM, Act, act_of
from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Verb
from karnameh.narrative.reader.lexicon import (
    HARM_GOVERNORS,
    HARM_NOUNS,
    HARM_WORDS,
    PREPOSITIONS,
    REMEDIES,
)
from karnameh.narrative.reader.lists import HELP, governor_of, list_lead
from karnameh.narrative.reader.nouns import lemma
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense

_INFINITIVES = key_set("شدن دیدن ماندن خوردن رفتن افتادن باختن سوختن دادن گشتن")
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
_FATES = key_set("ازدواج طلاق تصادف سانحه تولد سرقت جرم زمین‌لرزه آتش‌سوزی حادثه پس‌لرزه مرگ ولادت")
_OCCURRING = key_set("ثبت رخ اتفاق وقوع گزارش روی")
_ENTERING = key_set("پیدا نفوذ وارد سرایت")
_SURVEYS = key_set("ارزیابی بررسی برآورد شمارش سرشماری")
_STRICKEN = key_set("بستری‌ها مبتلایان قربانیان مصدومان مجروحان جان‌باختگان کشته‌شدگان فوتی‌ها زخمی‌ها")
_DISEASES = frozenset(("بیماری", "ویروس"))
_NOTICED = key_set("دیده شناسایی گزارش مشاهده ثبت کشف یافت پیدا تشخیص")
_ILL = key_set("مشکوک مبتلا ابتلا مثبت بیماری مسمومیت وبا")
_FEW_WORDS = 3
_CASUALTIES = key_set("کشته مجروح مصدوم زخمی جانباخته قربانی مفقودی فوتی")
_OVERRUNNING = frozenset(
    (water, "وارد") for water in key_set("آب سیل سیلاب آتش گل‌ولای رودخانه سیلابها")
)
_SETTLED = REMEDIES | {"پرداخت"}
_HELPED = HELP - {"بستری"}
_LOST = _CASUALTIES - {"مصدوم"}
_APART = PREPOSITIONS - {"به", "در"}


def overrun(reading: Reading, figure: Figure, _tail: list[str]) -> str:
    """«آب وارد ۱۴ روستا شد»: how far a flood or a fire came."""
    verb = figure.clause.verb
    head = reading.head(figure)
    came = verb is not None and verb.lemma == "شد" and not verb.passive
    entered = any(pair in _OVERRUNNING for pair in pairwise(head[-3:]))
    reached = verb is not None and verb.lemma == "رسید" and verb.tense is Tense.PAST
    reached &= head[:2] in (["سیل", "به"], ["سیلاب", "به"], ["آتش", "به"])
    return "how far it came" if (came and entered) or reached else ""


def fated(reading: Reading, figure: Figure, _: list[str]) -> str:
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


def _settles(reading: Reading, verb: Verb) -> bool:
    """«خسارت ۲۰۰ خانوار پرداخت شد»."""
    lead = reading.texts(verb.first - 2, verb.first)
    if lead[-1:] == ["پیدا"]:
        return lead[0] in REMEDIES  # «تلفات دام از ۹ به ۴ درصد کاهش پیدا کرد»
    return lead[-1:] != [] and lead[-1] in _SETTLED


def harmed(reading: Reading, figure: Figure, tail: list[str]) -> str:
    """«دچار آسیب شد», «جان خود را از دست دادند»; «قطع راه ۱۳۷ روستا» governs from the front."""
    governor = governor_of(reading, figure, HARM_GOVERNORS)
    paid = figure.clause.verb is not None and _settles(reading, figure.clause.verb)
    if governor >= 0 and figure.phrase.unit != "percent" and not paid:
        return f"what befell: {reading.text(governor)}"
    at = figure.after + (reading.text(figure.after) == "ای")
    of_these = reading.text(at) == "که" and reading.text(figure.opening - 1) == "از"
    inner = figure.sentence.clause_of.get(at + 1) if of_these else None
    lost = inner.verb if inner is not None else None
    if inner and lost and act_of(reading, inner, lost, figure.sentence) is Act.HARM:
        return "what befell, of which a part is told"  # «از ۵۰ خانه‌ای که سوخته بود …»
    told = _wrecked(reading, figure) or _struck_by_illness(reading, figure)
    if told:
        return told
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
        and not set(tail) & _HELPED
    ):
        return f"casualties: {noun}"
    found = next((text for text in tail if text in HARM_NOUNS and not REMEDIES & set(tail)), "")
    if not found and "جان" in tail and verb.lemma in ("داد", "باخت", "سپرد"):
        found = "جان"
    return f"what befell: {found}" if found and not set(tail) & HELP else ""


def _wrecked(reading: Reading, figure: Figure) -> str:
    """«۵۴۰ خانه آسیب دیده و …»: what follows says that it is no list of what was repaired."""
    joint, further = reading.text(figure.after), reading.figures_after(figure)[:1]
    damaged = reading.text(figure.after - 1) == "آسیبدیده"
    listed = joint in ("و", "،") and further and further[0].opening == figure.after + 1
    surveyed = joint == "و" and reading.text(figure.after + 1) in _SURVEYS
    if damaged and (listed or surveyed):
        return "what befell: آسیب دیده"  # «… و ۴۱۰ خانه …», «… و ارزیابی ادامه دارد»
    whole = "آسیبدیده" in reading.texts(figure.phrase.first + 1, figure.after + 1)
    if whole and reading.text(figure.opening - 1) == "از":
        return "what befell, of which a part is told"  # «از ۱۷۰ حلقه چاه آسیب‌دیده ۹۴ حلقه تمیز شد»
    return ""


def _struck_by_illness(reading: Reading, figure: Figure) -> str:
    """«این بیماری در ۱۴ روستا دیده شد», «شمار مجروحان به ۲۳۰ نفر رسید», «۱۱ مورد مشکوک دیده شده»."""
    verb, opens = figure.clause.verb, set(reading.head(figure)[:3])
    if _STRICKEN & opens:
        return "casualties"
    seen = verb is not None and verb.passive and verb.lemma == "دید"
    if seen and _DISEASES & opens:
        return "how many fell ill"
    noticed = verb is None or bool(_NOTICED & set(reading.texts(verb.first - 1, verb.after)))
    cases = noticed and lemma(reading.text(figure.phrase.first)) == "مورد"
    of_it = _ILL & set(reading.texts(figure.phrase.first + 1, figure.after + 2))
    return "how many fell ill" if cases and of_it else ""


def _happening(reading: Reading, figure: Figure) -> str:
    """«گرفتار شدن ۲۶۰ خودرو», «از نوزده مجروح …», «سیل ۵۰۰ خانه را دربرگرفت»."""
    before, further = reading.text(figure.opening - 1), reading.text(figure.opening - 2)
    if before == "فرسودگی":
        return "what befell: فرسودگی"
    if before in _INFINITIVES and further in HARM_WORDS:
        return f"what befell: {further} {before}"
    noun = lemma(reading.text(figure.phrase.first))
    counts = figure.phrase.after > figure.number.after
    if before == "از" and counts and noun in _LOST:
        return f"casualties: {noun}"
    if before == "حال" and further != "به" and figure.phrase.unit == "person":
        return "how the hurt are"
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST or verb.passive:
        return ""
    if reading.text(verb.first - 1) in _FORCES and verb.lemma in _RUINING:
        return f"what befell: {reading.text(verb.first - 1)}"  # «خانه‌های ۲۸ مددجو سیل برد»
    taken = reading.text(verb.first - 1) in ("آب", "آتش") and verb.lemma == "گرفت"
    if taken and not reading.text(verb.after - 1).endswith(("م", "ند")):
        return f"what befell: {reading.text(verb.first - 1)}"  # «۲۹ مدرسه آب گرفته بود»
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
    struck = struck and not set(head) & _APART
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
        force = (
            opens[0].removesuffix("ی") if opens else ""
        )  # «بارانی که شامگاه … بارید … راه ۹۴ روستا را بست»
        if force in _FORCES:
            return [force]
    return []
