"""Measures of things and places: sizes, distances, averages, hours, marks; what was found about people."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import DEEDS
from karnameh.narrative.reader.lists import list_head
from karnameh.narrative.reader.nouns import lemma, unit_of
from karnameh.narrative.reader.number_words import SMALL
from karnameh.narrative.reader.phrases import Phrase
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import Tense
from karnameh.narrative.reader.verdicts import AVERAGES, Verdict, counted_noun, nothing, owns

_SICK = key_set("بیماری نشانه علایم مشکل عفونت سوءتغذیه کم‌خونی دیابت اختلال پوسیدگی چاقی خون ضعف")
_BACKGROUND = key_set(
    """
    جمعیت جمعیتی فاصله ارتفاع رتبه وسعت مساحت قدمت سکنه قطر عمق زیربنا زیربنای عرصه اعیان متراژ
    وسعتی ژرفای دمای سرعت سن سنی ژرفا دما رطوبت
    """
)
_DIMENSIONS = key_set("طول عرض دهانه ارتفاع پهنا ضخامت قطر درازا بلندی")
_OF_NATURE = frozenset(("میلیمتر", "سانتیمتر", "درجه", "ریشتر", "کیلومتربرساعت"))
_FEW = 20
_MEMORIES = key_set("یاد یادواره کنگره درگذشت شهادت سالروز خاطره یادبود عروج تشییع‌پیکر")
_SCORES = key_set("امتیاز نمره معدل رتبه")
_SETTLED = key_set("روستا روستای محله شهر شهرک منطقه آبادی ده استان شهرستان بخش")
_OF_LAND = frozenset(("kilometre", "hectare", "island", "spring", "wave", "", "month"))
_SETTLEMENTS = frozenset(("village", "neighbourhood", "city", "county", "district", "province"))
_WORKING = key_set("کار تمرین تلاش فعالیت مطالعه درس")
_DAILY = key_set("روزی روزانه روز شبی هفته‌ای")
_THOUGHTS = key_set("چیز شرط نکته دلیل علت سوال پرسش مزیت ویژگی مانع پیام خصوصیت عامل")
_COMPARED = frozenset(("کشور", "استان", "شهر", "کشوری", "جهانی", "ملی", "استانی"))


def of_nature(reading: Reading, figure: Figure) -> Verdict | None:
    """«۱۱۸ میلی‌متر باران», «۵ درجه زیر صفر», «۱۲ لیتر در ثانیه آبدهی»: nobody does this."""
    measured = counted_noun(reading, figure) in _OF_NATURE
    flow = reading.texts(figure.after, figure.after + 2) in (["در", "ثانیه"], ["بر", "ثانیه"])
    measured |= flow and owns(figure)
    return Verdict(figure.phrase.unit, "a measure of nature") if measured else None


def finding(reading: Reading, figure: Figure) -> Verdict | None:
    """«سه درصد آنان نشانه بیماری داشتند», «میانگین کشوری ۱۸ پزشک است»: what was found."""
    near = reading.texts(max(figure.sentence.first, figure.opening - 5), figure.opening)
    if AVERAGES & set(near[-2:]) and near[-1] in _COMPARED:
        return Verdict(figure.phrase.unit, "an average to compare with")
    verb = figure.clause.verb
    measured = figure.phrase.unit in ("litre", "metre", "square_metre", "kilogram", "percent")
    if measured and owns(figure) and "سرانه" in figure.clause.texts[:3]:
        return Verdict(figure.phrase.unit, "how much there is for each of a people")
    if verb is None or figure.phrase.unit not in ("percent", "person"):
        return None
    had = verb.lemma == "داشت"
    if had and verb.tense is Tense.PAST and counted_noun(reading, figure) == "نفر" and "هر" in near:
        return Verdict("person", "a finding about people")
    seen = had or reading.text(verb.first - 1) in ("مشاهده", "دیده")
    if seen and _SICK & set(figure.clause.texts):
        return Verdict(figure.phrase.unit, "a finding about people")
    return None


def size(reading: Reading, figure: Figure) -> Verdict | None:
    """How far, how large, how many live there: «روستای ما ۴۸ خانوار دارد», «زیر ۵۰ خانوار»."""
    verb = figure.clause.verb
    if figure.phrase.unit == "metre" and reading.text(figure.after) in _DIMENSIONS:
        return Verdict("metre", "the size of a thing")
    before, opener = reading.text(figure.opening - 1), reading.text(figure.opening)
    sized = opener in ("زیر", "بالای") or figure.phrase.unit == "household"
    if sized and figure.opening < figure.first and before.endswith("های"):
        return Verdict(figure.phrase.unit, "how large such things are")
    if verb is None or not owns(figure):
        return None
    if _describes_each(reading, figure):
        return Verdict(figure.phrase.unit, "how large such things are")
    head = reading.head(figure)
    unit = figure.phrase.unit
    around = (*head, *reading.texts(figure.after, verb.first))
    # «طول شبکه اجرا شده ۴۱ کیلومتر است», «طول شبکه‌ای که کشیدیم ۱۸ کیلومتر است»
    made = "شده" in head and not DEEDS.isdisjoint(head)
    made |= any(text.endswith("شده") and text[:-3] in DEEDS for text in head)
    made |= "که" in reading.texts(min(figure.clause.words), figure.opening)
    if (
        not made
        and unit in ("kilometre", "metre", "")
        and any(text.startswith(("فاصله", "ارتفاع", "طول", "مسافت")) for text in around)
    ):
        return Verdict(unit, "a distance")
    if unit == "square_metre" or (unit == "metre" and verb.first == figure.after):
        return Verdict(unit, "the size of a thing")
    listed = list_head(reading, figure)
    heads = reading.texts(max(figure.sentence.first, listed - 4), listed)
    settled = verb.lemma == "داشت" and _SETTLED & (set(heads) | set(head[-4:]))
    last = verb.first == figure.after or reading.text(figure.after) in ("و", "،")
    if settled and last and unit in _SETTLEMENTS:
        return Verdict(unit, "how a territory is made up")
    has = verb.lemma == "داشت" and verb.tense is Tense.PRESENT and unit in _OF_LAND
    near = verb.first - figure.after <= 2
    if has and near and set(head[:2]) & _SETTLED | set(head[:2]) & {"کشور"}:
        return Verdict(unit, "what a territory has")
    whole = verb.first == figure.after and reading.text(verb.first) in ("دارد", "داشت")
    if unit == "household" and verb.lemma == "داشت" and (whole or _SETTLED & set(head[-4:])):
        return Verdict(unit, "who lives there")  # only a settlement has households and no more
    first = min(figure.clause.words, default=0)
    described = reading.text(first - 1) == "که" and lemma(reading.text(first - 2)) in _SETTLED
    if described and verb.lemma == "داشت" and unit in ("household", "person"):
        return Verdict(unit, "who lives there")
    return None


def hours(reading: Reading, figure: Figure) -> Verdict | None:
    """«روزی ده ساعت کار می‌کند»: how long somebody works."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit != "hour" or reading.text(verb.first - 1) not in _WORKING:
        return None
    lasting = verb.lemma == "کرد" and reading.text(verb.first) == "میکند"
    if lasting and verb.first - figure.after <= 1 and reading.text(verb.first - 1) == "کار":
        return Verdict("hour", "how long they work")  # «با باتری شش ساعت کار می‌کند»
    daily = _DAILY & set(reading.texts(figure.opening - 3, figure.opening))
    told = verb.lemma == "کرد" and verb.tense in (Tense.PRESENT, Tense.PAST)
    return Verdict("hour", "how long they work") if daily and told else None


