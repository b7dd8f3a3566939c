"""The places that a sentence names: known names, unknown ones behind «روستای», the whole country.

A name that only says which unit acts, who speaks or which street it is, is left out («شعبه یزد»).
"""

from __future__ import annotations

from typing import NamedTuple

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import (
    ADVERBS,
    CONJUNCTIONS,
    DEEDS,
    DETERMINERS,
    JOINT_WORDS,
    PREPOSITIONS,
    PRONOUNS,
    QUALIFIERS,
    ROLES,
    SAY_WORDS,
    TEAM_HEADS,
    UNIT_HEADS,
)
from karnameh.narrative.reader.nouns import is_counted_noun
from karnameh.narrative.reader.number_words import SMALL
from karnameh.narrative.reader.places import AMBIGUOUS_PLACES, COUNTRY, PLACES_BEHIND_IN, PlaceTree
from karnameh.narrative.reader.reading import Reading
from karnameh.narrative.reader.verbs import VERB_FORMS
from karnameh.narrative.reader.words import Kind


class PlaceHit(NamedTuple):
    """A place named in the text: words `first` up to `after`."""

    first: int
    after: int
    name: int = 0  # where the bare name begins behind a plural («استان‌های کرمان (۲۴۰ خانه)»)
    named: tuple[int, int] | None = None  # where the name stands that «این استان» points at


_ADMINISTRATIVE = key_set(
    """
    استان شهرستان شهر استانهای شهرستانهای شهرهای روستای بخش منطقه دهستان محله جزیره بندر شهرک
    ناحیه روستاهای بخش‌های دهستان‌های محلات محله‌های جزایر شهرک‌های مناطق مرز پایانه کوی محدوده
    """
)
# Behind these (all counties are listed) an unknown name is taken as a place («روستای گلبرگ»).
_NAMED = key_set(
    """
    روستای دهستان بخش شهرک محله جزیره بخش‌های روستاهای دهستان‌های محله‌های شهر منطقه کوی
    """
)
# Of these the first word of the name is only half of it («روستای ده بالا»).
_FIRST_HALVES = key_set(
    """
    ده چشمه قلعه تنگ کلاته باغ چاه سر تپه دره گل کوه دشت خانه بند پل امام شاه حاجی سید میر ملا علی
    حسن حسین محمد شیخ آب سرخ سفید سیاه گردنه تخت بن سنگ رود کهنه نو قره آق خان پیر شهید
    """
)
_SECTORS = key_set(
    """
    مسکن راه آب مدرسه کشاورزی صنعت سلامت درمان بهداشت آموزش فرهنگ انرژی حمل‌ونقل تولید خدمات
    بازرگانی معدن گردشگری دیگر دیگری اول دوم سوم چهارم نخست پایانی خصوصی دولتی تعاون عمده زیاد
    زیادی قابل اعظم مهم مهمی مختلف کوچک کوچکی بزرگ بزرگی عمران اشتغال معیشت رفاه ورزش هنر رسانه زنان
    بانوان جوانان کودکان پرجمعیت قدیمی محروم مرزی هدف عشایری کوهستانی جنوبی شمالی شرقی غربی حفاظت
    آزاد ویژه صنعتی سکونت زندگی ما خود امن نفت امداد پشتیبانی اقتصاد برنامه عملیات گزارش اورژانس
    سالمندان ایتام جهاد محل محروم‌نشین مشارکت سرمایه‌گذاری کمک جهیزیه تغذیه دارو حاشیه کم‌برخوردار دورافتاده
    """
)
_MANY = key_set("نقاط مناطق شهرهای روستاهای شهرستان‌های محلات استان‌های")
_KINDS_OF_PLACES = key_set("مختلف محروم کم‌برخوردار مرزی روستایی دورافتاده حاشیه‌ای عشایری")
_OF = key_set("توابع")
_WIDE = key_set("سراسر سطح کل تمام نقاط مناطق اقصینقاط در استانهای شهرهای روستاهای شهرستانهای داخل")
_WIDE_OR_THIS = _WIDE | {"این"}
LOCATIVE = key_set("در به برای سراسر سطح")
_NOT_NAMES = (
    PREPOSITIONS
    | CONJUNCTIONS
    | DETERMINERS
    | PRONOUNS
    | ADVERBS
    | key_set(
        """
        را که محروم فاقد دورافتاده مرزی کشور مختلف هدف زلزلهزده سیلزده خصوصی دولتی های کمبرخوردار
        شلوغ دور شور بالادست اطراف همسایه همجوار پایین‌دست
        """
    )
)
_SURELY_NAMED = key_set("روستای دهستان شهرک بخش‌های دهستان‌های")
_SCATTERED = key_set("روستاهای مناطق محلات محله‌های محدوده")
_OWN_NAMED = key_set("روستای دهستان بخش‌های دهستان‌های")
_BEFORE_NAMED = LOCATIVE | frozenset(
    (
        "راه",
        "مردم",
        "روستاهای",
        "مناطق",
        "",
        "،",
        "و",
        "از",
        "روستای",
        "اهالی",
        "محلات",
        "مدارس",
        "خانواده‌های",
    )
)
_UNIT_LOOK_BACK = 5
_TITLE = 7  # words of a title before its place
_QUARTERS = key_set("جنوب شمال شرق غرب")
_RECEIVING = frozenset(("برای", "میان", "بین"))
_COMING = key_set("آمدند رفتند شتافتند آمد آمده‌اند رفته‌اند")
_HELPERS = key_set("مردم اهالی خیران خیرین نیکوکاران")
_BYLINE = 7  # «به گزارش خبرگزاری، منطقه کردستان، …»
_OPENINGS = key_set(
    "بیان اشاره یادآوری تاکید قدردانی تشکر انتقاد اعلام گرامیداشت ابراز تقدیر تبریک"
)
_STREETS = key_set("خیابان میدان بلوار بزرگراه اتوبان کوچه ورزشگاه پارک بوستان سینما هتل دانشگاه")
_FACILITIES = key_set("مرکز بیمارستان درمانگاه مجتمع پایگاه کارخانه")
_KINDS = 6  # words between many places and the country


