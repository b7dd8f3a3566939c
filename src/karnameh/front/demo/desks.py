"""What the desks of the demo find: opinions of reviewers, one frozen package, a province's draft with its calendar."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime

from karnameh.activities.public import (
    Activity,
    Campaign,
    Occurrence,
    OccurrenceState,
    State,
    move_activities,
)
from karnameh.campaigns.public import (
    Opinion,
    Version,
    content_of,
    draw_up,
    open_package,
    place_by_wish,
    seal_now,
    sign,
    submit_proposal,
    take_all,
    take_in,
    write_proposal,
)
from karnameh.front.demo.federation import Federation
from karnameh.front.demo.ids import DemoIds
from karnameh.org.public import OrgUnit, under
from karnameh.people.public import User

_PROVINCE = "فارس"


def fill_desks(
    made: Federation, week: Campaign, accounts: dict[str, User], *, at: datetime
) -> None:
    """Marks on proposals, the package of one county frozen by two officers, drafts of the province's."""
    fars = made.provinces[_PROVINCE]
    _opinions(fars, week, accounts, at)
    _answered(fars, week, accounts, at)
    by, second = accounts["fars"], accounts["officer"]
    county = _busiest(made, week)
    ids = DemoIds(1405)
    first = draw_up(
        open_package(week, county, by=by, at=at), name="برنامهٔ شهرستان", by=by, at=at, identifier=ids.at(at.date()),
    )  # fmt: skip
    take_all(first, by=by, at=at)
    place_by_wish(first, by=by, at=at)
    for officer in (by, second):
        sign(first, seal=seal_now(first), by=officer, at=at)
    package = open_package(week, fars, by=by, at=at)
    health = draw_up(
        package, name="تنها سلامت و خانواده", by=by, at=at, identifier=ids.at(at.date())
    )
    wanted = Activity.objects.filter(
        theme__code__in=["safety-and-relief", "women-family"], campaign=week
    )
    take_in(health, wanted.values_list("pk", flat=True), by=by, at=at)
    wished = draw_up(package, name="روزهای خواسته‌شده", by=by, at=at, identifier=ids.at(at.date()))
    take_all(wished, by=by, at=at)
    place_by_wish(Version.objects.get(pk=wished.pk), by=by, at=at)


_WAY = (
    State.UNDER_WAY, State.COMPLETED, State.REPORTED, State.VERIFIED, State.CLOSED,
)  # fmt: skip


def hold_week(
    province: OrgUnit, week: Campaign, accounts: dict[str, User], came_to: dict[int, State], *, at: datetime
) -> None:  # fmt: skip
    """The package of the week that is on, frozen before it began, and how far each activity has come since."""
    by, second = accounts["fars"], accounts["officer"]
    package = open_package(week, province, by=by, at=at)
    draft = draw_up(
        package, name="برنامهٔ هفته", by=by, at=at, identifier=DemoIds(1404).at(at.date())
    )
    take_all(draft, by=by, at=at)
    place_by_wish(draft, by=by, at=at)
    for officer in (by, second):
        sign(draft, seal=seal_now(draft), by=officer, at=at)
    before: State = State.SCHEDULED
    for number, state in enumerate(_WAY):
        wanted = [pk for pk, last in came_to.items() if last in _WAY[number:]]
        ready = Activity.objects.filter(pk__in=wanted, state=before).values_list("pk", flat=True)
        move_activities(list(ready), state, by=by, at=at)
        before = state
    planned = Occurrence.objects.filter(activity__in=came_to)
    planned.filter(activity__state__in=_WAY[1:]).update(state=OccurrenceState.HELD)
    planned.filter(activity__state=State.UNDER_WAY).update(state=OccurrenceState.CONFIRMED)


def _answered(fars: OrgUnit, week: Campaign, accounts: dict[str, User], at: datetime) -> None:
    """Two that came back with a note were written anew and handed in again: what changed can be read."""
    by = accounts["fars"]
    returned = Activity.objects.filter(
        under(fars.path, "lead_unit__path"), campaign=week, state=State.RETURNED
    )
    # The one of the local leader waits for himself.
    others = returned.exclude(theme__code="construction").order_by("-pk")
    for one in others.select_related("lead_unit", "campaign")[:2]:
        said = content_of(one)
        changed = replace(
            said,
            expected_attendance=2 * (said.expected_attendance or 40),
            participation="برای همه آزاد است؛ نام‌نویسی در دفتر همان محل.",
        )
        written = write_proposal(one, changed, revision=one.revision, by=by, at=at)
        submit_proposal(written, answer="شمار مهمانان و راه نام‌نویسی را نوشتیم.", by=by, at=at)


def _busiest(made: Federation, week: Campaign) -> OrgUnit:
    """The county of the province in which most was accepted."""
    counties = [unit for (province, _name), unit in made.counties.items() if province == _PROVINCE]

    def accepted(unit: OrgUnit) -> int:
        return Activity.objects.filter(
            under(unit.path, "lead_unit__path"), campaign=week, state=State.ACCEPTED
        ).count()

    return max(counties, key=lambda unit: (accepted(unit), -unit.pk))


def _opinions(fars: OrgUnit, week: Campaign, accounts: dict[str, User], at: datetime) -> None:
    """Some proposals were marked by one, some by two, most by nobody yet."""
    chance = random.Random(1405)
    rows = Activity.objects.filter(
        under(fars.path, "lead_unit__path"),
        campaign=week,
        state__in=[State.SUBMITTED, State.ACCEPTED],
    ).order_by("pk")
    made = []
    for activity in rows.select_related("theme"):
        judges = [accounts["fars"]]
        if activity.theme.code == "construction":
            judges.append(accounts["fars.reviewer"])
        for judge in judges:
            if chance.random() < (0.35 if activity.state == State.SUBMITTED else 0.8):
                quality, service = chance.choice((2, 3, 3, 4)), chance.choice((1, 2, 3, 4))
                made.append(
                    Opinion(
                        activity=activity,
                        reviewer=judge,
                        quality=quality,
                        service=service,
                        openness=chance.choice((3, 4, 4)),
                        media=chance.randrange(4),
                        revision=activity.revision,
                        saved_at=at,
                    )
                )
    Opinion.objects.bulk_create(made)
