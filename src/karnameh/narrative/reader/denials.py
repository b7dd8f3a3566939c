"""Figures that the speaker denies, here or in the next sentence."""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Verb
from karnameh.narrative.reader.compounds import UNTRUE, is_one_of
from karnameh.narrative.reader.lexicon import DEEDS, RUMOUR_WORDS
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS

_DENIAL_OPENERS = key_set("این چنین آن نه ما من هیچ")
_FALSE = key_set("نادرست تکذیب کذب دروغ غلط اشتباه ساختگی جعلی اغراق بزرگ‌نمایی")
_TRUE = key_set("درست صحیح صحت واقعیت تایید دقیق واقعی معتبر مستند موثق")
_FANCIED = key_set("خیال تصور فکر")
_ILLUSIONS = frozenset(("خیال", "گمان"))
_THINKING = key_set("می‌کنند می‌کردند کرده‌اند می‌کند می‌کرد")
_RUMOUR_SIGNS = RUMOUR_WORDS | {"گفته", "اعلام"} | _FANCIED
_FIGURE_NOUNS = key_set("آمار رقم عدد ارقام رقمی عددی آماری خبر")
_RIGHTED = key_set("اصلاح تصحیح تکذیب رد ابطال تکراری پس")
_TOLD = key_set("خبر خبرهای اخبار شایعه شایعات ادعا ادعای")
_REJECTING = key_set("رد تکذیب نفی")
_WHILE = key_set("حالی حال‌آن‌که")
_NOT_SAID = key_set("نمی‌گویم نمی‌گوییم نگفته‌ام نگفته‌ایم نگفتیم نگفتم نگفته‌اند")
_SHORT_DENIAL = 16
_SHORT_CLAUSE = 5


def denied(reading: Reading, figure: Figure) -> str:
    """A figure that others spread and the speaker denies, here or in the next sentence."""
    sentence = figure.sentence
    before = reading.texts(max(sentence.first, figure.opening - 4), figure.opening)
    if any(text in _NOT_SAID for text in before):
        return "what the speaker does not say"
    if _RUMOUR_SIGNS.isdisjoint(reading.said_in(sentence)):
        return ""
    ahead = reading.texts(sentence.first, figure.first)
    if any(one in _ILLUSIONS and other == "میکنند" for one, other in pairwise(ahead)):
        return "what others think"  # «بعضی‌ها خیال می‌کنند سالی ۵۰ میلیارد می‌گیریم»
    if not _is_rumour(reading.texts(sentence.first, sentence.after)):
        return ""
    first, after = _segment(reading, figure)
    verb = figure.clause.verb
    turn = verb is not None and set(reading.texts(verb.after, verb.after + 4)) & _WHILE
    if turn and _is_rumour(reading.texts(first, figure.first)):
        return "what others think"  # «گمان می‌کنند ۵۰۰ کارمند داریم، در حالی که …»
    if _is_rumour(reading.texts(first, figure.first)) and _negates(
        reading, after, figure.clause.verb
    ):
        return "denied right behind"
    if not _is_rumour(
        reading.texts(first, figure.after + 12 if after > figure.after + 12 else after)
    ):
        return ""
    if _denies(reading.texts(figure.after, after)):
        return "denied in the same sentence"
    if not _is_rumour(reading.texts(first, figure.first)):
        return ""
    if after < sentence.after:
        behind = reading.texts(after + 1, min(after + 1 + _SHORT_CLAUSE, sentence.after))
        if set(behind[:1]) & _DENIAL_OPENERS and _denies(behind):
            return "denied in the same sentence"  # «نوشته‌اند …؛ این خبر دروغ است»
    following = sentence.number + 1
    if following < len(reading.sentences):
        follower = reading.sentences[following]
        first = follower.first
        if ":" in reading.texts(first, first + _SHORT_CLAUSE):  # «وی پاسخ داد: این عدد درست نیست»
            first += reading.texts(first, first + _SHORT_CLAUSE).index(":") + 1
        denial = reading.texts(first, min(follower.after, first + _SHORT_DENIAL))
        if set(denial[:3]) & _DENIAL_OPENERS and _denies(denial):
            return "denied in the next sentence"
    return ""


