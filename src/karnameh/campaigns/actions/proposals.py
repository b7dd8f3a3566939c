"""Proposals: written by their unit, handed in, returned, answered, withdrawn, copied from last year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from karnameh.access.public import Role, may, units_where
from karnameh.activities.public import (
    STANDING,
    Activity,
    ActivityPlace,
    Audience,
    AudienceShare,
    Campaign,
    DayWish,
    Expectation,
    Lineage,
    Move,
    Need,
    Planning,
    State,
    Tier,
    Venue,
    begin_activities,
    descend,
    move_activities,
)
from karnameh.campaigns.models import Note, NoteKind, ProposalVersion
from karnameh.campaigns.queries.proposals import (
    content_of,
    frame_of,
    may_judge,
    may_write,
    twin_of,
)
from karnameh.campaigns.rules.content import (
    Content,
    Shortcoming,
    as_data,
    digest,
    shortcomings,
)
from karnameh.campaigns.sentences import sentence
from karnameh.catalog.public import TOTAL, DimensionSet, Indicator
from karnameh.org.public import OrgUnit, Place, Profession, Theme, under
from karnameh.plumbing.public import OutOfReach, Refusal, deed, no_role

_COPIES_AT_ONCE = 20_000


class Unfinished(Refusal):
    """A proposal that cannot be handed in yet, with everything that is still to be mended."""

    def __init__(self, missing: Sequence[Shortcoming]) -> None:
        super().__init__(sentence(missing[0].code), field=missing[0].field)
        self.missing = tuple(missing)


def require_open(campaign: Campaign, *, on: date, by: Any, unit: OrgUnit) -> None:
    """Refuse unless the campaign takes proposals on this day; a planner may be late."""
    if campaign.planning == Planning.OPEN:
        opens, closes = campaign.proposals_open_on, campaign.proposals_close_on
        if (opens is None or on >= opens) and (closes is None or on <= closes):
            return
        if may(by, Role.PLANNER, unit):
            return
        if opens is not None and on < opens:
            raise Refusal(_("Proposals for this campaign are not open yet."), status=409)
        raise Refusal(_("Proposals for this campaign are closed."), status=409)
    if campaign.planning == Planning.CLOSED and may(by, Role.PLANNER, unit):
        return
    raise Refusal(
        _("Planning of this campaign has not been opened yet.")
        if campaign.planning == Planning.PREPARING
        else _("Proposals for this campaign are closed."),
        status=409,
    )


def _require_writer(by: Any, unit: OrgUnit) -> None:
    if may_write(by, unit):
        return
    if not units_where(by).covers(unit.path):
        raise OutOfReach
    raise no_role()


def _require_open_unit(unit: OrgUnit, on: date) -> None:
    if unit.closed_on is not None and unit.closed_on <= on:
        raise Refusal(_("This unit is closed. Propose for the unit that took over."), field="unit")


def draft_proposal(
    content: Content, *, campaign: Campaign, unit: OrgUnit, by: Any, at: datetime
) -> Activity:
    """A new draft of `unit`. It may be unfinished; handing it in asks for the rest."""
    (made,) = draft_proposals([(unit, content)], campaign=campaign, by=by, at=at)
    return made


def draft_proposals(
    rows: Sequence[tuple[OrgUnit, Content]], *, campaign: Campaign, by: Any, at: datetime
) -> list[Activity]:
    """Several new drafts at once, all or none: what a spreadsheet brings."""
    for unit in {unit.pk: unit for unit, _content in rows}.values():
        _require_writer(by, unit)
        _require_open_unit(unit, at.date())
        require_open(campaign, on=at.date(), by=by, unit=unit)
    with deed("draft_proposal", by=by, at=at, target=f"campaign:{campaign.pk}"):
        made = put_down(rows, campaign=campaign, states=[State.DRAFT] * len(rows), at=at)
        Move.objects.bulk_create(
            [Move(activity=one, from_state="", to_state=State.DRAFT, by=by, at=at) for one in made],
            batch_size=2_000,
        )
    return made


def put_down(
    rows: Sequence[tuple[OrgUnit, Content]],
    *,
    campaign: Campaign,
    states: Sequence[str],
    at: datetime,
) -> list[Activity]:
    """Rows of new activities with all their parts, each in a state.

    Asks nobody and tells no story: the caller stands in a deed, and writes the moves that lead to
    these states.
    """
    codes = _Codes(content for _unit, content in rows)
    activities = []
    for pk, (unit, content), state in zip(_fresh_ids(len(rows)), rows, states, strict=True):
        one = Activity(
            pk=pk,
            code=_code(campaign, pk),
            campaign=campaign,
            lead_unit=unit,
            state=state,
            moved_at=at,
        )
        _filled(one, content, codes).spell()
        activities.append(one)
    made = Activity.objects.bulk_create(activities, batch_size=1_000)
    _write_parts([(one, said) for one, (_unit, said) in zip(made, rows, strict=True)], codes)
    return made


def _fresh_ids(number: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('activities_activity', 'id'))"
            " FROM generate_series(1, %s)",
            [number],
        )
        return [row[0] for row in cursor.fetchall()]


def _code(campaign: Campaign, pk: int) -> str:
    return f"{campaign.code[:28]}-p{pk}"


def write_proposal(
    activity: Activity, content: Content, *, revision: int, by: Any, at: datetime
) -> Activity:
    """Write a draft or a returned proposal anew. `revision` is the one that the writer had before him.

    Refuses with 409 when somebody else wrote it meanwhile, or when it has been handed in.
    """
    _require_writer(by, activity.lead_unit)
    with deed("write_proposal", by=by, at=at, target=f"activity:{activity.pk}"):
        locked = Activity.objects.select_for_update().get(pk=activity.pk)
        if not locked.open_to_its_unit:
            raise Refusal(
                _("It has been handed in; it can be changed when it comes back."), status=409
            )
        if locked.revision != revision:
            raise Refusal(
                _("Somebody else of your unit changed it meanwhile. Look at it and try again."),
                status=409,
            )
        codes = _Codes([content])
        _filled(locked, content, codes)
        locked.revision += 1
        locked.spell()
        locked.save()
        for model in (ActivityPlace, AudienceShare, DayWish, Need, Expectation):
            model._default_manager.filter(activity=locked).delete()
        _write_parts([(locked, content)], codes)
    return locked


class _Codes:
    """What the codes of several contents stand for: one query for each kind of thing."""

    def __init__(self, contents: Iterable[Content]) -> None:
        every = list(contents)
        self.themes = {one.code: one for one in Theme.objects.all()}
        self.professions = {one.code: one for one in Profession.objects.all()}
        self.audiences = {one.code: one for one in Audience.objects.all()}
        places = {one.place for one in every} | {p for one in every for p in one.places}
        self.places = {one.code: one for one in Place.objects.filter(code__in=places)}
        self.venues = {
            one.code: one
            for one in Venue.objects.filter(code__in={one.venue for one in every if one.venue})
        }
        wanted = [e for one in every for e in one.expectations]
        self.indicators = {
            one.code: one
            for one in Indicator.objects.filter(code__in={e.indicator for e in wanted})
        }
        keys = {e.dimensions for e in wanted if e.dimensions}
        self.dimensions = {one.key: one.pk for one in DimensionSet.objects.filter(key__in=keys)}


def _filled(activity: Activity, content: Content, codes: _Codes) -> Activity:
    activity.name_fa, activity.name_en = content.name_fa, content.name_en
    activity.kind, activity.theme = content.kind, codes.themes[content.theme]
    activity.profession = codes.professions[content.profession] if content.profession else None
    # A flagship without its profession is a draft still: the database does not know it as one.
    flagship = content.tier == Tier.FLAGSHIP and not content.profession
    activity.tier = Tier.LOCAL if flagship else content.tier
    activity.place = codes.places[content.place]
    activity.venue = codes.venues[content.venue] if content.venue else None
    activity.starts_on, activity.ends_on = content.starts_on, content.ends_on
    activity.expected_attendance = content.expected_attendance
    activity.participation, activity.description = content.participation, content.description
    activity.budget_rial = content.budget_rial
    return activity


def _write_parts(rows: Sequence[tuple[Activity, Content]], codes: _Codes) -> None:
    ActivityPlace.objects.bulk_create(
        [ActivityPlace(activity=a, place=codes.places[code]) for a, c in rows for code in c.places],
        batch_size=2_000,
    )
    AudienceShare.objects.bulk_create(
        [
            AudienceShare(activity=a, audience=codes.audiences[code], percent=percent)
            for a, c in rows
            for code, percent in c.audiences
        ],
        batch_size=2_000,
    )
    DayWish.objects.bulk_create(
        [
            DayWish(activity=a, on=one.on, slot=one.slot, rank=rank)
            for a, c in rows
            for rank, one in enumerate(c.wishes, 1)
        ],
        batch_size=2_000,
    )
    Need.objects.bulk_create(
        [
            Need(activity=a, kind=one.kind, number=one.number, label=one.label)
            for a, c in rows
            for one in c.needs
        ],
        batch_size=2_000,
    )
    Expectation.objects.bulk_create(
        [
            Expectation(
                activity=a,
                indicator=codes.indicators[one.indicator],
                quantity=one.quantity,
                qualifier=one.qualifier,
                dimensions_id=codes.dimensions[one.dimensions] if one.dimensions else TOTAL,
            )
            for a, c in rows
            for one in c.expectations
        ],
        batch_size=2_000,
    )


# --- handing in, and what comes back ------------------------------------------------------------------


@dataclass(frozen=True)
class HandedIn:
    """What handing in did: the version that it made, or that stood already."""

    activity: Activity
    version: ProposalVersion


def submit_proposal(activity: Activity, *, by: Any, at: datetime, answer: str = "") -> HandedIn:
    """Hand a draft in, or a returned proposal again with an `answer` to the note.

    Keeps what it says as a version. Raises `Unfinished` with everything that is missing, and refuses
    a twin of the same unit, a closed unit, and a campaign that takes no proposals.
    """
    _require_writer(by, activity.lead_unit)
    _require_open_unit(activity.lead_unit, at.date())
    if activity.campaign is None:
        raise Refusal(_("It belongs to no campaign."), status=409)
    again = activity.state == State.RETURNED
    if not again:  # what was handed in before the day may be answered after it
        require_open(activity.campaign, on=at.date(), by=by, unit=activity.lead_unit)
    content = content_of(activity)
    if missing := list(shortcomings(content, frame_of(activity, on=localdate(at)))):
        raise Unfinished(missing)
    if again and not answer.strip():
        raise Refusal(_("Answer the note in a sentence: what did you change?"), field="answer")
    with deed("submit_proposal", by=by, at=at, target=f"activity:{activity.pk}"):
        locked = Activity.objects.select_for_update().get(pk=activity.pk)
        if locked.state != activity.state or not locked.open_to_its_unit:
            # A decision can be taken back by whoever took it, and by nobody else.
            raise Refusal(_("It has been handed in already; it is with its reviewers."), status=409)
        if locked.revision != activity.revision:
            raise Refusal(
                _("Somebody else of your unit changed it meanwhile. Look at it and try again."),
                status=409,
            )
        # Twins of a unit wait for each other at the unit's row.
        OrgUnit.objects.select_for_update(no_key=True).get(pk=activity.lead_unit_id)
        if twin := twin_of(activity):
            raise Refusal(
                _("Your unit has a proposal of this name already: %(code)s.") % {"code": twin.code},
                field="name_fa",
                status=409,
            )
        version = keep_version(activity, content, by=by, at=at)
        if again:
            returned = activity.notes.filter(kind=NoteKind.RETURNED).last()
            Note.objects.create(
                activity=activity, kind=NoteKind.ANSWER, answers=returned, text=answer.strip()[:600], by=by, at=at,
            )  # fmt: skip
        move_activities([activity.pk], State.SUBMITTED, by=by, at=at)
    activity.refresh_from_db()
    return HandedIn(activity, version)


def keep_version(activity: Activity, content: Content, *, by: Any, at: datetime) -> ProposalVersion:
    """What a proposal says from now on, as its next version; the last one when it says the same."""
    last = activity.versions.last()
    said = digest(content)
    if last is not None and last.digest == said:
        return last
    return ProposalVersion.objects.create(
        activity=activity, number=last.number + 1 if last else 1, content=as_data(content), digest=said, by=by, at=at,
    )  # fmt: skip


def return_proposal(activity: Activity, *, note: str, by: Any, at: datetime) -> Note:
    """Give a proposal back to its unit with a note that it has to answer."""
    if not may_judge(by, activity):
        raise no_role()
    text = note.strip()
    if not text:
        raise Refusal(_("Say what should be changed, in a sentence."), field="note")
    with deed("return_proposal", by=by, at=at, target=f"activity:{activity.pk}", reason=text):
        if not move_activities([activity.pk], State.RETURNED, by=by, at=at, note=text[:600]):
            raise Refusal(
                _("It went back to its unit already and waits for an answer."), status=409
            )
        return Note.objects.create(
            activity=activity, kind=NoteKind.RETURNED, text=text[:600], by=by, at=at
        )


def remark_on(activity: Activity, *, text: str, by: Any, at: datetime) -> Note:
    """A word about a proposal that changes nothing."""
    if not (may_judge(by, activity) or may_write(by, activity.lead_unit)):
        raise no_role()
    if not text.strip():
        raise Refusal(_("Write a sentence."), field="text")
    with deed("remark_on", by=by, at=at, target=f"activity:{activity.pk}"):
        return Note.objects.create(
            activity=activity, kind=NoteKind.REMARK, text=text.strip()[:600], by=by, at=at
        )


WITHDRAWABLE = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.ACCEPTED)


def withdraw_proposal(activity: Activity, *, reason: str, by: Any, at: datetime) -> None:
    """Take a proposal back, before it stands in a package; it stays in sight with its reason."""
    _require_writer(by, activity.lead_unit)
    if not reason.strip():
        raise Refusal(_("Say why it is withdrawn."), field="reason")
    if activity.state not in WITHDRAWABLE:
        raise Refusal(_("It stands in the plan by now. Ask the planner to cancel it."), status=409)
    with deed("withdraw_proposal", by=by, at=at, target=f"activity:{activity.pk}", reason=reason):
        move_activities([activity.pk], State.CANCELLED, by=by, at=at, note=reason.strip()[:600])


# --- last year's plan ---------------------------------------------------------------------------------


def copy_plan(campaign: Campaign, *, unit: OrgUnit, by: Any, at: datetime) -> int:
    """Copy what stood in the campaign before, beneath `unit`, as drafts of open units; how many.

    What was copied once is not copied again. Days keep their place in the campaign. Expectations,
    audiences and needs come along; budgets too. At most 20,000 at once; call again for the rest.
    """
    if not may(by, Role.PLANNER, unit):
        raise no_role()
    before = campaign.follows
    if before is None:
        raise Refusal(_("No campaign is named that this one follows."))
    if campaign.planning not in (Planning.OPEN, Planning.CLOSED):
        raise Refusal(_("Open the planning first: the lessons come before the copy."), status=409)
    rows = (
        Activity.objects.filter(
            under(unit.path, "lead_unit__path"), campaign=before, state__in=STANDING, lead_unit__closed_on=None
        )
        .exclude(children__kind=Lineage.Kind.COPY, children__child__campaign=campaign)
        .select_related("theme", "profession", "lead_unit", "place", "venue")
        .order_by("pk")
    )[:_COPIES_AT_ONCE]  # fmt: skip
    parents = list(rows)
    with deed("copy_plan", by=by, at=at, target=f"campaign:{campaign.pk}"):
        children = begin_activities(
            [_copied(one, pk, before, campaign) for pk, one in zip(_fresh_ids(len(parents)), parents, strict=True)],
            by=by, at=at,
        )  # fmt: skip
        descend(zip(children, parents, strict=True), Lineage.Kind.COPY, by=by, at=at)
        _copy_parts({p.pk: c for c, p in zip(children, parents, strict=True)}, before, campaign)
    return len(children)


def _copied(parent: Activity, pk: int, before: Campaign, campaign: Campaign) -> Activity:
    return Activity(
        pk=pk, code=_code(campaign, pk), name_fa=parent.name_fa, name_en=parent.name_en, kind=parent.kind,
        theme=parent.theme, profession=parent.profession, lead_unit=parent.lead_unit, place=parent.place,
        venue=parent.venue, campaign=campaign, starts_on=_same_day(parent.starts_on, before, campaign),
        ends_on=_same_day(parent.ends_on, before, campaign), tier=parent.tier, budget_rial=parent.budget_rial,
        expected_attendance=parent.expected_attendance, participation=parent.participation,
        description=parent.description,
    )  # fmt: skip


def _same_day(day: date, before: Campaign, campaign: Campaign) -> date:
    moved = campaign.starts_on + (day - before.starts_on)
    return min(max(moved, campaign.starts_on), campaign.ends_on)


def _copy_parts(made: dict[int, Activity], before: Campaign, campaign: Campaign) -> None:
    parents = list(made)
    ActivityPlace.objects.bulk_create(
        [
            ActivityPlace(activity=made[one.activity_id], place_id=one.place_id)
            for one in ActivityPlace.objects.filter(activity__in=parents)
        ]
    )
    AudienceShare.objects.bulk_create(
        [
            AudienceShare(
                activity=made[one.activity_id], audience_id=one.audience_id, percent=one.percent
            )
            for one in AudienceShare.objects.filter(activity__in=parents)
        ]
    )
    Need.objects.bulk_create(
        [
            Need(activity=made[one.activity_id], kind=one.kind, number=one.number, label=one.label)
            for one in Need.objects.filter(activity__in=parents)
        ]
    )
    Expectation.objects.bulk_create(
        [
            Expectation(
                activity=made[one.activity_id], indicator_id=one.indicator_id, quantity=one.quantity,
                qualifier=one.qualifier, dimensions_id=one.dimensions_id,
            )
            for one in Expectation.objects.filter(activity__in=parents, indicator__retired_on=None)
        ]
    )  # fmt: skip
