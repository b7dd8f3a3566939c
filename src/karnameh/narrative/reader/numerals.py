"""The grammar of number expressions: digits, words and everything between, with their values.

One pass over the words. `_Sum` holds the arithmetic: terms of falling scale and an open group, so
that «هزار و ۳۰۰ میلیارد» multiplies both and «۳ هزار و ۴۲۰» adds. What may follow what is decided
there; this keeps «۱۲ خانه و ۳ مدرسه» and «بیست و پنج» apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import (
    ADVERBS,
    CONJUNCTIONS,
    DURATION_NOUNS,
    PREPOSITIONS,
    PRONOUNS,
    QUALIFIERS,
)
from karnameh.narrative.reader.nouns import CLASSIFIERS, is_asset, is_counted_noun
from karnameh.narrative.reader.number_words import (
    DOZEN,
    FRACTIONS,
    HALF,
    HEMMAT,
    HUNDREDS,
    ORDINAL_ENDINGS,
    ORDINALS,
    SCALES,
    SMALL,
    TENS,
    UNITS,
    VAGUE,
)
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.words import Kind, Word


class Form(Enum):
    """What kind of number expression it is."""

    CARDINAL = "cardinal"
    ORDINAL = "ordinal"
    FRACTION = "fraction"
    VAGUE = "vague"
    DATE = "date"
    TIME = "time"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Number:
    """A number expression: words `first` up to `after`, its place in the text, its value."""

    first: int
    after: int
    start: int
    end: int
    value: int | float | None
    form: Form
    bound: str = ""  # "low" or "high" end of a range
    attributive: bool = False  # its last scale carries the adjective ending («۵۰ میلیونی»)


_DATE = re.compile(r"[0-9]{2,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}")
_YEAR_MONTH = re.compile(r"1[34][0-9]{2}/[0-9]{1,2}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,٬،'’][0-9]{3})+")
_SEPARATORS = re.compile(r"[,٬،'’]")
_RANGE_WORDS = frozenset(("تا", "الی", "-", "–", "—", "ـ"))
_TENTHS = {"دهم": 10, "صدم": 100, "هزارم": 1000}
_SCALE_ADJECTIVES = {scale + "ی": scale for scale in SCALES if scale != HEMMAT}
_CODE_DIGITS = 19  # longer runs of digits are identifiers, whatever stands beside them
_LETTER_NAMES = key_set("سی بی ای آی ان اس تی پی یو ام وی دی ال ار آر اف جی کی ایکس")
_MILLIARD = 10**9
_ANDED = "و"
_UNITY = frozenset(("واحد", "یکپارچه", "مشترک", "جامع"))  # «یک بسته واحد»
_ONE_LEADS = key_set("تنها فقط حداقل دستکم لااقل حداکثر هر روزی")
_STOPS = PREPOSITIONS | CONJUNCTIONS | PRONOUNS | ADVERBS | {"را", "که"}


@dataclass(slots=True)
class _Sum:
    """A number under construction: finished terms with their scales, and the open group."""

    terms: list[tuple[int | Decimal, int]] = field(default_factory=list)
    group: int | Decimal | None = None
    room: int = 0  # what may still be added to the group must be smaller than this
    digits: bool = False

    def add(self, value: int | Decimal, room: int, *, anded: bool, digits: bool) -> bool:
        """Take one numeral into the group if the grammar allows it there."""
        if self.group is None:
            if self.terms and not 0 < value < self.terms[-1][1]:
                return False
            self.group, self.room, self.digits = value, room, digits
            return True
        if self.digits or not 0 < value < self.room or (digits and not anded):
            return False
        self.group += value
        self.room, self.digits = min(room, self.room), digits
        return True

    def hundred(self) -> bool:
        """«پنج صد»: a lone unit before صد multiplies it."""
        if self.group is None or not 1 <= self.group <= 9 or self.digits:
            return False
        self.group, self.room = self.group * 100, 100
        return True

    def scale(self, scale: int, *, anded: bool) -> bool:
        """Close the group with a scale word; smaller terms before it are multiplied as well."""
        if anded and self.group is not None:
            return False
        if self.group is None and anded and not (self.terms and self.terms[-1][1] > scale):
            return False
        if any(size == scale for _, size in self.terms):
            return self._again(scale, anded)
        below: int | Decimal = self.group if self.group is not None else 0
        while self.terms and self.terms[-1][1] < scale and not anded:
            below += self.terms.pop()[0]
        self.terms.append(((below or 1) * scale, scale))
        self.group, self.room, self.digits = None, 0, False
        return True

    def _again(self, scale: int, anded: bool) -> bool:
        """«یک میلیارد میلیارد»: above a milliard Persian counts milliards."""
        if anded or self.group is not None or scale != _MILLIARD or len(self.terms) != 1:
            return False
        self.terms[0] = (self.terms[0][0] * scale, scale)
        return True

    def half(self) -> bool:
        """«یک و نیم», «دو میلیون و نیم»."""
        if self.group is not None:
            self.group += Decimal("0.5")
            self.room, self.digits = 0, True
            return True
        if self.terms:
            value, size = self.terms[-1]
            self.terms[-1] = (value + Decimal(size) / 2, size)
            self.room = 0
            return True
        return False

    def total(self) -> int | Decimal:
        return sum((value for value, _ in self.terms), self.group or 0)


_NAMES = frozenset(
    (("سی", "سخت"), ("هشت", "گرد"), ("هشت", "رود"), ("ده", "دشت"), ("هفت", "کل"), ("هزار", "جریب"))
)


_BODIES = key_set(
    "استان شهرستان شهر بخش دهستان روستا محله مسجد مدرسه پایگاه شعبه دانشگاه ناحیه منطقه"
)


_FIGURES = (Kind.DIGITS, Kind.CODE)
_BEGINNINGS = frozenset(
    (*VAGUE, "چند", "چندین", *ORDINALS, *FRACTIONS, *SMALL, *SCALES, HALF, DOZEN)
)


def find_numbers(words: list[Word]) -> list[Number]:
    """Every number expression, in order, without overlaps."""
    found: list[Number] = []
    at = 0
    while at < len(words):
        word = words[at]
        # Nearly every word is none that begins a number: one look tells.
        begins = word.text in _BEGINNINGS if word.kind is Kind.WORD else word.kind in _FIGURES
        number = _number_at(words, at) if begins else None
        if number is None:
            at += 1
            continue
        found.append(number)
        at = number.after
    return _ranges(found, words)


def _number_at(words: list[Word], at: int) -> Number | None:
    word = words[at]
    if word.kind is Kind.DIGITS:
        return _from_digits(words, at)
    if word.kind is Kind.CODE:
        return _made(words, at, at + 1, None, Form.CODE)
    text = word.text
    if text in VAGUE or text in ("چند", "چندین"):
        return _vague(words, at)
    if text in ORDINALS:
        return _made(words, at, at + 1, ORDINALS[text], Form.ORDINAL)
    if text in FRACTIONS:
        return _plain_fraction(words, at)
    if (text, _text(words, at + 1)) in _NAMES:
        return None  # «سی سخت» is a town
    if (text in SMALL or text in SCALES or text in (HALF, DOZEN)) and _starts(words, at):
        return _cardinal(words, at)
    return None


def _made(
    words: list[Word], first: int, after: int, value: int | float | Decimal | None, form: Form
) -> Number:
    return Number(first, after, words[first].start, words[after - 1].end, _plain(value), form)


def _plain(value: int | float | Decimal | None) -> int | float | None:
    """An int where the value is whole, a float otherwise."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _text(words: list[Word], at: int) -> str:
    return words[at].text if 0 <= at < len(words) else ""


