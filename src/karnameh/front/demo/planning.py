"""What the demo federation plans: lessons, phases, rules, committees, venues, and proposals in every state.

Two weeks are planned: that of autumn, which the demo stands in the middle of, and that of the next
spring, which is open: everything may still be proposed, reviewed, planned, frozen and printed there.

All of it is made from a fixed seed and from the words of `planning.toml`. Proposals are written with
the moves that brought them into their state, so that each has a story that could have happened.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection

from karnameh.activities.public import (
    Activity,
    Audience,
    Axis,
    Campaign,
    CampaignDay,
    Lesson,
    Lineage,
    Move,
    Phase,
    Planning,
    Resource,
    ResourceKind,
    Slot,
    State,
    Tier,
    Venue,
    descend,
)
from karnameh.campaigns.public import (
    Content,
    Expected,
    Needed,
    Note,
    NoteKind,
    ProposalVersion,
    Rule,
    Wish,
    as_data,
    digest,
    put_down,
)
from karnameh.front.demo.desks import hold_week
from karnameh.front.demo.federation import Federation
from karnameh.front.demo.settling import settle_committees
from karnameh.kernel.jalali import parse_date
from karnameh.org.public import OrgUnit, Profession, Theme
from karnameh.people.public import User

_FROZEN_BEFORE = timedelta(days=9)
_BEGAN = timedelta(days=40)  # before the demo's day the first proposals were written
_PROVINCE = "فارس"

# How many proposals of Fars stand in each state: of the week that is planned, and of the one that is on.
_AHEAD: dict[State, int] = {
    State.DRAFT: 18, State.SUBMITTED: 92, State.RETURNED: 14, State.ACCEPTED: 104, State.DECLINED: 9,
    State.POSTPONED: 3, State.CANCELLED: 4,
}  # fmt: skip
_ON: dict[State, int] = {
    State.SCHEDULED: 16, State.UNDER_WAY: 6, State.COMPLETED: 5, State.REPORTED: 4, State.VERIFIED: 3,
    State.CLOSED: 2,
}  # fmt: skip
_ELSEWHERE = 6  # proposals of each other province
# The states on the way to a state, from the first move on.
_WAY: dict[State, tuple[State, ...]] = {
    State.DRAFT: (),
    State.SUBMITTED: (State.SUBMITTED,),
    State.RETURNED: (State.SUBMITTED, State.RETURNED),
    State.ACCEPTED: (State.SUBMITTED, State.ACCEPTED),
    State.DECLINED: (State.SUBMITTED, State.DECLINED),
    State.CANCELLED: (State.SUBMITTED, State.CANCELLED),
    State.POSTPONED: (State.SUBMITTED, State.ACCEPTED, State.POSTPONED),
    State.MERGED: (State.SUBMITTED, State.MERGED),
    State.SPLIT: (State.SUBMITTED, State.SPLIT),
}
for _state, _before in (
    (State.PACKAGED, State.ACCEPTED), (State.SCHEDULED, State.PACKAGED), (State.UNDER_WAY, State.SCHEDULED),
    (State.COMPLETED, State.UNDER_WAY), (State.REPORTED, State.COMPLETED), (State.VERIFIED, State.REPORTED),
    (State.CLOSED, State.VERIFIED),
):  # fmt: skip
    _WAY[_state] = (*_WAY[_before], _state)
_WHY = {
    State.RETURNED: (
        "لطفاً بنویسید چند نفر می‌آیند و چه وسایلی لازم است.",
        "روز پیشنهادی با روز سلامت یکی است؛ روز دیگری بنویسید.",
    ),
    State.DECLINED: ("برنامه‌ای همانند در همین بخش پذیرفته شده است.",),
    State.POSTPONED: ("سالن در حال تعمیر است.",),
    State.CANCELLED: ("واحد ما این هفته نیروی کافی ندارد.",),
}
_SLOTS = (Slot.MORNING, Slot.AFTERNOON, Slot.EVENING)


@dataclass(frozen=True)
class Title:
    """A title of `planning.toml`."""

    theme: str
    fa: str
    en: str
    kind: str
    indicator: str
    about: int
    audiences: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """A proposal to be written: its content, its unit, and the state that it has come to."""

    unit: OrgUnit
    content: Content
    state: State


def plan_weeks(
    made: Federation, campaigns: dict[str, Campaign], accounts: dict[str, User], *, at: datetime
) -> Campaign:
    """Everything that is planned in the demo; the campaign that is open."""
    with Path(__file__).with_name("planning.toml").open("rb") as file:
        data = tomllib.load(file)
    week = campaigns["week-1405"]
    ahead = _frames(made, campaigns, data, accounts, at)
    for campaign in (week, ahead):
        _rules(made, campaign, data["rule"], accounts["officer"], at)
    _audiences(week)
    settle_committees(made.provinces[_PROVINCE], accounts, at=at)
    place = dict(Audience.objects.values_list("code", "position"))
    titles = [
        Title(**{**row, "audiences": tuple(sorted(row["audiences"], key=place.__getitem__))})
        for row in data["title"]
    ]  # in the order in which a proposal is read
    chance = random.Random(1405)
    venues = _venues(made, chance)
    _resources(made, accounts)
    on = list(_of_fars(made, titles, week, _ON, venues, chance))
    accepted = [replace(one, state=State.ACCEPTED) for one in on]
    written = _write(accepted, week, accounts, chance, at - _FROZEN_BEFORE)
    came_to = {activity.pk: one.state for (activity, _made), one in zip(written, on, strict=True)}
    hold_week(made.provinces[_PROVINCE], week, accounts, came_to, at=at - _FROZEN_BEFORE)
    proposals = [
        *_of_leader(made, titles, ahead),
        *_of_country(made, titles, ahead, chance),
        *_of_fars(made, titles, ahead, _AHEAD, venues, chance),
        *_of_nation(made, titles, ahead, chance),
    ]
    _merge_and_split(_write(proposals, ahead, accounts, chance, at), ahead, accounts, at)
    return ahead


_DAY_THEMES = (
    "organisation-planning", "safety-and-relief", "women-family", "construction", "science-technology",
    "economy-service", "neighbourhoods",
)  # fmt: skip


def _frames(
    made: Federation, campaigns: dict[str, Campaign], data: dict[str, Any], accounts: dict[str, User], at: datetime,
) -> Campaign:  # fmt: skip
    """Which campaign follows which, their days' themes, phases, axes and lessons; the open one."""
    themes = {one.code: one for one in Theme.objects.all()}
    before: Campaign | None = None
    for campaign in campaigns.values():
        campaign.unit, campaign.follows, before = made.nation, before, campaign
        campaign.planning = Planning.OVER
        campaign.save()
        for day, code in zip(campaign.days.all(), _DAY_THEMES, strict=True):
            day.theme = themes[code]
            day.save(update_fields=["theme"])
    for row in data["campaign"]:
        _further(made, campaigns, row)
    Phase.objects.bulk_create(
        Phase(
            campaign=campaigns[row["campaign"]], position=number, name_fa=row["fa"], name_en=row["en"],
            starts_on=parse_date(row["from"]), ends_on=parse_date(row["to"]),
        )
        for number, row in enumerate(data["phase"], 1)
    )  # fmt: skip
    ahead = campaigns["spring-1406"]
    Axis.objects.bulk_create(
        Axis(campaign=campaign, position=number, name_fa=row["fa"], name_en=row["en"])
        for campaign in (campaigns["week-1405"], ahead)
        for number, row in enumerate(data["axis"], 1)
    )
    officer = accounts["officer"]
    Lesson.objects.bulk_create(
        Lesson(
            campaign=campaigns[row["campaign"]], unit=made.provinces[_PROVINCE], theme=themes.get(row.get("theme", "")),
            text=row["fa"], raised_by=accounts["fars"], raised_at=at, answer=row["answer"],
            answered_by=officer if row["answer"] else None, answered_at=at if row["answer"] else None,
        )
        for row in data["lesson"]
    )  # fmt: skip
    return ahead


