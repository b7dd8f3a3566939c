"""The two dated trees: what can be done to them, how they were, and where "under" begins and ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from builders import DAY, FOUNDED, NOW, World, a_place, a_unit
from karnameh.org.models import FormerName
from karnameh.org.public import (
    NewUnit,
    OrgUnit,
    Place,
    PlacePlacement,
    UnitKind,
    UnitPlacement,
    ancestors,
    bounds,
    children,
    close_unit,
    find_places,
    find_units,
    is_under,
    line_of,
    merge_units,
    move_place,
    move_unit,
    open_unit,
    path_of,
    rename_unit,
    split_unit,
    under,
    under_any,
    under_sql,
)
from karnameh.plumbing.models import Change, Deed
from karnameh.plumbing.public import Refusal
from workbench import as_owner, refused, run

LATER, LATEST = DAY + timedelta(days=10), DAY + timedelta(days=20)


def fresh(unit: OrgUnit) -> OrgUnit:
    return OrgUnit.objects.get(pk=unit.pk)


def a_new(code: str, place: Place, kind: UnitKind = UnitKind.COUNTY) -> NewUnit:
    return NewUnit(code=code, name_fa=f"واحد {code}", name_en=code, kind=kind, place=place)


def line_on(unit: OrgUnit, day: date) -> list[int]:
    """Where the unit stood that day, straight from the placements."""
    found = [
        p
        for p in unit.placements.all()
        if p.valid_from <= day and (p.valid_to is None or day < p.valid_to)
    ]
    assert len(found) == 1
    return found[0].line


def assert_sound() -> None:
    """What is true of both trees after any deed."""
    for model, placements in ((OrgUnit, UnitPlacement), (Place, PlacePlacement)):
        rows = {row.pk: row for row in model.objects.all()}  # type: ignore[attr-defined]
        spells_of: dict[int, list[Any]] = {}
        for spell in placements.objects.order_by("valid_from", "pk"):  # type: ignore[attr-defined]
            spells_of.setdefault(spell.node_id, []).append(spell)
        for row in rows.values():
            above = row.merged_into_id or row.parent_id
            expected = [*(rows[above].line if above else []), row.pk]
            assert row.line == expected, f"{row} stands at {row.line}, not {expected}"
            assert row.path == path_of(row.line)
            spells = spells_of[row.pk]
            assert spells[0].valid_from <= row.opened_on
            for one, following in zip(spells, spells[1:], strict=False):
                assert one.valid_to == following.valid_from, "a gap or an overlap"
            assert spells[-1].valid_to is None
            if row.closed_on is None:
                assert spells[-1].line == row.line
            for spell in spells:
                assert spell.path == path_of(spell.line) and spell.line[-1] == row.pk


# --- Paths -------------------------------------------------------------------------------------------

lines = st.lists(st.integers(1, 2_000_000), min_size=1, max_size=7)


@given(lines, lines)
def test_bounds_hold_exactly_the_node_and_what_is_beneath_it(
    one: list[int], other: list[int]
) -> None:
    low, high = bounds(path_of(one))
    for line in (
        other,
        one,
        one + other,
        [int(f"{one[0]}{other[0]}"), *other],
        [*one[:-1], one[-1] * 10 + 1],
    ):
        beneath = line[: len(one)] == one
        assert (low <= path_of(line) < high) == beneath == is_under(path_of(line), path_of(one))
        assert line_of(path_of(line)) == line


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), min_size=1, max_size=40))
def test_bounds_equal_brute_force_ancestry_in_any_tree(grown: list[tuple[int, int]]) -> None:
    """Ids are chosen so that many are prefixes of others: 1, 11, 111, 12, 121…"""
    parents: dict[int, int | None] = {1: None}
    for chosen, digit in grown:
        ids = list(parents)
        parent = ids[chosen % len(ids)]
        fresh_id = int(f"{ids[(chosen * 7) % len(ids)]}{digit}")
        if fresh_id not in parents and fresh_id < 2**31:
            parents[fresh_id] = parent

    def climbed(node: int | None) -> Iterator[int]:
        while node is not None:
            yield node
            node = parents[node]

    paths = {node: path_of(list(climbed(node))[::-1]) for node in parents}
    for node in parents:
        for ancestor in parents:
            low, high = bounds(paths[ancestor])
            assert (low <= paths[node] < high) == (ancestor in climbed(node))


def test_under_finds_the_same_in_python_in_django_and_in_sql(world: World) -> None:
    everybody = list(OrgUnit.objects.all())
    for node in everybody:
        beneath = {one.pk for one in everybody if node.pk in one.line}
        assert set(OrgUnit.objects.filter(under(node.path)).values_list("pk", flat=True)) == beneath
        condition, parameters = under_sql(node.path, "path")
        raw = OrgUnit.objects.raw(f"SELECT id FROM org_orgunit WHERE {condition}", parameters)
        assert {one.pk for one in raw} == beneath
    assert not OrgUnit.objects.filter(under_any([])).exists()
    assert world.twin.pk not in OrgUnit.objects.filter(under_any([world.shiraz.path])).values_list(
        "pk", flat=True
    )


# --- Deeds -------------------------------------------------------------------------------------------


def test_a_new_unit_stands_under_its_parent_from_its_first_day(world: World) -> None:
    unit = open_unit(
        a_new("new", world.shiraz.place),
        parent=world.fars,
        on=DAY,
        by=world.people["admin"],
        at=NOW,
    )
    assert unit.line == [*world.fars.line, unit.pk]
    assert [p.valid_from for p in unit.placements.all()] == [DAY]
    assert unit in children(world.fars)
    assert unit not in children(world.fars, on=DAY - timedelta(days=1))
    assert [one.pk for one in ancestors(unit)] == world.fars.line
    assert_sound()


@pytest.mark.parametrize("code", ["101", " ", ""])
def test_a_unit_needs_a_free_code_and_a_name(world: World, code: str) -> None:
    with pytest.raises(Refusal):
        open_unit(a_new(code, world.country), parent=world.fars, on=DAY, by=None, at=NOW)
    nameless = NewUnit(
        code="free", name_fa=" \u200c ", name_en="x", kind=UnitKind.LOCAL, place=world.country
    )
    with pytest.raises(Refusal):
        open_unit(nameless, parent=world.fars, on=DAY, by=None, at=NOW)


def test_what_deceives_the_eye_is_cleaned_out_of_names(world: World) -> None:
    new = NewUnit(
        code="x-1",
        name_fa="\u202eشهرستان\u200f ي ك\u0640\u0640\u202c",
        name_en="<b>A\u2066</b>",
        kind=UnitKind.LOCAL,
        place=world.country,
    )
    unit = open_unit(new, parent=world.fars, on=DAY, by=None, at=NOW)
    assert (unit.name_fa, unit.name_en) == ("شهرستان ی ک", "<b>A</b>")


def test_a_closed_unit_takes_nothing_new(world: World) -> None:
    admin, gone = world.people["admin"], world.locals["taft"][0]
    close_unit(gone, on=DAY, by=admin, at=NOW)
    with pytest.raises(Refusal):
        open_unit(a_new("c", world.country), parent=gone, on=LATER, by=None, at=NOW)
    with pytest.raises(Refusal):
        move_unit(world.local, parent=gone, on=LATER, by=admin, at=NOW)
    with pytest.raises(Refusal):
        move_unit(gone, parent=world.shiraz, on=LATER, by=admin, at=NOW)
    with pytest.raises(Refusal):
        close_unit(gone, on=LATER, by=admin, at=NOW)
    with pytest.raises(Refusal):
        merge_units([world.local], into=gone, on=LATER, by=admin, at=NOW)
    assert_sound()


def test_a_unit_with_open_units_beneath_it_cannot_be_closed(world: World) -> None:
    admin = world.people["admin"]
    with pytest.raises(Refusal):
        close_unit(world.taft, on=DAY, by=admin, at=NOW)
    for unit in world.locals["taft"]:
        close_unit(unit, on=DAY, by=admin, at=NOW)
    close_unit(world.taft, on=DAY, by=admin, at=NOW)
    assert fresh(world.taft).closed_on == DAY
    with pytest.raises(Refusal):
        close_unit(world.local, on=FOUNDED - timedelta(days=1), by=admin, at=NOW)


def test_the_whole_federation_is_not_moved_closed_split_or_merged(world: World) -> None:
    admin = world.people["admin"]
    parts = [a_new("p1", world.country), a_new("p2", world.country)]
    for deed in (
        lambda: move_unit(world.nation, parent=world.fars, on=DAY, by=admin, at=NOW),
        lambda: close_unit(world.nation, on=DAY, by=admin, at=NOW),
        lambda: split_unit(world.nation, parts=parts, on=DAY, by=admin, at=NOW),
        lambda: merge_units([world.nation], into=world.fars, on=DAY, by=admin, at=NOW),
    ):
        with pytest.raises(Refusal), transaction.atomic():
            deed()
    assert_sound()


def test_a_unit_cannot_be_moved_or_merged_beneath_itself(world: World) -> None:
    admin = world.people["admin"]
    for parent in (world.fars, world.shiraz, world.local):
        with pytest.raises(Refusal), transaction.atomic():
            move_unit(world.fars, parent=parent, on=DAY, by=admin, at=NOW)
    for into in (world.shiraz, world.local):
        with pytest.raises(Refusal), transaction.atomic():
            merge_units([world.shiraz], into=into, on=DAY, by=admin, at=NOW)
    assert_sound()


def test_a_move_takes_everything_beneath_along_and_keeps_how_it_was(world: World) -> None:
    local = world.local
    before = fresh(local).line
    move_unit(world.shiraz, parent=world.yazd, on=LATER, by=world.people["admin"], at=NOW)
    now = [*world.yazd.line, world.shiraz.pk, local.pk]
    assert fresh(local).line == now
    assert line_on(local, LATER - timedelta(days=1)) == before
    assert line_on(local, LATER) == line_on(local, LATEST) == now
    assert fresh(world.twin).line == world.twin.line
    assert_sound()


def test_two_moves_on_one_day_leave_the_later_one(world: World) -> None:
    admin = world.people["admin"]
    move_unit(world.local, parent=world.taft, on=LATER, by=admin, at=NOW)
    move_unit(world.local, parent=world.mehriz, on=LATER, by=admin, at=NOW)
    assert line_on(world.local, LATER)[-2] == world.mehriz.pk
    assert line_on(world.local, DAY)[-2] == world.shiraz.pk
    lasting = [p for p in world.local.placements.all() if p.valid_from != p.valid_to]
    assert len(lasting) == 2  # the first move of the day lasted no time
    assert_sound()


def test_a_move_there_and_back_leaves_three_spells_that_fit(world: World) -> None:
    admin = world.people["admin"]
    move_unit(world.local, parent=world.taft, on=LATER, by=admin, at=NOW)
    move_unit(world.local, parent=world.shiraz, on=LATEST, by=admin, at=NOW)
    assert [line_on(world.local, day)[-2] for day in (DAY, LATER, LATEST)] == [
        world.shiraz.pk,
        world.taft.pk,
        world.shiraz.pk,
    ]
    with pytest.raises(Refusal):
        move_unit(world.local, parent=world.twin, on=LATER, by=admin, at=NOW)
    assert_sound()


def test_a_county_can_be_moved_as_of_a_day_before_its_youngest_unit_was_opened(
    world: World,
) -> None:
    young = a_unit("همیاران تازه", world.shiraz, world.shiraz.place, on=LATER)
    move_unit(world.shiraz, parent=world.yazd, on=DAY, by=world.people["admin"], at=NOW)
    assert fresh(young).line == [*world.yazd.line, world.shiraz.pk, young.pk]
    assert line_on(young, LATER) == fresh(young).line
    assert_sound()


def test_a_merged_unit_ends_beneath_the_other_with_all_that_ever_was_beneath_it(
    world: World,
) -> None:
    admin, (first, second) = world.people["admin"], world.locals["shiraz"]
    close_unit(second, on=DAY, by=admin, at=NOW)
    merge_units([world.shiraz], into=world.taft, on=LATER, by=admin, at=NOW)
    gone = fresh(world.shiraz)
    assert (gone.closed_on, gone.merged_into_id, gone.line) == (
        LATER,
        world.taft.pk,
        [*world.taft.line, gone.pk],
    )
    assert fresh(first).parent_id == world.taft.pk
    assert fresh(second).line == [*gone.line, second.pk]
    assert line_on(first, DAY)[:-1] == world.shiraz.line
    assert_sound()


def test_a_unit_merged_into_a_unit_that_is_merged_in_turn_follows_it(world: World) -> None:
    admin = world.people["admin"]
    merge_units([world.shiraz], into=world.twin, on=DAY, by=admin, at=NOW)
    merge_units([world.twin], into=world.taft, on=LATER, by=admin, at=NOW)
    move_unit(world.taft, parent=world.fars, on=LATEST, by=admin, at=NOW)
    assert fresh(world.shiraz).line == [
        *world.fars.line,
        world.taft.pk,
        world.twin.pk,
        world.shiraz.pk,
    ]
    assert_sound()


def test_several_units_are_merged_at_once_and_all_keep_their_lineage(world: World) -> None:
    merge_units(
        [world.twin, world.taft], into=world.shiraz, on=DAY, by=world.people["admin"], at=NOW
    )
    assert set(OrgUnit.objects.filter(merged_into=world.shiraz)) == {world.twin, world.taft}
    assert len(children(fresh(world.shiraz))) == 6
    assert_sound()


def test_a_split_opens_the_parts_beside_the_unit_and_gives_the_children_to_the_first(
    world: World,
) -> None:
    place = world.shiraz.place
    parts = split_unit(
        world.shiraz,
        parts=[a_new("n1", place), a_new("n2", place)],
        on=DAY,
        by=world.people["admin"],
        at=NOW,
    )
    assert [part.parent_id for part in parts] == [world.fars.pk] * 2
    assert [fresh(unit).parent_id for unit in world.locals["shiraz"]] == [parts[0].pk] * 2
    assert fresh(world.shiraz).closed_on == DAY and fresh(world.shiraz).merged_into_id is None
    with pytest.raises(Refusal):
        split_unit(world.twin, parts=[a_new("n3", place)], on=DAY, by=world.people["admin"], at=NOW)
    assert_sound()


def test_a_new_name_keeps_the_old_one_with_its_last_day(world: World) -> None:
    rename_unit(
        world.local,
        name_fa="همیاران كوثر",
        name_en="Kowsar",
        on=DAY,
        by=world.people["admin"],
        at=NOW,
    )
    assert fresh(world.local).name_fa == "همیاران کوثر"
    old = FormerName.objects.get(unit=world.local)
    assert (old.name_fa, old.until) == ("همیاران سرو شیراز", DAY)
    assert world.local in find_units("کوثر", paths=[world.nation.path])
    assert find_units("سرو شیراز", paths=[world.shiraz.path]) == []
    with pytest.raises(Refusal):
        rename_unit(world.local, name_fa="  ", name_en="", on=DAY, by=world.people["admin"], at=NOW)


def test_places_move_as_units_do(world: World) -> None:
    village = a_place("روستا", world.shiraz.place, "village")
    move_place(
        world.shiraz.place, parent=world.yazd.place, on=LATER, by=world.people["admin"], at=NOW
    )
    village.refresh_from_db()
    assert village.line == [*world.yazd.place.line, world.shiraz.place_id, village.pk]
    assert_sound()


@pytest.mark.parametrize("deed", ["split", "merge", "move"])
def test_every_change_of_a_reorganisation_belongs_to_a_deed(world: World, deed: str) -> None:
    admin, place, last = (
        world.people["admin"],
        world.shiraz.place,
        Change.objects.order_by("-pk").first(),
    )
    if deed == "split":
        split_unit(
            world.shiraz, parts=[a_new("n1", place), a_new("n2", place)], on=DAY, by=admin, at=NOW
        )
    elif deed == "merge":
        merge_units([world.shiraz], into=world.taft, on=DAY, by=admin, at=NOW)
    else:
        move_unit(world.shiraz, parent=world.yazd, on=DAY, by=admin, at=NOW)
    changes = Change.objects.filter(pk__gt=last.pk if last else 0)
    assert changes.exists()
    assert not changes.filter(deed=None).exists()
    accounts = Deed.objects.filter(pk__in=changes.values("deed")).values_list("account", flat=True)
    assert set(accounts) == {admin.pk}


# --- Any sequence ------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(st.sampled_from(["move", "merge", "split", "close", "open"]), st.integers(0, 30), st.integers(0, 30), st.integers(0, 3)),
    min_size=1, max_size=10,
)  # fmt: skip


@given(steps)
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_after_any_sequence_of_deeds_the_trees_are_sound(
    world: World, taken: list[tuple[str, int, int, int]]
) -> None:
    admin, today = world.people["admin"], DAY
    with transaction.atomic():
        for number, (deed, a, b, days) in enumerate(taken):
            today += timedelta(days=days)
            units = list(OrgUnit.objects.filter(closed_on=None).order_by("pk"))
            one, other = units[a % len(units)], units[b % len(units)]
            try:
                with transaction.atomic():
                    if deed == "move":
                        move_unit(one, parent=other, on=today, by=admin, at=NOW)
                    elif deed == "merge":
                        merge_units([one], into=other, on=today, by=admin, at=NOW)
                    elif deed == "split":
                        parts = [a_new(f"s{number}-{n}", one.place) for n in (1, 2)]
                        split_unit(one, parts=parts, on=today, by=admin, at=NOW)
                    elif deed == "close":
                        close_unit(one, on=today, by=admin, at=NOW)
                    else:
                        open_unit(
                            a_new(f"o{number}", one.place), parent=one, on=today, by=admin, at=NOW
                        )
            except Refusal:
                pass
            assert_sound()
        transaction.set_rollback(True)


# --- What the database itself keeps ------------------------------------------------------------------


@pytest.mark.parametrize(
    "table",
    [
        "org_orgunit",
        "org_place",
        "org_theme",
        "org_profession",
        "org_unitplacement",
        "org_placeplacement",
    ],
)
def test_nothing_in_the_trees_is_ever_deleted(world: World, table: str) -> None:
    run("INSERT INTO org_profession (code, name_fa, name_en, position) VALUES ('x', 'x', 'x', 1)")
    with as_owner():
        with refused("org_is_never_deleted"):
            run(f"DELETE FROM {table}")
        with pytest.raises(DatabaseError), transaction.atomic():
            run(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("UPDATE org_orgunit SET closed_on = opened_on - 1", "unit_closes_after_it_opens"),
        (
            "UPDATE org_orgunit SET merged_into_id = parent_id WHERE parent_id IS NOT NULL",
            "unit_merged_is_closed",
        ),
        ("UPDATE org_orgunit SET name_fa = ''", "unit_has_a_name"),
        ("UPDATE org_unitplacement SET valid_to = valid_from - 1", "unit_placement_lasts"),
        (
            "INSERT INTO org_unitplacement (node_id, path, line, valid_from) SELECT node_id, path, line, valid_from + 1 FROM org_unitplacement",
            "unit_stands_in_one_place",
        ),
        ("UPDATE org_orgunit SET code = 'same'", "org_orgunit_code_key"),
    ],
)
def test_the_database_refuses_an_impossible_tree(world: World, change: str, rule: str) -> None:
    with as_owner(), refused(rule):
        run(change)


# --- Searching and sorting ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        "همیاران سرو",
        "همياران سرو شيراز",
        "هَمیاران  سَرو",
        "شیراز سرو",
        "همیاران‌سرو",
        "سرو‌ شیراز",
        "۱۰۱-۱",
        "١٠١-١",
        "101-1",
        "هم‌یاران سرو شیراز",
    ],
)
def test_a_unit_is_found_however_its_name_is_typed(world: World, asked: str) -> None:
    assert world.local in find_units(asked, paths=[world.nation.path])


def test_search_keeps_to_the_paths_it_is_given_and_puts_higher_units_first(world: World) -> None:
    assert find_units("شیراز", paths=[world.yazd.path]) == []
    assert find_units("شیراز", paths=[]) == []
    found = find_units("شیراز", paths=[world.nation.path])
    assert found[:2] == [world.shiraz, world.twin]
    assert [unit.depth for unit in found] == sorted(unit.depth for unit in found)
    assert find_units("%", paths=[world.nation.path]) == [] or "%" not in "".join(
        u.search for u in OrgUnit.objects.all()
    )
    assert {place.name_fa for place in find_places("شيراز")} == {"شیراز", "شیرازک"}


def test_children_are_in_the_order_of_the_persian_alphabet_and_numbers_by_value(
    world: World,
) -> None:
    names = ["پیوند", "آفتاب", "گل", "کوشش", "ژاله", "چشمه", "واحد ۱۰", "واحد ۲", "ب", "هما", "یاس"]
    county = a_unit("شهرستان ترتیب", world.fars, world.fars.place, UnitKind.COUNTY)
    for name in names:
        a_unit(name, county, world.fars.place)
    assert [unit.name_fa for unit in children(county)] == [
        "آفتاب", "ب", "پیوند", "چشمه", "ژاله", "کوشش", "گل", "واحد ۲", "واحد ۱۰", "هما", "یاس",
    ]  # fmt: skip


def test_the_name_follows_the_language(world: World, settings: Any) -> None:
    from django.utils import translation

    rename_unit(
        world.local, name_fa="سرو", name_en="Cypress", on=DAY, by=world.people["admin"], at=NOW
    )
    unit = fresh(world.local)
    with translation.override("fa"):
        assert (unit.name, str(unit)) == ("سرو", "سرو")
    with translation.override("en"):
        assert unit.name == "Cypress"