def _vague(words: list[Word], at: int) -> Number | None:
    """«ده‌ها», «صدها هزار», «چند هزار»; «چند» alone is no number."""
    after = at + 1
    while _text(words, after) in SCALES or _text(words, after) in ("صد", "ده"):
        after += 1
    if words[at].text in ("چند", "چندین") and after == at + 1:
        return None
    return _made(words, at, after, None, Form.VAGUE)


def _plain_fraction(words: list[Word], at: int) -> Number | None:
    """«نیمی از …», «ثلث …»; nothing else reads these words as numbers."""
    if words[at].text == "ربع" and _text(words, at + 1) == "قرن":
        return None
    if words[at].text in ("نیمی", "نصف", "ثلث", "ربع") and at + 1 < len(words):
        return _made(words, at, at + 1, FRACTIONS[words[at].text], Form.FRACTION)
    return None


# --- digits --------------------------------------------------------------------------------------


def _from_digits(words: list[Word], at: int) -> Number | None:
    text = words[at].text
    if ":" in text:
        return _made(words, at, at + 1, None, Form.TIME)
    if _DATE.fullmatch(text) or _YEAR_MONTH.fullmatch(text):
        return _made(words, at, at + 1, None, Form.DATE)
    if _is_code(words, at):
        value = int(text) if text.isdecimal() and len(text) <= _CODE_DIGITS else None
        return _made(words, at, at + 1, value, Form.CODE)
    if _text(words, at + 1) in ORDINAL_ENDINGS and text.isdecimal() and _touches(words, at):
        return _made(words, at, at + 2, int(text), Form.ORDINAL)
    return _cardinal(words, at)