def _further(made: Federation, campaigns: dict[str, Campaign], row: dict[str, Any]) -> None:
    """A campaign that has not begun, with the days of the week that it follows."""
    follows = campaigns[row["follows"]]
    starts = parse_date(row["from"])
    campaigns[row["code"]] = one = Campaign.objects.create(
        code=row["code"], name_fa=row["fa"], name_en=row["en"], unit=made.nation, starts_on=starts,
        ends_on=starts + (follows.ends_on - follows.starts_on), follows=follows,
        planning=Planning(row["planning"]), proposals_open_on=parse_date(row["open"]) if "open" in row else None,
        slogan_fa=follows.slogan_fa, slogan_en=follows.slogan_en,
    )  # fmt: skip
    CampaignDay.objects.bulk_create(
        CampaignDay(
            campaign=one, on=day.on + (starts - follows.starts_on), title_fa=day.title_fa, title_en=day.title_en,
            theme=day.theme,
        )
        for day in follows.days.select_related("theme")
    )  # fmt: skip


def _rules(
    made: Federation, week: Campaign, rows: list[dict[str, Any]], by: User, at: datetime
) -> None:
    Rule.objects.bulk_create(
        Rule(
            campaign=week, unit=made.nation if row["unit"] == "nation" else made.provinces[row["unit"]],
            kind=row["kind"], parameters=row["parameters"], name_fa=row["fa"], name_en=row["en"],
            valid_from=at - _BEGAN, made_by=by,
        )
        for row in rows
        if row.get("campaign", week.code) == week.code
    )  # fmt: skip


