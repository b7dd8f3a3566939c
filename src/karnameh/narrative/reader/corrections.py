"""Figures that the text itself puts right: the wrong one is no result, the right one stays.

«… را ۸۰۰۰ بسته اعلام کرده بود اما بعد آن را به ۶۸۰۰ بسته اصلاح کرد», «… ۸۵ گروه ذکر شد که صحیح آن ۵۸ گروه
است», «۳۴۰ خانه ساخته شده است. این رقم اشتباه است.»
"""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.drafts import (
    NO_REPEATS,
    RIGHT,
    Draft,
    amounts_to,
    confirms,
    head,
)
from karnameh.narrative.reader.lexicon import SAY_VERBS
from karnameh.narrative.reader.reading import Reading
from karnameh.narrative.reader.verbs import VERB_FORMS

_OF_FIGURES = key_set("رقم عدد آمار تعداد شمار آن مبلغ میزان این")
_RIGHTED = key_set("اصلاح تصحیح")
_WRONG = key_set("اشتباه نادرست غلط ناصحیح اشتباهی دروغ کذب بی‌اساس ساختگی")
_BY_MISTAKE = key_set("اشتباها سهوا اشتباهی")
_PRINTED = key_set("درج اعلام ذکر ثبت عنوان چاپ منتشر گزارش قید")
_POINTING = frozenset(("این", "آن", "اما", "ولی", "البته", "که"))
_FIGURES = key_set("رقم عدد آمار ارقام خبر ادعا اعداد مبلغ")
_MEMORY = 24  # figures back to which a right one may have been said
_BACK = 3  # figures back to which a correction reaches
_HEAD = 6


def settle_corrections(reading: Reading, drafts: list[Draft]) -> None:
    """A figure that is put right behind, in its sentence or in the next, is no result."""
    for position, draft in enumerate(drafts):
        if draft.stage == "context" or draft.unit in NO_REPEATS:
            continue
        if _is_the_right_one(reading, draft):
            _take_back(reading, drafts, position)
    for position, draft in enumerate(drafts):
        if draft.stage == "context":
            continue
        if _is_called_wrong(reading, drafts, position):
            _set_aside(draft, "called wrong in the next sentence")
        elif _is_a_slip(reading, draft):
            _set_aside(draft, "written by mistake")


def _is_the_right_one(reading: Reading, draft: Draft) -> bool:
    """«رقم درست ۲۴۰ باب است», «درستش …», «به ۶۸۰۰ بسته اصلاح کرد»."""
    if confirms(reading, draft):
        return True
    figure = draft.figure
    first = max(min(figure.clause.words, default=figure.opening), figure.opening - _HEAD)
    before = reading.texts(first, figure.opening)
    for index, text in enumerate(before):
        beside = before[max(index - 1, 0) : index] + before[index + 1 : index + 2]
        if text in RIGHT and (text.endswith("ش") or _OF_FIGURES & set(beside)):
            return True
    verb = figure.clause.verb
    if verb is None or verb.negative:
        return False
    return reading.text(figure.opening - 1) == "به" and reading.text(verb.first - 1) in _RIGHTED


def _take_back(reading: Reading, drafts: list[Draft], position: int) -> None:
    """The nearest figure in front of the right one that counts the same is the wrong one."""
    right = drafts[position]
    bare = right.phrase.after <= right.phrase.first
    if bare and (earlier := _said_before(drafts, position)) is not None:
        right.stage, right.nature, right.unit = earlier.stage, earlier.nature, earlier.unit
    for other in reversed(drafts[max(position - _BACK, 0) : position]):
        if right.figure.sentence.number - other.figure.sentence.number > 1:
            return
        same = bare or other.unit == right.unit or head(reading, other) == head(reading, right)
        if not same or other.value == right.value or other.unit in NO_REPEATS:
            continue
        if other.stage != "context":
            if amounts_to(right):  # «… درست است» says only which one it is
                right.stage, right.nature, right.unit = other.stage, other.nature, other.unit
            _set_aside(other, "put right behind")
        return


def _said_before(drafts: list[Draft], position: int) -> Draft | None:
    """The figure that a bare right one names again («همان ۶۲۰۰ درست است»)."""
    value = drafts[position].value
    near = drafts[max(position - _MEMORY, 0) : position]
    return next((other for other in near if other.value == value and other.unit), None)


def _is_called_wrong(reading: Reading, drafts: list[Draft], position: int) -> bool:
    """«… ۳۴۰ خانه ساخته شده است. این رقم اشتباه است.»: the last figure of the sentence is meant."""
    sentence = drafts[position].figure.sentence
    if position + 1 < len(drafts) and drafts[position + 1].figure.sentence is sentence:
        return False
    following = sentence.number + 1
    if following >= len(reading.sentences):
        return False
    behind = reading.sentences[following]
    texts = reading.texts(behind.first, min(behind.after, behind.first + _HEAD))
    while texts and texts[0] in _POINTING:
        texts = texts[1:]
    if texts[:1] == [] or texts[0] not in _FIGURES or len(texts) < 3:
        return False
    return any(
        text in _WRONG and texts[index + 1 : index + 2] and texts[index + 1] in VERB_FORMS
        for index, text in enumerate(texts[1:], 1)
    )


def _is_a_slip(reading: Reading, draft: Draft) -> bool:
    """«به اشتباه ۱۷۰ خانه نوشته شده بود»."""
    verb = draft.figure.clause.verb
    if verb is None or not (verb.lemma in SAY_VERBS or reading.text(verb.first - 1) in _PRINTED):
        return False
    texts = draft.figure.clause.texts
    return any(
        text in _BY_MISTAKE or (text == "اشتباه" and texts[index - 1 : index] == ["به"])
        for index, text in enumerate(texts)
    )


def _set_aside(draft: Draft, why: str) -> None:
    draft.stage, draft.nature, draft.why = "context", "none", why
