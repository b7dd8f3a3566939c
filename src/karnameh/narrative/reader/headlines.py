"""Figures without a verb: they take the stage of their twin, or of what leads in to them."""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Sentence
from karnameh.narrative.reader.drafts import Draft, confirms, names_share, same_thing
from karnameh.narrative.reader.governors import HOPES
from karnameh.narrative.reader.lexicon import (
    DEEDS,
    FUTURE_WORDS,
    INVITE_WORDS,
    PLAN_NOUNS,
    RESULT_NOUNS,
)
from karnameh.narrative.reader.nouns import lemma
from karnameh.narrative.reader.reading import Reading
from karnameh.narrative.reader.relatives import lies_ahead
from karnameh.narrative.reader.verbs import Tense

_OCCASIONS = key_set("هفته دهه ایام همزمان آستانه یادواره")
_HOW_MANY = key_set("چند چقدر چندتا چه")
_PASSED = key_set("گذشته قبل پارسال پیش سال‌گذشته عملکرد")
_SUMS = key_set("مبلغ اعتبار رقم بودجه پول")
_NEAR = 8  # figures among which a figure without a verb is read
_PLANNED = PLAN_NOUNS | FUTURE_WORDS


def settle_headlines(reading: Reading, drafts: list[Draft]) -> None:
    """A figure without a verb takes the stage of its twin, or of the line that leads in to it."""
    told: dict[int | float, list[Draft]] = {}
    for draft in drafts:
        if draft.open or draft.stage == "context" or draft.value is None:
            continue
        if not confirms(reading, draft):
            told.setdefault(draft.value, []).append(draft)
    leads: dict[int, str] = {}
    for position, draft in enumerate(drafts):
        if not draft.open:
            continue
        twin = next(
            (
                other
                for other in told.get(draft.value or 0, ())
                if same_thing(reading, draft, other)
            ),
            None,
        )
        if twin is not None:
            draft.stage, draft.nature, draft.unit = twin.stage, twin.nature, twin.unit
            draft.why, draft.sure = f"as its twin in the body: {twin.why}", 0.85
        elif (
            draft.why == "said as a fact"
            and _lead_in(reading, draft.figure.sentence, leads) == "pledged"
        ):
            draft.stage, draft.nature, draft.why = "pledged", "flow", "listed under plans"
        elif draft.why == "said as a fact" and _is_asked(reading, draft.figure.sentence):
            draft.stage, draft.nature, draft.why = "pledged", "flow", "the answer about a plan"
        elif draft.why == "said as a fact" and _occasion(draft) and _is_ahead(drafts):
            draft.stage, draft.nature, draft.why = "pledged", "flow", "for an occasion to come"
        elif draft.why == "said as a fact" and _comes_yet(reading, draft):
            draft.stage, draft.nature, draft.why = (
                "pledged",
                "flow",
                "what is told of it lies ahead",
            )
        elif draft.figure.clause.verb is not None and _amid_plans(reading, drafts, position):
            draft.stage, draft.nature, draft.why = "pledged", "flow", "told amid plans"


def _is_asked(reading: Reading, sentence: Sentence) -> bool:
    """«برنامه سال بعد چیست؟ پاسخ داد: ۸۰ خانه دیگر»: the question before asks for plans."""
    if sentence.number == 0:
        return False
    question = reading.sentences[sentence.number - 1]
    asked = set(reading.texts(question.first, question.after))
    verb = question.clauses[-1].verb if question.clauses else None
    if verb is not None and verb.tense is Tense.PRESENT and asked & _HOW_MANY:
        return reading.text(question.after) == "؟" and verb.lemma != "داشت"
    return reading.text(question.after) == "؟" and bool(asked & _PLANNED)


def _occasion(draft: Draft) -> bool:
    """Whether a figure without a verb of its own is told for an occasion («در هفته …»)."""
    texts = draft.figure.clause.texts
    return not _OCCASIONS.isdisjoint(texts) and _PASSED.isdisjoint(texts)


def _is_ahead(drafts: list[Draft]) -> bool:
    """Whether the body tells the figures of the occasion as still to come."""
    told = [draft.stage for draft in drafts if not draft.open and _occasion(draft)]
    return told.count("pledged") > told.count("reported")


