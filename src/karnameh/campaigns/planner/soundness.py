"""What the shape of a file cannot say: ids are unique, references exist, limits make sense.

A proposal that can never take place is no fault: it is declined with its reason. Rules that
contradict one another are no fault either: the planner says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol

from karnameh.campaigns.planner.faults import MOST, Fault
from karnameh.campaigns.planner.model import Filter, Instance, Part, Proposal, Rule, Window


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Known = dict[str, frozenset[str]]


def faults_of(instance: Instance) -> list[Fault]:
    """What has to be mended before the instance can be planned, up to `MOST` faults."""
    return list(islice(_faults(instance), MOST))


def _faults(instance: Instance) -> Iterator[Fault]:
    kinds: dict[str, tuple[_Named, ...]] = {
        "day": instance.days,
        "slot": instance.slots,
        "province": instance.provinces,
        "county": instance.counties,
        "unit": instance.units,
        "venue": instance.venues,
        "person": instance.people,
        "proposal": instance.proposals,
        "rule": instance.rules,
    }
    for kind, ones in kinds.items():
        yield from _twice(kind, ones)
    known = {kind: frozenset(one.id for one in ones) for kind, ones in kinds.items()}
    known["theme"], known["profession"] = (
        frozenset(instance.themes),
        frozenset(instance.professions),
    )
    for kind in ("day", "slot"):
        if not known[kind]:
            yield Fault("none_of", {"kind": kind})
    yield from _frame_faults(instance, known)
    for proposal in instance.proposals:
        yield from _proposal_faults(proposal, known)
    for rule in instance.rules:
        yield from _rule_faults(rule, known)
    yield from _pin_faults(instance, known)


def _twice(kind: str, ones: Iterable[_Named]) -> Iterator[Fault]:
    seen: set[str] = set()
    for one in ones:
        if one.id in seen:
            yield Fault("duplicate_id", {"kind": kind, "id": one.id})
        seen.add(one.id)


def _frame_faults(instance: Instance, known: Known) -> Iterator[Fault]:
    for day in instance.days:
        yield from _declared(f"day {day.id}", "theme", day.themes, known)
    for slot in instance.slots:
        yield from _exist(f"slot {slot.id}", "slot", slot.covers, known)
        covering = {one.id for one in instance.slots if one.covers}
        if slot.id in slot.covers or covering & set(slot.covers):
            yield Fault("slot_covers", {"id": slot.id})
    for county in instance.counties:
        yield from _exist(f"county {county.id}", "province", [county.province], known)
    for unit in instance.units:
        yield from _exist(f"unit {unit.id}", "county", [unit.county], known)
    for venue in instance.venues:
        yield from _exist(f"venue {venue.id}", "county", [venue.county], known)
        yield from _windows_exist(f"venue {venue.id}", venue.closed, known)
    for person in instance.people:
        yield from _exist(f"person {person.id}", "county", [person.county], known)
        yield from _windows_exist(f"person {person.id}", person.absent, known)


def _proposal_faults(proposal: Proposal, known: Known) -> Iterator[Fault]:
    at = f"proposal {proposal.id}"
    yield from _exist(at, "county", [proposal.county], known)
    yield from _exist(at, "unit", [proposal.unit], known)
    yield from _exist(at, "day", proposal.wishes, known)
    yield from _declared(at, "theme", [proposal.theme], known)
    yield from _declared(at, "profession", [proposal.profession], known)
    if not proposal.parts:
        yield Fault("no_parts", {"id": proposal.id})
    for part in proposal.parts:
        yield from _part_faults(at, part, known)


def _part_faults(at: str, part: Part, known: Known) -> Iterator[Fault]:
    yield from _exist(at, "day", part.days, known)
    yield from _exist(at, "slot", part.slots, known)
    yield from _windows_exist(at, part.windows, known)
    yield from _exist(at, "venue", part.venues, known)
    yield from _exist(at, "person", part.teams, known)
    yield from _exist(at, "person", part.needs, known)


def _rule_faults(rule: Rule, known: Known) -> Iterator[Fault]:
    at = f"rule {rule.id}"
    for where in (rule.where, rule.among):
        yield from _filter_faults(at, where, known)
    if rule.least is None and rule.most is None:
        yield Fault("rule_without_limit", {"id": rule.id})
    if rule.kind == "share" and max(rule.least or 0, rule.most or 0) > 1:
        yield Fault("share_above_one", {"id": rule.id})
    if rule.kind == "count" and rule.among != Filter():
        yield Fault("count_among", {"id": rule.id})


def _filter_faults(at: str, where: Filter, known: Known) -> Iterator[Fault]:
    yield from _exist(at, "province", where.provinces, known)
    yield from _exist(at, "county", where.counties, known)
    yield from _exist(at, "unit", where.units, known)
    yield from _exist(at, "day", where.days, known)
    yield from _declared(at, "theme", where.themes, known)
    yield from _declared(at, "profession", where.professions, known)


def _pin_faults(instance: Instance, known: Known) -> Iterator[Fault]:
    parts = {one.id: len(one.parts) for one in instance.proposals} if instance.pins else {}
    decisions: dict[str, str] = {}
    pinned: set[tuple[str, int]] = set()
    for pin in instance.pins:
        at = f"pin {pin.proposal}"
        yield from _exist(at, "proposal", [pin.proposal], known)
        yield from _exist(at, "day", [pin.day], known)
        yield from _exist(at, "slot", [pin.slot], known)
        yield from _exist(at, "venue", [pin.venue], known)
        yield from _exist(at, "person", [pin.team], known)
        if pin.proposal in parts and pin.part >= parts[pin.proposal]:
            yield Fault("no_such_part", {"id": pin.proposal, "part": pin.part + 1})
        if (pin.proposal, pin.part) in pinned or decisions.setdefault(
            pin.proposal, pin.decision
        ) != pin.decision:
            yield Fault("pinned_twice", {"id": pin.proposal})
        pinned.add((pin.proposal, pin.part))


def _exist(at: str, kind: str, ids: Iterable[str | None], known: Known) -> Iterator[Fault]:
    for one in ids:
        if one is not None and one not in known[kind]:
            yield Fault("unknown_reference", {"at": at, "kind": kind, "id": one})


def _declared(at: str, kind: str, ids: Iterable[str | None], known: Known) -> Iterator[Fault]:
    """Themes and professions only have to exist where the instance lists them."""
    if known[kind]:
        yield from _exist(at, kind, ids, known)


def _windows_exist(at: str, windows: Iterable[Window], known: Known) -> Iterator[Fault]:
    for one in windows:
        yield from _exist(at, "day", [one.day], known)
        yield from _exist(at, "slot", [one.slot], known)
