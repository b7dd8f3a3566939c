"""A figure's sentence with its numbers, in either language; and what is wrong with it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext as _

from karnameh.insight.figures import rules
from karnameh.insight.figures.models import Figure
from karnameh.insight.figures.rules import Printed, Trouble
from karnameh.ledger.public import PublicCount, Qualifier, Stage, Tally
from karnameh.ui.formats import digits_of, money_text, number_text, period_text, short_text
from karnameh.ui.public import Display

Language = Literal["fa", "en"]
LANGUAGES: tuple[Language, ...] = ("fa", "en")
DISPLAYS: Mapping[Language, Display] = {
    "fa": Display("fa", "jalali", "persian", "toman"),
    "en": Display("en", "gregorian", "latin", "rial"),
}
_CLAIMS: Mapping[Language, Mapping[str, str]] = {
    "fa": {"at_least": "بیش از", "about": "حدود", "at_most": "حداکثر"},
    "en": {"at_least": "more than", "about": "about", "at_most": "at most"},
}
STAGE_NAMES = {Stage.PLEDGED: "promised", Stage.REPORTED: "reported", Stage.VERIFIED: "verified"}
ROUNDING = 5  # of what is shown about people


@dataclass(frozen=True)
class Said:
    """A sentence as it would be read, and what keeps it from being proposed."""

    text: str
    troubles: list[str]


def public_counts(tallies: Mapping[Stage, Tally], *, protected: bool) -> dict[Stage, PublicCount]:
    """True sums as the public would about see them: for a preview, before anything is drawn."""
    found = {}
    for stage, tally in tallies.items():
        if not tally.known:
            continue
        quantity = tally.quantity
        if protected:
            quantity = Decimal(round(quantity / ROUNDING) * ROUNDING)
        found[stage] = PublicCount(quantity, tally.qualifier)
    return found


def said(
    figure: Figure, counts: Mapping[Stage, PublicCount], language: Language, *, protected: bool
) -> Said:
    """The sentence in one language, filled with what the public may see."""
    sentence = figure.sentence_en if language == "en" else figure.sentence_fa
    numbers = _numbers(figure, counts, DISPLAYS[language], protected=protected)
    found = rules.troubles(sentence, numbers)
    with translation.override(language):
        text = rules.filled(sentence, numbers, words_of(figure, language), _CLAIMS[language])
    return Said(text, [trouble_sentence(one) for one in found])


def as_it_stands(figure: Figure, tallies: Mapping[Stage, Tally]) -> str:
    """The sentence in the language in force with its numbers, whatever state the figure is in.

    A number that was bound when the figure was proposed is that one; the others are those of now.
    """
    if figure.shown:
        return figure.sentence
    language: Language = "en" if translation.get_language() == "en" else "fa"
    protected = figure.about_people
    counts = public_counts(tallies, protected=protected)
    if figure.value is not None:
        counts[Stage(figure.stage)] = _bound(figure, protected=protected)
    return said(figure, counts, language, protected=protected).text


def _bound(figure: Figure, *, protected: bool) -> PublicCount:
    assert figure.value is not None
    value = Decimal(round(figure.value / ROUNDING) * ROUNDING) if protected else figure.value
    return PublicCount(value, Qualifier(figure.qualifier))


def words_of(figure: Figure, language: Language) -> dict[str, str]:
    """The words that stand for a placeholder without being a number."""
    display = DISPLAYS[language]
    english = language == "en"
    node, measure = figure.node, figure.indicator.measure
    with translation.override(language):
        return {
            "measure": ""
            if figure.money
            else (measure.symbol_en if english else measure.symbol_fa),
            "place": node.name_en if english else node.name_fa,
            "period": period_text(figure.period, display),
            "campaign": digits_of(figure.campaign.name, display) if figure.campaign else "",
        }


def _numbers(
    figure: Figure, counts: Mapping[Stage, PublicCount], display: Display, *, protected: bool
) -> dict[str, Printed]:
    found = {}
    with translation.override(display.language):
        for stage, count in counts.items():
            if count.quantity is None:
                continue
            claim = rules.claim_of(count.qualifier.name.lower(), protected=protected)
            printed = Printed(_text(figure, count.quantity, display), claim)
            found[STAGE_NAMES[stage]] = printed
            if stage == figure.stage:
                found["value"] = printed
                found["rounded"] = _rounded(figure, count, claim, display, protected=protected)
    return found


def _rounded(
    figure: Figure, count: PublicCount, claim: str, display: Display, *, protected: bool
) -> Printed:
    """Rounded down, so that "more than" is true whatever the draw of the public rounding was."""
    assert count.quantity is not None
    floor = max(count.quantity - (ROUNDING if protected else 0), Decimal(0))
    down = rules.rounded_down(floor)
    if claim in ("", "at_least") or (protected and count.qualifier.name in ("EXACT", "AT_LEAST")):
        claim = "at_least" if down < count.quantity else claim
    if figure.money:
        return Printed(money_text(int(down), display, short=True), claim)
    return Printed(
        short_text(down, display) if down >= 10**6 else number_text(down, display), claim
    )


def number_said(value: Decimal | None, display: Display, *, money: bool) -> str:
    """A number on a map: money shortly; a dash where there is none."""
    if value is None:
        return "—"
    return money_text(int(value), display, short=True) if money else number_text(value, display)


def _text(figure: Figure, quantity: Decimal, display: Display) -> str:
    return money_text(int(quantity), display) if figure.money else number_text(quantity, display)


def trouble_sentence(trouble: Trouble) -> str:
    """A trouble in words that say what to do."""
    sentences = {
        "unknown": _(
            "“%(given)s” between braces is no number of this figure. Choose one from the list."
        ),
        "braces": _(
            "A brace is open or closed alone. Numbers stand between two, for example {value}."
        ),
        "no_value": _("The sentence must hold {value} or {rounded}: the number itself."),
        "by_hand": _("Write no number by hand (“%(given)s”). Put the living number in its place."),
        "too_long": _("The sentence is too long. Three hundred characters are enough."),
        "not_there": _("Nothing was recorded for %(given)s, so the sentence cannot name it."),
        "claims_otherwise": _(
            "The sentence says “%(given)s”, the ledger does not. Leave these words out: the number brings its own."
        ),
    }
    return sentences[trouble.code] % {"given": trouble.given}