def places_in(reading: Reading, index: PlaceTree) -> dict[int, list[PlaceHit]]:
    """The places that each sentence names, by the sentence's first word."""
    found: dict[int, list[PlaceHit]] = {}
    counted = {
        at for figure in reading.figures for at in range(figure.phrase.first, figure.phrase.after)
    }
    numbers = {figure.number.after for figure in reading.figures}
    for sentence in reading.sentences:
        hits: list[PlaceHit] = []
        at = sentence.first
        while at < sentence.after:
            text = reading.forms[at]
            if text in _OF and at + 1 < sentence.after:
                at += 1 + (reading.text(at + 1) in _ADMINISTRATIVE)
                at += max(_name_size(reading, at, sentence.after, index), 1)
                continue
            if text not in index and text not in _ADMINISTRATIVE and text != COUNTRY:
                at += 1
                continue
            hit = _place_at(reading, at, sentence.first, sentence.after, index, numbers)
            if hit is not None:
                hit = _with_partners(reading, hit, sentence.after, index)
            if hit is not None and not _is_of_unit(reading, hit, sentence.first, counted):
                hits.append(_pointed_at(reading, hit, hits))
            at = _past_containing(reading, hit, sentence.after, index) if hit else at + 1
        if hits:
            found[sentence.first] = hits
    return found


def _pointed_at(reading: Reading, hit: PlaceHit, earlier: list[PlaceHit]) -> PlaceHit:
    """«… هرمزگان است و ۱۲۰ گروه به این استان می‌روند»: «این استان» is the place named before it."""
    if reading.text(hit.first - 1) not in ("این", "همین") or not earlier:
        return hit
    if hit.after - hit.first > 1 or reading.text(hit.first) != "استان":
        return hit
    return hit._replace(named=(earlier[-1].first, earlier[-1].after))


def _past_containing(reading: Reading, hit: PlaceHit, after: int, index: PlaceTree) -> int:
    """Behind a place and the larger one that it lies in («روستای ده‌شیخ عنبرآباد»)."""
    at = hit.after
    if reading.text(hit.first) not in _ADMINISTRATIVE:
        return at
    at += reading.text(at) in _ADMINISTRATIVE
    return at + _name_size(reading, at, after, index)


