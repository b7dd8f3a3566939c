"""A package is frozen once, by two, whole or not at all; its promises are in the ledger once."""

from __future__ import annotations

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from builders import DAY, NOW, World, a_campaign, an_indicator
from desks.plans import a_draft, a_planner, a_proposal, a_venue, frozen, seal_now
from karnameh.activities.public import (
    Activity,
    Expectation,
    Occurrence,
    OccurrenceState,
    Slot,
    State,
)
from karnameh.campaigns import contents
from karnameh.campaigns.contents import lines_of as sealed_lines
from karnameh.campaigns.contents import pledge_id, seal_of
from karnameh.campaigns.models import Line, Package, Part, Pledge, Signature, Version, VersionState
from karnameh.campaigns.package import actions as package_actions
from karnameh.campaigns.package import sealing
from karnameh.campaigns.package import views as package_views
from karnameh.campaigns.package.actions import (
    Spot,
    add_occurrence,
    draw_up,
    leave_out,
    open_package,
    place_line,
    say_why,
    sign,
    take_all,
    take_in,
    take_packages,
)
from karnameh.campaigns.package.crowding import HOURS
from karnameh.campaigns.package.queries import candidates, next_number, standing_pledges
from karnameh.kernel.ids import new_id
from karnameh.ledger.public import Entry, Kind, Stage
from karnameh.plumbing.public import Refusal
from workbench import as_owner, ask, quantity_of, refused, refused_kindly, run


def pledged(indicator: Any, node: Any) -> Decimal | None:
    return quantity_of(node, indicator, Stage.PLEDGED)


def test_freezing_takes_two_officers_and_writes_each_promise_once(world: World) -> None:
    trees, week = an_indicator("trees"), a_campaign()
    one = a_proposal(world.local, week, expects={trees: 120}, state=State.ACCEPTED)
    two = a_proposal(world.locals["shiraz"][1], week, expects={trees: None}, state=State.ACCEPTED)
    first, second = a_planner(world.shiraz), a_planner(world.fars)
    draft = a_draft(week, world.shiraz, first)
    assert frozen(draft, first).state == VersionState.DRAFT
    assert not Entry.objects.filter(activity__in=[one, two]).exists()
    with refused_kindly("signature_once_an_account"):
        sign(draft, seal=seal_now(draft), by=first, at=NOW)
    made = frozen(draft, second)
    assert (made.state, made.number, made.seal) == (VersionState.FROZEN, 1, seal_of(made.content))
    assert pledged(trees, world.shiraz) == 120 == pledged(trees, world.nation)
    assert Entry.objects.filter(activity__in=[one, two], stage=Stage.PLEDGED).count() == 2
    assert {one.pk for one in Activity.objects.filter(state=State.PACKAGED)} == {one.pk, two.pk}
    with refused_kindly("", status=409):
        sign(draft, seal=made.seal, by=a_planner(world.nation), at=NOW)
    assert Entry.objects.filter(batch=draft.pk).count() == 2


def test_who_signs_signs_what_he_saw(world: World) -> None:
    week, first, second = a_campaign(), a_planner(world.shiraz), a_planner(world.shiraz)
    kept = a_proposal(world.local, week, state=State.ACCEPTED)
    gone = a_proposal(world.local, week, state=State.ACCEPTED)
    draft = a_draft(week, world.shiraz, first)
    seen = seal_now(draft)
    sign(draft, seal=seen, by=first, at=NOW)
    leave_out(draft, [gone.pk], by=first, at=NOW)
    with refused_kindly(status=409):
        sign(draft, seal=seen, by=second, at=NOW)
    # The signature for the former content does not count for the new one.
    assert frozen(draft, second).state == VersionState.DRAFT
    made = frozen(draft, first)
    assert made.frozen
    assert [line.activity for line in sealed_lines(made.content)] == [kept.pk]


