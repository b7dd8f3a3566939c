"""Phones on a bad network, a server that dies and is restored: everything arrives once, whatever the seed."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

import databases
from builders import NOW, World, an_indicator, as_owner
from karnameh.config.backup import adopt
from karnameh.config.bench.sync.inside import InProcess
from karnameh.config.bench.sync.phones import enrolled
from karnameh.config.bench.sync.truth import truth_of
from karnameh.field.simulation.phones import Phone, a_picture, phones_of
from karnameh.field.simulation.running import CHECK, Simulation, Weather
from karnameh.ledger.public import Entry, epoch

# More with SESSIONS=10000, or by `./karnameh bench sync`.
SESSIONS = int(os.environ.get("SESSIONS", "400"))
START = NOW - timedelta(days=60)


@pytest.fixture
def server(
    own_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[InProcess]:
    """The product in this process, on a database of its own that can be put back."""

    def maintain(statement: str) -> None:
        connection.close()
        if statement.startswith("DROP"):
            databases.dropped(statement.split('"')[1])
        else:
            databases._maintain(statement)

    def adopt_here() -> int:
        with as_owner():
            return adopt()

    monkeypatch.setattr(settings, "UPLOADS", tmp_path)
    made = InProcess(maintain=maintain, reconnect=connection.close, adopt=adopt_here)
    made.at(START)
    yield made
    made.forget()


def some_phones(world: World, indicator: int, seed: int, count: int = 16) -> list[Phone]:
    units = [unit for name in ("shiraz", "twin", "mehriz", "taft") for unit in world.locals[name]]
    leaders = []
    for number, unit in enumerate(units):
        user = databases_user(world, number, unit)
        leaders.append((user, unit))
    return phones_of(enrolled(leaders, count, START), indicator, seed, count)


def with_checks_and_photos(world: World, phones: list[Phone]) -> list[Phone]:
    """Some of them see things; and one more counts again what the others reported."""
    for phone in phones[:4]:
        phone.pictures = [a_picture(f"{phone.name}")]
    given = enrolled([(world.people["verifier"], world.nation)], 1, START)
    [checking] = phones_of(given, phones[0].indicator, 1, 1)
    checking.name, checking.checks = len(phones), True
    checking.chance = random.Random("checks")  # its ids are nobody else's
    return [*phones, checking]


def databases_user(world: World, number: int, unit: Any) -> Any:
    from builders import a_grant, a_user
    from karnameh.access.public import Role

    user = a_user(f"phone{number}")
    a_grant(user, Role.REPORTER, unit)
    user.__dict__.pop("_grants_in_force", None)
    return user


@pytest.mark.long
@pytest.mark.parametrize("seed", [1405])
def test_hundreds_of_sessions_lose_double_and_alter_nothing(
    server: InProcess, own_world: World, seed: int
) -> None:
    indicator = an_indicator().pk
    phones = with_checks_and_photos(own_world, some_phones(own_world, indicator, seed))
    run = Simulation(server, phones, seed=seed, start=START)
    story = run.run(SESSIONS, restores=5)
    found = truth_of(run)
    assert found.exact, (
        found,
        [(p.name, i.state, i.kind, i.body) for p, i in run.unfinished()][:5],
    )
    assert story.restores == 5 and min(story.kills, story.late, story.doubled, story.asked) > 0
    assert story.checks > 5 and len(run.works.pictured) > 5 and 1 < found.photos <= 4
    assert Entry.objects.count() > SESSIONS


# --- directed cases: what chance may miss -----------------------------------------------------------------


def one_phone(world: World, seed: int = 1) -> Phone:
    return some_phones(world, an_indicator().pk, seed, 1)[0]


def a_run(server: InProcess, phone: Phone) -> Simulation:
    return Simulation(server, [phone], seed=1, start=START, weather=Weather(0, 0, 0, 0, 0, 0))


def test_what_was_acknowledged_before_a_restore_is_sent_again(
    server: InProcess, own_world: World
) -> None:
    phone = one_phone(own_world)
    run = a_run(server, phone)
    server.keep_backup()
    run._work(phone)
    run._talk(phone)
    assert Entry.objects.count() == 1 and not phone.waiting()
    server.restore()
    assert Entry.objects.count() == 0
    run._settle()
    assert truth_of(run).exact and Entry.objects.count() == 1


def test_two_restores_one_right_after_the_other_are_two_epochs(
    server: InProcess, own_world: World
) -> None:
    """Found by the simulation: a check was taken between two restores of the same second and sent no more."""
    server.keep_backup()
    epochs = []
    for _time in range(4):
        server.restore()
        epochs.append(epoch())
    assert len(set(epochs)) == 4 and epochs == sorted(epochs)


def test_without_the_epoch_it_would_be_lost(server: InProcess, own_world: World) -> None:
    """The same, with a server that does not say that it was restored: the test can fail."""
    phone = one_phone(own_world)
    run = a_run(server, phone)
    run._talk(phone)
    server.keep_backup()
    run._work(phone)
    run._talk(phone)
    server.adopt_here = lambda: None
    server.restore()
    run._settle()
    assert truth_of(run).lost == 1


def test_a_phone_that_was_taken_in_after_the_backup_comes_back_with_everything(
    server: InProcess, own_world: World
) -> None:
    indicator = an_indicator().pk
    some_phones(own_world, indicator, 1, 0)  # their accounts are older than the backup
    server.keep_backup()
    leader = own_world.people["leader"]
    phone = phones_of(enrolled([(leader, own_world.local)], 1, START), indicator, 1, 1)[0]
    run = a_run(server, phone)
    for _n in range(5):
        run._work(phone)
    run._talk(phone)
    server.restore()
    run._settle()
    assert truth_of(run).exact and Entry.objects.filter(indicator=indicator).count() >= 5


def test_a_copy_that_comes_after_its_correction_changes_nothing(
    server: InProcess, own_world: World
) -> None:
    phone = one_phone(own_world)
    run = a_run(server, phone)
    run._work(phone)
    late = phone.batch(phone.waiting(), run.now)
    run._talk(phone)
    [item] = phone.items.values()
    run.works.undone.add(item.work)
    phone.record(
        run.now, -item.work, "correction", {"entry": str(item.id), "takes_back": True, "note": "x"}
    )
    run._talk(phone)
    for _time in range(3):
        server.ask(phone.token, late)
    run._settle()
    assert truth_of(run).exact and truth_of(run).total == 0


def test_a_clock_that_is_a_year_ahead_is_asked_about_once_and_then_known(
    server: InProcess, own_world: World
) -> None:
    phone = one_phone(own_world)
    phone.skew = timedelta(days=365)
    run = a_run(server, phone)
    run._work(phone)
    run._talk(phone)
    assert [one.state for one in phone.items.values()] == ["asked"]
    phone.mend(run.now)
    run._work(phone)
    run._settle()
    assert truth_of(run).exact and run.story.asked == 1


def test_a_check_finds_its_report_under_the_id_that_a_restore_took_away(
    server: InProcess, own_world: World
) -> None:
    """First version asked about, second one taken and checked; restored, a late copy of the first is taken in
    its place; restored once more. The check names the second one, and the ledger holds one of the two."""
    [reporting] = some_phones(own_world, an_indicator().pk, 1, 1)
    reporting, checking = with_checks_and_photos(own_world, [reporting])
    reporting.pictures = []
    run = Simulation(
        server, [reporting, checking], seed=1, start=START, weather=Weather(0, 0, 0, 0, 0, 0)
    )
    server.keep_backup()
    run._work(reporting)
    copy = reporting.batch(reporting.waiting(), run.now)
    reporting.skew = timedelta(days=365)
    run._talk(reporting)
    reporting.mend(run.now)
    run._talk(reporting)
    while not checking.items:  # it may look at itself first
        run._check(checking)
    [check] = checking.items.values()
    assert run.story.asked == 1 and not reporting.waiting()
    server.restore()
    server.ask(reporting.token, copy)
    run._send(reporting, [])
    run._talk(reporting)
    assert [one.state for one in reporting.items.values()] == ["taken", "replaced"]
    server.restore()
    run._settle()
    assert check.state == "taken"
    assert truth_of(run).exact and Entry.objects.count() == 2


def test_a_check_by_a_clock_that_is_a_year_ahead_keeps_its_photo(
    server: InProcess, own_world: World
) -> None:
    """Its entry has another id than its item, for the ledger takes no id of the future."""
    [reporting] = some_phones(own_world, an_indicator().pk, 1, 1)
    reporting, checking = with_checks_and_photos(own_world, [reporting])
    checking.pictures = reporting.pictures
    run = Simulation(
        server, [reporting, checking], seed=1, start=START, weather=Weather(0, 0, 0, 0, 0, 0)
    )
    run._work(reporting)
    run._talk(reporting)
    checking.skew = timedelta(days=365)
    [report] = reporting.items.values()
    body = {"report": str(report.id), "quantity": "7", "files": [checking.photograph()]}
    run.works.counted[report.work] = 7
    check = checking.record(run.now, CHECK + report.work, "verification", body)
    run._settle()
    assert check.state == "taken" and not Entry.objects.filter(pk=check.id).exists()
    found = truth_of(run)
    assert found.exact and found.photos >= 1, found


class _Always(random.Random):
    """Chance that always falls on the same number."""

    def __init__(self, number: int) -> None:
        super().__init__(1)
        self.number = number

    def randint(self, a: int, b: int) -> int:
        return self.number


@pytest.mark.parametrize("statement", range(1, 36, 3))
def test_killed_at_any_statement_all_of_a_batch_or_nothing_is_there(
    server: InProcess, own_world: World, statement: int
) -> None:
    phone = one_phone(own_world)
    run = a_run(server, phone)
    for _n in range(6):
        run._work(phone)
    chance = _Always(statement)
    server.ask_and_die(phone.token, phone.batch(phone.waiting(), run.now), chance)
    assert Entry.objects.count() in (0, 6)
    run._settle()
    assert truth_of(run).exact