def _place_at(
    reading: Reading, at: int, first: int, after: int, index: PlaceTree, numbers: set[int]
) -> PlaceHit | None:
    """The place named at a word. `numbers` are the words behind numbers: «۲۶ محله تهران»."""
    text = reading.text(at)
    before = reading.text(at - 1) if at > first else ""
    if before in _OF:  # «روستای گشیک از توابع شهرستان قصرقند»: the village is the place
        return None
    if text in _ADMINISTRATIVE and at + 1 < after and at not in numbers:
        size = _name_size(reading, at + 1, after, index)
        if size:
            first_name = at + 1 if text.endswith("های") else at
            opens = at + 1 if text in _SCATTERED else at  # «روستاهای کهنوج» are in کهنوج
            return PlaceHit(opens, at + 1 + size, first_name)
        known_before = before in _BEFORE_NAMED or text in _OWN_NAMED
        if text in _NAMED and known_before and _may_be_name(reading, at):
            return PlaceHit(at, _end_of_names(reading, at, after))
    if text == COUNTRY and before == "سراسر" and reading.text(at - 2) == "از":
        return None  # «با حضور ۴۵۰ پزشک از سراسر کشور»
    if text == COUNTRY and before.endswith("های") and reading.text(at - 2) == "در":
        return PlaceHit(at, at + 1)  # «در فرهنگسراهای کشور»
    of_all = text == COUNTRY and before.endswith(("های", "ات", "ارع", "ارس", "اطق"))
    if of_all and any(near in numbers for near in range(at - 3, at)):
        return PlaceHit(at, at + 1)  # «۱۰ درصد مزارع کشور»
    counted = at - 1 in numbers and text == COUNTRY  # «۹۵۰۰ روستای کشور»
    counted &= "از" not in reading.texts(at - 4, at - 2) or before != "استان"
    if _within_many(reading, at, first):
        before = "سراسر"  # «در نقاط مختلف استان», «در مناطق مرزی و عشایری کشور»
    if (
        counted
        or (text == COUNTRY and before in _WIDE)
        or (text == "استان" and before in _WIDE_OR_THIS)
    ):
        return PlaceHit(at, at + 1)
    size = _name_size(reading, at, after, index)
    unsure = size == 1 and text in AMBIGUOUS_PLACES
    closed = text == "میانه" and reading.text(at + 1) in DEEDS  # «در میانه برپا شد», no «میانه راه»
    if unsure and (closed or text in PLACES_BEHIND_IN) and before in ("در", "به"):
        unsure = False
    if unsure and size:  # beside sure names an everyday word is a name: «سراب، میانه و بستان‌آباد»
        listed = _with_partners(reading, PlaceHit(at, at + size), after, index)
        unsure = listed.after == at + size and not _heads_item(reading, at, before)
    if size and not unsure and before not in ("از", "توابع"):
        return PlaceHit(at, at + size)
    return None


def _within_many(reading: Reading, at: int, first: int) -> bool:
    """Whether «کشور» or «استان» stands behind places of some kinds («مناطق مرزی و عشایری»)."""
    for near in range(at - 1, max(first, at - _KINDS) - 1, -1):
        text = reading.text(near)
        if text in _MANY:
            return True
        if text not in _KINDS_OF_PLACES and text not in ("و", "،") and not text.endswith("ی"):
            return False
    return False


def _with_partners(reading: Reading, hit: PlaceHit, after: int, index: PlaceTree) -> PlaceHit:
    """«خاش، میرجاوه و تفتان» is one place of one figure."""
    end = hit.after
    while end + 1 < after and reading.text(end) in ("و", "،"):
        size = _name_size(reading, end + 1, after, index)
        if not size and reading.text(end + 1) in _QUARTERS and end + 2 < after:
            size = _name_size(reading, end + 2, after, index)  # «هرمزگان و جنوب کرمان»
            size += size > 0
        if not size or (
            reading.text(end + 1 + size) in ("و", "،")
            and not _name_size(reading, end + 2 + size, after, index)
            and reading.text(end) == "،"
        ):
            break
        end += 1 + size
    return hit._replace(after=end)


def _name_size(reading: Reading, at: int, after: int, index: PlaceTree) -> int:
    """How many words from `at` on are a known name."""
    for parts in index.get(reading.text(at), ()):
        if at + len(parts) <= after and reading.texts(at, at + len(parts)) == list(parts):
            return len(parts)
    return 0


def _may_be_name(reading: Reading, at: int) -> bool:
    name, head = reading.words[at + 1], reading.text(at)
    counted = reading.words[at - 1].kind is Kind.DIGITS
    plain = (
        name.kind is Kind.WORD
        and not counted
        and name.text not in _NOT_NAMES
        and name.text not in _SECTORS
        and name.text not in SAY_WORDS
        and name.text not in QUALIFIERS
        and name.text not in VERB_FORMS
        and name.text not in _ADMINISTRATIVE
        and (len(name.text) > 2 or name.text in _FIRST_HALVES)
    )
    if not plain or head in _SURELY_NAMED or name.text in _FIRST_HALVES:
        return plain
    # Behind «بخش» or «منطقه» stand adjectives and trades as well as names.
    common = is_counted_noun(name.text) or name.text in DEEDS or name.text.endswith("ی")
    return not common


