"""The command line of the reader and its bench."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from karnameh.narrative.reader import __main__ as command
from karnameh.narrative.reader import bench

TEXT = "دیروز ۳۰۰ بسته در بم توزیع شد.\nتا نوروز ۴۰ خانه خواهیم ساخت.\n"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_json_lines(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(report), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["file"], row["value"], row["stage"]) for row in rows] == [
        ("report.txt", 300, "reported"),
        ("report.txt", 40, "pledged"),
    ]
    assert list(rows[0]) == [
        "file", "start", "end", "text", "value", "counted", "unit", "qualifier", "stage", "nature",
        "indicator", "place", "actor", "period", "speaker", "repeat_of", "share_of", "with",
        "out_of_scope", "confidence", "why",
    ]  # fmt: skip


def test_the_table_shows_each_mention(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(report)]) == 0
    out = capsys.readouterr().out
    assert "report.txt: 2" in out and "pledged" in out and "بم" in out
    assert "\033[" not in out  # no colour into a pipe


def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert command.main(["--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_reports_day_resolves_dates(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(report), "--json", "--date", "۱۴۰۳/۰۸/۱۲"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first["period"] == {"from": "2024-11-01", "to": "2024-11-01", "text": "دیروز"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\0\0\0", "binary"),
        (b"\xff\xfe\xfa", "UTF-8"),
    ],
)
def test_unreadable_files_get_one_sentence(
    content: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd"
    path.write_bytes(content)
    assert command.main([str(path)]) == 2
    error = capsys.readouterr().err
    assert words in error and len(error.splitlines()) == 1


def test_missing_files_and_directories(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(tmp_path / "nothing"), str(tmp_path)]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert "no such file" in errors[0] and "directory" in errors[1]


def test_huge_files_are_refused(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "LARGEST", 10)
    assert command.main([str(report)]) == 2
    assert "20 MB" in capsys.readouterr().err


def _row(**known: object) -> dict[str, object]:
    row: dict[str, object] = {
        "file": "a.txt", "start": 6, "end": 9, "text": "۳۰۰", "value": 300, "counted": "بسته",
        "unit": "parcel", "qualifier": "exact", "stage": "reported", "nature": "flow", "place": "بم",
        "repeat_of": None,
    }  # fmt: skip
    return row | known


def test_the_bench_scores_what_it_says() -> None:
    scores = bench.Scores()
    gold = [_row(), _row(start=20, end=22, value=5, stage="context", place=None)]
    found = [_row(place="کرمان"), _row(start=20, end=22, value=5), _row(start=30, end=31)]
    bench.score_text(gold, found, scores)
    assert scores.recall.share == 1
    assert scores.precision.share == pytest.approx(2 / 3)
    assert scores.fields["stage"].share == 1
    assert scores.fields["place"].share == 0
    assert scores.context_wrong.share == 1


def test_soft_rows_cost_nothing() -> None:
    scores = bench.Scores()
    bench.score_text([_row(soft=True)], [], scores)
    bench.score_text([_row(soft=True)], [_row()], scores)
    assert (scores.recall.asked, scores.precision.asked) == (0, 0)


def test_the_bench_prints_one_table(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = _row(file="report.txt")
    (report.parent / "gold.jsonl").write_text(json.dumps(gold), encoding="utf-8")
    assert bench.main([str(report.parent), "--readings", "20"]) == 0
    out = capsys.readouterr().out
    assert "karnameh reader" in out and "digits only" in out and "memory" in out


def test_the_reader_keeps_what_it_reached_on_our_gold() -> None:
    """The floors are the figures that the reader must reach, not the ones that it has."""
    reports = bench.reports_in(Path(__file__).parent / "gold")
    scores = bench.measure(reports, bench.PEERS["karnameh reader"]())
    assert scores.f1 is not None and scores.f1 >= 0.97
    for name, floor in (("stage", 0.93), ("qualifier", 0.97), ("place", 0.9)):
        share = scores.fields[name].share
        assert share is not None and share >= floor, name


def test_the_bench_wants_gold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main([str(tmp_path)]) == 2
    assert "gold.jsonl" in capsys.readouterr().err
