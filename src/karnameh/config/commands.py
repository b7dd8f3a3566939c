"""The product's commands: up, work, demo, check, backup, restore, read, plan, bench, manage."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from karnameh.config.embedded import Cluster, DatabaseTrouble, cluster

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("KARNAMEH_VAR", ROOT / "var"))


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karnameh.config.settings")
    name, rest = (arguments[0], list(arguments[1:])) if arguments else ("help", [])
    command = COMMANDS.get(name)
    if command is None:
        print(f"There is no command “{name}”. ./karnameh help lists them.", file=sys.stderr)
        return 2
    try:
        return command(rest)
    except DatabaseTrouble as trouble:
        print(f"Database: {trouble}", file=sys.stderr)
        return 1


def database() -> Cluster | None:
    """The embedded server, started; None when DATABASE_URL names a real one."""
    if "DATABASE_URL" in os.environ:
        return None
    embedded = cluster(VAR / "pg")
    embedded.start()
    return embedded


def ready_django(process: str = "manage") -> None:
    """Load the settings for this kind of process."""
    os.environ["KARNAMEH_PROCESS"] = process
    import django

    django.setup()


def prepared() -> None:
    """Database up, Django loaded, schema current: what every data command needs."""
    database()
    ready_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _up(arguments: list[str]) -> int:
    from karnameh.config.serving import serve

    parser = argparse.ArgumentParser(prog="./karnameh up")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(arguments)
    return serve(host=given.host, port=given.port, workers=given.workers)


def _work(arguments: list[str]) -> int:
    ready_django("work")
    from karnameh.config.serving import work

    return work()


def _demo(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./karnameh demo")
    parser.add_argument(
        "--full", action="store_true", help="60,000 local units and a million entries"
    )
    given = parser.parse_args(arguments)
    prepared()
    from karnameh.front.public import load_demo
    from karnameh.ledger.public import fold_all

    if not load_demo(full=given.full, say=print):
        return 1
    fold_all()
    return 0


def _check(arguments: list[str]) -> int:
    prepared()
    from karnameh.ledger.public import check, check_log, damaged_segments, fold_all, heads_seen
    from karnameh.plumbing.clock import now

    fold_all()
    found = check()
    damaged = damaged_segments()
    print(f"{found.entries:,} entries, {found.totals:,} totals rebuilt and compared.")
    for one in found.findings:
        print(f"DIFFERS {one.table} {one.key}: stored {one.stored}, entries say {one.rebuilt}")
    print(
        "Every stored total is what the entries say." if not found.findings else "Totals are WRONG."
    )
    log = check_log(at=now())
    log.findings += heads_seen() if not log.findings else []
    print(f"{log.leaves:,} leaves of the log and {log.heads:,} heads made again and compared.")
    for words in log.findings:
        print(f"LOG {words}")
    print("The log holds." if not log.findings else "The log was TAMPERED with.")
    for words in damaged:
        print(f"SEALED FILE {words}")
    return 1 if found.findings or log.findings or damaged else 0


def _backup(arguments: list[str]) -> int:
    from karnameh.config.backup import back_up

    file = back_up(VAR, Path(arguments[0]) if arguments else None, embedded=database())
    print(f"Backup written to {file}. Keep var/secrets.json beside it, somewhere else.")
    return 0


def _restore(arguments: list[str]) -> int:
    from karnameh.config.backup import adopt, restore

    parser = argparse.ArgumentParser(prog="./karnameh restore")
    parser.add_argument("file", nargs="?")
    parser.add_argument(
        "--adopt", action="store_true", help="only raise the epoch after a dump was loaded by hand"
    )
    given = parser.parse_args(arguments)
    embedded = database()
    if given.adopt:
        ready_django()
        print(f"Epoch {adopt()}.")
        _accept_heads()
        return 0
    if given.file is None or not Path(given.file).exists():
        print("Name the backup file to restore.", file=sys.stderr)
        return 2
    restore(Path(given.file), embedded=embedded)
    ready_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    print(f"Restored. The server's epoch is now {adopt()}; phones will send again what they kept.")
    _accept_heads()
    return 0


def _accept_heads() -> None:
    from karnameh.ledger.public import accept_heads

    if gone := accept_heads():
        print(
            f"Heads {gone[0]} to {gone[-1]} were signed after this backup and are gone;"
            " whoever kept one of them is told so."
        )


# What is measured, and the module whose `bench` does it.
BENCHES = {
    "desks": "karnameh.config.bench.desks",
    "ledger": "karnameh.config.bench.ledger",
    "phone": "karnameh.config.bench.phone",
    "proof": "karnameh.config.bench.proof",
    "readers": "karnameh.config.bench.readers",
    "scale": "karnameh.config.bench.scale",
    "spark": "karnameh.config.bench.spark",
    "sync": "karnameh.config.bench.sync.command",
    "tampering": "karnameh.config.bench.tampering",
}
PLAIN_BENCHES = {
    "plan": "karnameh.campaigns.planner.bench",
    "read": "karnameh.narrative.reader.bench",
}


def _bench(arguments: list[str]) -> int:
    name, given = arguments[:1], arguments[1:]
    if name and name[0] in PLAIN_BENCHES:
        return _run(PLAIN_BENCHES[name[0]], given)
    if name and name[0] in BENCHES:
        measure: Callable[[list[str]], int] = import_module(BENCHES[name[0]]).bench
        return measure(given)
    print(f"Benchmarks: {', '.join(sorted(BENCHES | PLAIN_BENCHES))}", file=sys.stderr)
    return 2


def _read(arguments: list[str]) -> int:
    return _run("karnameh.narrative.reader", arguments)


def _plan(arguments: list[str]) -> int:
    return _run("karnameh.campaigns.planner", arguments)


def _run(module: str, arguments: list[str]) -> int:
    """Run a plain program of ours as it stands: it needs no settings and no database."""
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _manage(arguments: list[str]) -> int:
    if "DATABASE_URL" not in os.environ and arguments[:1] not in (["help"], ["makemessages"]):
        database()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["./karnameh manage", *arguments])
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "up": _up,
    "work": _work,
    "demo": _demo,
    "check": _check,
    "backup": _backup,
    "restore": _restore,
    "bench": _bench,
    "read": _read,
    "plan": _plan,
    "manage": _manage,
}