def _end_of_names(reading: Reading, at: int, after: int) -> int:
    """Behind the unknown name or, after a plural, names that an administrative noun opens."""
    end = at + 2 + (reading.text(at + 1) in _FIRST_HALVES and _is_name_word(reading, at + 2, after))
    if not reading.text(at).endswith("های"):
        return end
    while (
        end + 1 < after
        and reading.text(end) in ("و", "،")
        and _is_name_word(reading, end + 1, after)
    ):
        end += 2
    return end


def _is_name_word(reading: Reading, at: int, after: int) -> bool:
    """Whether a word may stand in a name of a place that no list has."""
    if at >= after or reading.words[at].kind is not Kind.WORD:
        return False
    text = reading.text(at)
    known = text in _NOT_NAMES or text in VERB_FORMS or text in DEEDS or is_counted_noun(text)
    return not known and text not in _ADMINISTRATIVE and text not in SMALL


def _heads_item(reading: Reading, at: int, before: str) -> bool:
    """«سوادکوه ۶ پروژه، نور ۵ پروژه»: in a list of places a name stands right at its number."""
    numbered = reading.words[at + 1].kind is Kind.DIGITS if at + 1 < len(reading.words) else False
    return numbered and before in ("،", "و", "؛", ":", "سهم")


def _is_of_unit(reading: Reading, hit: PlaceHit, first: int, counted: set[int]) -> bool:
    """Whether the name only says which unit: a unit's head stands before it in the same phrase."""
    helped = reading.texts(max(first, hit.first - 4), hit.first)
    if helped[-1:] and helped[-1] in _HELPERS and JOINT_WORDS & set(helped):
        came = reading.text(hit.after) in _COMING and helped[-3:-1] == ["به", "کمک"]
        return not came  # «با کمک مردم اصفهان»; «به کمک مردم پلدختر آمدند» tells where
    if _is_of_speaker(reading, hit, first):
        return True
    if hit.first > first and reading.text(hit.first - 1) in _STREETS:
        return hit.first - 1 not in counted  # «خیابان تهران»
    if hit.first == first and reading.text(hit.after) in ("-", "–", "/", ":"):
        return True  # a dateline: «ساری- معاون شبکه …»
    if hit.first - first <= _BYLINE and reading.texts(first, first + 2) == ["به", "گزارش"]:
        return reading.text(hit.first - 1) != "در"
    for at in range(hit.first - 1, max(first, hit.first - _UNIT_LOOK_BACK) - 1, -1):
        word = reading.words[at]
        if word.kind is not Kind.WORD or word.text in LOCATIVE or word.text in CONJUNCTIONS:
            return False
        if word.text in VERB_FORMS or word.text in ("را", "که", "از", "با", "درباره"):
            return False
        if word.text in _FACILITIES and reading.text(hit.after) == "با" and _counts(reading, hit):
            return False  # «مرکز دیالیز زاهدان با ۳۰ تخت»
        if word.text in TEAM_HEADS and reading.text(at - 1) in _RECEIVING:
            return False  # «برای جوانان پارس‌آباد ۲۰ زمین هموار کنیم»
        if word.text in UNIT_HEADS or word.text in TEAM_HEADS:
            return at not in counted  # «۲ مرکز بهداشت بم» is a thing in a place
    return False


def _is_of_speaker(reading: Reading, hit: PlaceHit, first: int) -> bool:
    """«رئیس سازمان در گلستان با یادآوری … گفت»: the speaker's office, not where it happened."""
    if reading.texts(hit.first - 2, hit.first) in (["خبرنگاران", "در"], ["خبرنگار", "در"]):
        return True  # «در جمع خبرنگاران در زاهدان از ساخت ۴۰ خانه خبر داد»
    if reading.text(hit.after) != "با" or reading.text(hit.after + 1) not in _OPENINGS:
        return False
    title = reading.texts(max(first, hit.first - _TITLE), hit.first)
    return not ROLES.isdisjoint(title) and not any(text in VERB_FORMS for text in title)


def _counts(reading: Reading, hit: PlaceHit) -> bool:
    """Whether a number follows the «با» behind a place."""
    at = hit.after + 1
    return at < len(reading.words) and (
        reading.words[at].kind is Kind.DIGITS or reading.text(at) in SMALL
    )
