"""The grammar of number expressions: every mixture of digits and words, and what is no number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karnameh.kernel.digits import ARABIC, LATIN, PERSIAN
from karnameh.kernel.number_words import LIMIT, to_words
from karnameh.narrative.reader import Mention, read

_SCALES = ((10**9, "میلیارد"), (10**6, "میلیون"), (10**3, "هزار"))


def first(text: str) -> Mention:
    return read(text)[0]


def values(text: str) -> list[float | None]:
    return [mention.value for mention in read(text)]


@settings(deadline=None)
@given(st.one_of(st.integers(1, LIMIT), st.integers(1, 10**6), st.integers(1, 2000)))
def test_every_integer_in_words_is_read(number: int) -> None:
    words = to_words(number)
    mention = first(f"{words} نفر آمدند.")
    assert (mention.text, mention.value, mention.counted) == (words, number, "نفر")


@st.composite
def mixtures(draw: st.DrawFn) -> tuple[str, int]:
    """An integer below 10^12 as people type it: each part in digits or words, glued or not."""
    number = draw(st.one_of(st.integers(1, 10**12 - 1), st.integers(1000, 10**7)))
    digits = draw(st.sampled_from((LATIN, PERSIAN, ARABIC)))

    def part(value: int) -> str:
        if draw(st.booleans()):
            return to_words(value)
        return str(value).translate(str.maketrans(LATIN, digits))

    pieces, rest = [], number
    for scale, name in _SCALES:
        high, rest = divmod(rest, scale)
        if high:
            written = part(high)
            glued = written[-1].isdigit() and draw(st.booleans())
            pieces.append(
                name if high == 1 and scale == 1000 else f"{written}{'' if glued else ' '}{name}"
            )
    if rest:
        pieces.append(part(rest))
    return " و ".join(pieces), number


@settings(deadline=None, max_examples=300)
@given(mixtures())
def test_every_mixture_of_digits_and_words_is_read(written: tuple[str, int]) -> None:
    text, number = written
    mention = first(f"{text} نفر آمدند.")
    assert (mention.text, mention.value) == (text, number)


@settings(deadline=None)
@given(st.integers(1000, 10**12), st.sampled_from("٬,،"))
def test_separators_between_groups(number: int, separator: str) -> None:
    written = f"{number:,}".replace(",", separator)
    assert first(f"{written} نفر").value == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("۳ هزار و ۴۲۰ نفر", 3420),
        ("هزار و ۳۰۰ میلیارد تومان", 1_300_000_000_000),
        ("یک و نیم میلیون نفر", 1_500_000),
        ("۲ میلیون و نیم نفر", 2_500_000),
        ("نیم میلیون نفر", 500_000),
        ("۲٫۴ هزار نفر", 2400),
        ("۹/۵ میلیارد ریال", 9_500_000_000),
        ("2.5 میلیون نفر", 2_500_000),
        ("1.235 پروژه", 1235),
        ("10.150.000 بسته", 10_150_000),
        ("۷.۵۹۹/۷۷ کیلومتر", 7599.77),
        ("۹۰۰هزار نفر", 900_000),
        ("450بسته", 450),
        ("یک‌صد و ۴۵ باب", 145),
        ("بیست و ۵ نفر", 25),
        ("بیست‌وهشت هزار نفر", 28_000),
        ("دههزار نفر", 10_000),
        ("صدوپنجاه نفر", 150),
        ("۳هزارو۴۲۰ نفر", 3420),
        ("سی و دو هزار نفر", 32_000),
        ("نه میلیون و بیست و نه هزار نفر", 9_029_000),
        ("دو دوجین لیوان", 24),
        ("۳۶۵ نفر", 365),
        ("دو و پنج دهم درصد", 2.5),
        ("یک‌سوم وام‌ها", 0.333333),
        ("دو سوم روستاها", 0.666667),
        ("سه برابر پارسال", 3),
        ("۵ همت اعتبار", 5_000_000_000_000),
    ],
)
def test_typing_habits(text: str, value: float) -> None:
    assert first(text).value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("۵ تا ۷ هزار نفر آمدند.", [("۵", 5000, "at_least"), ("۷ هزار", 7000, "at_most")]),
        ("بین ۲۰۰ نفر تا ۲۵۰ نفر آمدند.", [("۲۰۰", 200, "at_least"), ("۲۵۰", 250, "at_most")]),
        ("۹۰۰ تا ۲ هزار نفر آمدند.", [("۹۰۰", 900, "at_least"), ("۲ هزار", 2000, "at_most")]),
        ("۱۰-۱۵ نفر آمدند.", [("۱۰", 10, "at_least"), ("۱۵", 15, "at_most")]),
    ],
)
def test_ranges_are_two_mentions(text: str, spans: list[tuple[str, int, str]]) -> None:
    assert [(mention.text, mention.value, mention.qualifier) for mention in read(text)] == spans


@pytest.mark.parametrize(
    "text", ["چهل و یکمین همایش", "۴۱مین همایش", "۴۱ امین همایش", "چهل‌ویکمین همایش"]
)
def test_ordinals_keep_their_ending_and_are_context(text: str) -> None:
    mention = first(text)
    assert (mention.value, mention.unit, mention.stage) == (41, "ordinal", "context")
    assert mention.text + " همایش" == text


def test_vague_plurals() -> None:
    for words in ("ده‌ها", "صدها", "هزاران", "ده‌ها هزار", "چند هزار"):
        mention = first(f"{words} نفر آمدند.")
        assert (mention.text, mention.value, mention.qualifier) == (words, None, "unknown")


@pytest.mark.parametrize(
    "text",
    [
        "روز پنج‌شنبه و سه شنبه آمدند.",
        "نه تنها آمدند، که ماندند.",
        "هر یک از آنان سخن گفت.",
        "این یک جهاد بزرگ است.",
        "یکدیگر را یاری کردند و یکپارچه شدند.",
        "دو و میدانی را دوست دارند.",
        "چند نفر آمدند.",
        "نیم‌سال نو آغاز شد.",
        "از روستای ده‌نو آمدند.",
        "دوچرخه‌ها را تعمیر کردند.",
        "نه این را گفت و نه آن را.",
    ],
)
def test_words_that_only_look_like_numbers(text: str) -> None:
    assert values(text) == []


def test_one_counts_before_scales_times_classifiers_and_in_lists() -> None:
    assert values("یک میلیارد تومان") == [1_000_000_000]
    assert values("یک هفته ماندند.") == [1]
    assert values("یک دستگاه آمبولانس خریدند.") == [1]
    assert values("سه مدرسه و یک مسجد ساختند.") == [3, 1]
    assert values("برای هر قشر یک برنامه داریم.") == [1]


def test_a_list_is_not_one_number() -> None:
    assert values("۱۲ و ۱۵ روستا") == [12, 15]
    assert values("۳ خانه و ۲ مدرسه") == [3, 2]


@pytest.mark.parametrize(
    ("sentence", "counted", "unit"),
    [
        ("۱۲ واحد کوچک و خرد خانگی افتتاح شد.", "واحد کوچک و خرد خانگی", "micro_enterprise"),
        ("۳۷ روستا آب سالم دارند.", "روستا", "village"),
        ("۵ روستای فاقد دهیاری آسفالت شد.", "روستای فاقد دهیاری", "village"),
        ("۴۰ کارگاه راه افتاد.", "کارگاه", "workshop"),
        ("۴۰ خانه مقاوم شد.", "خانه", "dwelling"),
        ("۶۰۰۰ نفر روز اردو برگزار شد.", "نفر روز", "person_day"),
        ("۱۲ حلقه چاه در بم حفر شد.", "حلقه چاه", "well"),
        ("۲۰ دستگاه را تحویل دادیم.", "دستگاه", "device"),
        ("۳۰ میلیون تومان کمک شد.", "تومان", "toman"),
    ],
)
def test_the_noun_that_is_counted(sentence: str, counted: str, unit: str) -> None:
    mention = first(sentence)
    assert (mention.counted, mention.unit) == (counted, unit)


def _spelling(change: Callable[[str], str]) -> list[tuple[float | None, str, str]]:
    text = "مدیر گفت: تا کنون بیش از ۲ هزار و ۵۰۰ خانه‌ی روستایی ساخته شده‌است و ۳ مدرسه نیز ساخته می‌شود."
    return [(mention.value, mention.stage, mention.qualifier) for mention in read(change(text))]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\u200c", ""),
        lambda text: text.replace("\u200c", " "),
        lambda text: text.replace("ی", "ي").replace("ک", "ك"),
        lambda text: text.translate(str.maketrans(PERSIAN, LATIN)),
        lambda text: text.translate(str.maketrans(PERSIAN, ARABIC)),
        lambda text: text.replace("خانه", "خـانه"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: "\u202b" + text + "\u202c",
    ],
)
def test_spelling_does_not_change_the_reading(change: Callable[[str], str]) -> None:
    assert _spelling(change) == _spelling(lambda text: text)