def spelt_by_hand(version: Version) -> str:
    """The canonical form in plain Python: the oracle of what the database spells."""
    expects: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Expectation.objects.filter(activity__in=version.lines.values("activity"))
    for activity, code, quantity, dimensions in rows.order_by("pk").values_list(
        "activity", "indicator__code", "quantity", "dimensions"
    ):
        label = code if dimensions == 1 else f"{code}#{dimensions}"
        expects[activity].append(
            (label, "" if quantity is None else contents.quantity_text(quantity))
        )
    lines = version.lines.order_by("activity__code", "part").values_list(
        "activity", "part", "on", "slot", "activity__code", "activity__name_fa", "activity__lead_unit__code",
        "activity__theme__code", "activity__place__code", "activity__tier", "activity__budget_rial", "venue__name_fa",
    )  # fmt: skip
    found = [
        contents.Line(
            activity=activity, code=code + (f"/{part}" if part else ""), name=name, unit=unit, theme=theme, place=place,
            tier=tier, day=on, starts=HOURS[slot][0] if slot else None, ends=HOURS[slot][1] if slot else None,
            venue=venue or "", budget=0 if part else budget or 0, expects=() if part else tuple(expects[activity]),
        )
        for activity, part, on, slot, code, name, unit, theme, place, tier, budget, venue in lines
    ]  # fmt: skip
    parts = [
        contents.Part(row.part.package.unit.code, row.part.number or 0, row.part.seal)
        for row in version.parts.all()
    ]
    heading = {
        "campaign": version.package.campaign.code, "unit": version.package.unit.code,
        "number": str(next_number(version.package)), "why": version.why,
    }  # fmt: skip
    return contents.canonical(heading, found, parts)


def test_the_database_spells_a_package_to_the_letter(world: World) -> None:
    week, by, hall = a_campaign(), a_planner(world.fars), a_venue(world.shiraz, name='سالن "یک"')
    trees, parcels = an_indicator("trees"), an_indicator("parcels")
    below = a_proposal(world.locals["shiraz"][1], week, state=State.ACCEPTED, expects={trees: 1})
    county = frozen(
        a_draft(week, world.shiraz, by), a_planner(world.shiraz), a_planner(world.shiraz)
    )
    assert county.lines.get().activity_id == below.pk
    odd = (
        "a\\b",
        'یک "نام"',
        "سطر\nدوم\tو\rسوم",
        "\x01\x1f\x7f",
        "</script>&'/",
        "می‌شود\u200f",
        "𐎠🌱",
        "",
    )
    for number, name in enumerate(odd):
        a_proposal(
            world.local, week, name, state=State.ACCEPTED, budget_rial=None if number % 3 else 10**12 + number,
            expects={trees: None if number % 2 else 1200 + number, parcels: 10 + number * 10},
        )  # fmt: skip
    Expectation.objects.filter(indicator=parcels, quantity=30).update(quantity=Decimal("0.250"))
    draft = a_draft(week, world.fars, by)
    for number, line in enumerate(draft.lines.order_by("pk")[:4]):
        place_line(
            line, Spot(DAY + timedelta(number), list(Slot)[number % 3], hall if number % 2 else None), by=by, at=NOW
        )  # fmt: skip
    add_occurrence(
        draft.lines.earliest("pk"), Spot(DAY + timedelta(5), Slot.EVENING), by=by, at=NOW
    )
    take_packages(draft, [county], by=by, at=NOW)
    say_why(draft, why='«چرا» "lines":[] ،', by=by, at=NOW)
    draft = Version.objects.get(pk=draft.pk)
    assert sealing.content_of(draft) == spelt_by_hand(draft)
    assert len(sealed_lines(spelt_by_hand(draft))) == len(odd) + 1
    empty = draw_up(draft.package, name="تهی", by=by, at=NOW)
    assert sealing.content_of(empty) == spelt_by_hand(empty)


