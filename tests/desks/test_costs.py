"""What the lists of the desks cost: as many questions for ten rows as for three hundred, and clashes as counted by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders import DAY, NOW, World, a_campaign
from desks.plans import a_draft, a_planner, a_proposal, a_venue
from karnameh.activities.public import Resource, ResourceKind, Slot, State
from karnameh.campaigns.clashes import Holder, after_move, clashes
from karnameh.campaigns.models import Line, Package, RuleKind, Version
from karnameh.campaigns.package.actions import take_all
from karnameh.campaigns.package.crowding import crowded
from karnameh.campaigns.package.queries import booking_of, capacities, lines_of
from karnameh.campaigns.week.board import CARDS, board_of, chances
from karnameh.org.public import Profession
from planned import a_rule


def with_rules(world: World, campaign: Any) -> None:
    for kind in RuleKind.values:
        a_rule(campaign, world.fars, kind)


def scattered(
    draft: Version, venues: list[Any], teams: list[Any], chance: random.Random, *, days: int = 3
) -> None:
    """Lines of a draft on any of so many days, in any hall, some of them nowhere."""
    rows = list(draft.lines.all())
    for line in rows:
        if chance.random() < 0.1:
            line.on, line.slot = None, ""
            continue
        line.on, line.slot = DAY + timedelta(days=chance.randrange(days)), chance.choice(list(Slot))
        line.venue, line.team = chance.choice([None, *venues]), chance.choice([None, None, *teams])
    Line.objects.bulk_update(rows, ["on", "slot", "venue", "team"])


def resources(world: World) -> list[Resource]:
    return [
        Resource.objects.create(
            unit=world.fars, kind=kind, label=kind,
            **({"leader": world.people["leader"], "head_count": 5} if kind == ResourceKind.TEAM else {}),
        )
        for kind in (ResourceKind.TEAM, ResourceKind.SPEAKER, ResourceKind.OFFICIAL)
    ]  # fmt: skip


PAGES: dict[str, Callable[[Version], str]] = {
    "board": lambda draft: reverse("board", args=[draft.pk]),
    "board by venue": lambda draft: reverse("board", args=[draft.pk]) + "?by=venue",
    "wall sheet": lambda draft: reverse("board_print", args=[draft.pk]) + "?paper=a3",
    "one version": lambda draft: reverse("package_version", args=[draft.pk]),
    "package": lambda draft: reverse("package", args=[draft.package_id]),
    "packages": lambda _draft: reverse("packages"),
    "calendar": lambda _draft: reverse("calendar"),
    "rules": lambda draft: reverse("rules", args=[draft.package.campaign_id]),
    "planning": lambda _draft: reverse("planning"),
    "proposals": lambda _draft: reverse("proposals"),
    "coverage": lambda draft: reverse("coverage", args=[draft.package.unit_id]),
    "review desks": lambda _draft: reverse("review_desks"),
    "review desk": lambda draft: reverse("review_desk", args=[draft.package.unit_id, "construction"]),
}  # fmt: skip


def test_every_list_costs_the_same_for_ten_rows_and_for_three_hundred(
    world: World, queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    week, by = a_campaign(), a_planner(world.fars)
    for page in ("week.views", "package.views", "review.views", "views.frame"):
        monkeypatch.setattr(f"karnameh.campaigns.{page}.today", lambda: DAY)
    with_rules(world, week)
    Profession.objects.get_or_create(code="doctors", defaults={"name_fa": "پزشکان", "position": 1})
    venues, teams, chance = (
        [a_venue(world.shiraz), a_venue(world.fars)],
        resources(world),
        random.Random(7),
    )
    draft, client = a_draft(week, world.fars, by), Client()
    client.force_login(by)
    units = [*world.locals["shiraz"], *world.locals["twin"]]
    costs: dict[str, list[int]] = {name: [] for name in PAGES}
    for number in (10, 290):
        for i in range(number):
            unit = units[i % len(units)]
            a_proposal(unit, week, f"کار شمارهٔ {i} در محله", state=State.ACCEPTED)
            a_proposal(unit, week, f"پیشنهاد {i} در کوی", state=State.SUBMITTED)
        take_all(draft, by=by, at=NOW)
        draft = Version.objects.get(pk=draft.pk)
        scattered(draft, venues, teams, chance, days=1)
        for name, address in PAGES.items():
            client.get(address(draft), follow=True)
            with queries:
                assert client.get(address(draft)).status_code in (200, 302), name
            costs[name].append(len(queries))
    # Nothing asks more. A board that turns from cards to counts, or a rule that is kept by then, asks less.
    assert all(0 <= few - many <= 2 for few, many in costs.values()), costs
    assert draft.lines.count() > CARDS and max(many for _few, many in costs.values()) < 45, costs


def test_many_packages_cost_what_one_costs(world: World, queries: Any) -> None:
    week, by = a_campaign(), a_planner(world.nation)
    client, costs = Client(), []
    client.force_login(by)
    for units in ([world.fars], [world.nation, world.yazd, world.shiraz]):
        for unit in units:
            a_draft(week, unit, by)
        with queries:
            assert client.get(reverse("packages")).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] and Package.objects.count() == 4


def test_packages_of_another_campaign_are_found_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("karnameh.campaigns.package.views.today", lambda: DAY)
    week, before, by = a_campaign(), a_campaign(DAY - timedelta(days=365)), a_planner(world.fars)
    old = a_draft(before, world.fars, by)
    client = Client()
    client.force_login(by)
    page = client.get(reverse("packages")).content.decode()
    assert (
        f"?campaign={before.code}" in page and reverse("package", args=[old.package_id]) not in page
    )
    page = client.get(reverse("packages") + f"?campaign={before.code}").content.decode()
    assert (
        reverse("package", args=[old.package_id]) in page and f'?campaign={week.code}"' not in page
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_database_finds_the_clashes_that_the_sweep_finds(world: World, seed: int) -> None:
    week, by, chance = a_campaign(), a_planner(world.fars), random.Random(seed)
    venues = [a_venue(world.shiraz), a_venue(world.fars, halls=3)]
    units = [*world.locals["shiraz"], *world.locals["twin"], world.shiraz]
    for i in range(70):
        a_proposal(chance.choice(units), week, f"کار {i}", state=State.ACCEPTED)
    draft = a_draft(week, world.fars, by)
    scattered(draft, venues, resources(world), chance)
    lines = lines_of(draft)
    bookings = [booking for one in lines if (booking := booking_of(one)) is not None]
    swept = clashes(bookings, capacities(lines))
    assert swept and crowded([draft.pk]) == swept
    board = board_of(draft, by="county", node=world.fars)
    clashing = {pk for one in swept for pk in one.bookings}
    cells = [cell for row in board.rows for cell in row.cells.values()]
    assert sum(cell.clashing for cell in cells) == len(clashing)
    assert sum(cell.count for cell in cells) + board.undated == len(lines)


def test_what_a_card_would_meet_is_what_the_sweep_finds_there(world: World) -> None:
    week, by, chance = a_campaign(), a_planner(world.fars), random.Random(11)
    venues = [a_venue(world.shiraz), a_venue(world.fars, halls=2)]
    for i in range(60):
        a_proposal(
            chance.choice([*world.locals["shiraz"], world.shiraz]),
            week,
            f"کار {i}",
            state=State.ACCEPTED,
        )
    draft = a_draft(week, world.fars, by)
    scattered(draft, venues, resources(world), chance)
    lines = lines_of(draft)
    bookings = [booking for one in lines if (booking := booking_of(one)) is not None]
    capacity = capacities(lines) | {(Holder.VENUE, one.pk): one.halls for one in venues}
    for line in chance.sample(lines, 12):
        met = chances(draft, line, venues)
        assert len(met) == 7 * 3 * 3
        for key, number in met.items():
            day, slot, venue = key.split()
            line.on, line.slot = date.fromisoformat(day), slot
            hall = next((one for one in venues if one.pk == int(venue)), line.venue)
            kept, line.venue = line.venue, hall
            moved = booking_of(line)
            line.venue = kept
            assert moved is not None and len(after_move(bookings, moved, capacity)) == number, key


def test_what_is_too_much_for_one_programme_is_printed_part_by_part(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    week, by, client = a_campaign(), a_planner(world.fars), Client()
    a_proposal(world.local, week, "جشن محله", state=State.ACCEPTED)
    draft = a_draft(week, world.fars, by)
    scattered(draft, [], [], random.Random(5))
    client.force_login(by)
    address = reverse("board_print", args=[draft.pk])
    assert "جشن محله" in client.get(address).content.decode()
    monkeypatch.setattr("karnameh.campaigns.week.views._PRINTED", 0)
    page = client.get(f"{address}?paper=a3").content.decode()
    assert "جشن محله" not in page and f"?at={world.shiraz.pk}&amp;paper=a3" in page


def test_counts_on_the_board_say_what_its_cards_would(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    week, by = a_campaign(), a_planner(world.fars)
    units = [*world.locals["shiraz"], *world.locals["twin"], world.shiraz, world.fars]
    for i in range(40):
        a_proposal(units[i % len(units)], week, f"کار {i}", state=State.ACCEPTED)
    draft = a_draft(week, world.fars, by)
    scattered(draft, [a_venue(world.shiraz)], [], random.Random(3))

    def numbers() -> dict[str, list[tuple[int, int]]]:
        board = board_of(draft, by="county", node=world.fars)
        return {
            row.key: [(cell.count, cell.clashing) for cell in row.in_order] for row in board.rows
        }

    cards = numbers()
    monkeypatch.setattr("karnameh.campaigns.week.board.CARDS", 0)
    assert numbers() == cards and any(many for row in cards.values() for many, _amiss in row)
