"""What a reviewer does: mark, decide, take back, merge, split. Of two who meet, the quicker one decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.activities.public import (
    Activity,
    ActivityPlace,
    AudienceShare,
    DayWish,
    Expectation,
    Lineage,
    Need,
    Share,
    ShareRole,
    State,
    begin_activities,
    descend,
    move_activities,
)
from karnameh.campaigns.actions.proposals import keep_version
from karnameh.campaigns.models import Note, NoteKind
from karnameh.campaigns.queries.proposals import content_of
from karnameh.campaigns.review.merging import Expected, How, shared_out, together
from karnameh.campaigns.review.models import MOST, Decision, Opinion, Reason, Verdict
from karnameh.campaigns.review.queries import Desk, marks_of, may_judge, round_of, rounds_of
from karnameh.campaigns.review.rubric import CRITERIA, score_of
from karnameh.catalog.public import TOTAL
from karnameh.kernel.text import clean
from karnameh.org.public import Place, is_under
from karnameh.people.public import User
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES
from karnameh.plumbing.public import OutOfReach, Refusal, deed, no_role

MOST_AT_ONCE = 300
MOST_PARTS = 12

CONSTRAINT_SENTENCES["decision_once_a_round"] = gettext_lazy(
    "Somebody else has just decided over this proposal."
)

_LEADS_TO = {
    Verdict.ACCEPT: State.ACCEPTED, Verdict.RETURN: State.RETURNED, Verdict.DECLINE: State.DECLINED,
}  # fmt: skip


@dataclass(frozen=True)
class Ruling:
    """A decision before it is taken. `round` is the round that the reviewer saw."""

    verdict: Verdict
    round: int
    reason: str = ""
    note: str = ""


# --- opinions ------------------------------------------------------------------------------------------


def save_opinion(
    desk: Desk, activity: Activity, *, marks: Mapping[str, int | None], by: User, at: datetime, note: str | None = None
) -> Opinion:  # fmt: skip
    """Keep some marks, and what is being written, as soon as it is there; the others stay as they are."""
    _require(desk, activity, by)
    wrong = [one for one in marks if one not in CRITERIA]
    if wrong or any(mark is not None and not 0 <= mark <= MOST for mark in marks.values()):
        raise Refusal(_("A mark is a number from 0 to 4."))
    values: dict[str, object] = {**marks, "saved_at": at, "revision": activity.revision}
    if note is not None:
        values["note"] = clean(note, lines=True)[:600]
    with deed("save_opinion", by=by, at=at, target=f"activity:{activity.pk}"):
        opinion, _made = Opinion.objects.update_or_create(
            activity=activity, reviewer=by, defaults=values
        )
    return opinion


# --- decisions -----------------------------------------------------------------------------------------


def decide(desk: Desk, activity: Activity, ruling: Ruling, *, by: User, at: datetime) -> Decision:
    """End the round. Refuses with 409, the newer state and what was typed, when somebody was quicker."""
    _require(desk, activity, by)
    _require_words(ruling)
    with deed(
        f"review_{ruling.verdict}",
        by=by,
        at=at,
        target=f"activity:{activity.pk}",
        reason=ruling.reason,
    ):
        _in_its_round(desk, activity.pk, ruling)
        [made] = _decided([activity.pk], ruling, {activity.pk: ruling.round}, by=by, at=at)
    return made


def decide_many(
    desk: Desk, rounds: Mapping[int, int], ruling: Ruling, *, by: User, at: datetime
) -> tuple[list[Decision], list[int]]:
    """The same decision over several proposals, given with the rounds that were seen.

    `(decided, passed)`: those over which somebody has decided meanwhile are passed over and named.
    """
    if not rounds:
        raise Refusal(_("Choose some proposals first."))
    if len(rounds) > MOST_AT_ONCE:
        raise Refusal(_("At most 300 proposals can be decided over at once."))
    _require_desk(desk, by)
    _require_words(ruling)
    with deed(f"review_{ruling.verdict}_many", by=by, at=at, target=f"activities:{len(rounds)}"):
        waiting = _lock(desk, rounds, State.SUBMITTED)
        now_in = rounds_of(waiting)
        fresh = [pk for pk in waiting if now_in[pk] == rounds[pk]]
        made = (
            _decided(fresh, ruling, {pk: rounds[pk] for pk in fresh}, by=by, at=at) if fresh else []
        )
    return made, sorted(set(rounds) - set(fresh))


def take_back(desk: Desk, activity: Activity, *, by: User, at: datetime) -> None:
    """Open a decision again: the proposal is submitted once more, and a new round begins."""
    _require(desk, activity, by)
    with deed("review_take_back", by=by, at=at, target=f"activity:{activity.pk}"):
        _lock(desk, [activity.pk])
        move_activities([activity.pk], State.SUBMITTED, by=by, at=at)


def _decided(
    activities: Sequence[int], ruling: Ruling, rounds: Mapping[int, int], *, by: User, at: datetime
) -> list[Decision]:
    note = clean(ruling.note, lines=True)[:600]
    told = "\n".join(part for part in (_reason_words(ruling.reason), note) if part)
    opinions: dict[int, list[Opinion]] = {}
    for opinion in Opinion.objects.filter(activity__in=activities):
        opinions.setdefault(opinion.activity_id, []).append(opinion)
    made = Decision.objects.bulk_create(
        Decision(
            activity_id=pk, round=rounds[pk], verdict=ruling.verdict, reason=ruling.reason, note=note,
            points=score_of(marks_of(one) for one in opinions.get(pk, [])), by=by, at=at,
        )
        for pk in activities
    )  # fmt: skip
    move_activities(activities, _LEADS_TO[ruling.verdict], by=by, at=at, note=told[:600])
    if ruling.verdict == Verdict.RETURN:
        Note.objects.bulk_create(
            Note(activity_id=pk, kind=NoteKind.RETURNED, text=note, by=by, at=at)
            for pk in activities
        )
    kept = [
        opinion.pk
        for several in opinions.values()
        for opinion in several
        if opinion.reviewer_id == by.pk and opinion.note
    ]
    if kept:  # what was being written is told now
        Opinion.objects.filter(pk__in=kept).update(note="")
    return made


def _reason_words(reason: str) -> str:
    return str(Reason(reason).label) if reason else ""


def _require_words(ruling: Ruling) -> None:
    if ruling.verdict not in _LEADS_TO:
        raise Refusal(_("Choose what is to be done with this proposal."))
    if ruling.verdict == Verdict.RETURN and not clean(ruling.note):
        raise Refusal(_("Write what its unit should change."), field="note")
    if (ruling.verdict == Verdict.DECLINE) != (ruling.reason in Reason.values):
        raise Refusal(_("Choose why it is declined."), field="reason")


def _in_its_round(desk: Desk, activity: int, ruling: Ruling) -> None:
    """Lock the proposal, and see that nothing has happened since the reviewer looked."""
    waiting = _lock(desk, [activity], State.SUBMITTED)
    if waiting and round_of(activity) == ruling.round:
        return
    raise met_another(desk, activity, ruling.note)


def met_another(desk: Desk, activity: int, note: str) -> Refusal:
    """Somebody else was quicker: where the newer state is, and what had been typed."""
    last = (
        Decision.objects.filter(activity=activity).select_related("by").order_by("-round").first()
    )
    office = last.by.office if last else ""
    sentence = (
        _(
            "%(office)s has decided over this proposal meanwhile. Look at the newer state; your words are kept below."
        )
        % {"office": office}
        if office
        else _(
            "This proposal has changed meanwhile. Look at the newer state; your words are kept below."
        )
    )
    href = f"{reverse('review_desk', args=[desk.unit.pk, desk.theme.code])}?show=all&p={activity}#p{activity}"
    return Refusal(sentence, status=409, href=href, kept=note)


def _lock(desk: Desk, activities: Iterable[int], *states: State) -> list[int]:
    """Ids of those of the desk that are in one of `states` (any), locked in one order."""
    rows = Activity.objects.select_for_update(of=("self",)).filter(
        pk__in=desk.activities().filter(pk__in=list(activities)).order_by().values("pk")
    )
    found = list(rows.order_by("pk").values_list("pk", "state"))
    return [pk for pk, state in found if not states or state in states]


def _require_desk(desk: Desk, by: User) -> None:
    if not may_judge(by, desk.unit, desk.theme.pk):
        raise no_role()


def _require(desk: Desk, activity: Activity, by: User) -> None:
    _require_desk(desk, by)
    if activity.theme_id != desk.theme.pk or not is_under(activity.lead_unit.path, desk.unit.path):
        raise OutOfReach


# --- merging -------------------------------------------------------------------------------------------

_MERGEABLE = (State.SUBMITTED, State.ACCEPTED)


def merge(
    desk: Desk, kept: Activity, others: Sequence[Activity], *, how: How, by: User, at: datetime, note: str = ""
) -> Activity:  # fmt: skip
    """Join proposals into `kept`. The others keep their pages and lead there; nothing counts twice.

    Their units become partners of the joint work; days, audiences and places are those of all.
    """
    ids = [kept.pk, *(one.pk for one in others)]
    if len(set(ids)) != len(ids) or len(ids) < 2:
        raise Refusal(_("Choose at least two different proposals to merge."))
    for one in (kept, *others):
        _require(desk, one, by)
    with deed("review_merge", by=by, at=at, target=f"activity:{kept.pk}", reason=clean(note)):
        if len(_lock(desk, ids, *_MERGEABLE)) != len(ids):
            raise met_another(desk, kept.pk, note)
        kept.refresh_from_db()
        _join(kept, [Activity.objects.get(pk=one.pk) for one in others], how)
        keep_version(kept, content_of(kept), by=by, at=at)
        _end_as(
            Verdict.MERGE, [one.pk for one in others], clean(note)[:600] or kept.code, by=by, at=at
        )
        move_activities([one.pk for one in others], State.MERGED, by=by, at=at, note=kept.code)
        descend([(kept, one) for one in others], Lineage.Kind.MERGE, by=by, at=at)
    return kept


def _join(kept: Activity, others: Sequence[Activity], how: How) -> None:
    everything = [kept, *others]
    ids = [one.pk for one in everything]
    expected = [
        Expected(one.indicator_id, one.dimensions_id or TOTAL, one.quantity, one.qualifier)
        for one in Expectation.objects.filter(activity__in=ids).order_by("pk")
    ]
    kept.expectations.all().delete()
    Expectation.objects.bulk_create(
        Expectation(
            activity=kept, indicator_id=one.indicator, dimensions_id=one.dimensions, quantity=one.quantity,
            qualifier=one.qualifier,
        )
        for one in together(expected, how)
    )  # fmt: skip
    _join_numbers(kept, everything, how)
    mine = set(kept.audiences.values_list("audience", flat=True))
    AudienceShare.objects.bulk_create(
        AudienceShare(activity=kept, audience_id=audience)
        for audience in _fresh(AudienceShare.objects.filter(activity__in=ids), "audience", mine)
    )
    places = set(kept.further_places.values_list("place", flat=True)) | {kept.place_id}
    wanted = [one.place_id for one in others] + list(
        ActivityPlace.objects.filter(activity__in=ids).values_list("place", flat=True)
    )
    ActivityPlace.objects.bulk_create(
        ActivityPlace(activity=kept, place_id=place)
        for place in dict.fromkeys(wanted)
        if place not in places
    )
    _join_wishes(kept, ids)
    _join_shares(kept, others)


def _join_numbers(kept: Activity, everything: Sequence[Activity], how: How) -> None:
    combine = max if how is How.LARGER else sum
    budgets = [one.budget_rial for one in everything if one.budget_rial is not None]
    guests = [one.expected_attendance for one in everything if one.expected_attendance is not None]
    kept.budget_rial = combine(budgets) if budgets else None
    kept.expected_attendance = combine(guests) if guests else None
    kept.starts_on = min(one.starts_on for one in everything)
    kept.ends_on = max(one.ends_on for one in everything)
    kept.revision += 1
    kept.save(
        update_fields=["budget_rial", "expected_attendance", "starts_on", "ends_on", "revision"]
    )


def _fresh(rows: object, column: str, mine: set[int]) -> list[int]:
    found: list[int] = list(rows.values_list(column, flat=True))  # type: ignore[attr-defined]
    return [pk for pk in dict.fromkeys(found) if pk not in mine]


def _join_wishes(kept: Activity, ids: Sequence[int]) -> None:
    mine = set(kept.wishes.values_list("on", flat=True))
    rank = kept.wishes.aggregate(last=Max("rank"))["last"] or 0
    days: list[date] = list(
        DayWish.objects.filter(activity__in=ids).order_by("rank").values_list("on", flat=True)
    )
    DayWish.objects.bulk_create(
        DayWish(activity=kept, on=day, rank=rank + step)
        for step, day in enumerate((day for day in dict.fromkeys(days) if day not in mine), 1)
    )


def _join_shares(kept: Activity, others: Sequence[Activity]) -> None:
    """The units of the others take part; the one of `kept` leads, and only its results are its own."""
    taken = set(kept.shares.values_list("unit", flat=True)) | {kept.lead_unit_id}
    if not kept.shares.filter(role=ShareRole.LEAD).exists():
        Share.objects.get_or_create(
            activity=kept, unit_id=kept.lead_unit_id, defaults={"role": ShareRole.LEAD}
        )
    Share.objects.bulk_create(
        Share(activity=kept, unit_id=unit, role=ShareRole.PARTNER)
        for unit in dict.fromkeys(one.lead_unit_id for one in others)
        if unit not in taken
    )


def _end_as(
    verdict: Verdict, activities: Sequence[int], note: str, *, by: User, at: datetime
) -> None:
    """A decision for each, in the round it is in; an accepted one is opened again for it first."""
    accepted = list(
        Activity.objects.filter(pk__in=activities, state=State.ACCEPTED).values_list(
            "pk", flat=True
        )
    )
    if accepted:
        move_activities(accepted, State.SUBMITTED, by=by, at=at)
    rounds = rounds_of(activities)
    Decision.objects.bulk_create(
        Decision(activity_id=pk, round=rounds[pk], verdict=verdict, note=note, by=by, at=at)
        for pk in activities
    )


# --- splitting -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartOf:
    """One part of a proposal that is split: `weight` is its share of all quantities."""

    name: str
    weight: int = 1
    place: Place | None = None


def split(
    desk: Desk, activity: Activity, parts: Sequence[PartOf], *, by: User, at: datetime
) -> list[Activity]:
    """Divide a proposal. Its quantities are shared out exactly; each part is reviewed for itself."""
    _require(desk, activity, by)
    if not 2 <= len(parts) <= MOST_PARTS:
        raise Refusal(_("A proposal is split into two to twelve parts."))
    if any(not clean(one.name) for one in parts):
        raise Refusal(_("Give each part a name."), field="name")
    if any(one.weight < 1 for one in parts):
        raise Refusal(_("Each part needs a share of at least 1."), field="weight")
    with deed("review_split", by=by, at=at, target=f"activity:{activity.pk}"):
        if not _lock(desk, [activity.pk], *_MERGEABLE):
            raise met_another(desk, activity.pk, "")
        activity.refresh_from_db()
        made = begin_activities(_parts_of(activity, parts), by=by, at=at)
        _hand_down(activity, made, [one.weight for one in parts])
        for one in made:
            keep_version(one, content_of(one), by=by, at=at)
        _end_as(
            Verdict.SPLIT, [activity.pk], "، ".join(one.code for one in made)[:600], by=by, at=at
        )
        move_activities([activity.pk], State.SPLIT, by=by, at=at)
        descend([(one, activity) for one in made], Lineage.Kind.SPLIT, by=by, at=at)
    return made


def _parts_of(activity: Activity, parts: Sequence[PartOf]) -> list[Activity]:
    weights = [one.weight for one in parts]

    def share(amount: int | None, number: int) -> int | None:
        return None if amount is None else int(shared_out(Decimal(amount), weights)[number])

    return [
        Activity(
            code=f"{activity.code[:36]}-{_letter(number)}", name_fa=clean(one.name)[:160],
            name_en=clean(one.name)[:160], kind=activity.kind, theme_id=activity.theme_id,
            profession_id=activity.profession_id, lead_unit_id=activity.lead_unit_id,
            place=one.place or activity.place, campaign_id=activity.campaign_id, starts_on=activity.starts_on,
            ends_on=activity.ends_on, state=State.SUBMITTED, tier=activity.tier,
            budget_rial=share(activity.budget_rial, number), participation=activity.participation,
            expected_attendance=share(activity.expected_attendance, number), description=activity.description,
        )
        for number, one in enumerate(parts)
    ]  # fmt: skip


def _letter(number: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[number]


def _hand_down(activity: Activity, made: Sequence[Activity], weights: Sequence[int]) -> None:
    expectations = []
    for one in activity.expectations.all():
        quantities: list[Decimal | None] = [None] * len(made)
        if one.quantity is not None:
            quantities = list(shared_out(one.quantity, weights))
        for part, quantity in zip(made, quantities, strict=True):
            if quantity is None or quantity > 0:
                expectations.append(
                    Expectation(
                        activity=part,
                        indicator_id=one.indicator_id,
                        dimensions_id=one.dimensions_id,
                        quantity=quantity,
                        qualifier=one.qualifier,
                    )
                )
    Expectation.objects.bulk_create(expectations)
    handed: tuple[tuple[Any, Any], ...] = (
        (activity.wishes.values("on", "rank", "slot"), DayWish),
        (activity.audiences.values("audience_id", "percent"), AudienceShare),
        (activity.needs.values("kind", "number", "label"), Need),
        (activity.shares.values("unit_id", "role"), Share),
    )
    for rows, model in handed:
        model.objects.bulk_create(model(activity=part, **row) for row in rows for part in made)