def abstract(reading: Reading, figure: Figure) -> Verdict | None:
    """«چهار شرط وجود دارد», «سه نکته را باید گفت»: how a thought is divided."""
    noun = counted_noun(reading, figure)
    value = figure.number.value or _FEW
    if noun in _THOUGHTS and value < _FEW and not reading.text(figure.first - 1).isdecimal():
        return Verdict("", "the parts of a thought")
    return None


def _describes_each(reading: Reading, figure: Figure) -> bool:
    """«روستاهایی که زیر ۲۰ خانوار هستند», «کارگاه‌هایی که بیش از ۵ کارگر دارند»: which ones."""
    verb = figure.clause.verb
    first = min(figure.clause.words, default=0)
    if verb is None or figure.opening != first or reading.text(first - 1) != "که":
        return False
    limited = figure.opening < figure.first and figure.phrase.unit in ("person", "household")
    if not limited or not reading.text(verb.first).endswith("ند"):
        return False
    named = reading.texts(max(figure.sentence.first, first - 3), first - 1)
    return any(unit_of([text]) not in ("person", "household", "team", "") for text in named)


def background(reading: Reading, figure: Figure) -> Verdict | None:
    """Population, rank, marks, scores: what a place or a match is, not what was done."""
    if reading.text(figure.opening - 1) in _SCORES:
        noun = Phrase(figure.opening - 1, figure.opening, "", ahead=True)
        return Verdict("score", "a mark or a rank", noun)
    ranked = figure.phrase.after <= figure.phrase.first and owns(figure)
    if ranked and _SCORES & set(figure.clause.texts[:2]):
        return Verdict("score", "a mark or a rank", nothing(figure))
    if reading.head(figure)[:1] == ["جمعیت"] and owns(figure) and figure.phrase.unit == "person":
        return Verdict("person", "who lives there")
    listed = reading.text(figure.opening - 1) == "و" and not owns(figure)
    before = reading.figures_before(figure)[-1:] if listed else []
    parted = any(other.phrase.unit != figure.phrase.unit for other in before)
    near = figure.opening - (0 if parted else 4)
    for at in range(figure.opening - 1, max(near, figure.sentence.first - 1), -1):
        if reading.text(at).startswith("جمعیت") and _are_served(reading, figure, at):
            return None
        people = figure.phrase.unit in ("person", "household", "")
        if reading.text(at) in _BACKGROUND and (people or reading.text(at) != "جمعیت"):
            return Verdict(figure.phrase.unit, "background")
    if figure.phrase.unit == "percent" and reading.text(figure.opening - 1) in DEEDS:
        return None  # «غربالگری ۷۰ درصد جمعیت»
    described = reading.texts(figure.phrase.first + 1, figure.after + 1)
    if any(text in _BACKGROUND for text in described) and "پوشش" not in figure.clause.texts:
        return Verdict(figure.phrase.unit, "background")
    if reading.text(figure.opening - 1) in _MEMORIES and figure.phrase.unit == "person":
        return Verdict("person", "who is remembered")
    copies = (
        reading.text(figure.sentence.first) == "رونوشت" and counted_noun(reading, figure) == "نسخه"
    )
    if copies or reading.text(figure.sentence.first) in ("پیوست", "پیوستها"):
        return Verdict(figure.phrase.unit, "an enclosure")
    if "بر" in (reading.text(figure.number.after), reading.text(figure.first - 1)) and _is_score(
        reading, figure
    ):
        return Verdict("score", "the score of a match", nothing(figure))
    return None


def _are_served(reading: Reading, figure: Figure, at: int) -> bool:
    """«آب به ۴۶ روستا با جمعیت ۲۱ هزار نفر رسید»: they live in what a deed has reached."""
    before, verb = reading.figures_before(figure)[-1:], figure.clause.verb
    told = verb is not None and verb.lemma not in ("داشت", "بود") and not verb.negative
    beside = bool(before) and before[0].after == at - 1 and reading.text(at - 1) == "با"
    return told and beside


def _is_score(reading: Reading, figure: Figure) -> bool:
    """«۳ بر ۱»."""
    ends = (reading.text(figure.number.after + 1), reading.text(figure.first - 2))
    return any(text.isdecimal() or text in SMALL for text in ends)
