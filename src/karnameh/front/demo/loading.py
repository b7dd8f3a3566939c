"""Loads the demo federation into an empty database."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from karnameh.access.public import Role, grant_role
from karnameh.activities.public import Activity, Campaign, CampaignDay
from karnameh.catalog.public import Indicator, load_dictionary
from karnameh.front.demo.accounts import DEMO_ACCOUNTS, PASSWORD
from karnameh.front.demo.bottom_up import plans
from karnameh.front.demo.desks import fill_desks
from karnameh.front.demo.facts import fact_entries
from karnameh.front.demo.federation import Federation, build
from karnameh.front.demo.figures import last_year
from karnameh.front.demo.ids import DemoIds
from karnameh.front.demo.phone import leaders_week
from karnameh.front.demo.planning import plan_weeks
from karnameh.front.demo.reports import read_report
from karnameh.ledger.public import NewEntry, Stage, post_entries
from karnameh.org.public import OrgUnit, Theme
from karnameh.people.public import User, create_user
from karnameh.plumbing.public import deed

AT = datetime(2026, 11, 22, 10, 50, tzinfo=UTC)
_DAYS = (
    ("آغاز و همدلی", "Beginning together"), ("سلامت همگانی", "Health for all"), ("زن و خانواده", "Women and family"),
    ("سازندگی", "Building"), ("دانش و فناوری", "Science and technology"), ("کار و معیشت", "Work and livelihood"),
    ("محله و سپاس", "Neighbourhood and thanks"),
)  # fmt: skip
_ENTRIES_PER_PROMISE = (
    1.53  # three of seven days are over, most are reported, half of those checked
)
_CAMPAIGNS = (
    ("week-1403", "هفتهٔ همیاری ۱۴۰۳", "Service week 1403", date(2024, 11, 19)),
    ("week-1404", "هفتهٔ همیاری ۱۴۰۴", "Service week 1404", date(2025, 11, 20)),
    ("week-1405", "هفتهٔ همیاری ۱۴۰۵", "Service week 1405", date(2026, 11, 20)),
)


def load_demo(*, full: bool, say: Callable[[str], Any], only_if_empty: bool = False) -> bool:
    """Load 6,000 local units and 100,000 entries, or with `full` ten times as many. False if not empty.

    What it posts still waits to be folded.
    """
    if OrgUnit.objects.exists():
        if not only_if_empty:
            say("This database has units already; the demo is loaded into an empty one only.")
        return only_if_empty
    began = time.monotonic()
    say("demo federation …")
    # All or nothing: an interrupted demo leaves an empty database, not half a country.
    with deed("load_demo", by=None, at=AT):
        load_dictionary(at=AT)
        made = build(60_000 if full else 6_000)
        campaigns = _campaigns()
        accounts = _accounts(made)
        staff = _staff(made)
        say(
            f"{len(made.locals):,} local units in {len(made.counties)} counties of {len(made.provinces)} provinces"
        )
        _post_facts(made, accounts)
        last_year(made.provinces, campaigns["week-1404"], staff, AT)
        posted = _post_bottom_up(
            made, campaigns["week-1405"], staff, target=1_000_000 if full else 100_000, say=say
        )
        ahead = plan_weeks(made, campaigns, accounts, at=AT)
        leaders_week(_where(made, "local"), campaigns["week-1405"], accounts, at=AT)
        fill_desks(made, ahead, accounts, at=AT)
        read_report(
            unit=made.nation, campaign=campaigns["week-1405"], by=accounts["officer"], at=AT
        )
    _analyse()
    say(f"{posted:,} entries posted in {time.monotonic() - began:.0f} s")
    return True


def _campaigns() -> dict[str, Campaign]:
    made = {}
    for code, fa, en, start in _CAMPAIGNS:
        campaign = Campaign.objects.create(
            code=code, name_fa=fa, name_en=en, starts_on=start, ends_on=date.fromordinal(start.toordinal() + 6),
            slogan_fa="با هم، برای همه", slogan_en="Together, for all",
        )  # fmt: skip
        CampaignDay.objects.bulk_create(
            CampaignDay(
                campaign=campaign,
                on=date.fromordinal(start.toordinal() + i),
                title_fa=day_fa,
                title_en=day_en,
            )
            for i, (day_fa, day_en) in enumerate(_DAYS)
        )
        made[code] = campaign
    return made


def _accounts(made: Federation) -> dict[str, User]:
    found = {}
    themes = {theme.code: theme for theme in Theme.objects.all()}
    for account in DEMO_ACCOUNTS:
        user = create_user(
            username=account.username, office=account.office_fa, password=PASSWORD, by=None, at=AT
        )
        for role in account.roles:
            theme = themes[account.theme] if account.theme else None
            grant_role(
                user=user,
                role=Role(role),
                unit=_where(made, account.where),
                by=None,
                at=AT,
                theme=theme,
            )
        found[account.username] = user
    for username in ("officer", "verifier", "auditor"):
        role = {"officer": Role.REPORTER, "verifier": Role.VERIFIER, "auditor": Role.AUDITOR}[
            username
        ]
        grant_role(user=found[username], role=role, unit=made.partners, by=None, at=AT)
    return found


def _where(made: Federation, name: str) -> OrgUnit:
    if name == "nation":
        return made.nation
    if name == "partners":
        return made.partner_units["سازمان همکار رفاه"]
    if name.startswith("county:"):
        return made.counties[("فارس", name.removeprefix("county:"))]
    if name == "local":
        shiraz = made.counties[("فارس", "شیراز")].path
        return next(unit for unit in made.locals if unit.path.startswith(shiraz))
    return made.provinces[name]


def _staff(made: Federation) -> dict[str, tuple[User, User]]:
    """A reporting and a verifying office for each province; they do not sign in."""
    staff = {}
    for name, office in made.provinces.items():
        pair = []
        for role, title in ((Role.REPORTER, "گزارش"), (Role.VERIFIER, "بازبینی")):
            user = create_user(
                username=f"{role}-{office.code}",
                office=f"دفتر {title} استان {name}",
                password=None,
                by=None,
                at=AT,
            )
            grant_role(user=user, role=role, unit=office, by=None, at=AT)
            pair.append(user)
        staff[name] = (pair[0], pair[1])
    return staff


def _post_facts(made: Federation, accounts: dict[str, User]) -> None:
    entries = fact_entries(made, DemoIds(1)).values()
    for stages, username in (
        ((Stage.PLEDGED, Stage.REPORTED), "officer"),
        ((Stage.VERIFIED,), "verifier"),
    ):
        post_entries([one for one in entries if one.stage in stages], by=accounts[username], at=AT)


def _post_bottom_up(
    made: Federation,
    campaign: Campaign,
    staff: dict[str, tuple[User, User]],
    *,
    target: int,
    say: Callable[[str], Any],
) -> int:
    chance, ids = random.Random(1405), DemoIds(2)
    indicators = list(
        Indicator.objects.filter(typical_max__gt=0, time_rule="sum").select_related("measure")
    )
    by_province: dict[str, list[OrgUnit]] = {name: [] for name in made.provinces}
    names = {office.pk: name for name, office in made.provinces.items()}
    for unit in made.locals:
        by_province[names[unit.line[1]]].append(unit)
    per_unit = max(4, round(target / len(made.locals) / _ENTRIES_PER_PROMISE))
    days = list(campaign.days.all())
    posted, next_activity = 0, 1
    for number, (name, units) in enumerate(by_province.items(), 1):
        activities: list[Activity] = []
        promises: list[NewEntry] = []
        reports: list[NewEntry] = []
        checks: list[NewEntry] = []
        for unit in units:
            chosen = chance.sample(indicators, per_unit)
            for plan in plans(unit, campaign, days, chosen, chance, ids, next_activity):
                next_activity += 1
                activities.append(plan.activity)
                promises += plan.promises
                reports += plan.reports
                checks += plan.checks
        Activity.objects.bulk_create(activities, batch_size=5_000)
        reporter, verifier = staff[name]
        for batch, by in ((promises, reporter), (reports, reporter), (checks, verifier)):
            for start in range(0, len(batch), 20_000):
                post_entries(batch[start : start + 20_000], by=by, at=AT)
            posted += len(batch)
        if number % 8 == 0:
            say(f"{posted:,} entries …")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('activities_activity', 'id'), %s)",
            [next_activity],
        )
    return posted


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def prepare_bench(made: Federation) -> User:
    """Accounts and campaigns for a benchmark on bare trees; the officer who may post anywhere."""
    _campaigns()
    return _accounts(made)["officer"]