def _touches(words: list[Word], at: int) -> bool:
    """An ordinal ending belongs to the digits if it is not a word of its own («۸ ام» is one)."""
    following = words[at + 1]
    return following.text not in ("م", "مین") or following.start - words[at].end <= 1


def _is_code(words: list[Word], at: int) -> bool:
    text = words[at].text
    if len(text) > _CODE_DIGITS or (len(text) > 1 and text.isdecimal() and text[0] == "0"):
        return True
    before = words[at - 1] if at else None
    after = words[at + 1] if at + 1 < len(words) else None
    return any(
        near is not None and near.kind is Kind.OTHER and near.text.isalpha() and gap <= 0
        for near, gap in (
            (before, words[at].start - before.end if before else 1),
            (after, after.start - words[at].end if after else 1),
        )
    )


def _digit_value(text: str, following: str) -> int | Decimal:
    """The value of one run of digits; before a scale word a dot is always decimal."""
    scaled = (
        following in SCALES or following in ("درصد", "برابر", "%") or following in _SCALE_ADJECTIVES
    )
    if _GROUPED.fullmatch(text) and not (scaled and "." in text and text.count(".") == 1):
        return int(re.sub(r"[^0-9]", "", text))
    if text.isdecimal():
        return int(text)
    if re.search(r"[./٫][0-9]+$", text):
        whole, part = re.split(r"[./٫](?=[0-9]+$)", text, maxsplit=1)
        return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{part}")  # «۷.۵۹۹/۷۷»: a dot may group, too
    return (
        Decimal(_SEPARATORS.sub(".", text, count=1))
        if text.count(",") == 1
        else int(re.sub(r"[^0-9]", "", text))
    )


# --- words and mixtures --------------------------------------------------------------------------


def _cardinal(words: list[Word], first: int) -> Number | None:
    """The longest number expression that starts here."""
    total = _Sum()
    at, after = first, first
    while at < len(words):
        anded = False
        if at > first and words[at].text == _ANDED and at + 1 < len(words):
            at, anded = at + 1, True
        word = words[at]
        if at > first and word.text in ORDINALS:
            ended = _ordinal_end(words, first, at, total, anded)
            if ended is not None:
                return ended
            break
        if anded and (tenths := _tenths(words, at)) and total.group is not None:
            total.group += tenths
            total.digits = True
            at = after = at + 2
            continue
        if word.text in _SCALE_ADJECTIVES and total.group is not None and not anded:
            total.scale(SCALES[_SCALE_ADJECTIVES[word.text]], anded=False)
            made = _made(words, first, at + 1, total.total(), Form.CARDINAL)
            return replace(made, end=made.end - 1, attributive=True)
        if not _take(total, word, _text(words, at + 1), anded):
            break
        at = after = at + 1
    if after == first:
        return None
    return _made(words, first, after, total.total(), Form.CARDINAL)


def _take(total: _Sum, word: Word, following: str, anded: bool) -> bool:
    """Whether the next word continues the number; if so, it is in the sum."""
    text = word.text
    if word.kind is Kind.DIGITS:
        if ":" in text or _DATE.fullmatch(text):
            return False
        value = _digit_value(text, following)
        return total.add(value, 1, anded=anded, digits=True)
    if word.kind is not Kind.WORD:
        return False
    if text == "صد" and not anded and total.hundred():
        return True
    if text in HUNDREDS:
        return total.add(HUNDREDS[text], 100, anded=anded, digits=False)
    if text in TENS:
        return total.add(TENS[text], 10, anded=anded, digits=False)
    if text in UNITS:
        return total.add(UNITS[text], 1, anded=anded, digits=False)
    if text == "صفر" and total.group is None and not total.terms:
        return total.add(0, 1, anded=anded, digits=False)
    if text in SCALES:
        return (text != HEMMAT or not anded) and total.scale(SCALES[text], anded=anded)
    if text == HALF:
        if anded:
            return total.half()
        return not total.terms and total.add(Decimal("0.5"), 0, anded=False, digits=True)
    if text == DOZEN and not anded:
        total.group = (total.group if total.group is not None else 1) * 12
        total.digits = True
        return True
    return False