def _audiences(week: Campaign) -> None:
    """For whom the activities are that were there before: a little under half of them for women."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO activities_audienceshare (activity_id, audience_id)
            SELECT a.id, d.id FROM activities_activity a
              JOIN activities_audience d ON d.code = CASE
                   WHEN a.id %% 100 < 48 THEN 'women' WHEN a.id %% 100 < 70 THEN 'families'
                   WHEN a.id %% 100 < 85 THEN 'pupils' ELSE 'everybody' END
             WHERE a.campaign_id = %s ORDER BY a.id
            """,
            [week.pk],
        )


def _counties(made: Federation) -> list[OrgUnit]:
    return [unit for (province, _county), unit in made.counties.items() if province == _PROVINCE]


def _venues(made: Federation, chance: random.Random) -> list[Venue]:
    rows = []
    kinds = (("سالن نمایش", "Theatre hall", 400, 1), ("خانهٔ فرهنگ", "House of culture", 150, 2))
    for number, county in enumerate(_counties(made)[:14], 1):
        fa, en, seats, halls = kinds[number % 2]
        rows.append(
            Venue(
                code=f"V{number:03d}",
                name_fa=f"{fa} {county.place.name_fa}",
                name_en=f"{en} of {county.place.name_en}",
                unit=county,
                place=county.place,
                seats=seats + 10 * chance.randrange(10),
                halls=halls,
            )
        )
    return Venue.objects.bulk_create(rows)


def _resources(made: Federation, accounts: dict[str, User]) -> None:
    fars = made.provinces[_PROVINCE]
    teams = ("گروه پزشکی", "گروه عمرانی", "گروه آموزشی")
    offices = ("کارشناس سلامت استان", "کارشناس خانواده", "کارشناس کشاورزی")
    Resource.objects.bulk_create(
        [
            *(
                Resource(
                    unit=fars,
                    kind=ResourceKind.TEAM,
                    label=f"{label} {number}",
                    leader=accounts["leader"],
                    head_count=6 + number,
                )
                for label in teams
                for number in (1, 2, 3)
            ),
            *(Resource(unit=fars, kind=ResourceKind.SPEAKER, label=label) for label in offices),
            Resource(unit=fars, kind=ResourceKind.OFFICIAL, label="فرماندار شهرستان"),
        ]
    )


# --- proposals ----------------------------------------------------------------------------------------


def _content(title: Title, unit: OrgUnit, week: Campaign, day: date, **more: Any) -> Content:
    where = unit.place.name_fa
    return Content(
        name_fa=f"{title.fa}، {where}"[:160], name_en=f"{title.en}, {unit.place.name_en}"[:160], kind=title.kind,
        theme=title.theme, place=unit.place.code, starts_on=week.starts_on, ends_on=week.ends_on,
        wishes=(Wish(day),), audiences=tuple((code, None) for code in title.audiences),
        participation="برای همه آزاد است و نام‌نویسی نمی‌خواهد.",
        expectations=(Expected(title.indicator, Decimal(title.about), 3),), **more,
    )  # fmt: skip


