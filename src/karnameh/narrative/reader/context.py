"""Numbers that are no results: dates, times, ages, ids, ordinals, structures, attributes, terms.

Each rule is one small function that returns a `Verdict` or None; `context_of` asks them in order.
"""

from __future__ import annotations

from collections.abc import Callable

from karnameh.narrative.reader.attendance import attendance
from karnameh.narrative.reader.dates import (
    age_range,
    clock,
    date,
    duration,
    is_duration,
    lower_age,
    ordinal,
    second_date,
    training_of_each,
)
from karnameh.narrative.reader.each import part
from karnameh.narrative.reader.labels import another, enumerator, identifier, plan_name
from karnameh.narrative.reader.lexicon import ACTING, CLOCK
from karnameh.narrative.reader.lives import lives
from karnameh.narrative.reader.nouns import is_counted_noun
from karnameh.narrative.reader.numerals import Form
from karnameh.narrative.reader.outside import outside
from karnameh.narrative.reader.properties import attribute, composition, history, structure
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.settings import setting
from karnameh.narrative.reader.sizes import abstract, background, finding, hours, of_nature, size
from karnameh.narrative.reader.surroundings import surroundings
from karnameh.narrative.reader.terms import (
    discount,
    is_part_of_cost,
    loan_term,
    price,
    unit_cost,
)
from karnameh.narrative.reader.territories import dwellers, group, level
from karnameh.narrative.reader.verdicts import Verdict, before_number, nothing, owns

_FORMS = {
    Form.DATE: Verdict("date", "a full date"),
    Form.TIME: Verdict("time", "a time of day"),
    Form.CODE: Verdict("id", "an identifier"),
}


def context_of(
    reading: Reading, figure: Figure, previous: Figure | None, known: str
) -> Verdict | None:
    """Why the number is no result, or None. `known` is the unit if `previous` was no result."""
    form = figure.number.form
    if form in _FORMS:
        told = form is Form.TIME and reading.text(figure.first - 1) in CLOCK
        return _FORMS[form]._replace(phrase=before_number(figure) if told else nothing(figure))
    if form is Form.ORDINAL:
        return ordinal(reading, figure)
    if form in (Form.VAGUE, Form.FRACTION):
        lasting = Verdict("year", "a duration") if is_duration(reading, figure) else None
        verdict = lasting or surroundings(reading, figure) or lives(reading, figure)
        if verdict is None and previous is not None and _is_part(reading, figure, previous, known):
            verdict = Verdict(figure.phrase.unit, "a part of what is no result")
        return verdict
    for rule in _RULES:
        verdict = rule(reading, figure)
        if verdict is not None:
            return verdict
    if previous is not None and known and _ends_range(figure, previous):
        times = known in ("time", "date")
        why = "the end of a range that is no result"
        return Verdict(known, why, nothing(figure) if times else None)
    if previous is not None and is_part_of_cost(reading, figure, previous, known):
        return Verdict(figure.phrase.unit, "a part of a price")
    if previous is not None and known and _shares_verb(reading, figure, previous, known):
        return Verdict(figure.phrase.unit, "goes with what is no result")
    if previous is not None and known and _is_part(reading, figure, previous, known):
        return Verdict(figure.phrase.unit, "a part of what is no result")
    if previous is not None and known == "date":
        return second_date(reading, figure, previous)
    if previous is not None and known == "id" and another(reading, figure, previous):
        return Verdict("id", "an identifier", nothing(figure))
    lone = figure.phrase.after <= figure.phrase.first or not is_counted_noun(
        reading.text(figure.phrase.first)
    )
    joined = known == "time" and previous is not None
    joined = joined and previous is not None and figure.first - previous.number.after <= 1
    until = reading.text(figure.first - 1) in ("تا", "الی")
    if joined and (lone or (until and (figure.number.value or 0) <= _LATEST)):
        return Verdict("time", "the end of opening hours", nothing(figure))
    return None


def _ends_range(figure: Figure, previous: Figure) -> bool:
    """«هر گروه از ۵ تا ۷ نفر تشکیل می‌شود»: both ends say the same."""
    ends = previous.number.bound == "low" and figure.number.bound == "high"
    return ends and previous.sentence is figure.sentence


def _shares_verb(reading: Reading, figure: Figure, previous: Figure, known: str) -> bool:
    """«روستا ۵۵ خانوار دارد و ۲۸ دانش‌آموز»: the verb is said once only."""
    verb = previous.clause.verb
    if verb is None or verb.lemma not in ("داشت", "بود", "خواست") or known in _TIMES:
        return False
    if previous.clause is figure.clause and known in ("person", "household"):
        return verb.lemma == "داشت" and figure.phrase.unit in _SETTLEMENTS
    beside = previous.clause is figure.clause and previous.after == figure.opening - 1
    beside &= reading.text(figure.opening - 1) == "و" and reading.text(previous.opening - 1) == "با"
    if beside and known == figure.phrase.unit and verb.lemma == "بود":
        return True  # «مدرسه‌ای با ۷ دانش‌آموز و یک معلم دایر است»
    torn = figure.clause.verb is None and previous.sentence is figure.sentence
    return torn and verb.after == figure.opening - 1 and reading.text(verb.after) == "و"


def _is_part(reading: Reading, figure: Figure, previous: Figure, known: str) -> bool:
    """«روستای ما ۹۰ خانوار دارد و ۳۰ خانوار آن دامدارند»: a part of what was no result."""
    share = figure.phrase.unit in _SHARES and known in _PARTED
    people = figure.phrase.unit == "person" and known == "percent"
    same = known == figure.phrase.unit or share or people
    same = same and previous.sentence is figure.sentence
    of_it = not _OF_IT.isdisjoint(reading.texts(figure.after - 1, figure.after + 1))
    of_it |= reading.text(figure.after - 1).endswith("شان")
    of_it |= reading.text(figure.after) == "از" and reading.text(figure.after + 1) in _OF_IT
    verb = figure.clause.verb
    lives = verb is not None and reading.text(verb.first - 1) == "زندگی"
    dwelling = known in _SETTLEMENTS and figure.phrase.unit in ("person", "household")
    if lives and dwelling and previous.sentence is figure.sentence:
        return not _OF_IT.isdisjoint(reading.texts(figure.after, figure.after + 3))
    acting = reading.text(verb.after - 1).endswith("یم") if verb is not None else True
    acting |= not ACTING.isdisjoint(figure.clause.texts)
    lives |= not acting and figure.phrase.unit in _SHARES
    return same and known not in _TIMES and of_it and (owns(figure) or lives)


_PARTED = frozenset(
    (
        "qanat",
        "percent",
        "well",
        "person",
        "household",
        "village",
        "dwelling",
        "hectare",
        "animal",
        "city",
    )
)
_SETTLEMENTS = frozenset(("village", "neighbourhood", "city", "county", "district"))
_SHARES = frozenset(("percent", "share"))
_LATEST = 24
_OF_IT = frozenset(("آن", "آنها", "آنان"))
_TIMES = frozenset(("date", "time", "id", "ordinal", "year", "month", "day", "percent"))
_RULES: tuple[Callable[[Reading, Figure], Verdict | None], ...] = (
    enumerator,
    identifier,
    clock,
    date,
    duration,
    age_range,
    lower_age,
    training_of_each,
    attribute,
    structure,
    of_nature,
    attendance,
    composition,
    history,
    finding,
    plan_name,
    setting,
    outside,
    surroundings,
    lives,
    part,
    loan_term,
    discount,
    unit_cost,
    price,
    size,
    dwellers,
    hours,
    abstract,
    group,
    level,
    background,
)
