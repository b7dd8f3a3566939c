"""Numbers that are no results: dates, times, ages, ids, ordinals, structures, attributes, terms.

Each rule is one small function that returns a `Verdict` or None; `context_of` asks them in order.
"""

from __future__ import annotations

from collections.abc import Callable

from karnameh.narrative.reader.dates import (
    age_range,
    clock,
    date,
    duration,
    is_duration,
    ordinal,
    second_date,
)
from karnameh.narrative.reader.labels import enumerator, identifier, plan_name
from karnameh.narrative.reader.lexicon import CLOCK
from karnameh.narrative.reader.numerals import Form
from karnameh.narrative.reader.properties import (
    attendance,
    attribute,
    background,
    composition,
    finding,
    history,
    of_nature,
    size,
    structure,
)
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.terms import loan_term, part, price
from karnameh.narrative.reader.verdicts import MONEY, Verdict, before_number, nothing, owns

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
        return Verdict("year", "a duration") if is_duration(reading, figure) else None
    for rule in _RULES:
        verdict = rule(reading, figure)
        if verdict is not None:
            return verdict
    if previous is not None and known in MONEY and _is_part_of(reading, figure, previous):
        return Verdict(known, "a part of a price")
    if previous is not None and known == "date":
        return second_date(reading, figure, previous)
    if previous is not None and known == "time" and figure.first - previous.number.after <= 1:
        return Verdict("time", "the end of opening hours", nothing(figure))
    return None


def _is_part_of(reading: Reading, figure: Figure, previous: Figure) -> bool:
    """«هر واحد ۸۵۰ میلیون تومان است که ۳۰۰ میلیون تومان آن بلاعوض است»."""
    near = reading.text(figure.after) == "آن"
    near &= figure.sentence.number - previous.sentence.number <= 1
    return near and figure.phrase.unit in MONEY and owns(figure)


_RULES: tuple[Callable[[Reading, Figure], Verdict | None], ...] = (
    enumerator,
    identifier,
    clock,
    date,
    duration,
    age_range,
    attribute,
    structure,
    of_nature,
    attendance,
    composition,
    history,
    finding,
    plan_name,
    part,
    loan_term,
    price,
    size,
    background,
)