def test_a_package_holds_so_many_of_its_own_and_the_rest_by_the_packages_beneath(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_actions, "MOST_FROZEN", 1)
    week, by = a_campaign(), a_planner(world.shiraz)
    for _ in range(2):
        a_proposal(world.local, week, state=State.ACCEPTED)
    draft = a_draft(week, world.shiraz, by)
    with refused_kindly(status=409):
        sign(draft, seal=seal_now(draft), by=by, at=NOW)
    client, url = Client(), reverse("package_version", args=[draft.pk])
    client.force_login(by)
    # Its page says so, and makes nobody wait for a seal that cannot be signed.
    page = client.get(url).content.decode()
    assert seal_now(draft) not in page and "۱۰٬۰۰۰" in page
    leave_out(draft, draft.lines.values_list("activity", flat=True)[:1], by=by, at=NOW)
    assert seal_now(draft) in client.get(url).content.decode()


def test_a_frozen_package_never_changes_not_even_for_its_owner(world: World) -> None:
    week, first, second = a_campaign(), a_planner(world.shiraz), a_planner(world.shiraz)
    a_proposal(world.local, week, state=State.ACCEPTED)
    late = a_proposal(world.local, week)
    made = frozen(a_draft(week, world.shiraz, first), first, second)
    with as_owner():
        for change in (
            lambda: Version.objects.filter(pk=made.pk).update(name="دیگر"),
            lambda: Version.objects.filter(pk=made.pk).update(state="draft", number=None, frozen_at=None, content="", seal=""),
            lambda: Line.objects.filter(version=made).update(pinned=True),
            lambda: Line.objects.filter(version=made).delete(),
            lambda: Line.objects.create(version=made, activity=late),
        ):  # fmt: skip
            with refused("frozen_package_never_changes"):
                change()
        with refused("version_is_never_deleted"):
            run("DELETE FROM campaigns_version")
        with refused("signature_is_never_changed"):
            run("DELETE FROM campaigns_signature")
    with refused_kindly(status=409):
        take_in(made, [late.pk], by=first, at=NOW)


def test_the_database_freezes_nothing_that_two_have_not_signed(world: World) -> None:
    week, first = a_campaign(), a_planner(world.shiraz)
    a_proposal(world.local, week, state=State.ACCEPTED)
    draft = a_draft(week, world.shiraz, first)
    sign(draft, seal=seal_now(draft), by=first, at=NOW)
    content = "{}"
    values = {
        "state": "frozen",
        "number": 1,
        "frozen_at": NOW,
        "content": content,
        "seal": seal_of(content),
    }
    with refused("package_signed_by_two_officers"):
        Version.objects.filter(pk=draft.pk).update(**values)
    with refused("signature_once_an_account"):
        Signature.objects.create(version=draft, by=first, at=NOW, seal=seal_now(draft))
    other = a_planner(world.shiraz)
    for by in (first, other):
        Signature.objects.create(version=draft, by=by, at=NOW, seal=seal_of(content))
    with refused("version_seal_is_of_its_content"):
        Signature.objects.create(version=draft, by=world.people["fars"], at=NOW, seal="0" * 64)
        Signature.objects.create(version=draft, by=world.people["officer"], at=NOW, seal="0" * 64)
        Version.objects.filter(pk=draft.pk).update(**{**values, "seal": "0" * 64})
    with refused("package_numbers_follow"):
        Version.objects.filter(pk=draft.pk).update(**{**values, "number": 7})
    with refused("version_begins_as_a_draft"):
        Version.objects.create(package=draft.package, name="x", made_at=NOW, **values)


