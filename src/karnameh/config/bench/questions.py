"""What the dashboards ask of the ledger, as calls that a benchmark can time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any


def questions(made: Any, by: Any) -> dict[str, Callable[[], Any]]:
    """Every roll-up of the dashboards, by a name for it, as the officer `by` would ask it.

    From nation to local unit, by children, days and places, as organised now and as it was then.
    """
    from karnameh.access.public import units_where
    from karnameh.catalog.public import Indicator
    from karnameh.kernel.period import Period
    from karnameh.ledger.public import Question, coverage_by, roll_up
    from karnameh.org.public import OrgUnit
    from karnameh.people.public import User

    reach = units_where(User.objects.get(pk=by.pk))
    nation = OrgUnit.objects.get(pk=made.nation.pk)
    province = OrgUnit.objects.get(pk=made.provinces["فارس"].pk)
    county = OrgUnit.objects.get(pk=made.counties[("فارس", "شیراز")].pk)
    local = OrgUnit.objects.get(pk=made.locals[0].pk)
    one = Indicator.objects.filter(unit_rule="sum", time_rule="sum").first()
    assert one is not None
    week, year = Period(date(2026, 11, 20), date(2026, 11, 26)), Period.year(1405)
    asked: dict[str, Callable[[], Any]] = {}
    for name, node in (
        ("nation", nation),
        ("province", province),
        ("county", county),
        ("local unit", local),
    ):
        for span, period in (("week", week), ("year", year)):
            asked[f"{name}, all indicators, {span}"] = partial(
                roll_up, reach, Question(node, period)
            )
    for name, node in (
        ("nation by province", nation),
        ("province by county", province),
        ("county by district", county),
    ):
        for span, period in (("week", week), ("year", year)):
            question = Question(node, period, indicators=(one.pk,))
            asked[f"{name}, one indicator, {span}"] = partial(roll_up, reach, question, by="child")
    asked["nation by day, one indicator, week"] = lambda: roll_up(
        reach, Question(nation, week, indicators=(one.pk,)), by="day"
    )
    asked["nation as it was then, year"] = lambda: roll_up(reach, Question(nation, year, then=True))
    asked["nation by province as it was then, one indicator, year"] = lambda: roll_up(
        reach, Question(nation, year, then=True, indicators=(one.pk,)), by="child"
    )
    for span, period in (("week", week), ("year", year)):
        asked[f"place: province, all indicators, {span}"] = partial(
            roll_up, reach, Question(province.place, period)
        )
        for name, place in (
            ("the country by province", nation.place),
            ("province by county", province.place),
        ):
            asked[f"place: {name}, one indicator, {span}"] = partial(
                roll_up, reach, Question(place, period, indicators=(one.pk,)), by="child"
            )
    asked["coverage of the nation by province, week"] = lambda: coverage_by(
        reach, nation, week, by_child=True
    )
    return asked
