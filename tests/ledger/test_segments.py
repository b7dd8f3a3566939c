"""Sealed files: they hold what the ledger holds, answer as it answers, and no crash leaves half of one."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import test_invariants
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from test_invariants import (
    HISTORY,
    POSTS,
    REORGANISATIONS,
    UNDOINGS,
    Asked,
    History,
    Step,
    histories,
    questions,
)

from builders import DAY, NOW, World, an_entry, an_indicator, as_owner
from karnameh.ledger.models import LogRecord, Segment
from karnameh.ledger.public import (
    Entry,
    damaged_segments,
    heads,
    roll_up_sealed,
    seal,
    write_segments,
)
from karnameh.ledger.segments import duck, writing
from karnameh.org.public import move_unit
from workbench import next_moment, refused, run

# Each answer opens an engine of its own: fewer histories than of PostgreSQL alone, and shorter ones.
FEWER = hypothesis_settings(HISTORY, max_examples=int(os.environ.get("KARNAMEH_EXAMPLES", "6")))


@pytest.fixture(autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Path:
    """A folder of its own for the segments of each test."""
    found = tmp_path_factory.mktemp("segments")
    settings.SEGMENTS = found
    return found


def sealed(*, rows: int = writing.ROWS) -> list[Segment]:
    """Everything posted so far, in segments."""
    next_moment()
    seal(at=NOW)
    return write_segments(at=NOW, rows=rows)


def some_entries(world: World, count: int = 6) -> None:
    indicator = an_indicator()
    for n in range(count):
        an_entry(world.local, indicator, n + 1, by=world.people["leader"])


@pytest.mark.long
@pytest.mark.parametrize("kind", ["quiet", "reorganised"])
def test_files_and_tail_answer_what_the_ledger_answers(
    kind: str, world: World, monkeypatch: Any
) -> None:
    deeds = (
        (*POSTS, *UNDOINGS, "moment") if kind == "quiet" else (*POSTS, *UNDOINGS, *REORGANISATIONS)
    )

    @given(steps=histories(*deeds), asked=questions)
    @FEWER
    def replay(steps: list[Step], asked: list[Asked]) -> None:
        with transaction.atomic():
            for file in writing.folder().iterdir():
                file.unlink()
            history = History(world)
            for step in steps[: len(steps) // 2]:
                history.do(step)
            history._moment()
            seal(at=NOW)
            assert write_segments(at=NOW, rows=10), "nothing was sealed"
            for step in steps[len(steps) // 2 :]:
                history.do(step)
            history._rehome()
            for one in asked[:4]:
                history.compare(one, "sealed and tail")
            assert damaged_segments() == []
            transaction.set_rollback(True)

    monkeypatch.setattr(test_invariants, "roll_up", roll_up_sealed)
    if kind == "reorganised":
        monkeypatch.setattr(duck, "AT_ONCE", 5)  # a few indicators after the other
    replay()


def test_every_settled_entry_stands_in_exactly_one_file(world: World) -> None:
    some_entries(world)
    first = sealed(rows=4)
    some_entries(world, 3)
    second = sealed()
    files = [str(writing.path_of(one)) for one in (*first, *second)]
    with duckdb.connect() as engine:
        rows = engine.execute(f"SELECT lower(hex(id)), clock FROM read_parquet({files})").fetchall()
    assert sorted(rows) == sorted((e.pk.hex, e.clock) for e in Entry.objects.all())
    assert [one.rows for one in Segment.objects.order_by("number")] == [
        one.rows for one in (*first, *second)
    ]
    assert write_segments(at=NOW) == [], "what is sealed is not sealed again"


def test_the_next_head_vouches_for_the_file(world: World) -> None:
    some_entries(world)
    [segment] = sealed()
    before = heads()[0].size
    assert seal(at=NOW + timedelta(minutes=1)).size == before + 1
    record = LogRecord.objects.get(pk=segment.record_id)
    assert (record.kind, record.name, bytes(record.sha256)) == (
        "segment",
        segment.name,
        bytes(segment.sha256),
    )
    assert record.leaf == before


def test_a_file_that_is_gone_is_made_again_the_same_also_after_a_move(world: World) -> None:
    some_entries(world, 20)
    [segment] = sealed()
    file = writing.path_of(segment)
    content = file.read_bytes()
    file.unlink()
    move_unit(world.shiraz, parent=world.yazd, on=DAY, by=world.people["admin"], at=NOW)
    assert damaged_segments() == [f"{segment.name} is missing"]
    assert write_segments(at=NOW) == []
    assert file.read_bytes() == content and damaged_segments() == []


def test_another_file_never_takes_the_place_of_one_that_is_gone(
    world: World, monkeypatch: Any
) -> None:
    some_entries(world)
    [segment] = sealed()
    writing.path_of(segment).unlink()
    monkeypatch.setattr(writing, "GROUP", 2048)  # as another version of the writer might do
    monkeypatch.setattr(writing, "COLUMNS", dict(reversed(writing.COLUMNS.items())))
    assert write_segments(at=NOW) == []
    assert damaged_segments() == [f"{segment.name} is missing"]


@pytest.mark.parametrize("moment", ["export", "_sort_into", "_digest", "_to_disk", "append_record"])
def test_killed_at_any_point_nothing_is_half_there(
    moment: str, world: World, monkeypatch: Any, place: Path
) -> None:
    some_entries(world)
    next_moment()
    seal(at=NOW)
    whole = getattr(writing, moment)

    def dies(*given: Any, **named: Any) -> Any:
        whole(*given, **named)  # the work is done, and the next line never reached
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, moment, dies)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        write_segments(at=NOW)
    assert not Segment.objects.exists()
    assert not LogRecord.objects.filter(kind="segment").exists()
    monkeypatch.setattr(writing, moment, whole)
    [segment] = write_segments(at=NOW)
    assert [file.name for file in place.iterdir()] == [segment.name]
    assert segment.rows == Entry.objects.count() and damaged_segments() == []


def test_a_changed_or_missing_file_is_named(world: World) -> None:
    some_entries(world)
    [segment] = sealed()
    file = writing.path_of(segment)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert damaged_segments() == [f"{segment.name} was changed: it is not what the log vouches for"]
    file.unlink()
    assert damaged_segments() == [f"{segment.name} is missing"]


@pytest.mark.parametrize(
    "harm", ["UPDATE ledger_segment SET rows = 1", "DELETE FROM ledger_segment"]
)
def test_nobody_changes_what_is_noted_of_a_segment(harm: str, world: World) -> None:
    some_entries(world)
    sealed()
    with as_owner(), refused("segment_is_never_changed"):
        run(harm)


def test_words_and_names_of_people_are_not_in_a_file() -> None:
    from karnameh.ledger.segments.layout import COLUMNS

    assert not {"posted_by_id", "as_written", "note", "digest", "posted_at"} & set(COLUMNS)
