"""Kinds of sentences that new writers brought, in words of our own: `kinds.txt`, a heading for each kind.

A line is a sentence and the stages of its figures: c context, r reported, p pledged, o potential.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from karnameh.narrative.reader import read

KINDS = Path(__file__).with_name("kinds.txt").read_text(encoding="utf-8")
LETTERS = {"context": "c", "reported": "r", "pledged": "p", "potential": "o"}


def cases() -> Iterator[object]:
    kind = ""
    for line in KINDS.splitlines():
        if line.startswith("#"):
            kind = line.removeprefix("#").strip()
        elif line.strip():
            sentence, _, stages = line.rpartition("|")
            yield pytest.param(sentence.strip(), stages.strip(), id=f"{kind}: {sentence[:40]}")


@pytest.mark.parametrize(("sentence", "stages"), cases())
def test_a_sentence_of_its_kind(sentence: str, stages: str) -> None:
    told = [(mention.text, LETTERS[mention.stage], mention.why) for mention in read(sentence)]
    assert "".join(letter for _, letter, _ in told) == stages, told
