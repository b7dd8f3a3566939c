"""Figures that go with one told before: said again, a part of it, its share, or «این رقم»."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause, Sentence, Verb
from karnameh.narrative.reader.drafts import (
    NO_REPEATS,
    Draft,
    amounts_to,
    head,
    names_share,
    same_thing,
)
from karnameh.narrative.reader.lexicon import ONGOING_WORDS
from karnameh.narrative.reader.natures import PER_TIME, said_per
from karnameh.narrative.reader.reading import Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.words import Kind

_POINTING = frozenset(("این", "آن", "همین", "همان"))
_NAMED_BEFORE = key_set("یادشده مذکور فوق نامبرده ذکرشده گفته‌شده فوق‌الذکر اشاره‌شده مورداشاره")
_OF = frozenset(("از", "میان", "مجموع", "کل", "جمع", "بین", "تعداد"))
_FIGURE_NOUNS = key_set("رقم عدد میزان تعداد شمار نرخ آمار نسبت مقدار سرانه میانگین")
_HEAD = 5  # words of a clause that may point back
_BACK = 3  # figures back to which «این رقم» may point
_BEGINNING = key_set("آغاز شروع کلید اجرا راه برپا برگزار افتتاح دایر عملیاتی")


def settle_echoes(reading: Reading, drafts: list[Draft]) -> None:
    """«این ۳۰۰ دوره», «۶۴۰ هزار بسته‌ای که گفتم … است», «سهم ما … است» keep the stage told before."""
    told: dict[int | float, Draft] = {}
    last: Draft | None = None
    parted: tuple[Clause | None, Draft | None] = None, None  # a clause that parts a whole, and it
    for draft in drafts:
        if draft.value is None or draft.unit in NO_REPEATS:
            continue
        earlier = told.get(draft.value)
        if earlier is not None and same_thing(reading, earlier, draft):
            if _points_back(reading, draft) or (amounts_to(draft) and earlier.stage == "pledged"):
                _copy_stage(draft, earlier, "the figure said before")
        elif last is not None and last.stage == "pledged" and _is_share_of(reading, draft, last):
            _copy_stage(draft, last, "a share of what was promised")
            parted = draft.figure.clause, last
        elif parted[1] is not None and parted[0] is draft.figure.clause and amounts_to(draft):
            _copy_stage(draft, parted[1], "a part of what was promised")
        if draft.stage == "pledged" and _is_whole(reading, draft):
            parted = draft.figure.clause, draft
        told.setdefault(draft.value, draft)
        if draft.stage != "context":
            last = draft


def _is_whole(reading: Reading, draft: Draft) -> bool:
    """«از ۸۶۰ طرح یادشده، ۲۱۵ طرح …»: the whole of which parts are told."""
    return not _OF.isdisjoint(reading.texts(draft.figure.opening - 1, draft.figure.opening))


def _is_share_of(reading: Reading, draft: Draft, whole: Draft) -> bool:
    texts = draft.figure.clause.texts
    if not names_share(reading, draft) or not amounts_to(draft) or "آمار" in texts:
        return False  # «سهم ما از این آمار …»: of what is done
    if _is_told_done(reading, draft):
        return False  # «سهم ما از این عدد ۲۴۰ نفر بوده که ثبت‌نام شدند»
    return whole.unit == draft.unit or head(reading, whole) == head(reading, draft)


def _is_told_done(reading: Reading, draft: Draft) -> bool:
    verb = draft.figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST or reading.text(verb.after) != "که":
        return False
    inner = draft.figure.sentence.clause_of.get(verb.after + 1)
    done = inner.verb if inner is not None else None
    return done is not None and done.tense is Tense.PAST and not done.negative


def _points_back(reading: Reading, draft: Draft) -> bool:
    """«این ۳۰۰ دوره», «۸۶۰ طرح یادشده»."""
    if reading.text(draft.figure.opening - 1) in _POINTING:
        return True
    return not _NAMED_BEFORE.isdisjoint(
        reading.texts(draft.figure.number.after, draft.figure.after + 2)
    )


def _copy_stage(draft: Draft, source: Draft, why: str) -> None:
    draft.stage, draft.nature = source.stage, source.nature
    draft.why = f"{why}: {source.why}"


# --- «این رقم» ------------------------------------------------------------------------------------


def settle_comparisons(reading: Reading, drafts: list[Draft]) -> None:
    """«به تعمیر نیاز دارد؛ این رقم ده سال پیش ۳۴ درصد بود»: as the figure that it is compared with."""
    for position, draft in enumerate(drafts):
        if draft.stage != "reported" or not _says_this_figure(reading, draft):
            continue
        before = drafts[max(position - _BACK, 0) : position]
        shares = draft.unit == "percent"
        same = [other for other in before if other.unit == draft.unit or shares]
        if same and same[-1].stage == "context":
            draft.stage, draft.nature = "context", "none"
            draft.why = f"compared with a figure that is no result: {same[-1].why}"


def _says_this_figure(reading: Reading, draft: Draft) -> bool:
    figure = draft.figure
    return any(
        reading.text(at) in _FIGURE_NOUNS
        and reading.text(at - 1) in _POINTING
        and reading.text(at - 2) != "از"
        for at in figure.clause.words
        if at < figure.opening
    )


# --- habits amid plans ----------------------------------------------------------------------------


def settle_frames(reading: Reading, drafts: list[Draft]) -> None:
    """«از اول دی آغاز می‌شود. … روزانه ۷۵۰۰ پرس توزیع می‌شود»: a daily figure of what is to come."""
    for position, draft in enumerate(drafts):
        verb = draft.figure.clause.verb
        if verb is None or verb.tense is not Tense.PRESENT or not draft.why.startswith("goes on"):
            continue
        if said_per(reading, draft.figure) not in PER_TIME or not _goes_with_before(reading, draft):
            continue
        if _amid_plans(reading, drafts, position) or _opened_before(reading, draft.figure.sentence):
            draft.stage, draft.why = "pledged", "a habit of what is planned"


def _goes_with_before(reading: Reading, draft: Draft) -> bool:
    """«… و این آشپزخانه‌ها روزانه …», «در این طرح روزانه …»: what stands before is meant."""
    texts = draft.figure.clause.texts
    if not ONGOING_WORDS.isdisjoint(texts):
        return False
    first = min(draft.figure.clause.words)
    joined = reading.text(first) == "و" and reading.text(first - 1) in VERB_FORMS
    return joined or any(text in _POINTING for text in texts[:_HEAD])


def _amid_plans(reading: Reading, drafts: list[Draft], position: int) -> bool:
    """Whether the clause before in the sentence, or the relative one behind, is a plan."""
    figure = drafts[position].figure
    for other in reversed(drafts[max(position - _BACK, 0) : position]):
        clause = other.figure.clause
        if other.figure.sentence is not figure.sentence:
            break
        if clause is not figure.clause and other.stage != "context":
            return other.stage == "pledged" and _is_ahead(clause.verb)
    for other in drafts[position + 1 : position + _BACK]:
        clause = other.figure.clause
        if other.figure.sentence is figure.sentence and clause is not figure.clause:
            ahead = clause.verb is not None and clause.verb.tense is Tense.FUTURE
            return ahead and reading.text(min(clause.words) - 1) == "که"
    return False


def _is_ahead(verb: Verb | None) -> bool:
    return verb is not None and verb.tense in (Tense.PRESENT, Tense.FUTURE) and not verb.negative


def _opened_before(reading: Reading, sentence: Sentence) -> bool:
    """Whether the sentence before, in the same line, says that something is about to begin."""
    if sentence.number == 0 or reading.words[sentence.first - 1].kind is Kind.BREAK:
        return False
    clauses = reading.sentences[sentence.number - 1].clauses
    verb = clauses[-1].verb if clauses else None
    if verb is None or not _is_ahead(verb) or not ONGOING_WORDS.isdisjoint(clauses[-1].texts):
        return False
    return verb.tense is Tense.FUTURE or reading.text(verb.first - 1) in _BEGINNING