def untrue(reading: Reading, figure: Figure) -> str:
    """«… ۲۴۰ خانه ساخته‌ایم که صحت ندارد», «این عدد ۷۰۰ نفر بود که اصلاح شد», «نه ۴۰ بلکه ۶۰ …»."""
    rejected = reading.text(figure.opening - 1) == "نه"
    instead = "بلکه" in reading.texts(figure.number.after, figure.after + _SHORT_CLAUSE)
    alike = any(o.phrase.unit == figure.phrase.unit for o in reading.figures_before(figure)[-1:])
    if rejected and (instead or alike):
        return "not this but another"
    behind = reading.texts(figure.after, figure.after + _SHORT_DENIAL)
    turned = behind.index("که") if "که" in behind else len(behind)
    pointed = behind[turned + 1 : turned + 2] in (["آن"], ["این"]) and turned <= _SHORT_CLAUSE
    if (
        pointed
        and _FIGURE_NOUNS & set(behind[turned:])
        and _FALSE & set(behind[turned : turned + 6])
    ):
        return "put right in the same sentence"  # «… گفته بودند ۱۵ هزار تا، که آن رقم اشتباه بود»
    if _is_rejected(reading, figure):
        return "a rumour that is rejected"
    said = reading.said_in(figure.sentence)
    if _TRUE.isdisjoint(said) and _RIGHTED.isdisjoint(said) and _FALSE.isdisjoint(said):
        return ""
    verb = figure.clause.verb
    written = verb is not None and verb.lemma == "نوشت"
    named = written or _FIGURE_NOUNS & set(reading.texts(figure.sentence.first, figure.first))
    for clause in figure.sentence.clauses:
        verb = clause.verb
        if verb is None or verb.first < figure.after or clause is figure.clause:
            continue
        short = len(clause.words) <= _SHORT_CLAUSE
        if short and verb.negative and reading.text(verb.first - 1) in _TRUE:
            return "denied in the same sentence"
        lead = reading.texts(max(clause.words[0], verb.first - 2), verb.first)
        relative = (
            figure.clause.verb is not None and figure.clause.verb.after == clause.words[0] - 1
        )
        if (
            short
            and relative
            and reading.text(clause.words[0] - 1) == "که"
            and _FALSE & set(clause.texts)
        ):
            return "put right in the same sentence"
        if named and is_one_of(UNTRUE, lead, verb.lemma):
            return "put right in the same sentence"
    return ""


def _is_rejected(reading: Reading, figure: Figure) -> bool:
    """«با رد خبر اخراج ۳۰ کارگر گفت»."""
    for at in range(figure.opening - 1, max(figure.sentence.first, figure.opening - 6), -1):
        if reading.text(at) in _TOLD:
            return reading.text(at - 1) in _REJECTING
        if reading.text(at) in VERB_FORMS and reading.text(at) not in DEEDS:
            return False
    return False


def _negates(reading: Reading, semicolon: int, verb: Verb | None) -> bool:
    """«گمان می‌کنند ۱۰۰۰ باغ ساخته‌ایم؛ نساخته‌ایم»."""
    behind = reading.texts(semicolon + 1, semicolon + 1 + _SHORT_CLAUSE)
    if behind[:1] in (["نخیر"], ["خیر"]):
        return True  # «نوشتند ۸۰ هزار خانه ساخته‌ایم؛ نخیر، …»
    if behind[:1] == ["چنین"] and any(
        text in VERB_FORMS and VERB_FORMS[text].negative for text in behind
    ):
        return True  # «…؛ چنین چیزی نیست»
    form = VERB_FORMS.get(reading.text(semicolon + 1))
    return verb is not None and form is not None and form.negative and form.lemma == verb.lemma


def _segment(reading: Reading, figure: Figure) -> tuple[int, int]:
    """The part of the sentence between the semicolons around a figure."""
    first, after = figure.first, figure.after
    while first > figure.sentence.first and reading.text(first - 1) != "؛":
        first -= 1
    while after < figure.sentence.after and reading.text(after) != "؛":
        after += 1
    return first, after


def _is_rumour(texts: list[str]) -> bool:
    if any(text in RUMOUR_WORDS for text in texts):
        return True
    return any(
        (text in ("گفته", "اعلام") and following == "شد")
        or (text in _FANCIED and following in _THINKING)
        for text, following in pairwise(texts)
    )


def _denies(texts: list[str]) -> bool:
    negative = any(text in VERB_FORMS and VERB_FORMS[text].negative for text in texts)
    if any(text in _FALSE for text in texts):
        return True
    mended = any(
        one == "درست" and other in VERB_FORMS and VERB_FORMS[other].lemma in ("شد", "کرد")
        for one, other in pairwise(texts)
    )  # «تا اینترنت درست نشود فایده‌ای ندارد»
    return negative and not mended and any(text in _TRUE or text == "چنین" for text in texts)