def _tenths(words: list[Word], at: int) -> Decimal | None:
    """«پنج دهم» in «دو و پنج دهم»."""
    part = SMALL.get(words[at].text)
    if part is None and words[at].kind is Kind.DIGITS and words[at].text.isdecimal():
        part = int(words[at].text[:9])
    size = _TENTHS.get(_text(words, at + 1))
    return Decimal(part) / size if part is not None and size and 0 < part < size else None


def _ordinal_end(words: list[Word], first: int, at: int, total: _Sum, anded: bool) -> Number | None:
    """«چهل و یکمین» is an ordinal, «دو سوم» a fraction; otherwise the cardinal ends before."""
    value = ORDINALS[words[at].text]
    if anded:
        whole = total.add(value, 1, anded=True, digits=False)
        return _made(words, first, at + 1, total.total(), Form.ORDINAL) if whole else None
    top = total.group
    if at == first + 1 and top is not None and not total.terms and value >= 2 and top < value:
        if words[at].text.endswith("ین"):
            return None
        part = Decimal(top) / value
        return _made(words, first, at + 1, round(float(part), 6), Form.FRACTION)
    return None


# --- words that are numerals only sometimes ------------------------------------------------------


def _starts(words: list[Word], at: int) -> bool:
    """Whether a numeral word here counts, or is an article, a negation, a village, an acronym."""
    text, following = words[at].text, _text(words, at + 1)
    if text in ("یک", "یه"):
        return _one_counts(words, at)
    if text == HALF:
        return (
            following in SCALES
            or following in DURATION_NOUNS
            or following in (DOZEN, "کیلو", "درصد")
        )
    if text == DOZEN:
        return True
    if text in ("میلیون", "میلیارد", "میلیار", "تریلیون", "بیلیون", HEMMAT):
        return False
    if text == "نه":
        if following in SCALES:
            return True
        said = VERB_FORMS.get(_text(words, at - 1))
        if said is not None and said.tense is not Tense.PARTICIPLE:
            return False  # «عدد درست می‌خواهیم نه عدد بزرگ»
        if any(_denies(words, near) for near in range(at - 8, at + 9) if near != at):
            return False  # «نه … و نه …»
        counts = following in DURATION_NOUNS or following in ("درصد", "گانه", "نفره")
        return counts or is_counted_noun(following) or _and_number(words, at)
    if text == "سی":
        near = {_text(words, at - 1), following}
        return not near & (_LETTER_NAMES - {"ام"}) and (
            _nounlike(words, at + 1) or _and_number(words, at)
        )
    if text == "ده":
        if following in DURATION_NOUNS or following == "گانه":
            return True
        if following in ("بالا", "پایین", "بالادست", "پایین‌دست"):
            return False  # «در ده بالا پخش شد»: a village
        each = _text(words, at - 1) == "هر" and _text(words, at - 2) in ("از", "ازای", "به")
        return (each or _text(words, at - 1) not in ("این", "آن", "هر", "روستای")) and (
            _nounlike(words, at + 1) or _and_number(words, at) or following in ("", "درصد")
        )
    if text == "دو":
        return following not in ("میدانی", "ومیدانی", "صحرانوردی") and not (
            following == _ANDED and _text(words, at + 2) == "میدانی"
        )
    if text == "صفر":
        return _text(words, at - 1) not in ("ماه", "نقطه", "از") and _nounlike(words, at + 1)
    if text == "شش":
        return following not in ("ها",)
    return True


def _denies(words: list[Word], at: int) -> bool:
    """Another «نه» that is not the end of «بیست و نه»."""
    return (_text(words, at) == "نه" and _text(words, at - 1) != _ANDED) or (
        _text(words, at) == "نه" and _text(words, at - 2) not in TENS | HUNDREDS | SCALES
    )


def _and_number(words: list[Word], at: int) -> bool:
    return _text(words, at + 1) == _ANDED and (
        _text(words, at + 2) in SMALL
        or _text(words, at + 2) in ORDINALS
        or words[min(at + 2, len(words) - 1)].kind is Kind.DIGITS
    )


def _nounlike(words: list[Word], at: int) -> bool:
    """Whether a word could be what is counted."""
    if at >= len(words) or words[at].kind not in (Kind.WORD, Kind.OTHER):
        return at < len(words) and words[at].text == "%"
    text = words[at].text
    return (text not in _STOPS and text not in VERB_FORMS) or is_counted_noun(text)