def _of_leader(made: Federation, titles: Sequence[Title], week: Campaign) -> Iterator[Made]:
    """What the demo's local leader finds: one of each that he can do something with."""
    unit = next(
        one for one in made.locals if one.path.startswith(made.counties[(_PROVINCE, "شیراز")].path)
    )
    by_theme = {one.theme: one for one in titles}
    days = list(week.period.days())
    for theme, state in (
        ("construction", State.RETURNED), ("neighbourhoods", State.DRAFT), ("women-family", State.SUBMITTED),
        ("education", State.ACCEPTED),
    ):  # fmt: skip
        content = _content(
            by_theme[theme], unit, week, days[5], expected_attendance=40, budget_rial=150_000_000
        )
        yield Made(unit, content, state)


def _of_fars(
    made: Federation,
    titles: Sequence[Title],
    week: Campaign,
    numbers: dict[State, int],
    venues: Sequence[Venue],
    chance: random.Random,
) -> Iterator[Made]:
    """Proposals of local units of Fars, so many in each state, some of them twins of a neighbour's."""
    path, days = made.provinces[_PROVINCE].path, list(week.period.days())
    units = [one for one in made.locals if one.path.startswith(path)]
    chance.shuffle(units)
    states = [state for state, number in numbers.items() for _ in range(number)]
    for number, state in enumerate(states):
        unit = units[number % len(units)]
        title, day = titles[(number * 7 + number // 20) % len(titles)], days[chance.randrange(7)]
        venue = chance.choice([v.code for v in venues if unit.path.startswith(v.unit.path)] or [""])
        content = _content(
            title, unit, week, day, venue=venue if number % 3 == 0 else "",
            expected_attendance=chance.choice((30, 60, 80, 120)), budget_rial=10_000_000 * chance.randrange(3, 40),
            needs=(Needed("team", 1, "گروه داوطلب"), Needed("material", 1 + number % 3, "میز و صندلی")),
            description="برنامه با کمک مردم همان محل برگزار می‌شود.",
        )  # fmt: skip
        content = replace(content, wishes=(Wish(day, _SLOTS[number % 3]),))
        yield Made(unit, content, state)
        if number % 21 == 0 and state == State.SUBMITTED:  # a neighbour proposes nearly the same
            twin = next(
                u
                for u in units[number + 1 :] + units
                if u.parent_id == unit.parent_id and u != unit
            )
            spelled = content.name_fa.replace("دندان‌پزشکی", "دندانپزشکی").replace("ی", "ي")
            yield Made(
                twin, replace(content, name_fa=spelled, expected_attendance=50), State.SUBMITTED
            )


def _of_country(
    made: Federation, titles: Sequence[Title], week: Campaign, chance: random.Random
) -> Iterator[Made]:
    """A few proposals of every other province, so that the nation sees who takes part."""
    days, homes = list(week.period.days()), {one.pk: name for name, one in made.provinces.items()}
    units: dict[str, list[OrgUnit]] = {name: [] for name in made.provinces}
    for unit in made.locals:
        units[homes[unit.line[1]]].append(unit)
    del units[_PROVINCE]
    for number, unit in enumerate(
        unit for own in units.values() for unit in chance.sample(own, _ELSEWHERE)
    ):
        content = _content(
            titles[number * 5 % len(titles)], unit, week, days[number % 7],
            expected_attendance=chance.choice((30, 60, 80, 120)), budget_rial=10_000_000 * chance.randrange(3, 40),
        )  # fmt: skip
        yield Made(unit, content, State.SUBMITTED if number % 4 else State.ACCEPTED)


def _of_nation(
    made: Federation, titles: Sequence[Title], week: Campaign, chance: random.Random
) -> Iterator[Made]:
    """National and central activities, and a flagship of nearly every profession."""
    days, professions = list(week.period.days()), list(Profession.objects.all())
    for number in range(33):
        title = titles[number % len(titles)]
        tier = Tier.NATIONAL if number < 27 else Tier.CENTRAL
        state = State.SUBMITTED if number in (25, 26) else State.ACCEPTED
        name = f"{title.fa}، سراسر کشور" if tier == Tier.NATIONAL else f"{title.fa}، برنامهٔ مرکزی"
        content = _content(
            title, made.nation, week, days[number % 7], tier=tier, budget_rial=2_000_000_000
        )
        yield Made(made.nation, replace(content, name_fa=f"{name} ({number % 20 + 1})"), state)
    for number, profession in enumerate(professions[:-1]):
        unit, title = made.professions[profession.code], titles[(number * 3) % len(titles)]
        content = _content(
            title,
            unit,
            week,
            days[number % 7],
            tier=Tier.FLAGSHIP,
            profession=profession.code,
            budget_rial=500_000_000,
        )
        state = State.SUBMITTED if number in (4, 11) else State.ACCEPTED
        yield Made(unit, replace(content, name_fa=f"{title.fa}؛ {profession.name_fa}"), state)


def _write(
    rows: Sequence[Made],
    week: Campaign,
    accounts: dict[str, User],
    chance: random.Random,
    at: datetime,
) -> list[tuple[Activity, Made]]:
    """Activities with their parts, and the moves, versions and notes of their past."""
    written = put_down(
        [(one.unit, one.content) for one in rows],
        campaign=week,
        states=[r.state for r in rows],
        at=at,
    )
    pairs = list(zip(written, rows, strict=True))
    moves: list[Move] = []
    versions: list[ProposalVersion] = []
    notes: list[Note] = []
    for number, (activity, one) in enumerate(pairs):
        when = at - _BEGAN + timedelta(hours=number * 2 % 300)
        unit_says, office_says = accounts["leader"], accounts["fars"]
        moves.append(
            Move(activity=activity, from_state="", to_state=State.DRAFT, by=unit_says, at=when)
        )
        before: str = State.DRAFT
        for to in _WAY[one.state]:
            when += timedelta(hours=chance.randrange(5, 70))
            why = _WHY.get(to, ("",))
            note = why[number % len(why)]
            by = unit_says if to in (State.SUBMITTED, State.CANCELLED) else office_says
            if to == State.RETURNED and one.content.theme == "construction":
                by = accounts["fars.reviewer"]
            moves.append(
                Move(activity=activity, from_state=before, to_state=to, by=by, at=when, note=note)
            )
            if to == State.SUBMITTED:
                said = one.content
                versions.append(
                    ProposalVersion(
                        activity=activity,
                        number=1,
                        content=as_data(said),
                        digest=digest(said),
                        by=by,
                        at=when,
                    )
                )
            if to == State.RETURNED:
                notes.append(
                    Note(activity=activity, kind=NoteKind.RETURNED, text=note, by=by, at=when)
                )
            before = to
    Move.objects.bulk_create(moves, batch_size=2_000)
    ProposalVersion.objects.bulk_create(versions, batch_size=2_000)
    Note.objects.bulk_create(notes)
    return pairs


def _merge_and_split(
    written: list[tuple[Activity, Made]], week: Campaign, accounts: dict[str, User], at: datetime
) -> None:
    """Two proposals that became one, and one that became two."""
    handed_in = [
        (a, m) for a, m in written if m.state == State.SUBMITTED and m.unit.kind == "local"
    ][-3:]
    (one, first), (other, _second), (whole, third) = handed_in
    office = accounts["fars"]
    contents = [
        replace(first.content, name_fa=f"{first.content.name_fa} (با هم)"),
        replace(third.content, name_fa=f"{third.content.name_fa} (صبح)"),
        replace(third.content, name_fa=f"{third.content.name_fa} (عصر)"),
    ]
    units = [first.unit, third.unit, third.unit]
    made = put_down(
        list(zip(units, contents, strict=True)), campaign=week, states=[State.ACCEPTED] * 3, at=at
    )
    moves = [
        Move(activity=child, from_state="", to_state=State.ACCEPTED, by=office, at=at)
        for child in made
    ]
    for parent, state in ((one, State.MERGED), (other, State.MERGED), (whole, State.SPLIT)):
        moves.append(
            Move(activity=parent, from_state=State.SUBMITTED, to_state=state, by=office, at=at)
        )
        Activity.objects.filter(pk=parent.pk).update(state=state, moved_at=at)
    Move.objects.bulk_create(moves)
    ProposalVersion.objects.bulk_create(
        ProposalVersion(
            activity=child, number=1, content=as_data(said), digest=digest(said), by=office, at=at
        )
        for child, said in zip(made, contents, strict=True)
    )
    descend([(made[0], one), (made[0], other)], Lineage.Kind.MERGE, by=office, at=at)
    descend([(made[1], whole), (made[2], whole)], Lineage.Kind.SPLIT, by=office, at=at)
