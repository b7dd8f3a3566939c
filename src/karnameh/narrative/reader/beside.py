"""What the words right beside a figure say of its stage, whatever its verb: capacities, targets, invitations."""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.acts import Act, act_of
from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Verb
from karnameh.narrative.reader.lexicon import DEEDS, INVITE_WORDS, MUST, POTENTIAL_NOUNS
from karnameh.narrative.reader.reading import Figure, Reading, Staged
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense

_HAVING = key_set("داشتن دارابودن")
_ENJOYING = key_set("برخورداری بهره‌مندی")
_ROOM = frozenset(("ظرفیت", "گنجایش"))
_OF_ROOM = key_set("سالانه روزانه ماهانه پذیرش اسمی تولید فعلی نهایی کل مجموع کنونی ما آن")
_POWER = frozenset(("kilowatt", "megawatt"))
_BUILT_TO_HOLD = _POWER | {"cubic_metre", "litre", "ton"}
_EXCEPT = key_set("جز بجز استثنای")
_BODIES = frozenset(
    ("base", "mosque", "school", "team", "centre", "organization", "fund", "clinic")
)
_NEAR = 6  # a noun further back governs something else
_GIVEN_WORD = frozenset(("قول", "وعده", "تعهد"))
_FULFILLED = key_set("انجام تمام محقق عملی سرانجام پایان اجرا آب")
_NEAR_DEED = 4
_WITH = _HAVING | _ENJOYING
_WORDS_GIVEN = _GIVEN_WORD - {"تعهد"}