_EACH_TIME = frozenset(("ماهی", "هفتهای", "سالی", "روزی"))
_DUTY = frozenset(("موظف", "باید", "مکلف", "بایستی"))


def _one_counts(words: list[Word], at: int) -> bool:
    """«یک» is mostly an article. It counts before scales, times and classifiers, and in lists."""
    following = _text(words, at + 1)
    if (
        following in SCALES
        or following in HUNDREDS
        or following in ("درصد", DOZEN, "برابر")
        or _and_number(words, at)
        or (following == _ANDED and _text(words, at + 2) == HALF)
        or (ORDINALS.get(following, 0) >= 2 and not following.endswith("ین"))
    ):
        return True
    if following in DURATION_NOUNS:
        return _text(words, at + 2) not in ("دیگر",)
    if following in CLASSIFIERS or following in ("نفر", "تن"):
        return _text(words, at + 2) not in _UNITY
    before = " ".join(_text(words, index) for index in (at - 2, at - 1))
    if before in QUALIFIERS or _text(words, at - 1) in _ONE_LEADS:
        return is_counted_noun(following) and _text(words, at - 1) != "هر"
    to_each = any(
        _text(words, index) == "برای" and _text(words, index + 1) == "هر"
        for index in range(max(at - 4, 0), at)
    )
    beside = (_text(words, at - 3), _text(words, at - 2)) == ("در", "هر")
    to_each |= beside and _text(words, at - 1) in _BODIES  # «در هر استان یک دبیرخانه»
    if to_each and _nounlike(words, at + 1):
        return True
    if not is_counted_noun(following):
        return False
    if _text(words, at - 1) in _EACH_TIME:
        return True  # «ماهی یک جلسه»
    near = [_text(words, index) for index in range(max(at - 6, 0), at)]
    if "هر" in near and _DUTY & set(near[near.index("هر") :]):
        return True  # «هر شهرستان موظف است یک میز خدمت …»
    if any(_text(words, index) == "هر" for index in range(max(at - 4, 0), at)):
        return True
    return is_asset(following) or _beside_number(words, at)


def _beside_number(words: list[Word], at: int) -> bool:
    """«سه مدرسه و یک مسجد»: a one in a list of numbers counts too."""
    if _text(words, at - 1) not in (_ANDED, "،"):
        return False
    for index in range(max(at - 6, 0), at - 1):
        word = words[index]
        if word.kind is Kind.DIGITS or word.text in SMALL:
            return not any(words[i].text in VERB_FORMS for i in range(index, at))
    return False


# --- ranges --------------------------------------------------------------------------------------


def _ranges(numbers: list[Number], words: list[Word]) -> list[Number]:
    """Mark the two ends of «۵ تا ۷ هزار» and give the lower end the scale of the upper."""
    for index in range(len(numbers) - 1):
        low, high = numbers[index], numbers[index + 1]
        if not _is_range(low, high, words):
            continue
        scale = _last_scale(high, words)
        value = low.value
        if (
            scale > 1
            and isinstance(value, int | float)
            and isinstance(high.value, int | float)
            and _last_scale(low, words) == 1
            and value < high.value / scale
        ):
            value = _plain(Decimal(str(value)) * scale)
        numbers[index] = replace(low, value=value, bound="low")
        numbers[index + 1] = replace(high, bound="high")
    return numbers


def _is_range(low: Number, high: Number, words: list[Word]) -> bool:
    if low.form is not Form.CARDINAL or high.form is not Form.CARDINAL or low.bound:
        return False
    if low.value is None or high.value is None or low.value >= high.value:
        return False
    if high.first == low.after:  # «دو سه هزار»
        return words[low.first].text in UNITS and words[high.first].text in UNITS
    if high.first == low.after + 1:
        numbered = low.first == 0 or words[low.first - 1].kind is Kind.BREAK
        dashed = words[low.after].text in "-–" and words[low.after].end < words[high.first].start
        if numbered and dashed:
            return False  # «۲- ۱۲ میز خدمت …» numbers a line
        return words[low.after].text in _RANGE_WORDS
    gap = [words[at].text for at in range(low.after, min(high.first, low.after + 4))]
    between = low.first > 0 and words[low.first - 1].text in ("بین", "میان")
    return between and high.first - low.after <= 3 and gap[-1] in ("تا", "و")


def _last_scale(number: Number, words: list[Word]) -> int:
    """The scale word that closes a number with a coefficient, or 1."""
    if number.after - number.first != 2:
        return 1
    return SCALES.get(words[number.after - 1].text, 1)
