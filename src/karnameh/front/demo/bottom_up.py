"""What local units promise, report and verify in the demo's service week, from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from karnameh.activities.public import Activity, Campaign, CampaignDay, Kind, State
from karnameh.catalog.public import Indicator
from karnameh.front.demo.ids import TODAY, DemoIds
from karnameh.ledger.public import NewEntry, Qualifier, Stage
from karnameh.org.public import OrgUnit

_KINDS = {
    "distributed": Kind.DISTRIBUTION, "screened": Kind.CLINIC, "trained": Kind.COURSE, "opened": Kind.PROJECT,
    "completed": Kind.PROJECT, "groundbreaking": Kind.PROJECT, "built": Kind.PROJECT, "repaired": Kind.PROJECT,
    "handed_over": Kind.PROJECT, "produced": Kind.PRODUCTION, "attended": Kind.EVENT, "referred": Kind.DESK,
    "dispatched": Kind.VISIT, "invited": Kind.EVENT,
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """One activity of one unit and the entries that follow from it."""

    activity: Activity
    promises: list[NewEntry]
    reports: list[NewEntry]
    checks: list[NewEntry]


def plans(
    unit: OrgUnit, campaign: Campaign, days: list[CampaignDay], indicators: list[Indicator],
    chance: random.Random, ids: DemoIds, first_activity: int,
) -> Iterator[Plan]:  # fmt: skip
    """Two activities of `unit` that share `indicators`; about one unit in eight stays silent."""
    silent = chance.random() < 0.13
    diligence = chance.uniform(0.55, 1.05)
    half = len(indicators) // 2
    for number, (day, share) in enumerate(
        zip(chance.sample(days, 2), (indicators[:half], indicators[half:]), strict=True)
    ):
        activity = Activity(
            pk=first_activity + number, code=f"{campaign.code}-{unit.code}-{number + 1}",
            name_fa=f"{day.title_fa}، {unit.name_fa}", name_en=f"{day.title_en}, {unit.name_en}",
            kind=_KINDS.get(share[0].act, Kind.SERVICE), theme_id=share[0].theme_id, lead_unit=unit,
            place_id=unit.place_id, campaign=campaign, starts_on=day.on, ends_on=day.on,
            state=State.SCHEDULED if day.on > TODAY else State.REPORTED,
        )  # fmt: skip
        activity.spell()
        plan = Plan(activity, [], [], [])
        for indicator in share:
            promised = _round(chance.triangular(indicator.typical_min, indicator.typical_max))
            pledge = _entry(
                ids, Stage.PLEDGED, unit, indicator, activity, promised, campaign.starts_on
            )
            plan.promises.append(pledge)
            if silent or day.on > TODAY or chance.random() < 0.06:
                continue
            done = _round(float(promised) * chance.gauss(diligence, 0.08))
            report = _entry(
                ids, Stage.REPORTED, unit, indicator, activity, done, day.on, fulfils=pledge
            )
            plan.reports.append(report)
            if chance.random() < 0.52:
                found = (
                    done
                    if chance.random() < 0.85
                    else _round(float(done) * chance.uniform(0.8, 1.02))
                )
                plan.checks.append(
                    _entry(
                        ids,
                        Stage.VERIFIED,
                        unit,
                        indicator,
                        activity,
                        found,
                        day.on,
                        verifies=report,
                    )
                )
        yield plan


def _entry(
    ids: DemoIds, stage: Stage, unit: OrgUnit, indicator: Indicator, activity: Activity, quantity: Decimal,
    made_on: date, *, fulfils: NewEntry | None = None, verifies: NewEntry | None = None,
) -> NewEntry:  # fmt: skip
    money = indicator.measure.kind == "money"
    return NewEntry(
        id=ids.at(made_on), indicator=indicator.pk, stage=stage, unit=unit.pk, place=unit.place_id,
        activity=activity.pk, starts_on=activity.starts_on, ends_on=activity.starts_on, quantity=quantity,
        rial=int(quantity) if money else None, qualifier=Qualifier.EXACT,
        fulfils=fulfils.id if fulfils else None, verifies=verifies.id if verifies else None,
    )  # fmt: skip


def _round(value: float | Decimal) -> Decimal:
    """Counts as people report them: small ones exact, large ones to five or ten."""
    number = max(1, round(float(value)))
    step = 1 if number < 60 else 5 if number < 400 else 10 ** (len(str(number)) - 2)
    return Decimal(number - number % step or number)
