"""Measure the reader on annotated reports, beside peers, and its speed and memory.

`python -m karnameh.narrative.reader.bench [FOLDER...]`: each folder holds `*.txt` and `gold.jsonl`.

A prediction matches a gold mention when it covers at least half of it and the values are equal;
one to one, the largest overlap first. Accuracies are over matched mentions that are results. Gold
rows marked `soft` cost nothing when missed and nothing when found.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
import timeit
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from karnameh.kernel.digits import to_latin
from karnameh.narrative.reader import read

DEFAULT_FOLDERS = ("tests/narrative/gold",)
_FIELDS = ("stage", "qualifier", "unit", "nature")
_RESULTS = ("pledged", "reported")
_TOLERANCE = 1e-4

Row = dict[str, Any]
Finder = Callable[[str], list[Row]]


# --- scoring -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """Right answers out of all that were asked."""

    right: int = 0
    asked: int = 0

    def count(self, hit: bool) -> None:
        self.right += hit
        self.asked += 1

    @property
    def share(self) -> float | None:
        return self.right / self.asked if self.asked else None


@dataclass(slots=True)
class Scores:
    """What was measured over a set of reports."""

    recall: Tally = field(default_factory=Tally)
    precision: Tally = field(default_factory=Tally)
    fields: dict[str, Tally] = field(
        default_factory=lambda: {name: Tally() for name in (*_FIELDS, "place", "counted")}
    )
    context_wrong: Tally = field(default_factory=Tally)
    repeats: Tally = field(default_factory=Tally)

    @property
    def f1(self) -> float | None:
        recall, precision = self.recall.share, self.precision.share
        if not recall or not precision:
            return None
        return 2 * recall * precision / (recall + precision)


def score_text(gold: Sequence[Row], found: Sequence[Row], scores: Scores) -> None:
    """Add one report to `scores`."""
    by_value = _pairs(gold, found, _same_value)
    by_place = _pairs(gold, found, lambda _gold, _found: True)
    taken = set(by_value.values())
    soft_places = {by_place[i] for i in by_place if gold[i].get("soft")}
    soft_taken = {by_value[i] for i in by_value if gold[i].get("soft")}
    for index, row in enumerate(gold):
        if not row.get("soft"):
            scores.recall.count(index in by_value)
            if index in by_value:
                _count_fields(row, found[by_value[index]], scores)
        if row["stage"] == "context":
            scores.context_wrong.count(_is_wrong_result(gold, found, index, by_value))
    for index in range(len(found)):
        if index not in soft_taken and (index in taken or index not in soft_places):
            scores.precision.count(index in taken)


def _count_fields(row: Row, answer: Row, scores: Scores) -> None:
    scores.fields["counted"].count(row["counted"].strip() == answer.get("counted", "").strip())
    if row["stage"] == "context":
        return
    for name in _FIELDS:
        if name in row:  # some writers note no unit and no nature
            scores.fields[name].count(answer.get(name) == row[name])
    if row["place"]:
        scores.fields["place"].count(answer.get("place") == row["place"])
    if row.get("repeat_of") is not None:
        scores.repeats.count(answer.get("repeat_of") is not None)


def _is_wrong_result(
    gold: Sequence[Row], found: Sequence[Row], index: int, by_value: dict[int, int]
) -> bool:
    """Whether something on a context number is proposed as a result."""
    owner = {place: i for i, place in by_value.items()}
    return any(
        answer.get("stage") in _RESULTS
        and _overlap(gold[index], answer) * 2 >= gold[index]["end"] - gold[index]["start"]
        and owner.get(place, index) == index
        for place, answer in enumerate(found)
    )


def _pairs(
    gold: Sequence[Row], found: Sequence[Row], fits: Callable[[Row, Row], bool]
) -> dict[int, int]:
    """One-to-one matches from gold to found, the largest share of overlap first."""
    offers = []
    for i, row in enumerate(gold):
        for j, answer in enumerate(found):
            shared = _overlap(row, answer)
            if shared * 2 >= row["end"] - row["start"] and fits(row, answer):
                longer = max(row["end"] - row["start"], answer["end"] - answer["start"])
                offers.append((-shared / longer, i, j))
    chosen: dict[int, int] = {}
    used: set[int] = set()
    for _, i, j in sorted(offers):
        if i not in chosen and j not in used:
            chosen[i] = j
            used.add(j)
    return chosen


def _overlap(one: Row, other: Row) -> int:
    shared: int = min(one["end"], other["end"]) - max(one["start"], other["start"])
    return max(0, shared)


def _same_value(row: Row, answer: Row) -> bool:
    if row.get("any_value"):
        return True
    return any(
        _equal(value, answer["value"]) for value in (row["value"], *row.get("alt_values", ()))
    )


def _equal(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _TOLERANCE * max(abs(one), abs(other))


# --- the reader and its peers --------------------------------------------------------------------


def _reader(text: str) -> list[Row]:
    return [mention.to_json() for mention in read(text)]


_DIGITS = re.compile(r"[0-9]+(?:[.,٬٫/][0-9]+)*")
_WORD = re.compile(r"[^\W\d_]+|[0-9][0-9.,٬٫]*")


def _only_digits(text: str) -> list[Row]:
    """The simplest peer: runs of digits, as written."""
    return [
        {"start": run.start(), "end": run.end(), "value": _number(run.group())}
        for run in _DIGITS.finditer(to_latin(text))
    ]


def _number(digits: str) -> float | None:
    plain = re.sub(r"[,٬]", "", digits).replace("٫", ".").replace("/", ".")
    return float(plain) if plain.count(".") <= 1 else None


def _runs_of_numerals(text: str, is_numeral: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """The longest runs of words that a peer knows as numerals, joined by «و»."""
    start = end = -1
    for word in _WORD.finditer(to_latin(text)):
        known = is_numeral(word.group())
        gap = text[end : word.start()].strip() if end >= 0 else ""
        if end >= 0 and not gap and (known or word.group() == "و"):
            end = word.end() if known else end
            if not known:
                continue
        elif end >= 0 and gap == "و" and known:
            end = word.end()
        else:
            if end >= 0:
                yield start, end
            start, end = (word.start(), word.end()) if known else (-1, -1)
    if end >= 0:
        yield start, end


def _persian_tools() -> Finder:
    digits = importlib.import_module("persian_tools.digits")
    known = (
        set(digits.UNITS) | set(digits.TEN) | set(digits.MAGNITUDE) | {"هزار", "میلیون", "میلیارد"}
    )
    known |= {"یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده", "صد"}

    def find(text: str) -> list[Row]:
        rows = []
        for start, end in _runs_of_numerals(
            text, lambda word: word in known or word[0].isdecimal()
        ):
            try:
                value = float(digits.convert_from_word(to_latin(text[start:end])))
            except Exception:  # a peer may raise anything on text it was not made for
                continue
            rows.append({"start": start, "end": end, "value": value})
        return rows

    return find


def _ghnum() -> Finder:
    converter = importlib.import_module("ghNum").PersianTextToNumber()
    known = set(converter._base_numbers) | set(converter._scales)

    def find(text: str) -> list[Row]:
        return [
            {"start": start, "end": end, "value": float(converter.convert(text[start:end]))}
            for start, end in _runs_of_numerals(text, lambda word: word in known)
        ]

    return find


def _hazm() -> Finder:
    """hazm has no number parser; its tokens that are numbers are what it gives."""
    hazm = importlib.import_module("hazm")

    def find(text: str) -> list[Row]:
        rows, at = [], 0
        for token in hazm.word_tokenize(text):
            start = text.find(token, at)
            if start < 0:
                continue
            at = start + len(token)
            if _DIGITS.fullmatch(to_latin(token)):
                rows.append({"start": start, "end": at, "value": _number(to_latin(token))})
        return rows

    return find


PEERS: dict[str, Callable[[], Finder]] = {
    "karnameh reader": lambda: _reader,
    "digits only": lambda: _only_digits,
    "hazm tokens": _hazm,
    "persian-tools": _persian_tools,
    "ghNum": _ghnum,
}


# --- running -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """One annotated report."""

    name: str
    text: str
    gold: list[Row]


def reports_in(folder: Path) -> list[Report]:
    """The annotated reports of a folder."""
    by_file: dict[str, list[Row]] = {}
    with open(folder / "gold.jsonl", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row = json.loads(line)
                by_file.setdefault(row["file"], []).append(row)
    found = []
    for name, gold in sorted(by_file.items()):
        with open(folder / name, encoding="utf-8", newline="") as file:
            found.append(Report(name, file.read(), gold))
    return found


def measure(reports: Iterable[Report], find: Finder) -> Scores:
    """The scores of one finder over some reports."""
    scores = Scores()
    for report in reports:
        score_text(report.gold, find(report.text), scores)
    return scores


def milliseconds_for(text: str, find: Callable[[str], object], rounds: int = 30) -> float:
    """The fastest of some rounds over one text, in milliseconds.

    As `timeit` does, without garbage collection: it would measure the gold that is kept in memory.
    """
    return 1000 * min(timeit.repeat(lambda: find(text), number=1, repeat=rounds))


def growth_over(reports: Sequence[Report], readings: int) -> float:
    """Kilobytes that are kept after many readings, beyond those kept after the first few."""
    for report in reports:
        read(report.text)
    tracemalloc.start()
    for step in range(readings // 10):
        read(reports[step % len(reports)].text)
    before = tracemalloc.get_traced_memory()[0]
    for step in range(readings):
        read(reports[step % len(reports)].text)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / 1024


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; 2 when a folder holds no gold."""
    parser = argparse.ArgumentParser(prog="karnameh bench read", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders with *.txt and gold.jsonl")
    parser.add_argument("--readings", type=int, default=300, help="readings for the memory check")
    options = parser.parse_args(arguments)
    reports: list[Report] = []
    for folder in options.folders or [Path(name) for name in DEFAULT_FOLDERS]:
        if not (folder / "gold.jsonl").is_file():
            print(f"{folder}: no gold.jsonl here", file=sys.stderr)
            return 2
        reports += reports_in(folder)
    print(f"{len(reports)} reports, {sum(len(report.gold) for report in reports)} mentions\n")
    _print_scores(reports)
    _print_speed(reports)
    kept = growth_over(reports, options.readings)
    print(f"memory kept after {options.readings} more readings: {kept:+.0f} kB")
    return 0


_HEAD = (
    "", "recall", "precision", "F1", "stage", "qualifier", "unit", "nature", "place", "counted",
    "context wrong", "repeats",
)  # fmt: skip


def _print_scores(reports: Sequence[Report]) -> None:
    rows: list[Sequence[str]] = [_HEAD]
    for name, load in PEERS.items():
        find = _loaded(load)
        if find is None:
            rows.append((name, "not installed", *[""] * (len(_HEAD) - 2)))
            continue
        scores = measure(reports, find)
        meaning = [scores.fields[key].share for key in (*_FIELDS, "place", "counted")]
        extra = [scores.context_wrong.share, scores.repeats.share]
        shares = [scores.recall.share, scores.precision.share, scores.f1]
        shares += [*meaning, *extra] if find is _reader else [None] * 8
        rows.append((name, *map(_percent, shares)))
    _print_table(rows)


def _print_speed(reports: Sequence[Report]) -> None:
    text = _sample(reports)
    rows: list[Sequence[str]] = [("", f"ms for {len(text):,} characters")]
    for name, load in PEERS.items():
        find = _loaded(load)
        if find is not None:
            rows.append((name, f"{milliseconds_for(text, find):.2f}"))
    _print_table(rows)


def _sample(reports: Sequence[Report], size: int = 3000) -> str:
    """One report text of 3,000 characters, made of several if they are short."""
    return "\n".join(report.text for report in reports)[:size]


def _loaded(load: Callable[[], Finder]) -> Finder | None:
    """A peer, or None when it is not installed or does not run on this Python."""
    try:
        return load()
    except Exception:  # old peers fail at import with errors of their own
        return None


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    print()


if __name__ == "__main__":
    sys.exit(main())