def is_fulfilled(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«نصب ۱۹۰۰ کانکس به ما سپرده شد که انجام دادیم»: the relative clause says that it was done."""
    if reading.text(verb.after) != "که" or verb.tense is not Tense.PAST:
        return False
    inner = figure.sentence.clause_of.get(verb.after + 1)
    done = inner.verb if inner is not None else None
    if inner is None or done is None or done.tense is not Tense.PAST or done.negative:
        return False
    short = done.first - verb.after <= _NEAR_DEED and reading.text(done.first - 1) in _FULFILLED
    return short and not any(one.clause is inner for one in reading.figures_after(figure)[:1])


def told_beside(reading: Reading, figure: Figure) -> Staged | None:
    """«با داشتن ۱۱ هزار داوطلب می‌تواند …» has them; «از ۱۲۰ کارآفرین دعوت شده … بیایند»."""
    at = figure.opening - 1
    if reading.text(at) == "با" and reading.text(figure.after) in POTENTIAL_NOUNS:
        return Staged("reported", "what there is", sure=0.7)  # «با ۶۵۰۰ عضو ظرفیت آن را دارد»
    if reading.texts(at - 1, at + 1) == ["با", "وجود"]:
        return Staged("reported", "what there is", sure=0.7)
    if reading.text(at) == "از" and reading.text(at - 1) in _ENJOYING:
        at -= 1
    near = reading.texts(max(figure.sentence.first, at - 3), at)
    if reading.text(at) in _WITH and "با" in near:
        return Staged("reported", "what there is", sure=0.8)
    if _is_called(reading, figure):
        return Staged("reported", "invited")
    verb = figure.clause.verb
    if reading.text(at) in _EXCEPT and verb is not None and verb.lemma == "ماند":
        return Staged("reported", "an exception to what is left", sure=0.7)
    if _is_cause(reading, figure):
        return Staged("reported", "what came before", sure=0.7)
    return None


def _is_cause(reading: Reading, figure: Figure) -> bool:
    """«در پی ساخت ۱۱ کتابخانه، بچه‌ها بیشتر می‌خوانند»; «در پی ساخت … هستیم» intends it."""
    at = figure.opening - 1
    if reading.text(at) not in DEEDS or reading.text(at - 1) not in ("پی", "دنبال"):
        return False
    verb = figure.clause.verb
    return verb is not None and "،" in reading.texts(
        figure.after, min(figure.after + 4, verb.first)
    )


def _is_called(reading: Reading, figure: Figure) -> bool:
    """«از ۵۰ راننده هم دعوت شده وانت خود را بیاورند»: a participle that stands for the whole verb."""
    far = _NEAR if reading.text(figure.opening - 1) == "از" else 1
    for at in range(figure.after, min(figure.after + far, figure.sentence.after)):
        text, form = reading.text(at), VERB_FORMS.get(reading.text(at + 1))
        asked = text == "درخواست" and figure.phrase.unit == "person" and far > 1
        wanted = text == "خواسته" and (at > figure.after or reading.text(at + 1) == "شده")
        if asked or text in INVITE_WORDS or wanted:
            done = form is not None and form.tense is Tense.PARTICIPLE
            return done and form is not None and not form.negative
        if text in ("که", "،", "؛") or (text in VERB_FORMS and text != "خواسته"):
            return False
    return False


def is_room(reading: Reading, figure: Figure) -> bool:
    """«مرکزی با ظرفیت سالانه ۹۰۰ نفر»; «ظرفیت به ۹۰۰ نفر رسید» is what there is."""
    first = max(figure.sentence.first, figure.opening - 3)
    for at in range(figure.opening - 1, first - 1, -1):
        if reading.text(at) in _ROOM:  # «با استفاده از ظرفیت خیران …» is another capacity
            power = figure.phrase.unit in ("kilowatt", "megawatt")  # of a plant, not for people
            power |= figure.phrase.unit in _BODIES and at == figure.opening - 1
            return not power and reading.text(at - 1) != "از"
        if reading.text(at) not in _OF_ROOM:
            return False
    return False


def is_of_promised(reading: Reading, figure: Figure) -> bool:
    """«آب‌شیرین‌کنی به ظرفیت ۳۰۰ مترمکعب ساخته خواهد شد»: the measure belongs to the promise."""
    verb = figure.clause.verb
    if verb is None:
        return False
    form = VERB_FORMS.get(reading.text(verb.first))
    made = verb.passive or reading.text(verb.first - 1) in DEEDS
    made |= form is not None and form.tense is Tense.PARTICIPLE  # «ساخته خواهد شد»
    if verb.tense is Tense.FUTURE and made:
        return not verb.negative
    if "کلنگ" in figure.clause.texts and verb.tense in (Tense.PRESENT, Tense.FUTURE):
        return not verb.negative  # «کلنگ کارگاهی با ظرفیت ۲۰۰ تن به زمین می‌خورد»
    named = reading.text(figure.opening - 2) == "با"  # «با ظرفیت ۳۰۰ نفر افتتاح می‌شود»
    if figure.phrase.unit not in _BUILT_TO_HOLD and not named:
        return False
    return made and verb.tense is Tense.PRESENT and not verb.negative


def aimed_beside(reading: Reading, figure: Figure) -> Staged | None:
    """«هدف: ۲۵۰۰ باب», «۲۵۰۰ واحد هدف», «۳۰۰ خانه که تعهد کرده بودیم»: promised by what stands at it."""
    if reading.text(figure.opening - 1) == "از" and "اعلامشده" in _described_by(reading, figure):
        return Staged("pledged", "what was announced")
    if reading.texts(figure.after, figure.after + 2) == ["مورد", "توافق"]:
        return Staged("pledged", "what was promised")  # «از ۲۰۰۰ خانه مورد توافق …»
    if reading.text(figure.opening - 1) == "یعنی":
        told = reading.texts(max(figure.sentence.first, figure.opening - 6), figure.opening - 1)
        promised = {"وعده", "قول", "تعهد", "پیشبینی", "برنامهریزی", "هدف"} & set(told)
        if promised and (told[-2:-1] in (["شده"], ["داده"]) or told[-1:] == ["شده"]):
            return Staged("pledged", "what was promised")  # «عدد وعده داده شده، یعنی ۵ هزار»
    given = reading.text(figure.opening - 1) in _WORDS_GIVEN
    if given and reading.text(figure.opening - 2) in ("؛", "،", ":", "و", "از", "."):
        return Staged("pledged", "what was promised")
    before = [text for text in reading.texts(figure.opening - 2, figure.opening) if text != ":"]
    if before[-1:] == ["هدف"] or (reading.text(figure.after - 1) == "هدف" and figure.number.value):
        return Staged("pledged", "a target: هدف")
    at = figure.after + (reading.text(figure.after) == "،")
    if reading.text(at) == "و" and reading.text(at + 2) == "که":
        at += 2  # «۴۸ چاه و چشمه‌ای که باید …»
    if reading.texts(figure.opening - 3, figure.opening) == ["برای", "رسیدن", "به"]:
        return Staged("pledged", "what was to be reached")
    if reading.text(at) != "که":
        return None
    inner = figure.sentence.clause_of.get(at + 1)
    if inner is None or inner.verb is None or inner is figure.clause:
        return None
    if act_of(reading, inner, inner.verb, figure.sentence) is Act.PLEDGE:
        if _is_kept(reading, figure):
            return None
        return Staged("pledged", "what was promised")
    needing = inner.verb.lemma == "داشت"  # «برای نه نفر که جراحی لازم داشتند»
    if set(inner.texts[:2]) & MUST and not needing:
        return Staged("pledged", "what must be done")
    entrusted = inner.verb.lemma == "سپرد" or "محول" in inner.texts[-3:]
    if entrusted and any(text in DEEDS for text in inner.texts[:2]):
        return Staged("pledged", "what was entrusted to be done")
    return None


def _is_kept(reading: Reading, figure: Figure) -> bool:
    """«۲۴ خانه‌ای که وعده داده بودیم تحویل شد»; «از ۲۴ خانه‌ای که …» is still what was promised."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST or verb.negative:
        return False
    whole = {"از", "میان", "مجموع"} & set(reading.texts(figure.opening - 2, figure.opening))
    return reading.text(verb.first - 1) in DEEDS and not whole


def _described_by(reading: Reading, figure: Figure) -> list[str]:
    if figure.phrase.after <= figure.phrase.first:
        return []
    texts = reading.texts(figure.phrase.first, figure.after + 2)
    verb = figure.clause.verb
    joined = [
        one + other
        for at, (one, other) in enumerate(pairwise(texts), figure.phrase.first)
        if other == "شده" and (verb is None or verb.first > at + 1)
    ]  # «از ۱۰۰ خانه پیش‌بینی شده ۴۰ خانه …»
    return texts[: figure.after + 1 - figure.phrase.first] + joined
