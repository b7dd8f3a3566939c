"""Flow, stock, rate or running total: what may be added to what."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Sentence
from karnameh.narrative.reader.lexicon import (
    ONGOING_WORDS,
    RESULT_NOUNS,
    SINCE_NOUNS,
    SO_FAR,
    STOCK_WORDS,
)
from karnameh.narrative.reader.model import Nature, Stage
from karnameh.narrative.reader.nouns import lemma, unit_of
from karnameh.narrative.reader.numerals import Form
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import Tense
from karnameh.narrative.reader.words import Kind

_RATE_WORDS = key_set(
    """
    روزانه روزی شبی ماهانه ماهیانه ماهی هفتگی سالانه سالیانه هرروز هفتهای سالی ساعتی
    """
)
_LIKE = key_set("مثل مانند همچون همانند سنت رسم روال سیاق رویه عادت")
_EVERY = key_set("روز ماه هفته سال شب ساعت شبانهروز فصل")
_PER = {
    "روزانه": "day", "روزی": "day", "روز": "day", "هرروز": "day", "شبانهروز": "day", "شب": "night", "شبی": "night",
    "ماهانه": "month", "ماهیانه": "month", "ماهی": "month", "ماه": "month", "هفتگی": "week",
    "هفته": "week", "هفتهای": "week", "سالانه": "year", "سالیانه": "year", "سال": "year",
    "سالی": "year", "ساعت": "hour", "ساعتی": "hour", "فصل": "season",
}  # fmt: skip
_PER_WHAT = frozenset(("به", "از", "برای", "تا", "در", "حدود", "بیش", "بین"))
_BEFORE_ADVERBS = frozenset(("که", "و", "نیز", "هم", "را"))
_REACH = 40
PER_TIME = frozenset(("day", "night", "week", "month", "year", "hour", "season"))
_TOTALS = frozenset(("کل", "مجموع", "جمعا", "مجموعا"))
_BRANCHES = key_set("قشر شاخه شعبه صنف رشته پایگاه کدام یک رده واحد")
_COUNTING = key_set("رسید گذشت بود رساند یافت رفت کرد")
_STANDING = frozenset(("فعالیت کرد", "خدمت کرد", "کار کرد", "زندگی کرد", "تحصیل کرد", "نگهداری شد"))
_SHARE_UNITS = frozenset(("percent", "times", "share"))


def nature_of(reading: Reading, figure: Figure, stage: Stage, why: str) -> Nature:
    """Flow, stock, rate or running total; potential and context have none."""
    if stage in ("context", "potential") or figure.phrase.unit in ("kilowatt", "megawatt"):
        return "none"
    if reading.text(figure.opening - 1) in _ROOM:
        return "none"  # how much is to fit in, whatever is made
    if (
        figure.phrase.unit in _SHARE_UNITS
        or figure.number.form is Form.FRACTION
        or rate_of(reading, figure)
    ):
        return "rate"
    if stage == "pledged":
        return "flow"
    money = figure.phrase.unit in ("toman", "rial", "dollar")
    running = so_far(reading, figure)
    if not money and _is_stock(reading, figure, running, why):
        return "stock"
    if running or why.startswith(("achieved", "governed by توانست")):
        return "cumulative"
    return "flow"


def rate_of(reading: Reading, figure: Figure) -> str:
    """What a rate is per: a time, a unit of what each gets, "average"; or an empty string.

    Where a daily work is done is no rate itself («روزانه ۲۲ هزار نان در ۹ نانوایی»).
    """
    per = said_per(reading, figure)
    return "" if per in PER_TIME and reading.text(figure.opening - 1) == "در" else per


def said_per(reading: Reading, figure: Figure) -> str:
    """What the rate is per that is told around a figure, whether it is the figure's own or not."""
    first = max(min(figure.clause.words, default=figure.first), figure.first - _REACH)
    quoted = 0
    for at in range(figure.first - 1, first - 1, -1):
        text = reading.text(at)
        quoted += (text == "»") - (text == "«")
        if quoted > 0:
            continue  # «طرح «هر خانه یک سنگر»» is no rate
        if text in _TOTALS:
            return ""
        if text in _RATE_WORDS and _is_adverb(reading, at, figure):
            return _PER[text]
        if text == "هر":
            following = reading.text(at + 1)
            if following in _EVERY and reading.text(at - 1) in _LIKE:
                continue  # «امسال هم مثل هر سال ۲۰ کاروان راه می‌افتد»
            if following in _EVERY:
                return _PER[following]
            if figure.first - at <= 8 and following not in ("یک", "چند", "چه"):
                return _each(following)
        if text in ("ماه", "روز") and reading.text(at - 1) == "در" and at + 1 >= figure.opening:
            return _PER[text]  # «در ماه ۲ دوره برگزار می‌کند»
        if text in ("سرانه", "نفری") and figure.first - at <= 6:
            return "person"
    return _rate_behind(reading, figure)


def _is_adverb(reading: Reading, at: int, figure: Figure) -> bool:
    """«روزانه ۳۰۰ نان» is a rate, «همایش سالانه … ۳۰۰ نفر» names a meeting."""
    if reading.text(at) == "شبی":
        return at + 1 >= figure.opening
    if reading.text(at) in ("روزانه", "روزی", "هرروز") or at + 1 >= figure.opening:
        return True
    if reading.text(at + 1) in _PER_WHAT or reading.text(at - 1) in _BEFORE_ADVERBS:
        return True  # «که ماهانه به ۱۹۰۰ نفر خدمات می‌دهند»
    before = reading.words[at - 1] if at else None
    return before is None or before.kind is not Kind.WORD