def test_an_amendment_is_the_next_version_and_moves_the_promises(world: World) -> None:
    trees, week = an_indicator("trees"), a_campaign()
    first, second = a_planner(world.shiraz), a_planner(world.shiraz)
    stays = a_proposal(world.local, week, expects={trees: 100}, state=State.ACCEPTED)
    goes = a_proposal(world.local, week, expects={trees: 30}, state=State.ACCEPTED)
    draft = a_draft(week, world.shiraz, first)
    for line in draft.lines.all():
        place_line(line, Spot(DAY, Slot.MORNING), by=first, at=NOW)
    v1 = frozen(draft, first, second)
    assert pledged(trees, world.shiraz) == 130
    comes = a_proposal(world.local, week, expects={trees: 7}, state=State.ACCEPTED)
    amended = draw_up(v1.package, name="اصلاح", basis=v1, by=first, at=NOW)
    leave_out(amended, [goes.pk], by=first, at=NOW)
    take_in(amended, [comes.pk], by=first, at=NOW)
    with refused_kindly():
        sign(amended, seal=seal_now(amended), by=first, at=NOW)  # it does not say why
    say_why(amended, why="باران", by=first, at=NOW)
    v2 = frozen(amended, first, second)
    assert v2.number == 2 and pledged(trees, world.shiraz) == 107
    for activity in (stays, goes, comes):
        activity.refresh_from_db()
    assert (stays.state, goes.state, comes.state) == (
        State.SCHEDULED,
        State.ACCEPTED,
        State.PACKAGED,
    )
    assert Entry.objects.filter(activity=stays).count() == 1
    assert Entry.objects.filter(activity=goes, kind=Kind.REVERSAL).count() == 1
    assert Occurrence.objects.get(activity=goes).state == OccurrenceState.CANCELLED
    # And back again: a third version promises it anew, under a new id.
    again = draw_up(v2.package, name="باز هم", basis=v2, why="هوا خوب شد", by=first, at=NOW)
    take_in(again, [goes.pk], by=first, at=NOW)
    frozen(again, first, second)
    assert pledged(trees, world.shiraz) == 137
    assert len(standing_pledges([goes.pk])) == 1


def test_whoever_knows_a_drafts_id_beforehand_knows_those_of_its_promises(world: World) -> None:
    week, by = a_campaign(), a_planner(world.shiraz)
    a_proposal(world.local, week, expects={an_indicator("trees"): 5}, state=State.ACCEPTED)
    known = new_id()
    draft = draw_up(open_package(week, world.shiraz, by=by, at=NOW), name="۱", by=by, at=NOW, identifier=known)  # fmt: skip
    take_all(draft, by=by, at=NOW)
    made = frozen(Version.objects.get(pk=draft.pk), by, a_planner(world.shiraz))
    pledge = made.pledges.get()
    expected = Expectation.objects.get(activity=pledge.activity_id)
    assert made.pk == known and pledge.entry == pledge_id(known, expected.pk, NOW)


def test_a_draft_of_an_older_version_is_not_frozen_over_a_newer_one(world: World) -> None:
    week, first, second = a_campaign(), a_planner(world.shiraz), a_planner(world.shiraz)
    a_proposal(world.local, week, state=State.ACCEPTED)
    a, b = (a_draft(week, world.shiraz, first, name=name) for name in ("الف", "ب"))
    frozen(a, first, second)
    say_why(b, why="بهتر است", by=first, at=NOW)
    with refused_kindly(status=409):
        sign(b, seal=seal_now(b), by=first, at=NOW)


