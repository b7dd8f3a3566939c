"""The grid of what may be said of a figure: class, tense, place in the sentence, register.

`governed.txt` holds templates: each is tried with every deed and what it counts. `grid.txt` holds whole
sentences. A line ends in the stages of its figures: c context, r reported, p pledged, o potential.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from karnameh.narrative.reader import read

LETTERS = {"context": "c", "reported": "r", "pledged": "p", "potential": "o"}
DEEDS = (
    ("ساخت", "۱۲۰ خانه"),
    ("توزیع", "۳ هزار بسته معیشتی"),
    ("اعزام", "۴۰ گروه پزشکی"),
    ("برگزاری", "۶۵ دوره آموزشی"),
    ("خرید", "۱۵ دستگاه آمبولانس"),
    ("حفر", "۲۸ حلقه چاه"),
    ("آزادی", "۳۷ زندانی"),
    ("پرداخت", "۲۰۰ فقره وام"),
    ("ویزیت رایگان", "۴۰۰ بیمار"),
    ("کاشت", "۹ هزار اصله نهال"),
    ("راه‌اندازی", "۲۵ کارگاه تولیدی"),
    ("آبرسانی به", "۱۸ روستا"),
    ("اهدای", "۳۰۰ سری جهیزیه"),
)


def lines_of(name: str) -> Iterator[tuple[str, str]]:
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            sentence, _, stages = line.rpartition("|")
            yield sentence.strip(), stages.strip()


def stage_of_first(sentence: str, number: str) -> str:
    """The stage of the figure that begins with `number`."""
    found = (m for m in read(sentence) if sentence[m.start :].startswith(number))
    return next((LETTERS[mention.stage] for mention in found), "")


@pytest.mark.parametrize(("template", "stage"), lines_of("governed.txt"))
def test_what_governs_a_deed_decides_whatever_the_deed(template: str, stage: str) -> None:
    wrong = [
        deed
        for deed, counted in DEEDS
        if stage_of_first(template.replace("D", deed).replace("N", counted), counted.split()[0])
        != stage
    ]
    assert not wrong


@pytest.mark.parametrize(("sentence", "stages"), lines_of("grid.txt"))
def test_a_sentence_of_the_grid(sentence: str, stages: str) -> None:
    told = [(mention.text, LETTERS[mention.stage], mention.why) for mention in read(sentence)]
    assert "".join(letter for _, letter, _ in told) == stages, told