def _each(noun: str) -> str:
    """The unit of what stands behind «هر»; bodies of the organisation are all branches."""
    return "branch" if noun in _BRANCHES else unit_of([noun]) or "branch"


def _rate_behind(reading: Reading, figure: Figure) -> str:
    following, further = reading.text(figure.after), reading.text(figure.after + 1)
    if following == "در" and further in _EVERY:
        third = reading.text(figure.after + 2)
        if further in ("روز", "شبانهروز") or third in ("برای", "", "،", ".", "و", "به"):
            return _PER[further]
    return _PER[following] if following in ("روزانه", "ماهانه") else ""


def _is_stock(reading: Reading, figure: Figure, running: bool, why: str) -> bool:
    """How many there are: «شمار … به … رسید», «… داریم», «… فعال است»."""
    verb = figure.clause.verb
    if verb is None:
        return False
    before = [reading.text(index) for index in figure.clause.words if index < figure.first]
    if any(_counts(before, index) for index in range(max(len(before) - 14, 0), len(before))):
        return verb.lemma in _COUNTING or reading.text(verb.first - 1) in (
            "فراتر",
            "افزایش",
            "عبور",
        )
    if running:
        return False
    if reading.text(figure.opening - 1) == "به" and verb.lemma in ("رسید", "یافت"):
        noun = lemma(reading.text(figure.phrase.first))
        return any(lemma(text) == noun for text in before)
    if verb.tense is Tense.COPULA:
        return why.startswith("a state") and not set(before[:4]) & RESULT_NOUNS
    if verb.tense is not Tense.PRESENT:
        return False
    return (
        verb.lemma == "داشت"
        or f"{reading.text(verb.first - 1)} {verb.lemma}" in _STANDING
        or bool(set(before) & ONGOING_WORDS)
    )


def _counts(texts: list[str], index: int) -> bool:
    """Whether a word names how many there are; «بنا بر آمار …» names a source."""
    named = texts[index] != "آمار" or _SOURCE.isdisjoint(texts[max(index - 2, 0) : index])
    return texts[index] in STOCK_WORDS and named


def so_far(reading: Reading, figure: Figure) -> bool:
    """An explicit «so far» or «since» before the figure in its sentence, or behind it in its clause."""
    sentence, verb = figure.sentence, figure.clause.verb
    for at in _marks(reading, sentence):
        if at < figure.first and not _cut_off(reading, figure, at):
            return True
        if verb is not None and figure.after <= at < verb.first:
            return True
    return _in_this_time(reading, figure)


def _marks(reading: Reading, sentence: Sentence) -> list[int]:
    """Where a sentence says «so far» or «since»."""
    marks = reading.so_far.get(sentence.first)
    if marks is None:
        marks = [
            at for at in range(sentence.first, sentence.after) if _so_far_at(reading, at, sentence)
        ]
        reading.so_far[sentence.first] = marks
    return marks


def _in_this_time(reading: Reading, figure: Figure) -> bool:
    """«در این مدت» goes on with the running total of the sentence before."""
    before = figure.sentence.number - 1
    texts = reading.texts(figure.sentence.first, figure.first)
    if before < 0 or "مدت" not in texts or texts[texts.index("مدت") - 1] != "این":
        return False
    return bool(_marks(reading, reading.sentences[before]))


def _cut_off(reading: Reading, figure: Figure, at: int) -> bool:
    """A running total ends where a new relative clause or a reporting verb begins."""
    of_it = reading.text(figure.after) in ("آن", "آنها") and bool(figure.phrase.unit)
    if of_it and "؛" not in reading.texts(at, figure.first):
        return False  # «۱۶ میلیارد جمع شده که ۹ میلیارد تومان آن هزینه شده»
    clause = figure.sentence.clause_of.get(at)
    if clause is figure.clause or clause is None or set(figure.clause.texts) & _DERIVED:
        return False
    return any(text in _CUTS for text in reading.texts(at, figure.first))


def _so_far_at(reading: Reading, at: int, sentence: Sentence) -> bool:
    text = reading.text(at)
    if text == "تاکنون":
        return True
    if text not in ("تا", "در", "از", "طی"):
        return False
    if any(" ".join(reading.texts(at, at + size)) in SO_FAR for size in (4, 3, 2)):
        return True
    following, third = reading.text(at + 1), reading.text(at + 2)
    if text == "از":
        return following in SINCE_NOUNS and (following != "سال" or third.isdecimal())
    if text != "تا" or not (following in _LIMITS or (following, third) in _LIMIT_PAIRS):
        return False
    if third == "همان" or reading.text(at + 3) == "بعد":
        return False  # a limit of the story, not of the telling
    # «تا پایان مهر … پرداخت کرد»: a limit in the past makes a running total.
    clause = sentence.clause_of.get(at)
    return clause is not None and clause.verb is not None and clause.verb.tense is Tense.PAST


_LIMITS = key_set("پایان ظهر صبح عصر غروب دیشب ساعت زمان آخر اواخر اواسط نیمه")
_LIMIT_PAIRS = frozenset((("این", "هفته"), ("این", "ماه"), ("این", "روز"), ("شب", "گذشته")))
_SOURCE = frozenset(("بر", "طبق", "اساس", "براساس", "بنابر", "مطابق"))
_ROOM = frozenset(("ظرفیت", "گنجایش"))
_DERIVED = frozenset(("حاصل", "نتیجه", "ثمره"))  # «… که حاصل آن اشتغال … است» runs on
_CUTS = frozenset(("که", ":", "؛", "گفت", "افزود"))