def test_counties_go_into_the_province_and_the_province_into_one_package(world: World) -> None:
    trees, week = an_indicator("trees"), a_campaign()
    first, second = a_planner(world.nation), a_planner(world.nation)
    inside = a_proposal(world.local, week, expects={trees: 10}, state=State.ACCEPTED)
    county = frozen(a_draft(week, world.shiraz, first), first, second)
    own = a_proposal(world.locals["twin"][0], week, expects={trees: 5}, state=State.ACCEPTED)
    draft = a_draft(week, world.fars, first)
    assert [one.activity_id for one in draft.lines.all()] == [own.pk]
    take_packages(draft, [county], by=first, at=NOW)
    province = frozen(draft, first, second)
    national = open_package(week, world.nation, by=first, at=NOW)
    whole = draw_up(national, name="بستهٔ واحد", by=first, at=NOW)
    with refused_kindly():
        take_packages(whole, [county], by=first, at=NOW)  # it is in the province's already
    take_packages(whole, [province], by=first, at=NOW)
    made = frozen(whole, first, second)
    assert county.seal in province.content and province.seal in made.content
    assert pledged(trees, world.nation) == 15
    assert Pledge.objects.filter(activity=inside).count() == 1
    # Raw rows that would count an activity twice are refused when they are frozen.
    double = draw_up(
        open_package(week, world.yazd, by=first, at=NOW), name="دوبار", by=first, at=NOW
    )
    Part.objects.create(version=double, part=county)
    Line.objects.create(version=double, activity=inside)
    for by in (first, second):
        Signature.objects.create(version=double, by=by, at=NOW, seal=seal_of("{}"))
    with refused("package_counts_each_activity_once"):
        Version.objects.filter(pk=double.pk).update(
            state="frozen", number=1, frozen_at=NOW, content="{}", seal=seal_of("{}")
        )
    with refused("only_frozen_packages_go_in"):
        Part.objects.create(version=double, part=draw_up(national, name="خام", by=first, at=NOW))


def test_clashes_hold_freezing_up_and_halls_are_given_out(world: World) -> None:
    week, first, second = a_campaign(), a_planner(world.shiraz), a_planner(world.shiraz)
    hall = a_venue(world.shiraz)
    units = world.locals["shiraz"]
    for unit in units:
        a_proposal(unit, week, state=State.ACCEPTED)
    draft = a_draft(week, world.shiraz, first)
    lines = list(draft.lines.all())
    for line in lines:
        place_line(line, Spot(DAY, Slot.MORNING, hall), by=first, at=NOW)
    with refused_kindly(status=409):
        sign(draft, seal=seal_now(draft), by=first, at=NOW)
    place_line(lines[1], Spot(DAY, Slot.EVENING, hall), by=first, at=NOW)
    frozen(draft, first, second)
    assert set(Occurrence.objects.values_list("slot", "hall")) == {("morning", 1), ("evening", 1)}
    assert Activity.objects.filter(state=State.SCHEDULED).count() == 2
    with refused_kindly():
        place_line(lines[0], Spot(DAY + timedelta(days=40), Slot.MORNING), by=first, at=NOW)


def test_an_amendment_leaves_alone_whatever_stays_where_it_was(world: World) -> None:
    week, first, second = a_campaign(), a_planner(world.shiraz), a_planner(world.shiraz)
    hall = a_venue(world.shiraz)
    units = world.locals["shiraz"]
    moves, *stay = [
        a_proposal(units[number % len(units)], week, state=State.ACCEPTED) for number in range(4)
    ]
    draft = a_draft(week, world.shiraz, first)
    for day, line in enumerate(draft.lines.order_by("activity")):
        place_line(line, Spot(DAY + timedelta(days=day), Slot.MORNING, hall), by=first, at=NOW)
    v1 = frozen(draft, first, second)

    def rows() -> dict[int, str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT activity_id, ctid::text FROM activities_occurrence")
            return dict(cursor.fetchall())

    before = rows()
    amended = draw_up(v1.package, name="یک روز", basis=v1, why="باران", by=first, at=NOW)
    place_line(amended.lines.get(activity=moves), Spot(DAY, Slot.EVENING, hall), by=first, at=NOW)
    frozen(amended, first, second)
    after = rows()
    assert after.keys() == before.keys()
    assert {pk for pk in after if after[pk] != before[pk]} == {moves.pk}
    for number, activity in enumerate([moves, *stay]):
        activity.refresh_from_db()
        assert activity.starts_on == activity.ends_on == DAY + timedelta(days=number)


def test_the_lines_of_a_large_draft_come_page_by_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_views, "_SHOWN", 2)
    monkeypatch.setattr(package_views, "_LARGE", 4)
    week, planner = a_campaign(), a_planner(world.shiraz)
    made = [a_proposal(world.local, week, state=State.ACCEPTED) for _ in range(5)]
    draft = a_draft(week, world.shiraz, planner)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(planner)
    address, seen = reverse("package_version", args=[draft.pk]), list[str]()
    for page in ("", "?page=2", "?page=3", "?page=99"):
        response = client.get(address + page)
        shown = [line.activity.code for line in response.context["lines"]]
        seen += shown if page != "?page=99" else []
    assert sorted(seen) == sorted(one.code for one in made) and len(shown) == 1
    # Its rules are counted after the page is shown, and also for whoever has no script.
    meters = reverse("package_meters", args=[draft.pk])
    assert f'hx-get="{meters}"' in response.content.decode()
    assert "hx-get" not in client.get(meters, headers={"hx-request": "true"}).content.decode()
    assert client.get(meters).status_code == 200
    left = client.post(
        reverse("package_change", args=[draft.pk]),
        {"do": "leave", "activity": made[-1].pk, "page": 2},
    )
    assert left.headers["location"] == f"{address}?page=2#lines" and draft.lines.count() == 4
    assert client.get(address).context.get("later") is None


