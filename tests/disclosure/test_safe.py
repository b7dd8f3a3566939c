"""Small cells of people: what is shown, and what an attacker makes of all releases together."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karnameh.ledger.disclosure import (
    BASE,
    SMALLEST,
    SPREAD,
    Said,
    Shown,
    Table,
    Target,
    TooTelling,
    Wanted,
    is_small,
    merged,
    ranges,
    recoverable,
    rounded,
    safe_release,
)

KEY = b"a key of the tests, thirty-two b"


# --- the rules ------------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.text(max_size=8))
def test_rounding_is_near_repeatable_and_never_makes_somebody_of_nobody(
    count: int, cell: str
) -> None:
    shown = rounded(count, key=KEY, cell=cell)
    assert shown % BASE == 0
    assert abs(shown - count) < BASE
    assert shown == rounded(count, key=KEY, cell=cell)
    assert (shown == 0) or (count > 0)


def test_rounding_is_unbiased_over_many_cells() -> None:
    for count in (10, 11, 12, 13, 14):
        mean = sum(rounded(count, key=KEY, cell=str(n)) for n in range(4000)) / 4000
        assert abs(mean - count) < 0.2


def test_another_key_draws_otherwise() -> None:
    one = [rounded(12, key=KEY, cell=str(n)) for n in range(64)]
    assert one != [rounded(12, key=KEY[::-1], cell=str(n)) for n in range(64)]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12))
def test_no_group_is_small_unless_everything_is_one_group(counts: list[tuple[int, int]]) -> None:
    named = {f"c{n}": pair for n, pair in enumerate(counts)}
    groups = merged(named)
    assert sorted(name for group in groups for name in group) == sorted(named)
    filled = [group for group in groups if any(any(named[name]) for name in group)]
    for group in filled if len(filled) > 1 else []:
        for stage in (0, 1):
            assert not is_small(sum(named[name][stage] for name in group))


# --- the attacker ---------------------------------------------------------------------------------


def test_the_attacker_subtracts() -> None:
    """The plainest attack: the whole, and all parts but one."""
    a, b, c = (1, "a", 40), (1, "b", 25), (1, "c", 3)
    said = [
        Said(frozenset({a, b, c}), 68, 68), Said(frozenset({a}), 40, 40), Said(frozenset({b}), 25, 25)
    ]  # fmt: skip
    target = Target("c", frozenset({c}))
    assert ranges(said, [target]) == {target: (3, 3)}
    assert recoverable(said, [target]) == [target]


def test_the_attacker_knows_no_more_than_there_is() -> None:
    a, b = (1, "a", 4), (1, "b", 30)
    target = Target("a", frozenset({a}))
    assert ranges([Said(frozenset({a, b}), 34, 34)], [target]) == {target: (0, 34)}
    assert ranges([], [target]) == {target: (0, 10**15)}


def test_a_contradiction_is_no_range() -> None:
    a = (1, "a", 4)
    with pytest.raises(ValueError, match="contradicts"):
        ranges(
            [Said(frozenset({a}), 4, 4), Said(frozenset({a}), 5, 5)], [Target("a", frozenset({a}))]
        )


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_linear_programs_never_claim_more_than_trying_everything(data: st.DataObject) -> None:
    """Against brute force over whole numbers: each value that is possible lies in the range."""
    truth = data.draw(st.lists(st.integers(0, 4), min_size=2, max_size=4))
    unknowns = [(1, n, count) for n, count in enumerate(truth)]
    subsets = data.draw(
        st.lists(st.sets(st.sampled_from(range(len(truth))), min_size=1), max_size=4)
    )
    said = []
    for subset in subsets:
        count = sum(truth[n] for n in subset)
        said.append(Said(frozenset(unknowns[n] for n in subset), max(0, count - 1), count + 1))
    aim = data.draw(st.sets(st.sampled_from(range(len(truth))), min_size=1))
    target = Target("t", frozenset(unknowns[n] for n in aim))
    [(low, high)] = ranges(said, [target]).values()
    possible = [
        sum(guess[n] for n in aim)
        for guess in itertools.product(range(7), repeat=len(truth))
        if all(one.low <= sum(guess[u[1]] for u in one.unknowns) <= one.high for one in said)
    ]
    assert possible
    assert low <= min(possible)
    assert max(possible) <= high


# --- releases against the attacker ----------------------------------------------------------------

PROVINCES, COUNTIES, DAYS = 5, 4, 14


Truth = dict[int, dict[Any, int]]


def a_truth(chance: random.Random) -> Truth:
    """Counts by province, county and day: many small ones, some large ones, most days nothing."""
    found: Truth = {2: {}, 3: {}}
    for province in range(PROVINCES):
        for county in range(COUNTIES):
            size = chance.choice((0, 2, 5, 9, 30, 200))
            for day in range(DAYS):
                if size and chance.random() < 0.35:
                    reported = chance.randint(1, size)
                    found[2][(province, county, day)] = reported
                    if chance.random() < 0.6:
                        found[3][(province, county, day)] = chance.randint(1, reported)
    return found


def asked(truth: Truth, days: range) -> Wanted:
    """A nation's release over some days: by province, by county, by week."""
    every = {atom for counts in truth.values() for atom in counts if atom[2] in days}
    inside = {
        stage: {a: n for a, n in counts.items() if a[2] in days} for stage, counts in truth.items()
    }

    def where(test: object, at: int) -> frozenset[tuple[int, int, int]]:
        return frozenset(atom for atom in every if atom[at] == test)

    tables = [Table("provinces", {f"p{p}": where(p, 0) for p in range(PROVINCES)})]
    refines = {}
    for p in range(PROVINCES):
        parts = {
            f"p{p}c{c}": frozenset(a for a in every if a[:2] == (p, c)) for c in range(COUNTIES)
        }
        tables.append(Table(f"counties of p{p}", parts))
        refines[f"counties of p{p}"] = ("provinces", f"p{p}")
    weeks = sorted({day // 7 for day in days})
    tables.append(
        Table("weeks", {f"w{w}": frozenset(a for a in every if a[2] // 7 == w) for w in weeks})
    )
    levels = {
        "atom": lambda a: a,
        "county": lambda a: a[:2],
        "county and week": lambda a: (a[:2], a[2] // 7),
        "province": lambda a: a[0],
        "province and week": lambda a: (a[0], a[2] // 7),
    }
    return Wanted(inside, {"whole": frozenset(every)}, tables, levels, refines)


def small_cells(wanted: Wanted) -> list[Target]:
    """Every small count of every level, by plain loops of its own."""
    found = []
    for level, cell in wanted.levels.items():
        for stage, counts in wanted.truth.items():
            cells: dict[object, list[tuple[int, object, int]]] = {}
            for atom, count in counts.items():
                cells.setdefault(cell(atom), []).append((stage, atom, count))
            for where, members in cells.items():
                if 0 < sum(one[2] for one in members) < SMALLEST:
                    found.append(Target(f"{level} {where}", frozenset(members)))
    return found


def say(shown: Shown) -> int:
    return sum(len(rows) for rows in shown.tables.values())


@pytest.mark.parametrize("seed", range(12))
def test_no_small_count_is_recovered_from_all_releases_together(seed: int) -> None:
    """Releases of overlapping periods one after the other, with corrections between them."""
    chance = random.Random(seed)
    truth = a_truth(chance)
    former: list[tuple[Said, ...]] = []
    every: list[Target] = []
    shown_rows = refused = 0
    for days in (range(7), range(14), range(7, 14), range(3, 10), range(14)):
        wanted = asked(truth, days)
        try:
            shown = safe_release(wanted, former, key=KEY)
        except TooTelling:
            refused += 1
        else:
            former.append(shown.said)
            shown_rows += say(shown)
        every += small_cells(wanted)
        for stage in truth:  # what came late, and what was corrected
            for atom in chance.sample(sorted(truth[stage]), 3):
                truth[stage][atom] = max(1, truth[stage][atom] + chance.choice((-2, 1, 4)))
    said = [one for release in former for one in release]
    assert every
    assert recoverable(said, every) == []
    for target, (low, high) in ranges(said, every).items():
        count = sum(one[2] for one in target.plus)
        assert low <= count <= high
        assert high - low >= SPREAD
        assert high >= SMALLEST
    assert shown_rows > 0
    assert refused < 5


@pytest.mark.parametrize("seed", range(6))
def test_hiding_the_small_cells_alone_would_not_have_been_enough(seed: int) -> None:
    """The same attacker on what many publish: exact numbers, and small cells left out. He finds some."""
    wanted = asked(a_truth(random.Random(seed)), range(14))
    said = []
    for table in [Table("whole", dict(wanted.totals)), *wanted.tables]:
        for atoms in table.parts.values():
            for stage, counts in wanted.truth.items():
                unknowns = frozenset((stage, a, counts[a]) for a in atoms if a in counts)
                count = sum(one[2] for one in unknowns)
                if unknowns and not is_small(count):
                    said.append(Said(unknowns, count, count))
    assert recoverable(said, small_cells(wanted))


def test_a_single_small_province_is_merged_with_the_smallest_beside_it() -> None:
    truth: Truth = {2: {("a", "a1", 0): 300, ("b", "b1", 0): 4, ("c", "c1", 0): 60}}
    atoms = {name: frozenset(a for a in truth[2] if a[0] == name) for name in "abc"}
    wanted = Wanted(
        truth, {"whole": frozenset(truth[2])}, [Table("provinces", atoms)], {"province": lambda a: a[0]}
    )  # fmt: skip
    shown = safe_release(wanted, [], key=KEY)
    assert set(shown.tables["provinces"]) == {("a",), ("b", "c")}
    assert shown.totals["whole"][2] in (360, 365)


def test_a_second_release_that_would_isolate_a_small_county_is_merged_or_refused() -> None:
    """First a province whole; then the same province without one small county, as another total."""
    truth: Truth = {2: {("x", n, 0): 40 + n for n in range(5)} | {("x", "small", 0): 6}}
    every = frozenset(truth[2])
    first = Wanted(truth, {"whole": every}, [], {"county": lambda a: a[1]})
    shown = safe_release(first, [], key=KEY)
    without: Truth = {2: {a: n for a, n in truth[2].items() if a[1] != "small"}}
    second = Wanted(without, {"whole": frozenset(without[2])}, [], first.levels)
    said = safe_release(second, [shown.said], key=KEY).said
    target = Target("small", frozenset({(2, ("x", "small", 0), 6)}))
    [(low, high)] = ranges([*shown.said, *said], [target]).values()
    assert high - low >= SPREAD


def test_what_cannot_be_merged_is_refused() -> None:
    """A total of one day, then of the same week: a small rest would be left between nought and four."""
    truth: Truth = {2: {("x", 0): 100, ("x", 1): 1}}
    exact = (Said(frozenset({(2, ("x", 0), 100)}), 100, 100),)
    wanted = Wanted(truth, {"whole": frozenset(truth[2])}, [], {"day": lambda a: a})
    with pytest.raises(TooTelling, match="day"):
        safe_release(wanted, [exact], key=KEY)


def test_a_small_total_is_not_shown() -> None:
    truth: Truth = {2: {("x", 0): 4}, 3: {("x", 0): 50}}
    wanted = Wanted(truth, {"whole": frozenset({("x", 0)})}, [], {"all": lambda a: a})
    assert safe_release(wanted, [], key=KEY).totals["whole"][2] is None
