"""Why the planner left a proposal out, in words for people: its codes with the names of this site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from karnameh.activities.public import Activity, Resource, Slot, Venue
from karnameh.campaigns.models import Rule
from karnameh.org.public import OrgUnit, Profession, Theme
from karnameh.plumbing.addresses import number_in
from karnameh.ui.public import DEFAULT, Display, day_text, money_text, number_text

_NODES = ("unit", "id")


class Names:
    """The names of all that some reasons speak of, fetched at once."""

    def __init__(
        self, reasons: Iterable[Mapping[str, Any]], display: Display | None = None
    ) -> None:
        self.display = display or DEFAULT
        params = [one.get("params", {}) for one in reasons]
        units = {_number(p.get(key)) for p in params for key in _NODES} | {
            _number(p.get("of")) for p in params
        }
        self.units = {pk: one.name for pk, one in OrgUnit.objects.in_bulk(units - {0}).items()}
        self.venues = _names(Venue, {_number(p.get("venue")) for p in params})
        people = Resource.objects.in_bulk({_number(p.get("person")) for p in params} - {0})
        self.people = {pk: one.label for pk, one in people.items()}
        self.rules = _names(Rule, {_number(_rule_of(p)[0]) for p in params})
        self.activities = _names(Activity, {_number(p.get("proposal")) for p in params})
        self.words = {one.code: one.name for one in Theme.objects.all()}
        self.words |= {one.code: one.name for one in Profession.objects.all()}

    def day(self, text: Any) -> str:
        try:
            return day_text(date.fromisoformat(str(text)), self.display)
        except ValueError:
            return str(text)

    def slot(self, text: Any) -> str:
        return str(dict(Slot.choices).get(str(text), text))

    def number(self, value: Any) -> str:
        return number_text(value, self.display)

    def of(self, text: Any) -> str:
        """What one cell of a rule is about."""
        if text is None or text == "":
            return ""
        known = self.words.get(str(text)) or self.units.get(_number(text))
        return known or self.day(text)


def _names(model: Any, ids: set[int]) -> dict[int, str]:
    return {pk: one.name for pk, one in model.objects.in_bulk(ids - {0}).items()}


def _number(value: Any) -> int:
    return number_in(str(value or ""))


def say(reason: Mapping[str, Any], names: Names) -> str:
    """One sentence for one reason."""
    code, p = str(reason.get("code", "")), reason.get("params", {})
    venue = names.venues.get(_number(p.get("venue")), "")
    rule = names.rules.get(_number(_rule_of(p)[0]), "")
    match code:
        case "pinned_out":
            return _("A planner has left it out.")
        case "no_time":
            return _("None of its days lies in the campaign.")
        case "no_seats":
            return _("It expects %(guests)s people; the largest venue has %(seats)s seats.") % {
                "guests": names.number(p.get("attendance", 0)), "seats": names.number(p.get("seats", 0)),
            }  # fmt: skip
        case "never_open":
            return _("Its venue or its people are free on none of its days.")
        case "venue_full":
            return _("%(venue)s is full on %(day)s, %(slot)s: %(higher)s with a higher or equal score.") % {
                "venue": venue, "day": names.day(p.get("day")), "slot": names.slot(p.get("slot")),
                "higher": names.number(p.get("higher", 0)),
            }  # fmt: skip
        case "person_busy":
            return _("%(who)s is somewhere else on %(day)s, %(slot)s.") % {
                "who": names.people.get(_number(p.get("person")), _("The team")), "day": names.day(p.get("day")),
                "slot": names.slot(p.get("slot")),
            }  # fmt: skip
        case "unit_per_day":
            return _("%(unit)s has its %(most)s of %(day)s already.") % {
                "unit": names.units.get(_number(p.get("unit")), ""), "most": names.number(p.get("most", 0)),
                "day": names.day(p.get("day")),
            }  # fmt: skip
        case "unit_in_all":
            return _("%(unit)s has its %(most)s already.") % {
                "unit": names.units.get(_number(p.get("unit")), ""), "most": names.number(p.get("most", 0)),
            }  # fmt: skip
        case "budget":
            return _("The budget is too small by %(money)s.") % {
                "money": money_text(int(p.get("short", 0)), names.display)
            }
        case "rule_most" | "rule_share_most":
            return _("The rule “%(rule)s” allows no more%(of)s.") % {
                "rule": rule,
                "of": _of(p, names),
            }
        case "rule_share_least":
            return _("It would push the share of “%(rule)s” below what is wanted%(of)s.") % {
                "rule": rule,
                "of": _of(p, names),
            }
        case "rule":
            return _("The rule “%(rule)s”%(of)s") % {"rule": rule, "of": _of(p, names)}
        case "pin":
            return _("“%(name)s” is pinned where it is.") % {
                "name": names.activities.get(_number(p.get("proposal")), "")
            }
        case "budget_limit":
            return _("The limit of the budget.")
        case "units_limit":
            return _("The most that a unit may have.")
        case "no_gain":
            return _("It would bring nothing to the plan: its score is too low.")
        case "would_fit":
            return _(
                "It would still fit. The machine stopped before it came to it: give it more time, or put it in by hand."
            )
    return _("The machine gave no reason that can be put into words (%(code)s).") % {"code": code}


def _rule_of(params: Mapping[str, Any]) -> tuple[str, str]:
    """The rule's own id, and the thing that it is about: `12:construction`."""
    rule, _colon, thing = str(params.get("rule", "")).partition(":")
    return rule, thing


def _of(params: Mapping[str, Any], names: Names) -> str:
    of = names.of(_rule_of(params)[1] or params.get("of"))
    return f" ({of})" if of else ""


def changes_in_words(changes: Iterable[Mapping[str, Any]], names: Names) -> list[str]:
    """What would have to change, all of it: beside the binding reason the others."""
    return [say(one, names) for one in list(changes)[1:4]]
