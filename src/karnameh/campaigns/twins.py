"""Twins: proposals that two units wrote about one and the same thing. Plain Python.

Words are compared in the kernel's normal form, so «می‌شود», «ميشود» and «می شود» are one. A text is a
set of word stems and of letter trigrams; each part weighs by how rare it is among the proposals that
are compared (inverse document frequency, Sparck Jones 1972), and two texts are as near as the weight
that they share (the weighted Jaccard coefficient). Trigrams forgive spelling and half-spaces, stems
forgive order. An inverted index finds candidates, so a province's 2,500 proposals take well under a second.

Near words alone make no twins: the same parcel is handed out in a thousand villages. Place, days and
theme must fit, and what counts off ("second stage", "class 3") must not differ.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from karnameh.kernel.text import normal_form

LIKELY = 55  # from here on a pair is shown
_MOST_COMMON = 0.30  # a word in more than this share of the texts finds no candidates
_FEW = 40  # in so few texts no word is too common

# Words that say nothing about what is done.
_EMPTY = frozenset(
    (
        *"و در به از برای با که این آن را تا بر یک های ها ی است شد می شود".split(),  # noqa: SIM905
        *"طرح برنامه اجرای برگزاری انجام ویژه".split(),  # noqa: SIM905
        *"the a an of and in for to with on at by".split(),  # noqa: SIM905
    )
)
# Different words for one deed, as units write them.
_SAME = {
    word: group[0]
    for group in (
        ("توزیع", "پخش", "اهدا", "اهدای", "تحویل", "واگذاری"),
        ("بسته", "سبد", "پک"),
        ("غذا", "خوراک", "طعام", "ناهار", "شام"),
        ("آموزش", "کارگاه", "کلاس", "دوره", "اموزش", "اموزشی", "آموزشی"),
        ("جشن", "جشنواره", "شادی"),
        ("ویزیت", "معاینه", "درمانگاه", "درمان"),
        ("تعمیر", "مرمت", "بازسازی", "بهسازی", "نوسازی"),
        ("نهال", "درخت", "درختکاری", "نهالکاری"),
        ("پاکسازی", "نظافت", "تمیزکاری"),
        ("بانوان", "زنان", "خواهران", "مادران"),
        ("محله", "کوی", "شهرک"),
        ("دانشآموز", "دانشاموز", "دانشآموزان", "دانشاموزان"),
        ("همایش", "نشست", "گردهمایی", "جلسه"),
        ("نمایشگاه", "بازارچه", "بازار"),
        ("مستضعف", "نیازمند", "نیازمندان", "کمبرخوردار"),
    )
    for word in group
}
_SAME = {normal_form(word): normal_form(head) for word, head in _SAME.items()}
_ENDINGS = ("هایی", "های", "هایش", "ترین", "ها", "ان", "ات", "ی")
_ORDINALS = {
    "اول": 1, "نخست": 1, "یکم": 1, "دوم": 2, "سوم": 3, "چهارم": 4, "پنجم": 5, "ششم": 6, "هفتم": 7,
    "هشتم": 8, "نهم": 9, "دهم": 10, "یازدهم": 11, "دوازدهم": 12, "first": 1, "second": 2, "third": 3,
}  # fmt: skip
_COUNTED_OFF = frozenset(
    normal_form(word)
    for word in [
        "مرحله",
        "نوبت",
        "فاز",
        "گروه",
        "کلاس",
        "شماره",
        "منطقه",
        "ناحیه",
        "فصل",
        "سری",
        "stage",
        "phase",
    ]
)
_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Proposed:
    """What of a proposal is compared. `places` is the line of places, the place itself last."""

    id: int
    name: str
    text: str
    theme: int
    unit: int
    places: tuple[int, ...]
    starts_on: date
    ends_on: date
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Twin:
    """How near another proposal is: `score` 0-100, and what they have in common."""

    id: int
    score: int
    words: int
    same_place: bool
    same_days: bool
    same_theme: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    """A text as sets: `grams` of three letters, `stems` of its words, what it counts off."""

    stems: frozenset[str]
    grams: frozenset[str]
    counted: frozenset[tuple[str, int]]


def _stem(word: str) -> str:
    if word in _SAME:
        return _SAME[word]
    for ending in _ENDINGS:
        if len(word) - len(ending) >= 3 and word.endswith(ending):
            word = word[: -len(ending)]
            break
    return _SAME.get(word, word)


@lru_cache(maxsize=1 << 16)
def _shape(text: str) -> _Shape:
    words = [word for word in normal_form(text).split() if word not in _EMPTY]
    stems = [_stem(word) for word in words]
    counted = set()
    for word, following in pairwise(words):
        number = _ORDINALS.get(following) or (
            int(following) if _NUMBER.fullmatch(following) and len(following) < 6 else None
        )
        if number is not None and (word in _COUNTED_OFF or following in _ORDINALS):
            counted.add((word, number))
    # Quantities differ between twins ("200 parcels", "about 200 parcels"), so they are no letters.
    letters = "".join(stem for stem in stems if not _NUMBER.fullmatch(stem))
    grams = {letters[i : i + 3] for i in range(len(letters) - 2)} or {letters}
    return _Shape(
        frozenset(stem for stem in stems if not _NUMBER.fullmatch(stem)),
        frozenset(grams - {""}),
        frozenset(counted),
    )


class Twins:
    """An index of proposals; ask it for the twins of one, or for all pairs."""

    def __init__(self, proposals: Iterable[Proposed]) -> None:
        self._all = {one.id: one for one in proposals}
        self._shapes = {pk: _shape(one.name) for pk, one in self._all.items()}
        # A name seldom says everything; the description helps, but long texts share much by chance.
        self._texts = {
            pk: _shape(one.text[:400]) if one.text else None for pk, one in self._all.items()
        }
        seen: Counter[str] = Counter()
        self._holders: dict[_Home, list[int]] = defaultdict(list)
        for pk, shape in self._shapes.items():
            seen.update(shape.grams)
            seen.update(f" {stem}" for stem in shape.stems)
            for home in _homes(self._all[pk], shape):
                self._holders[home].append(pk)
        total = max(1, len(self._all))
        self._weight = {part: math.log(1 + total / many) for part, many in seen.items()}
        self._rarest = math.log(1 + total)
        self._common = max(_FEW, int(total * _MOST_COMMON))
        self._spread = {stem: many for stem, many in seen.items() if stem.startswith(" ")}
        self._heavy = {shape: self._whole(shape) for shape in self._shapes.values()}

    def known(self, pk: int) -> Proposed:
        """The proposal of this id."""
        return self._all[pk]

    def of(
        self, proposal: Proposed, *, least: int = LIKELY, most: int = 5, among: Set[int] | None = None
    ) -> list[Twin]:  # fmt: skip
        """The nearest others with at least `least` points, best first; only `among` these ids, if they are given."""
        shape = _shape(proposal.name)
        met: set[int] = set()
        for home in _homes(proposal, shape):
            if self._spread.get(f" {home[1]}", 0) <= self._common:
                met.update(self._holders.get(home, ()))
        met.discard(proposal.id)
        if among is not None:
            met &= among
        found = [
            twin
            for pk in met
            for twin in [self._compare(proposal, shape, self._all[pk])]
            if twin.score >= least
        ]
        return sorted(found, key=lambda twin: (-twin.score, twin.id))[:most]

    def pairs(
        self, *, least: int = LIKELY, among: Set[int] | None = None
    ) -> list[tuple[int, int, int]]:
        """All pairs `(id, other, score)` with id < other, nearest first."""
        found = {
            (min(pk, twin.id), max(pk, twin.id)): twin.score
            for pk, one in self._all.items()
            if among is None or pk in among
            for twin in self.of(one, least=least, most=20, among=among)
        }
        return sorted(
            ((a, b, score) for (a, b), score in found.items()), key=lambda row: (-row[2], row[:2])
        )

    def _compare(self, one: Proposed, shape: _Shape, other: Proposed) -> Twin:
        theirs = self._shapes[other.id]
        words = self._likeness(shape, theirs)
        text, their_text = _shape(one.text[:400]) if one.text else None, self._texts[other.id]
        if text is not None and their_text is not None and words > 0.3:
            words = max(words, 0.75 * words + 0.25 * _plain(text.stems, their_text.stems))
        same_place = one.places[-1:] == other.places[-1:]
        same_days = one.starts_on <= other.ends_on and other.starts_on <= one.ends_on
        same_theme = one.theme == other.theme
        score = 100 * words
        score *= 1.0 if same_place else 0.85 if one.places[:-1] == other.places[:-1] else 0.7
        score *= 1.0 if same_days else 0.75
        score *= 1.0 if same_theme else 0.9
        if _counts_differently(shape, theirs):
            score *= 0.45
        return Twin(other.id, round(score), round(100 * words), same_place, same_days, same_theme)

    def _likeness(self, one: _Shape, other: _Shape) -> float:
        mine, theirs = self._heavy.get(one) or self._whole(one), self._heavy[other]
        stems = self._weigh(one.stems & other.stems, " ")
        stems = stems / (mine[0] + theirs[0] - stems) if stems else 0.0
        grams = self._weigh(one.grams & other.grams, "")
        grams = grams / (mine[1] + theirs[1] - grams) if grams else 0.0
        return max(stems, 0.5 * stems + 0.5 * grams)

    def _whole(self, shape: _Shape) -> tuple[float, float]:
        return self._weigh(shape.stems, " "), self._weigh(shape.grams, "")

    def _weigh(self, parts: frozenset[str], mark: str) -> float:
        weight, rarest = self._weight, self._rarest
        return sum([weight.get(mark + part, rarest) for part in parts])


def _plain(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


_Home = tuple[tuple[int, ...], str]  # where a stem is looked for: in one county, or in one unit


def _homes(one: Proposed, shape: _Shape) -> Iterable[_Home]:
    """Twins lie within one county (or whatever stands above the place), or come from one unit."""
    for stem in shape.stems:
        yield one.places[:3], stem
        yield (-one.unit,), stem


def _counts_differently(one: _Shape, other: _Shape) -> bool:
    """“Stage one” and “stage two” are two things, however alike the rest is."""
    if not one.counted or not other.counted:
        return False
    mine, theirs = dict(one.counted), dict(other.counted)
    return any(mine[word] != theirs[word] for word in mine.keys() & theirs.keys())


def groups(pairs: Sequence[tuple[int, int, int]]) -> list[frozenset[int]]:
    """Pairs joined into groups: a twin of a twin belongs to them."""
    home: dict[int, set[int]] = {}
    for a, b, _score in pairs:
        joined = home.get(a, {a}) | home.get(b, {b})
        for pk in joined:
            home[pk] = joined
    return sorted({frozenset(group) for group in home.values()}, key=lambda group: min(group))
