"""Clashes, canonical contents, seals and readable differences: rules of plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karnameh.campaigns.clashes import Booking, Clash, Holder, after_move, by_booking, clashes
from karnameh.campaigns.contents import (
    Line,
    Part,
    What,
    canonical,
    changes,
    lines_of,
    parts_of,
    pledge_id,
    quantity_text,
    seal_of,
    sum_changes,
    sums,
)
from karnameh.kernel.ids import made_at

SATURDAY, SUNDAY = date(2026, 11, 21), date(2026, 11, 22)
HALL, TEAM = (Holder.VENUE, 1), (Holder.TEAM, 7)


def booking(
    pk: int, starts: int, ends: int, *holds: tuple[Holder, int], day: date = SATURDAY
) -> Booking:
    return Booking(pk, day, starts * 60, ends * 60, holds or (HALL,))


def test_two_at_one_hour_in_one_hall_clash_and_one_after_the_other_do_not() -> None:
    assert clashes([booking(1, 9, 11), booking(2, 11, 12)]) == []
    assert clashes([booking(1, 9, 11), booking(2, 10, 12)]) == [
        Clash(Holder.VENUE, 1, SATURDAY, 600, 660, 1, (1, 2))
    ]
    assert clashes([booking(1, 9, 11), booking(2, 9, 11, day=SUNDAY)]) == []
    assert clashes([booking(1, 9, 11), booking(2, 9, 11, (Holder.VENUE, 2))]) == []


def test_a_house_of_three_rooms_bears_three_and_a_closed_one_none() -> None:
    three = [booking(pk, 9, 11) for pk in (1, 2, 3)]
    assert clashes(three, {HALL: 3}) == []
    [clash] = clashes([*three, booking(4, 10, 12)], {HALL: 3})
    assert clash.bookings == (1, 2, 3, 4) and clash.capacity == 3
    assert len(clashes([booking(1, 9, 11)], {HALL: 0})) == 1


def test_a_move_shows_the_clashes_of_what_was_moved_only() -> None:
    all_day = [booking(1, 9, 12, HALL), booking(2, 9, 12, TEAM), booking(3, 9, 12, TEAM)]
    moved = booking(1, 10, 11, HALL, TEAM)
    [clash] = after_move(all_day, moved)
    assert clash.holder == Holder.TEAM and 1 in clash.bookings
    assert after_move(all_day, replace(moved, day=SUNDAY)) == []
    assert set(by_booking(clashes(all_day))) == {2, 3}


_bookings = st.lists(
    st.builds(
        lambda pk, start, length, hall: Booking(pk, SATURDAY, start, start + length, ((Holder.VENUE, hall),)),
        st.integers(1, 10**6), st.integers(0, 30), st.integers(0, 12), st.integers(1, 2),
    ),
    max_size=12, unique_by=lambda one: one.id,
)  # fmt: skip


@given(_bookings, st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_the_sweep_finds_every_crowded_minute_and_no_other(mine: list[Booking], room: int) -> None:
    capacity = {(Holder.VENUE, 1): room, (Holder.VENUE, 2): room}
    found = clashes(mine, capacity)
    for hall in (1, 2):
        for minute in range(45):
            here = {
                one.id
                for one in mine
                if one.holds == ((Holder.VENUE, hall),) and one.starts <= minute < one.ends
            }
            said = [one for one in found if one.which == hall and one.starts <= minute < one.ends]
            assert bool(said) == (len(here) > room)
            if said:
                assert len(said) == 1 and here <= set(said[0].bookings)


# --- contents ---------------------------------------------------------------------------------------


def line(pk: int, **more: object) -> Line:
    values: dict[str, object] = {
        "activity": pk, "code": f"a-{pk:03}", "name": f"برنامهٔ {pk}", "unit": "101-1", "theme": "construction",
        "place": "IR101", "tier": "local", "day": SATURDAY, "starts": 540, "ends": 660, "venue": "سالن",
        "budget": 1000, "expects": (("trees_planted", "120"),), **more,
    }  # fmt: skip
    return Line(**values)  # type: ignore[arg-type]


def test_equal_contents_have_one_seal_in_whatever_order_they_come() -> None:
    parts = [Part("101", 1, "ab"), Part("102", 2, "cd")]
    heading = {"campaign": "week-1405", "unit": "10"}
    one = canonical(heading, [line(1), line(2)], parts)
    other = canonical(dict(reversed(heading.items())), [line(2), line(1)], parts[::-1])
    assert one == other and seal_of(one) == seal_of(other)
    assert seal_of(one) != seal_of(canonical(heading, [line(1), line(2, starts=541)], parts))
    assert seal_of(one) != seal_of(
        canonical(heading, [line(1), line(2)], [parts[0], Part("102", 3, "cd")])
    )


def test_a_canonical_form_is_read_back_as_it_was() -> None:
    lines = [line(1), line(2, day=None, starts=None, ends=None, expects=(("a", "1.5"), ("b", "2")))]
    text = canonical({"unit": "10"}, lines, [Part("101", 1, "ab")])
    assert lines_of(text) == lines and parts_of(text) == [Part("101", 1, "ab")]


@pytest.mark.parametrize(
    ("quantity", "text"), [("120.000", "120"), ("0.500", "0.5"), ("1E+3", "1000"), ("0", "0")]
)
def test_a_quantity_is_sealed_as_plain_text(quantity: str, text: str) -> None:
    assert quantity_text(Decimal(quantity)) == text


def test_the_difference_says_what_came_went_moved_and_changed() -> None:
    old = [line(1), line(2), line(3), line(4)]
    new = [
        line(1), line(2, day=SUNDAY), line(3, expects=(("trees_planted", "200"),)), line(5, expects=()),
    ]  # fmt: skip
    found = [(one.what, one.line.activity, one.fields) for one in changes(old, new)]
    assert found == [
        (What.REMOVED, 4, ()),
        (What.ADDED, 5, ()),
        (What.MOVED, 2, ("day",)),
        (What.CHANGED, 3, ("expects",)),
    ]
    [shift] = sum_changes(old, new)
    assert (shift.indicator, int(shift.before), int(shift.after)) == ("trees_planted", 480, 440)
    assert changes(old, old) == [] and sum_changes(old, old) == []
    assert sums([]) == {}


def test_the_promise_of_a_package_has_one_id_for_ever_and_no_other_has_it() -> None:
    at = datetime(2026, 11, 22, 10, 50, tzinfo=UTC)
    a, b = UUID(int=1), UUID(int=2)
    made = [pledge_id(version, expectation, at) for version in (a, b) for expectation in range(500)]
    assert len(set(made)) == 1000
    assert made == [
        pledge_id(version, expectation, at) for version in (a, b) for expectation in range(500)
    ]
    assert all(one.version == 7 and one.variant == UUID(int=made[0].int).variant for one in made)
    assert made_at(made[0]) == at
