"""The reader on the command line: `python -m karnameh.narrative.reader FILE... [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date
from pathlib import Path

from karnameh.kernel.jalali import parse_date
from karnameh.kernel.malformed import Malformed
from karnameh.narrative.reader import read
from karnameh.narrative.reader.table import table

LARGEST = 20 * 1024 * 1024


class Unreadable(Exception):
    """A file that cannot be read; its text is one sentence for the person who asked."""


def main(arguments: list[str] | None = None) -> int:
    """Read the files (or standard input) and print their mentions; 2 when one was unreadable."""
    options = _options(arguments)
    try:
        return _print_all(options)
    except BrokenPipeError:  # `… | head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _print_all(options: argparse.Namespace) -> int:
    status = 0
    for path in options.files or ["-"]:
        try:
            text = _text(path)
        except Unreadable as refusal:
            print(refusal, file=sys.stderr)
            status = 2
            continue
        name = Path(path).name if path != "-" else "-"
        mentions = read(text, file=name, reported_on=options.date)
        if options.json:
            for mention in mentions:
                print(json.dumps(mention.to_json(), ensure_ascii=False))
        else:
            print(table(text, mentions, title=name, colour=_wants_colour()))
    return status


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="karnameh read",
        description="Propose every quantity mention of Persian reports, with its meaning.",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="text files; - or none: stdin")
    parser.add_argument("--json", action="store_true", help="one JSON object per mention and line")
    parser.add_argument(
        "--date", type=_day, metavar="DAY", help="the report's own day (1403/08/12 or 2024-11-02)"
    )
    return parser.parse_args(arguments)


def _day(written: str) -> date:
    try:
        return parse_date(written)
    except Malformed:
        raise argparse.ArgumentTypeError(f"{written}: تاریخ خوانده نشد / not a date") from None


def _text(path: str) -> str:
    """The text of a file. Offsets count its characters, so line ends stay as they are."""
    if path == "-":
        raw = sys.stdin.buffer.read(LARGEST + 1)
        name = "stdin"
    else:
        raw, name = _bytes(path), path
    if len(raw) > LARGEST:
        raise Unreadable(f"{name}: بزرگ‌تر از ۲۰ مگابایت است / is larger than 20 MB")
    if b"\0" in raw[:65536]:
        raise Unreadable(f"{name}: متن ساده نیست / is binary, not plain text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{name}: متن UTF-8 نیست / is not UTF-8 text") from None


def _bytes(path: str) -> bytes:
    try:
        if os.path.isdir(path):
            raise Unreadable(f"{path}: پوشه است، نه پرونده / is a directory, not a file")
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Unreadable(f"{path}: پیدا نشد / no such file") from None
    except OSError as error:
        raise Unreadable(f"{path}: خوانده نشد / cannot be read ({error.strerror})") from None


def _wants_colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


if __name__ == "__main__":
    sys.exit(main())
