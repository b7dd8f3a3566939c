"""An activity that happens several times: added and taken off by hand, kept apart, counted once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from builders import DAY, NOW, World, a_campaign, an_indicator
from desks.plans import a_draft, a_planner, a_proposal, a_venue, frozen
from karnameh.activities.public import DayWish, Occurrence, Slot, State
from karnameh.campaigns import planner
from karnameh.campaigns.contents import changes, lines_of
from karnameh.campaigns.models import Line, Version
from karnameh.campaigns.package.actions import (
    Spot,
    add_occurrence,
    draw_up,
    drop_occurrence,
    place_line,
    take_packages,
)
from karnameh.campaigns.package.crowding import crowded
from karnameh.campaigns.package.queries import meters_of, sums_of
from karnameh.campaigns.package.sealing import content_of
from karnameh.campaigns.week.instance import problem_of
from karnameh.campaigns.week.wishes import place_by_wish
from karnameh.ledger.public import Entry
from workbench import refused_kindly

SUNDAY = DAY + timedelta(days=1)


def a_course(world: World) -> tuple[Any, Version, Line]:
    """A course in a hall, on one morning: `(planner, draft, its line)`."""
    week, by = a_campaign(), a_planner(world.shiraz)
    hall = a_venue(world.shiraz)
    one = a_proposal(
        world.local, week, "کارگاه خیاطی", state=State.ACCEPTED, venue=hall, budget_rial=100,
        expects={an_indicator("courses"): 12}, ends_on=SUNDAY,
    )  # fmt: skip
    DayWish.objects.create(activity=one, on=DAY, rank=1)
    draft = a_draft(week, world.shiraz, by)
    line = place_line(draft.lines.get(), Spot(DAY, Slot.MORNING, hall), by=by, at=NOW)
    return by, draft, line


def test_an_activity_happens_several_times_and_is_promised_once(world: World) -> None:
    by, draft, line = a_course(world)
    more = add_occurrence(line, Spot(SUNDAY, Slot.EVENING, line.venue), by=by, at=NOW)
    waits = add_occurrence(line, Spot(), by=by, at=NOW)
    assert [more.part, waits.part] == [1, 2] and waits.on is None
    assert sums_of(draft).activities == 1 and sums_of(draft).budget == 100
    sealed = lines_of(content_of(draft))
    assert [one.budget for one in sealed] == [100, 0, 0] and sum(
        bool(one.expects) for one in sealed
    ) == 1
    assert place_by_wish(draft, by=by, at=NOW) == 1
    waits.refresh_from_db()
    assert waits.on == DAY and waits.slot != Slot.MORNING
    v1 = frozen(draft, by, a_planner(world.shiraz))
    assert v1.number == 1
    held = Occurrence.objects.filter(activity=line.activity_id)
    assert held.count() == 3 and Entry.objects.filter(activity=line.activity_id).count() == 1


def test_its_occurrences_lie_apart_also_for_the_database(world: World) -> None:
    by, draft, line = a_course(world)
    with refused_kindly():
        add_occurrence(line, Spot(DAY, Slot.MORNING), by=by, at=NOW)
    more = add_occurrence(line, Spot(DAY, Slot.EVENING), by=by, at=NOW)
    with refused_kindly():
        place_line(more, Spot(DAY, Slot.MORNING), by=by, at=NOW)
    with pytest.raises(IntegrityError, match="line_once_a_part_of_a_day"), transaction.atomic():
        Line.objects.filter(pk=more.pk).update(slot=Slot.MORNING)
    with refused_kindly():
        add_occurrence(line, Spot(DAY + timedelta(days=30), Slot.MORNING), by=by, at=NOW)
    assert draft.lines.count() == 2


def test_one_of_several_is_taken_off_and_the_numbers_close_up(world: World) -> None:
    by, draft, line = a_course(world)
    with refused_kindly():
        drop_occurrence(line, by=by, at=NOW)
    add_occurrence(line, Spot(SUNDAY, Slot.MORNING), by=by, at=NOW)
    add_occurrence(line, Spot(SUNDAY, Slot.EVENING), by=by, at=NOW)
    drop_occurrence(line, by=by, at=NOW)
    rows = list(draft.lines.order_by("part").values_list("part", "on", "slot"))
    assert rows == [(0, SUNDAY, "morning"), (1, SUNDAY, "evening")]
    assert lines_of(content_of(draft))[0].expects  # what it brings stays with it


def test_the_difference_speaks_of_each_occurrence(world: World) -> None:
    by, draft, line = a_course(world)
    add_occurrence(line, Spot(SUNDAY, Slot.MORNING), by=by, at=NOW)
    v1 = frozen(draft, by, a_planner(world.shiraz))
    v2 = draw_up(v1.package, name="اصلاح", basis=v1, why="باران", by=by, at=NOW)
    second = v2.lines.select_related("version__package__unit", "version__package__campaign").get(
        part=1
    )
    drop_occurrence(second, by=by, at=NOW)
    [gone] = changes(lines_of(content_of(v1)), lines_of(content_of(v2)))
    assert gone.what == "removed" and gone.code.endswith("/1") and gone.line.day == SUNDAY


def test_the_page_offers_a_further_occurrence_with_its_clashes(world: World) -> None:
    by, draft, line = a_course(world)
    other = a_proposal(
        world.locals["shiraz"][1], draft.package.campaign, "نمایش", state=State.ACCEPTED
    )
    Line.objects.create(
        version=draft, activity=other, on=SUNDAY, slot=Slot.EVENING, venue=line.venue
    )
    client = Client()
    client.force_login(by)
    page = client.get(reverse("board_line", args=[draft.pk, line.pk])).content.decode()
    url = reverse("board_line_again", args=[draft.pk, line.pk])
    assert url in page
    form = client.get(url).content.decode()
    assert form.count("badge-bad") == 1  # Sunday evening
    assert f'value="{DAY} morning" disabled' in form  # it happens there already
    late = client.post(url, {"when": f"{DAY} morning", "venue": line.venue_id})
    assert late.status_code == 422 and draft.lines.count() == 2
    made = client.post(url, {"when": f"{SUNDAY} evening", "venue": line.venue_id})
    assert made.status_code == 302 and draft.lines.count() == 3
    assert len(crowded([draft.pk])) == 1  # a clash is shown and not refused: it is a draft
    part = draft.lines.get(part=1)
    page = client.get(reverse("board_line", args=[draft.pk, part.pk])).content.decode()
    assert 'value="drop"' in page
    client.post(reverse("board_line", args=[draft.pk, part.pk]), {"do": "drop"})
    assert draft.lines.count() == 2 and crowded([draft.pk]) == []


def test_a_card_of_a_package_beneath_is_looked_at_and_not_moved(world: World) -> None:
    by, draft, line = a_course(world)
    v1 = frozen(draft, by, a_planner(world.shiraz))
    above = a_planner(world.fars)
    whole = a_draft(draft.package.campaign, world.fars, above)
    take_packages(whole, [v1], by=above, at=NOW)
    client = Client()
    client.force_login(above)
    address = reverse("board_line", args=[whole.pk, line.pk])
    assert address in client.get(reverse("board", args=[whole.pk])).content.decode()
    page = client.get(address)
    assert page.status_code == 200 and 'value="put"' not in page.content.decode()
    assert client.get(reverse("board_line_again", args=[whole.pk, line.pk])).status_code == 404
    client.post(address, {"when": f"{SUNDAY} evening"})
    line.refresh_from_db()
    assert (line.on, line.slot) == (DAY, Slot.MORNING)


def test_the_planner_gives_each_occurrence_a_day_of_its_own(world: World) -> None:
    by, draft, line = a_course(world)
    add_occurrence(line, Spot(), by=by, at=NOW)
    plan = planner.solve(problem_of(draft).instance, seconds=5, processes=1)
    assert len({one.day for one in plan.placements}) == len(plan.placements) == 2
    assert meters_of(draft) == []
