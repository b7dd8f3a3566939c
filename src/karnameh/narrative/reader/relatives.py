"""What a clause beside a figure's own says of it: relative, joined, or running on."""

from __future__ import annotations

from karnameh.narrative.reader.acts import Act, act_of
from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause, Verb
from karnameh.narrative.reader.lexicon import (
    MUST,
    PLAN_NOUNS,
    RESULT_NOUNS,
)
from karnameh.narrative.reader.plans import (
    GIVEN_WORDS,
    in_the_week,
)
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense

_COMING = key_set("سال ماه هفته روزهای ماه‌های هفته‌های سال‌های روز")
IN_IT = frozenset(("آن", "آنها", "آنان", "اینها", "آنجا"))
_SOME = key_set("بخشی تعدادی برخی بعضی شماری نیمی قسمتی بخش")
NAMED_NEAR = 4


def part_comes(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«۸۷۰ طرح داریم که بخشی از آن در این هفته افتتاح می‌شود»: what is spoken of lies ahead."""
    inner = figure.sentence.clause_of.get(verb.after + 1)
    if reading.text(verb.after) != "که" or inner is None or inner.verb is None:
        return False
    ahead = inner.verb.tense in (Tense.PRESENT, Tense.FUTURE) and not inner.verb.negative
    parts = not _SOME.isdisjoint(inner.texts[:2]) and not IN_IT.isdisjoint(inner.texts[:4])
    limited = in_the_week(inner.texts) or lies_ahead(inner.texts) or "پایان" in inner.texts
    return ahead and parts and (limited or inner.verb.tense is Tense.FUTURE)


def lies_ahead(texts: list[str]) -> bool:
    """«فردا», «سال آینده»: with a present tense this is a plan, whatever the verb."""
    return any(
        text in ("فردا", "بزودی")
        or texts[index : index + 3] == ["از", "این", "پس"]
        or (text in ("آینده", "آتی") and index > 0 and texts[index - 1] in _COMING)
        for index, text in enumerate(texts)
    )


def relative_to(reading: Reading, figure: Figure, clause: Clause) -> Clause | None:
    """The clause that a relative one directly follows («… فعال است که …»)."""
    first = min(clause.words, default=0)
    if reading.text(first - 1) != "که":
        return None
    return next(
        (
            other
            for other in figure.sentence.clauses
            if other.verb is not None and other.verb.after == first - 1
        ),
        None,
    )


def joined_to(reading: Reading, figure: Figure, clause: Clause) -> Clause | None:
    """The clause that «و» joins to this one («کارگاه ۱۲ دار دارد و ۱۸ زن در آن …»)."""
    first = min(clause.words, default=0)
    if reading.text(first) != "و":
        return None
    others = figure.sentence.clauses
    return next((c for c in others if c.verb is not None and c.verb.after == first), None)


def runs_on(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«در حال انجام است که قول داده‌ایم …», «آماده شده که توزیع خواهد شد»: what follows decides."""
    if reading.text(verb.after) != "که":
        return False
    inner = figure.sentence.clause_of.get(verb.after + 1)
    if inner is None or inner.verb is None or inner is figure.clause:
        return False
    if inner.verb.tense is Tense.FUTURE and not inner.verb.negative:
        return inner.words[0] == verb.after + 1 and not _has_figure(reading, figure, inner)
    if _governs_figure(reading, figure, inner):
        return False  # «… در دست ساخت است که پیش‌بینی می‌شود ۵۰۰ واحد آن …»
    return act_of(reading, inner, inner.verb, figure.sentence) is Act.PLEDGE


def _governs_figure(reading: Reading, figure: Figure, clause: Clause) -> bool:
    """Whether a new figure stands right behind the verb of a clause."""
    verb = clause.verb
    later = reading.figures_after(figure)[:2]
    return verb is not None and any(
        verb.after <= one.opening <= verb.after + 1 and one.phrase.unit == figure.phrase.unit
        for one in later
    )


def goes_out(figure: Figure, verb: Verb) -> bool:
    """«… سازماندهی شده‌اند که از روز اول هفته مستقر می‌شوند»."""
    inner = figure.sentence.clause_of.get(verb.after + 1)
    if inner is None or inner.verb is None or inner.verb.negative:
        return False
    present = inner.verb.tense is Tense.PRESENT
    return present and ("هفته" in inner.texts or lies_ahead(inner.texts))


def is_described_as_promised(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«ساخت ۴۰ خانه از کارهایی است که برای امسال در نظر گرفته شده»: a promise describes what it is."""
    if reading.text(verb.after) != "که" or not reading.text(verb.first - 1).endswith("ی"):
        return False
    inner = figure.sentence.clause_of.get(verb.after + 1)
    if inner is None or inner.verb is None or inner is figure.clause or inner.verb.negative:
        return False
    if inner.words[0] != verb.after + 1 or _has_figure(reading, figure, inner):
        return False
    if inner.verb.tense is Tense.FUTURE or set(inner.texts[:2]) & MUST:
        return True
    if inner.verb.tense is Tense.PRESENT and reading.text(inner.verb.first - 1) in ("شروع", "آغاز"):
        return True  # «از کارهایی است که در این حوزه شروع می‌کنیم»
    return act_of(reading, inner, inner.verb, figure.sentence) is Act.PLEDGE


def is_named_by_plan(reading: Reading, figure: Figure, clause: Clause) -> bool:
    """«هدف ما که ساخت ۳۰۰ کلاس بود»: the clause says what a plan or a promise consists of."""
    first = min(clause.words, default=0)
    if reading.text(first - 1) != "که" or first - 1 <= figure.sentence.first:
        return False
    for at in range(first - 2, max(figure.sentence.first, first - 2 - NAMED_NEAR) - 1, -1):
        text = reading.text(at)
        if text in VERB_FORMS or text in ("،", "؛", ":"):
            return False
        if text in RESULT_NOUNS:
            return False
        if text in PLAN_NOUNS or text in GIVEN_WORDS:
            return True
    return False


def comes(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«۱۶ خانه مانده که تا عید تمام می‌شود»."""
    inner = figure.sentence.clause_of.get(verb.after + 1)
    if reading.text(verb.after) != "که" or inner is None or inner.verb is None:
        return False
    return inner.verb.tense in (Tense.PRESENT, Tense.FUTURE) and not inner.verb.negative


def _has_figure(reading: Reading, figure: Figure, clause: Clause) -> bool:
    return any(other.clause is clause for other in reading.figures_after(figure)[:1])
