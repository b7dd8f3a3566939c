"""Sentences in which a person corrected the reader, as gold that `./karnameh bench read` takes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from karnameh.narrative.models import (
    NO_GOLD_CHANGE,
    Draft,
    Example,
    Reason,
    Source,
    Verdict,
)
from karnameh.narrative.queries import drafts_of
from karnameh.narrative.rules import (
    QUALIFIER_WORDS,
    READER_UNITS,
    STAGE_WORDS,
    Judged,
    bare_place,
    plain_value,
    sentence_around,
)


def keep_examples(source: Source, text: str, *, on: date) -> int:
    """Keep each sentence whose figures a person judged otherwise than the reader; how many.

    A sentence is kept whole, with every quantity in it: gold that leaves one out would call the
    reader wrong for finding it. A sentence in which something is undecided waits.
    """
    if not text:
        return 0
    sentences: dict[tuple[int, int], list[Draft]] = {}
    for draft in drafts_of(source):
        span = sentence_around(text, draft.start, draft.end)
        sentences.setdefault(span, []).append(draft)
    made = []
    for (start, end), drafts in sentences.items():
        if any(one.verdict in (Verdict.OPEN, Verdict.ASKED) for one in drafts):
            continue
        judged = [_judged(one, text[start:end]) for one in drafts]
        if any(one.corrected for one in judged):
            rows = [one.gold("", start) for one in judged]
            made.append(
                Example(source=source, start=start, sentence=text[start:end], rows=rows, made_on=on)
            )
    Example.objects.filter(source=source).delete()
    Example.objects.bulk_create(made)
    return len(made)


def _judged(draft: Draft, sentence: str) -> Judged:
    said, chosen = draft.proposed, draft.proposed.get("chosen") or {}
    measure = draft.indicator.measure.code if draft.indicator else ""
    kept = draft.verdict == Verdict.CONFIRMED
    unit = said.get("unit") or READER_UNITS.get(measure, measure)
    if unit == "rial" and draft.by_hand:
        unit = "toman" if "تومان" in sentence else "rial"
    value = plain_value(draft.quantity)
    if draft.rial is not None:
        value = draft.rial // 10 if unit == "toman" and draft.rial % 10 == 0 else draft.rial
    if not kept:
        value = said.get("value")
    return Judged(
        start=draft.start, end=draft.end, text=draft.written, proposed=said, value=value, unit=unit,
        qualifier=QUALIFIER_WORDS[draft.qualifier] if kept else said.get("qualifier", "exact"),
        stage=_stage(draft), place=_place(draft, sentence) if kept else said.get("place"),
        repeat_of=said.get("repeat_of"), by_hand=draft.by_hand,
        other=kept and not draft.by_hand
        and (chosen.get("indicator"), chosen.get("unit")) != (draft.indicator_id, draft.unit_id)
        and chosen.get("indicator") is not None,
    )  # fmt: skip


def _stage(draft: Draft) -> str:
    if draft.verdict == Verdict.CONFIRMED:
        return STAGE_WORDS[draft.stage or 2]
    if draft.reason in NO_GOLD_CHANGE:
        return str(draft.proposed.get("stage") or "context")
    return "potential" if draft.reason == Reason.POTENTIAL else "context"


def _place(draft: Draft, sentence: str) -> str | None:
    """The place as the sentence calls it; what the reader said where a person left it so."""
    said = draft.proposed.get("place")
    if (draft.proposed.get("chosen") or {}).get("place") == draft.place_id:
        return str(said) if said else None
    name = bare_place(draft.place.name_fa) if draft.place else ""
    return name if name and name in sentence else None


def write_examples(folder: Path, examples: Iterable[Example] | None = None) -> int:
    """Write every example as a text file, and one gold file beside them; how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    rows = Example.objects.order_by("pk") if examples is None else examples
    with (folder / "gold.jsonl").open("w", encoding="utf-8") as gold:
        for example in rows:
            name = f"e{example.pk:06d}.txt"
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                file.write(example.sentence)
            for row in example.rows:
                gold.write(json.dumps({**row, "file": name}, ensure_ascii=False) + "\n")
            count += 1
    return count
