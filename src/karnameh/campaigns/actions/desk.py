"""The campaign desk: dates, days, phases and axes, lessons, and the gate before planning opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from karnameh.access.public import Role, may, units_where
from karnameh.activities.public import Axis, Campaign, CampaignDay, Lesson, Phase, Planning
from karnameh.org.public import OrgUnit, Theme, UnitKind
from karnameh.plumbing.public import OutOfReach, Refusal, deed, no_role

DESK = (Role.PLANNER, Role.ADMINISTRATOR)


def unit_of(campaign: Campaign) -> OrgUnit:
    """The unit whose campaign it is; of a campaign of the whole federation, its highest office."""
    if campaign.unit is not None:
        return campaign.unit
    return OrgUnit.objects.filter(kind=UnitKind.NATIONAL, parent=None).earliest("pk")


def may_lead(user: Any, campaign: Campaign) -> bool:
    """Whether `user` may change the campaign itself: planner or administrator of its unit."""
    unit = unit_of(campaign)
    return any(may(user, role, unit) for role in DESK)


def _require_leader(by: Any, campaign: Campaign) -> None:
    if may_lead(by, campaign):
        return
    if not units_where(by).covers(unit_of(campaign).path) and not units_where(by).stretches:
        raise OutOfReach
    raise no_role()


@dataclass(frozen=True)
class Frame:
    """What a campaign is, before its days are given their themes."""

    code: str
    name_fa: str
    name_en: str
    starts_on: date
    ends_on: date
    slogan_fa: str = ""
    slogan_en: str = ""
    follows: Campaign | None = None
    proposals_open_on: date | None = None
    proposals_close_on: date | None = None


def _fill(campaign: Campaign, frame: Frame) -> None:
    if frame.ends_on < frame.starts_on:
        raise Refusal(_("The campaign ends before it begins."), field="ends_on")
    if frame.proposals_close_on and not frame.proposals_open_on:
        raise Refusal(_("Say from when on proposals are taken, too."), field="proposals_open_on")
    if frame.proposals_close_on and frame.proposals_close_on > frame.ends_on:
        raise Refusal(
            _("Proposals cannot stay open after the campaign has ended."),
            field="proposals_close_on",
        )
    if (
        frame.proposals_open_on and frame.proposals_close_on
        and frame.proposals_close_on < frame.proposals_open_on
    ):  # fmt: skip
        raise Refusal(_("Proposals close before they open."), field="proposals_close_on")
    if frame.follows is not None and frame.follows.starts_on >= frame.starts_on:
        raise Refusal(_("A campaign follows an earlier one."), field="follows")
    for name, value in frame.__dict__.items():
        setattr(campaign, name, value)


def make_campaign(frame: Frame, *, unit: OrgUnit, by: Any, at: datetime) -> Campaign:
    """A new campaign of `unit`, with its days, in preparation."""
    if not any(may(by, role, unit) for role in DESK):
        raise no_role()
    if Campaign.objects.filter(code=frame.code).exists():
        raise Refusal(_("There is a campaign with this code."), field="code", status=409)
    with deed("make_campaign", by=by, at=at, target=f"unit:{unit.pk}"):
        campaign = Campaign(unit=unit)
        _fill(campaign, frame)
        campaign.save()
        _lay_days(campaign)
    return campaign


def edit_campaign(campaign: Campaign, frame: Frame, *, by: Any, at: datetime) -> Campaign:
    """Change dates, slogan and opening. Days come and go with the dates; what they say stays.

    Refuses while proposals or plans lie on a day that would fall away.
    """
    _require_leader(by, campaign)
    if campaign.planning == Planning.OVER:
        raise Refusal(_("This campaign is over; its past is not changed."), status=409)
    with deed("edit_campaign", by=by, at=at, target=f"campaign:{campaign.pk}"):
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        _fill(locked, frame)
        outside = (
            locked.activities.exclude(state="cancelled")
            .exclude(starts_on__gte=locked.starts_on, ends_on__lte=locked.ends_on)
            .count()
        )
        if outside:
            raise Refusal(
                ngettext(
                    "%(n)s activity lies on a day that would fall away. Move it first.",
                    "%(n)s activities lie on days that would fall away. Move them first.",
                    outside,
                ) % {"n": outside},
                field="ends_on", status=409,
            )  # fmt: skip
        locked.days.exclude(on__range=(locked.starts_on, locked.ends_on)).delete()
        locked.save()
        _lay_days(locked)
    return locked


def _lay_days(campaign: Campaign) -> None:
    known = set(campaign.days.values_list("on", flat=True))
    CampaignDay.objects.bulk_create(
        CampaignDay(campaign=campaign, on=day) for day in campaign.period.days() if day not in known
    )


@dataclass(frozen=True)
class DaySaid:
    """What a day of a campaign is about."""

    on: date
    title_fa: str
    title_en: str
    theme: Theme | None


def set_days(campaign: Campaign, days: Sequence[DaySaid], *, by: Any, at: datetime) -> None:
    """Give the days their titles and themes; a day outside the campaign is refused."""
    _require_leader(by, campaign)
    with deed("set_days", by=by, at=at, target=f"campaign:{campaign.pk}"):
        rows = {one.on: one for one in campaign.days.select_for_update()}
        for said in days:
            if said.on not in rows:
                raise Refusal(_("A day of the campaign lies outside its dates."))
            row = rows[said.on]
            row.title_fa, row.title_en, row.theme = said.title_fa, said.title_en, said.theme
        CampaignDay.objects.bulk_update(rows.values(), ["title_fa", "title_en", "theme"])


@dataclass(frozen=True)
class PhaseSaid:
    """A stretch of a campaign, also outside its own days."""

    name_fa: str
    name_en: str
    starts_on: date
    ends_on: date


def set_phases(campaign: Campaign, phases: Sequence[PhaseSaid], *, by: Any, at: datetime) -> None:
    """Write the phases anew, in the order given."""
    _require_leader(by, campaign)
    for one in phases:
        if one.ends_on < one.starts_on:
            raise Refusal(_("The phase “%(name)s” ends before it begins.") % {"name": one.name_fa})
    with deed("set_phases", by=by, at=at, target=f"campaign:{campaign.pk}"):
        campaign.phases.all().delete()
        Phase.objects.bulk_create(
            Phase(campaign=campaign, position=position, **one.__dict__)
            for position, one in enumerate(phases, 1)
        )


def set_axes(campaign: Campaign, axes: Sequence[tuple[str, str]], *, by: Any, at: datetime) -> None:
    """Write the axes anew: (Persian, English) in order."""
    _require_leader(by, campaign)
    with deed("set_axes", by=by, at=at, target=f"campaign:{campaign.pk}"):
        campaign.axes.all().delete()
        Axis.objects.bulk_create(
            Axis(campaign=campaign, position=position, name_fa=fa, name_en=en)
            for position, (fa, en) in enumerate(axes, 1)
        )


# --- lessons, and the gate ------------------------------------------------------------------------------


def note_lesson(
    campaign: Campaign, *, unit: OrgUnit, text: str, theme: Theme | None, by: Any, at: datetime
) -> Lesson:
    """Keep what a campaign taught `unit`."""
    if not any(may(by, role, unit) for role in (*DESK, Role.REPORTER, Role.REVIEWER)):
        raise no_role()
    if not text.strip():
        raise Refusal(_("Write what was learnt, in a sentence."), field="text")
    with deed("note_lesson", by=by, at=at, target=f"campaign:{campaign.pk}"):
        return Lesson.objects.create(
            campaign=campaign, unit=unit, theme=theme, text=text.strip()[:600], raised_by=by, raised_at=at,
        )  # fmt: skip


def answer_lesson(
    lesson: Lesson, *, campaign: Campaign, answer: str, by: Any, at: datetime
) -> Lesson:
    """Say what `campaign` does about a lesson of the one before; written better until planning opens."""
    _require_leader(by, campaign)
    if lesson.campaign_id != campaign.follows_id:
        raise OutOfReach
    if campaign.planning != Planning.PREPARING and lesson.answered_at is not None:
        raise Refusal(_("Planning has opened with this answer; it stays."), status=409)
    if not answer.strip():
        raise Refusal(_("Say what is done about it this time."), field="answer")
    with deed("answer_lesson", by=by, at=at, target=f"campaign:{lesson.campaign_id}"):
        lesson.answer, lesson.answered_by, lesson.answered_at = answer.strip()[:600], by, at
        lesson.save(update_fields=["answer", "answered_by", "answered_at"])
    return lesson


def unanswered(campaign: Campaign) -> int:
    """How many lessons of the campaign before are still without an answer."""
    if campaign.follows_id is None:
        return 0
    return Lesson.objects.filter(campaign=campaign.follows_id, answered_at=None).count()


def open_planning(campaign: Campaign, *, by: Any, at: datetime) -> Campaign:
    """Open a campaign for proposals. Refuses while a lesson of the one before has no answer."""
    _require_leader(by, campaign)
    with deed("open_planning", by=by, at=at, target=f"campaign:{campaign.pk}"):
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.planning not in (Planning.PREPARING, Planning.CLOSED):
            raise Refusal(_("Planning of this campaign is open or over already."), status=409)
        if left := unanswered(locked):
            raise Refusal(
                ngettext(
                    "%(n)s lesson of last time has no answer yet. Answer it, then planning opens.",
                    "%(n)s lessons of last time have no answer yet. Answer them, then planning opens.",
                    left,
                ) % {"n": left},
                status=409,
            )  # fmt: skip
        if not locked.days.exclude(title_fa="").exists():
            raise Refusal(_("Give the days their titles first."), status=409)
        locked.planning = Planning.OPEN
        locked.proposals_open_on = locked.proposals_open_on or at.date()
        locked.save(update_fields=["planning", "proposals_open_on"])
    return locked


def close_proposals(campaign: Campaign, *, by: Any, at: datetime) -> Campaign:
    """Take no more proposals; planners may still bring late ones."""
    return _set(campaign, Planning.CLOSED, (Planning.OPEN,), by=by, at=at)


def end_campaign(campaign: Campaign, *, by: Any, at: datetime) -> Campaign:
    """A campaign is over: nothing is proposed or planned in it any more; lessons may be noted."""
    return _set(campaign, Planning.OVER, (Planning.OPEN, Planning.CLOSED), by=by, at=at)


def _set(
    campaign: Campaign, to: Planning, allowed: tuple[Planning, ...], *, by: Any, at: datetime
) -> Campaign:
    _require_leader(by, campaign)
    with deed(f"campaign_{to}", by=by, at=at, target=f"campaign:{campaign.pk}"):
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.planning not in allowed:
            raise Refusal(_("The campaign is not in a state from which this follows."), status=409)
        locked.planning = to
        locked.save(update_fields=["planning"])
    return locked