def test_two_change_places_in_an_amendment(world: World) -> None:
    week, first, second = a_campaign(), a_planner(world.shiraz), a_planner(world.shiraz)
    hall = a_venue(world.shiraz)
    for unit in world.locals["shiraz"]:
        a_proposal(unit, week, state=State.ACCEPTED)
    draft = a_draft(week, world.shiraz, first)
    for line, slot in zip(draft.lines.all(), (Slot.MORNING, Slot.EVENING), strict=True):
        place_line(line, Spot(DAY, slot, hall), by=first, at=NOW)
    v1 = frozen(draft, first, second)
    amended = draw_up(
        v1.package, name="جابه‌جایی", basis=v1, why="خواهش دو پایگاه", by=first, at=NOW
    )
    for line, slot in zip(amended.lines.all(), (Slot.EVENING, Slot.MORNING), strict=True):
        place_line(line, Spot(DAY, slot, hall), by=first, at=NOW)
    frozen(amended, first, second)
    assert Occurrence.objects.filter(state=OccurrenceState.PLANNED).count() == 2


def test_what_is_in_a_package_is_free_for_no_other_one(world: World) -> None:
    week, first, second = a_campaign(), a_planner(world.fars), a_planner(world.fars)
    a_proposal(world.local, week, state=State.ACCEPTED)
    county, province = a_draft(week, world.shiraz, first), a_draft(week, world.fars, first)
    frozen(county, first, second)
    assert not candidates(province).exists()
    with refused_kindly(status=409):
        frozen(province, first, second)


@pytest.mark.parametrize("who", ["leader", "reviewer", "fars_verifier"])
def test_only_planners_draw_up_and_sign(world: World, who: str) -> None:
    week = a_campaign()
    a_proposal(world.local, week, state=State.ACCEPTED)
    draft = a_draft(week, world.shiraz, a_planner(world.shiraz))
    user = world.people[who]
    user.__dict__.pop("_grants_in_force", None)
    from django.http import Http404

    for deed in (
        lambda: sign(draft, seal=seal_now(draft), by=user, at=NOW),
        lambda: draw_up(draft.package, name="x", by=user, at=NOW),
        lambda: leave_out(draft, [], by=user, at=NOW),
    ):
        with pytest.raises((Refusal, Http404)), transaction.atomic():
            deed()


# --- at once, and killed -------------------------------------------------------------------------------


def _ready(world: World) -> tuple[Any, Version, list[Any]]:
    trees, week = an_indicator("trees"), a_campaign()
    for unit in world.locals["shiraz"]:
        a_proposal(unit, week, expects={trees: 10}, state=State.ACCEPTED)
    planners = [a_planner(world.shiraz) for _ in range(4)]
    draft = a_draft(week, world.shiraz, planners[0])
    sign(draft, seal=seal_now(draft), by=planners[0], at=NOW)
    return trees, draft, planners


