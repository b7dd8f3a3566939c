"""Mentions as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from karnameh.narrative.reader.model import Mention

_COLOURS = {"pledged": "33", "reported": "32", "potential": "36", "context": "90"}
_QUALIFIERS = {"exact": "", "at_least": "≥ ", "about": "≈ ", "at_most": "≤ ", "unknown": "? "}
_COLUMNS = ("line", "stage", "nature", "value", "unit", "words", "place", "why")
_WIDEST = 44


def table(text: str, mentions: Sequence[Mention], *, title: str, colour: bool) -> str:
    """One line a mention, columns padded, each stage in its own colour."""
    rows = [_row(text, mention) for mention in mentions]
    widths = [max(len(cells[i]) for cells in (_COLUMNS, *rows)) for i in range(len(_COLUMNS))]
    lines = [f"{title}: {len(mentions)}", _line(_COLUMNS, widths)]
    for mention, cells in zip(mentions, rows, strict=True):
        line = _line(cells, widths)
        lines.append(f"\033[{_COLOURS[mention.stage]}m{line}\033[0m" if colour else line)
    return "\n".join(lines)


def _row(text: str, mention: Mention) -> tuple[str, ...]:
    value = "–" if mention.value is None else f"{mention.value:,}"
    repeated = " (repeat)" if mention.repeat_of is not None else ""
    marked = " (out of scope)" if mention.out_of_scope else ""
    return (
        str(text.count("\n", 0, mention.start) + 1),
        mention.stage,
        mention.nature,
        _QUALIFIERS[mention.qualifier] + value,
        mention.unit,
        _short(f"{mention.text} {mention.counted}"),
        mention.place or "",
        _short(mention.why + repeated + marked),
    )


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _WIDEST else flat[: _WIDEST - 1] + "…"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
