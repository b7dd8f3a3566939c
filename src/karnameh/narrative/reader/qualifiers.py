"""The qualifier that travels with a number: «بیش از», «تا», «از … گذشت», «نباید کمتر از …»."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import (
    DURATION_NOUNS,
    MONTHS,
    POTENTIAL_NOUNS,
    QUALIFIER_FILLERS,
    QUALIFIERS,
)
from karnameh.narrative.reader.model import Qualifier
from karnameh.narrative.reader.number_words import SMALL
from karnameh.narrative.reader.numerals import Form, Number
from karnameh.narrative.reader.phrases import MONEY, ROOFED, SPANS, Phrase
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.words import Kind, Word

_TIMES = frozenset(("year", "month", "week", "day", "hour"))
_UNDER_FORMS = frozenset(("کمتر از", "کمتراز", "پایینتر از", "پایین تر از"))
_OVER_FORMS = frozenset(("بیش از", "بیشتر از", "بیشاز", "بیشتراز", "بالاتر از"))
_LOWER = key_set("پایین‌تر کمتر")
_LIMITS = key_set("حداقل دست‌کم لااقل حداکثر")
_BEYOND = key_set("گذشت گذشته گذشته‌است فراتر عبور تجاوز می‌گذرد بگذرد بیشتر بالاتر")
_ENDS = frozenset((".", "؟", "!", "؛", "\n"))
_WITH_POWER = 2
_ROUGHLY = key_set("تقریبا کمابیش حدودا")
_EACH_TIME = key_set("روزی هفته‌ای ماهی سالی روزانه ماهانه سالانه هفتگی شبی")
_FILLERS = QUALIFIER_FILLERS - {"به"}


def qualifier_of(words: list[Word], number: Number, phrase: Phrase) -> tuple[Qualifier, int]:
    """The qualifier of a number and the word where the qualified expression begins."""
    if number.form is Form.VAGUE:
        return "unknown", number.first
    if number.bound:
        return ("at_least" if number.bound == "low" else "at_most"), number.first
    at = number.first
    while at > 0 and words[at - 1].text in _FILLERS:
        at -= 1
    for size in (3, 2, 1):
        if at >= size:
            said = " ".join(words[index].text for index in range(at - size, at))
            meaning = QUALIFIERS.get(said)
            if meaning is not None and not _is_real_place(said, phrase):
                if said in _UNDER_FORMS and (
                    _denied_behind(words, phrase) or _forbidden(words, at - size)
                ):
                    return "at_least", at - size
                if said in _OVER_FORMS and _forbidden(words, at - size):
                    return "at_most", at - size  # «نباید بیش از ۱۰ درصد …»
                if meaning == "about" and said.endswith("مرز") and _crossed(words, at, phrase):
                    return "at_least", at - size
                return _as_qualifier(meaning), at - size
    if at > 1 and words[at - 1].text in _EACH_TIME and words[at - 2].text in _LIMITS:
        return _as_qualifier(QUALIFIERS[words[at - 2].text]), at - 2  # «حداقل ماهی یک جلسه»
    if at > 1 and words[at - 1].text == "به" and words[at - 2].text in _LIMITS:
        return _as_qualifier(QUALIFIERS[words[at - 2].text]), at - 2
    each_time = at > 1 and words[at - 1].text in _EACH_TIME and words[at - 2].text == "تا"
    if each_time and _until(words, at - 1, phrase):
        return "at_most", at - 2  # «تا روزی ۴۰۰ نفر»
    led = at > 0 and words[at - 1].text == "از" and phrase.after < len(words)
    lower = led and words[phrase.after].text in _LOWER
    if lower and (_denied_behind(words, phrase) or _forbidden(words, at - 1)):
        return "at_least", number.first
    if _until(words, at, phrase) or _under(words, at, phrase):
        return "at_most", at - 1
    if _passed(words, number, phrase):
        return "at_least", number.first
    return _said_behind(words, max(phrase.after, number.after)), number.first


def _said_behind(words: list[Word], at: int) -> Qualifier:
    """«۱۵۰ نفر به طور تقریبی», «شش هزار دانشجو تقریباً», «۲۰۰ تن زباله حداکثر تفکیک شود»."""
    at += at < len(words) and words[at].text in ("،", "(")
    said = [word.text for word in words[at : at + 3]]
    if said[:1] and said[0] in _ROUGHLY and not _counts_next(words, at + 1):
        return "about"
    if said in (["به", "طور", "تقریبی"], ["کم", "و", "بیش"]) or said[:2] == ["کمی", "بیش"]:
        return "about"
    if said[:1] == ["بیشتر"] and said[1:] and said[1] in VERB_FORMS:
        return "at_most" if VERB_FORMS[said[1]].negative else "exact"  # «۸۰۰ مخزن بیشتر نیست»
    if said[:1] == ["حداکثر"] and not _counts_next(words, at + 1):
        return "at_most"
    return "exact"


def _counts_next(words: list[Word], at: int) -> bool:
    """Whether a number follows, which the word before belongs to."""
    return any(
        word.kind is Kind.DIGITS or word.text in SMALL or word.text in ("به", "تا", "همه", "تمام")
        for word in words[at : at + 2]
    )


def _denied_behind(words: list[Word], phrase: Phrase) -> bool:
    """«کمتر از ۲۰ برنامه نداشته باشد»: a denied upper limit is a lower one."""
    for index in range(phrase.after, min(phrase.after + 7, len(words))):
        form = VERB_FORMS.get(words[index].text)
        if form is not None:
            return form.negative
        if words[index].kind is not Kind.WORD or words[index].text in ("که", "و"):
            return False
    return False


def _forbidden(words: list[Word], at: int) -> bool:
    """«نباید کمتر از ۴۰ درصد باشد»: a forbidden upper limit is a lower one."""
    return any(words[index].text == "نباید" for index in range(max(at - 2, 0), at))


def _crossed(words: list[Word], at: int, phrase: Phrase) -> bool:
    """«از مرز ۶۰۰ هزار نفر عبور کرده»."""
    tail = [words[index].text for index in range(phrase.after, min(phrase.after + 3, len(words)))]
    return at > 1 and words[at - 2].text == "از" and bool(_BEYOND & set(tail))


def _as_qualifier(meaning: str) -> Qualifier:
    return "at_least" if meaning == "at_least" else "about" if meaning == "about" else "at_most"


def _is_real_place(said: str, phrase: Phrase) -> bool:
    """«زیر ۵ درمانگاه» would be a place, but reports do not say so: only «سقف» of a building."""
    return said == "سقف" and phrase.unit not in MONEY


def _until(words: list[Word], at: int, phrase: Phrase) -> bool:
    """«تا ۵۰۰ نفر» is a limit; «تا ۳ دی», «تا ۵ سال آینده» and «دعوت کردیم تا ۵ …» are not."""
    if at < 1 or words[at - 1].text != "تا":
        return False
    following = words[phrase.first].text if phrase.first < len(words) else ""
    if following in MONTHS or following in DURATION_NOUNS or phrase.unit == "date":
        return False
    if phrase.after <= phrase.first:
        return False
    before = words[at - 2].text if at > 1 else ""
    if at > _WITH_POWER and words[at - 3].text in POTENTIAL_NOUNS:
        return True  # «قابلیت دارد تا ۱۰ برابر …»
    if before == "است" and words[at - 3].text == "ممکن":
        return True  # «ممکن است تا ۳۵ درصد بالا برود»
    if before in VERB_FORMS:
        return VERB_FORMS[before].lemma == "توانست" or not _is_purpose(words, phrase.after)
    return not any(words[index].text == "از" for index in range(max(at - 7, 0), at - 1))


def _is_purpose(words: list[Word], at: int) -> bool:
    """«دعوت کردیم تا ۵ طرح را ببینند»: a subjunctive ahead makes the تا a conjunction."""
    for index in range(at, min(at + 15, len(words))):
        form = VERB_FORMS.get(words[index].text)
        if form is not None and form.tense is not Tense.PARTICIPLE:
            return form.tense is Tense.SUBJUNCTIVE
    return False


def _under(words: list[Word], at: int, phrase: Phrase) -> bool:
    """«نباید از ۸ درصد بگذرد», «سقف کار ما ۱۰۰ روستا است»: a limit said by the clause."""
    before = [words[index].text for index in range(max(at - 6, 0), at)]
    ends = [index for index, text in enumerate(before) if text in _ENDS]
    before = before[ends[-1] + 1 :] if ends else before
    told = [index for index, text in enumerate(before) if text in ("است", "شد", "شده", "بود")]
    before = before[told[-1] + 1 :] if told else before  # the clause before is over
    if before[-1:] == ["از"]:
        tail = [words[i].text for i in range(phrase.after, min(phrase.after + 4, len(words)))]
        over = "فراتر" in tail or "بیشتر" in tail
        denied = any(text in VERB_FORMS and VERB_FORMS[text].negative for text in tail)
        return (
            "نباید" in before
            or (over and denied)
            or tail[:1] == ["کمتر"]
            or tail[:2] == ["هم", "کمتر"]
        )
    if before[-1:] == ["به"]:
        tail = [words[i].text for i in range(phrase.after, min(phrase.after + 2, len(words)))]
        forms = [VERB_FORMS[text] for text in tail if text in VERB_FORMS]
        return any(form.lemma == "رسید" and form.negative for form in forms)
    named = words[phrase.first].text if phrase.after > phrase.first else ""
    if phrase.unit in ROOFED or named == "کلاس":
        return False  # «سقف ۱۶۰ خانه زده شد»
    return any(
        text == "سقف"
        and before[index - 1 : index] not in (["بر"], ["روی"], ["زیر"])
        and before[index + 1 : index + 2] not in (["را"], ["و"])  # «۵۴۰ سقف را ایزوله کردند و …»
        for index, text in enumerate(before)
    )


def _passed(words: list[Word], number: Number, phrase: Phrase) -> bool:
    """«از ۹ هزار گروه گذشت», «۵۰ نفر به بالا»: the words behind make it a lower limit."""
    after = max(phrase.after, number.after)
    tail = [words[index].text for index in range(after, min(after + 3, len(words)))]
    if tail[:2] in (["به", "بالا"], ["و", "اندی"], ["و", "بیشتر"], ["یا", "بیشتر"]):
        return True
    if tail == ["و", "بلکه", "بیشتر"]:
        return True
    if number.first < 1 or words[number.first - 1].text != "از" or phrase.unit in _TIMES:
        return False
    return any(
        text in _BEYOND and not (index and tail[index - 1] in SPANS)
        for index, text in enumerate(tail)
    )