def test_of_those_who_freeze_at_once_one_wins_and_nothing_is_doubled(own_world: World) -> None:
    trees, draft, planners = _ready(own_world)
    seal, gate = seal_now(draft), threading.Barrier(3)

    def freeze(by: Any) -> Any:
        try:
            connection.ensure_connection()
            gate.wait(20)
            return sign(draft, seal=seal, by=by, at=NOW)
        except Exception as trouble:
            return trouble
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(freeze, planners[1:]))
    won = [one for one in answers if isinstance(one, Version)]
    assert len(won) == 1, answers
    assert all(
        getattr(one, "status", 0) == 409 for one in answers if not isinstance(one, Version)
    ), answers
    assert Entry.objects.filter(batch=draft.pk).count() == 2 == Pledge.objects.count()
    assert pledged(trees, own_world.nation) == 20
    assert Version.objects.filter(state=VersionState.FROZEN).count() == 1


def test_who_signs_at_once_with_a_long_freezing_is_told_so(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _trees, draft, planners = _ready(own_world)
    monkeypatch.setattr(package_actions, "PATIENCE", "50ms")
    seal, held, over = seal_now(draft), threading.Event(), threading.Event()

    def freezing() -> None:
        try:
            with transaction.atomic():
                Package.objects.select_for_update().get(pk=draft.package_id)
                held.set()
                over.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(freezing)
        assert held.wait(20)
        with pytest.raises(Refusal) as told:
            sign(draft, seal=seal, by=planners[1], at=NOW)
        assert told.value.status == 409
        over.set()
        other.result(20)
    assert sign(draft, seal=seal, by=planners[1], at=NOW).frozen


def test_two_drafts_of_one_package_frozen_at_once_make_one_version(own_world: World) -> None:
    _trees, a, planners = _ready(own_world)
    b = a_draft(a.package.campaign, own_world.shiraz, planners[0], name="دیگر")
    sign(b, seal=seal_now(b), by=planners[0], at=NOW)
    gate = threading.Barrier(2)

    def freeze(draft: Version) -> Any:
        try:
            connection.ensure_connection()
            seal = seal_now(draft)
            gate.wait(20)
            return sign(draft, seal=seal, by=planners[1], at=NOW)
        except Exception as trouble:
            return trouble
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(freeze, (a, b)))
    assert sum(isinstance(one, Version) for one in answers) == 1, answers
    assert Version.objects.filter(state=VersionState.FROZEN).count() == 1
    assert Entry.objects.filter(stage=Stage.PLEDGED).count() == 2


def test_killed_in_the_middle_of_freezing_nothing_is_half_there(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees, draft, planners = _ready(own_world)
    import karnameh.campaigns.package.freezing as freezing

    posted, killed, backends = threading.Event(), threading.Event(), list[int]()
    real = freezing.post_entries  # type: ignore[attr-defined]

    def slowly(*given: Any, **more: Any) -> Any:
        answer = real(*given, **more)
        posted.set()
        killed.wait(20)
        return answer

    monkeypatch.setattr(freezing, "post_entries", slowly)

    def freeze() -> Any:
        try:
            backends.append(ask("SELECT pg_backend_pid()"))
            return sign(draft, seal=seal_now(draft), by=planners[1], at=NOW)
        except Exception as trouble:
            return trouble
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(freeze)
        assert posted.wait(20)
        with as_owner():
            assert ask("SELECT pg_terminate_backend(%s, 5000)", [backends[0]])
        killed.set()
        assert isinstance(answer.result(20), (OperationalError, InterfaceError))
    monkeypatch.setattr(freezing, "post_entries", real)
    after = Version.objects.get(pk=draft.pk)
    assert (
        after.state == VersionState.DRAFT
        and not Entry.objects.exists()
        and not Pledge.objects.exists()
    )
    assert Signature.objects.filter(version=draft).count() == 1
    assert not Activity.objects.exclude(state=State.ACCEPTED).exists()
    sign(draft, seal=seal_now(draft), by=planners[1], at=NOW)
    assert pledged(trees, own_world.nation) == 20