def _amid_plans(reading: Reading, drafts: list[Draft], position: int) -> bool:
    """Whether the nearest figures with a verb of their own, before and behind, are both promised."""
    draft = drafts[position]
    if reading.text(draft.figure.opening - 1) == "آمادگی":
        return False  # «از آمادگی ۳۴۰۰ پزشک خبر داد»: they are ready now
    if _is_over(reading, draft):
        return False
    beside = [
        other.stage
        for other in drafts[position + 1 : position + _NEAR]
        if other.figure.sentence is draft.figure.sentence and _is_told(reading, other)
    ]
    later = reading.figures_after(draft.figure)[:1]
    further = bool(later) and "دیگر" in reading.texts(later[0].phrase.first, later[0].after + 1)
    if beside[:1] == ["pledged"] and not further and _gives_news(reading, draft):
        return True  # «از برپایی ۹۰ بازارچه خبر داد و گفت: … واگذار می‌شود»
    told = [
        next((other.stage for other in near if _is_told(reading, other)), "")
        for near in (
            drafts[max(position - _NEAR, 0) : position][::-1],
            drafts[position + 1 : position + _NEAR],
        )
    ]
    return told == ["pledged", "pledged"]


def _gives_news(reading: Reading, draft: Draft) -> bool:
    """«از برپایی … خبر داد»: a deed told as news, no invitation."""
    verb, texts = draft.figure.clause.verb, draft.figure.clause.texts
    deed = any(text in DEEDS for text in texts) and not INVITE_WORDS & set(texts)
    return deed and verb is not None and reading.text(verb.first - 1) == "خبر"


def _is_over(reading: Reading, draft: Draft) -> bool:
    """«در هفته‌ای که گذشت», «در ماه گذشته»: the news itself says that it was."""
    verb = draft.figure.clause.verb
    said = reading.texts(draft.figure.after, verb.first if verb else draft.figure.after)
    return "گذشت" in said or not _PASSED.isdisjoint(said)


def _comes_yet(reading: Reading, draft: Draft) -> bool:
    """«از خرید ۱۸ اتوبوس خبر داد و گفت: این اتوبوس‌ها ماه آینده می‌رسند»: news of what is to come."""
    figure = draft.figure
    verb = figure.clause.verb
    if verb is None or reading.text(verb.first - 1) != "خبر" or _is_over(reading, draft):
        return False
    later = [one for one in reading.figures_after(figure) if one.clause is not figure.clause]
    end = later[0].first if later else figure.sentence.after
    named = {lemma(text) for text in reading.texts(figure.phrase.first, figure.after)} | _SUMS
    pointed = False
    for clause in figure.sentence.clauses:
        inner = clause.verb
        if inner is None or inner.first <= verb.first or inner.first >= end:
            continue
        pointed |= any(
            one == "این" and lemma(other) in named for one, other in pairwise(clause.texts)
        )
        if (
            pointed
            and not inner.negative
            and (
                inner.tense is Tense.FUTURE
                or (inner.tense is Tense.PRESENT and _is_dated_ahead(clause.texts))
                or (inner.tense is Tense.SUBJUNCTIVE and HOPES & set(clause.texts))
            )
        ):
            return True
    return False


def _is_dated_ahead(texts: list[str]) -> bool:
    """A day to come, or an occasion: «همزمان با هفته … به بهره‌برداری می‌رسند»."""
    return lies_ahead(texts) or ("همزمان" in texts and not _OCCASIONS.isdisjoint(texts))


def _is_told(reading: Reading, draft: Draft) -> bool:
    """Whether a verb of its own decided about a result; shares go with their whole."""
    return not draft.open and draft.stage != "context" and not names_share(reading, draft)


def _lead_in(reading: Reading, sentence: Sentence, known: dict[int, str]) -> str:
    """What the nearest line that ends in a colon announces: plans or results."""
    if not known:
        current = ""
        for each in reading.sentences:
            known[each.first] = current
            if reading.text(each.after - 1) == ":":
                texts = set(reading.texts(each.first, each.after))
                plans, results = bool(texts & PLAN_NOUNS), bool(texts & RESULT_NOUNS)
                current = "pledged" if plans and not results else "reported" if results else ""
            elif any(clause.verb is not None for clause in each.clauses) and not _is_item(
                reading, each
            ):
                current = ""
    return known.get(sentence.first, "")


def _is_item(reading: Reading, sentence: Sentence) -> bool:
    """A line that begins with its number or letter in a list."""
    return reading.text(sentence.first + 1) in (")", "-", "–", ".")
