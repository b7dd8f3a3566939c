"""Where a figure belongs: places named in its sentence and bound to it, told apart from units.

«شعبه یزد در بشاگرد ۱۱ حمام ساخت» happened in بشاگرد: the یزد names the unit. A place behind a figure
belongs to that item of a list; one in front of the list belongs to all of it.
"""

from __future__ import annotations

from typing import NamedTuple

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause, Verb
from karnameh.narrative.reader.lexicon import (
    ADVERBS,
    CONJUNCTIONS,
    DEEDS,
    DETERMINERS,
    JOINT_WORDS,
    ONGOING_WORDS,
    PREPOSITIONS,
    PRONOUNS,
    QUALIFIERS,
    ROLES,
    SAY_VERBS,
    SAY_WORDS,
    SHARE_WORDS,
    TEAM_HEADS,
    UNIT_HEADS,
)
from karnameh.narrative.reader.nouns import is_counted_noun
from karnameh.narrative.reader.number_words import SMALL
from karnameh.narrative.reader.places import AMBIGUOUS_PLACES, COUNTRY, PLACES_BEHIND_IN, PlaceTree
from karnameh.narrative.reader.reading import Figure, Reading
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
_LOCATIVE = key_set("در به برای سراسر سطح")
_NOT_NAMES = (
    PREPOSITIONS
    | CONJUNCTIONS
    | DETERMINERS
    | PRONOUNS
    | ADVERBS
    | key_set(
        "را که محروم فاقد دورافتاده مرزی کشور مختلف هدف زلزلهزده سیلزده خصوصی دولتی های کمبرخوردار"
    )
)
_SURELY_NAMED = key_set("روستای دهستان شهرک بخش‌های دهستان‌های")
_SCATTERED = key_set("روستاهای مناطق محلات محله‌های محدوده")
_OWN_NAMED = key_set("روستای دهستان بخش‌های دهستان‌های")
_BEFORE_NAMED = _LOCATIVE | frozenset(
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
_LIST_JOINTS = frozenset(("و", "،", "تا", "الی", "-", "–"))
_ADJUNCTS = frozenset(("از", "در", "با", "به", "طی", "پای", "میان", "بین", "برای"))
_MEETINGS = key_set(
    "گفت‌و‌گو گفتگو مصاحبه خبرنگار خبرنگاران نشست جلسه همایش آیین مراسم حاشیه بازدید سفر"
)
_OPENINGS = key_set(
    "بیان اشاره یادآوری تاکید قدردانی تشکر انتقاد اعلام گرامیداشت ابراز تقدیر تبریک"
)
_TOPICS = key_set("درباره خصوص مورد اشاره پیرامون یادآوری بیان")
_HELPERS = key_set("مردم اهالی خیران خیرین نیکوکاران")
_BYLINE = 7  # «به گزارش خبرگزاری، منطقه کردستان، …»
_SENDING = key_set("ارسال اعزام گسیل منتقل حمل فرستاده فرستاد برد رفت رسید عازم روانه")
_MOTION = key_set("رفت شتافت اعزام سفر عازم")
_PARTS = frozenset(("آن", "آنها", "باقیمانده"))
_IN_IT = frozenset(("آن", "آنها", "آنجا"))
_ADDED = frozenset(("هم", "نیز"))
_NEW_SUBJECT = frozenset((":", "؛", "همچنین", "گفت", "افزود"))
_STREETS = key_set("خیابان میدان بلوار بزرگراه اتوبان کوچه ورزشگاه پارک بوستان سینما هتل دانشگاه")
_LEADS = frozenset(("در", "به", "از", "سطح", "سراسر"))
_FACILITIES = key_set("مرکز بیمارستان درمانگاه مجتمع پایگاه کارخانه")
_KINDS = 6  # words between many places and the country
_NEAR = 4  # words between a place and the figure that it opens


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
        or (text == "استان" and before in _WIDE | {"این"})
    ):
        return PlaceHit(at, at + 1)
    size = _name_size(reading, at, after, index)
    unsure = size == 1 and text in AMBIGUOUS_PLACES
    if unsure and text in PLACES_BEHIND_IN and before in ("در", "به"):
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
        return True  # «با کمک مردم اصفهان»
    if hit.first > first and reading.text(hit.first - 1) in _STREETS:
        return hit.first - 1 not in counted  # «خیابان تهران»
    if hit.first == first and reading.text(hit.after) in ("-", "–", "/", ":"):
        return True  # a dateline: «ساری- معاون شبکه …»
    if hit.first - first <= _BYLINE and reading.texts(first, first + 2) == ["به", "گزارش"]:
        return reading.text(hit.first - 1) != "در"
    for at in range(hit.first - 1, max(first, hit.first - _UNIT_LOOK_BACK) - 1, -1):
        word = reading.words[at]
        if word.kind is not Kind.WORD or word.text in _LOCATIVE or word.text in CONJUNCTIONS:
            return False
        if word.text in VERB_FORMS or word.text in ("را", "که", "از", "با"):
            return False
        if word.text in _FACILITIES and reading.text(hit.after) == "با" and _counts(reading, hit):
            return False  # «مرکز دیالیز زاهدان با ۳۰ تخت»
        if word.text in UNIT_HEADS or word.text in TEAM_HEADS:
            return at not in counted  # «۲ مرکز بهداشت بم» is a thing in a place
    return False


def _counts(reading: Reading, hit: PlaceHit) -> bool:
    """Whether a number follows the «با» behind a place."""
    at = hit.after + 1
    return at < len(reading.words) and (
        reading.words[at].kind is Kind.DIGITS or reading.text(at) in SMALL
    )


def place_of(
    reading: Reading, position: int, results: list[Figure], hits: list[PlaceHit]
) -> PlaceHit | None:
    """The place of `results[position]`; `results` are the sentence's figures that are results."""
    figure = results[position]
    if reading.text(figure.opening - 1) == "(":
        for hit in hits:
            if hit.after == figure.opening - 1:
                return hit._replace(first=hit.name or hit.first)
    listed = reading.text(figure.opening - 1) == "با" and len(hits) > 2
    for hit in hits if listed else ():
        if hit.after == figure.opening - 1:  # «فارس با ۳۱ هزار، هرمزگان با ۱۴ هزار نفر»
            return hit._replace(first=hit.name or hit.first)
    following = results[position + 1] if position + 1 < len(results) else None
    behind = _behind(reading, figure, following, hits)
    if behind is not None:
        return behind
    shared = _of_verb(reading, position, results, hits)
    if shared is not None:
        return shared
    if following is not None and _goes_with(reading, figure, following):
        return place_of(reading, position + 1, results, hits)
    if following is not None and _bare_list(reading, figure, following):
        further = results[position + 2] if position + 2 < len(results) else None
        shared = _behind(reading, following, further, hits)
        if shared is not None:
            return shared
    return _ahead(reading, figure, results[:position], hits) or _sent_on(
        reading, figure, following, hits
    )


def _sent_on(
    reading: Reading, figure: Figure, following: Figure | None, hits: list[PlaceHit]
) -> PlaceHit | None:
    """«۲۰ دستگاه را ساخته و به ایلام فرستاده است»: the next verb shares the object."""
    verb = figure.clause.verb
    if verb is None or reading.text(verb.after) != "و" or "را" not in figure.clause.texts:
        return None
    for hit in hits:
        clause = figure.sentence.clause_of.get(hit.first)
        near = verb.after < hit.first <= verb.after + _NEAR
        if near and clause is not None and (following is None or following.clause is not clause):
            return hit
    return None


def _behind(
    reading: Reading, figure: Figure, following: Figure | None, hits: list[PlaceHit]
) -> PlaceHit | None:
    """A place between the figure and its verb or the next figure."""
    limit = figure.sentence.after
    if figure.clause.verb is not None:
        limit = min(limit, figure.clause.verb.first)
    if following is not None and following.opening > figure.first:
        limit = min(limit, following.opening)
    for hit in hits:
        if figure.number.after <= hit.first < limit:
            crossed = reading.texts(figure.number.after, hit.first)
            if "که" in crossed and "آن" in crossed[crossed.index("که") :]:
                return hit  # «۲۹۰۰ واحد که ساخت آن در سراب …»
            if _is_told_of(reading, figure, hit):
                return hit  # «۱۲۰ خانه‌ای که قرار بود در پلدختر …»
            if "که" in crossed or "؛" in crossed:
                return None
            if _another_item(crossed) or _has_its_own(reading, figure, hits, crossed):
                return None
            if following is not None and _opens_next(reading, crossed, hit, following):
                return None
            return hit
    return None


def _is_told_of(reading: Reading, figure: Figure, hit: PlaceHit) -> bool:
    """Whether the relative clause right behind what is counted tells its place."""
    if reading.text(figure.after) != "که" or reading.text(hit.first - 1) != "در":
        return False
    return "؛" not in reading.texts(figure.after, hit.first)


def _has_its_own(
    reading: Reading, figure: Figure, hits: list[PlaceHit], crossed: list[str]
) -> bool:
    """«در یاسوج ۲ مرکز و در دهدشت یک مرکز»: what stands behind «و در» is another item's place."""
    parted = crossed[-1:] == ["در"] and crossed[-2:-1] in (["و"], ["،"])
    return parted and any(hit.after == figure.opening for hit in hits)


def _another_item(crossed: list[str]) -> bool:
    """«برق سه روستا، بهسازی راه روستای گلشن»: a deed behind a comma has no figure but a place."""
    return any(
        text in ("،", "و") and crossed[index + 1 : index + 2] and crossed[index + 1] in DEEDS
        for index, text in enumerate(crossed)
    ) and crossed[-1] not in ("در", "به")


def _opens_next(reading: Reading, crossed: list[str], hit: PlaceHit, following: Figure) -> bool:
    """«۵۰۰ بسته، در بم ۳۰ چادر»: behind a comma or و a place in front of the next figure is its own."""
    parted = any(text in ("و", "،") for text in crossed)
    near = following.opening - hit.after <= _NEAR
    if any(text in VERB_FORMS for text in reading.texts(hit.after, following.opening)):
        return False  # the clause of the place is over
    own = reading.text(hit.first - 1) == "سهم"  # «از ۲۴۰ خانه سهم بم ۴۰ خانه است»
    if (parted or own) and hit.after == following.opening:  # «دلفان ۲۱۰ واحد، ازنا ۱۴۵ واحد»
        return True
    return parted and near and reading.text(hit.first - 1) in _LOCATIVE


def _of_verb(
    reading: Reading, position: int, results: list[Figure], hits: list[PlaceHit]
) -> PlaceHit | None:
    """A place behind the object marker belongs to the verb, and so to the whole list before it."""
    clause = results[position].clause
    if clause.verb is None:
        return None
    last = results[position]
    for figure in results[position + 1 :]:
        if figure.clause is clause:
            if "را" in reading.texts(last.after, figure.opening):
                return None  # «۴۱۰ نفر را ویزیت و ۶۰ نفر را به بندرعباس اعزام کرد»
            last = figure
    for hit in hits:
        if last.after <= hit.first < clause.verb.first:
            crossed = reading.texts(last.after, hit.first)
            return hit if "را" in crossed or _is_destination(reading, hit, clause.verb) else None
    return None


def _is_destination(reading: Reading, hit: PlaceHit, verb: Verb) -> bool:
    """«… شامل ۱۲ تن برنج و ۴۰۰۰ پتو به خوزستان ارسال شد»: where all of it went."""
    led = "به" in reading.texts(hit.first - 3, hit.first)
    sent = reading.texts(hit.after, verb.first)
    return led and (bool(sent) or verb.lemma in _SENDING) and all(text in _SENDING for text in sent)


def _goes_with(reading: Reading, figure: Figure, following: Figure) -> bool:
    """«۱۷۳ پزشک از ۹ استان در قالب هفت تیم به …»: a preposition, not an «و», leads to the next figure."""
    between = reading.texts(figure.after, following.opening)
    return (
        figure.clause is following.clause
        and bool(between)
        and not any(text in ("و", "؛") for text in between)
        and all(
            between[index + 1 : index + 3] == ["در", "قالب"]
            for index, text in enumerate(between)
            if text == "،"
        )
        and any(text in _ADJUNCTS for text in between)
    )


def _bare_list(reading: Reading, figure: Figure, following: Figure) -> bool:
    return figure.clause is following.clause and all(
        text in _LIST_JOINTS for text in reading.texts(figure.after, following.opening)
    )


def _ahead(
    reading: Reading, figure: Figure, earlier: list[Figure], hits: list[PlaceHit]
) -> PlaceHit | None:
    """The nearest place in front that no earlier item of a list has taken."""
    for hit in reversed(hits):
        if hit.after > figure.opening:
            continue
        if _is_share(reading, hit.after, figure.opening):
            return None
        whole = reading.text(hit.first) == COUNTRY and hit.after == hit.first + 1
        if whole and _is_part(reading, figure, hit):
            return None
        clause = figure.sentence.clause_of.get(hit.first)
        if clause is not None and clause is not figure.clause and _is_over(reading, hit, figure):
            return None
        before = [item for item in earlier if item.first < hit.first and item.clause is clause]
        if before and not _still_holds(reading, before[-1], hit, figure):
            return None
        return hit
    return None


def _is_over(reading: Reading, hit: PlaceHit, figure: Figure) -> bool:
    """Whether a place named in an earlier clause says nothing about a figure.

    «با ۳ کارگاه در بافق شروع کردیم و امروز ۴۴ کارگاه داریم» counts all that we have.
    """
    clause, verb = figure.sentence.clause_of[hit.first], figure.clause.verb
    owned = verb is not None and reading.text(verb.first) == "داریم"
    owned &= not ONGOING_WORDS.isdisjoint(figure.clause.texts)
    if owned and clause.verb is not None and clause.verb.first < figure.opening:
        return True
    return _is_told_at(reading, hit, clause) or _is_before_speech(reading, hit, clause, figure)


def _is_before_speech(reading: Reading, hit: PlaceHit, clause: Clause, figure: Figure) -> bool:
    """«با بیان اینکه … در ایلام آغاز شد، افزود: …»: what is said is no longer there."""
    verb = clause.verb
    if (
        verb is None
        or verb.first > figure.first
        or ":" not in reading.texts(verb.after, figure.first)
    ):
        return False
    return not (verb.lemma in SAY_VERBS or reading.text(verb.first - 1) in SAY_WORDS)


def _is_told_at(reading: Reading, hit: PlaceHit, clause: Clause) -> bool:
    """«در گفت‌وگو با خبرنگار ما در زابل افزود: …»: the place of the telling, not of the deeds."""
    verb = clause.verb
    if verb is None or hit.after > verb.first:
        return False
    said = verb.lemma in SAY_VERBS or reading.text(verb.first - 1) in SAY_WORDS
    if not said:
        return False
    if bool(_MEETINGS & set(reading.texts(max(hit.first - 12, 0), verb.first))):
        return True
    # The speaker's own place: «مسئول ستاد … در آذربایجان شرقی گفت».
    speaker = next((at for at in clause.words if reading.text(at) in ROLES), -1)
    told = reading.texts(hit.after, hit.after + 2)
    opening = told[:1] == ["با"] and told[-1] in _OPENINGS  # «… در گلستان با یادآوری … گفت»
    named = 0 <= speaker < hit.first and (verb.first - hit.after <= 1 or opening)
    return named and not _TOPICS & set(reading.texts(speaker, hit.first))


def _is_share(reading: Reading, first: int, after: int) -> bool:
    """«… در سراسر کشور …، که سهم ما ۳۲ …»: a partner's share is not said of the whole place."""
    for at in range(after - 1, first - 1, -1):
        text = reading.text(at)
        if text in SHARE_WORDS:
            return True
        if text == "که":
            return False
    return False


def _is_part(reading: Reading, figure: Figure, hit: PlaceHit) -> bool:
    """«… در سراسر کشور …، که ۴۲ برنامه آن ملی است»: a part in a relative clause of its own."""
    clause = figure.sentence.clause_of.get(hit.first)
    relative = "که" in reading.texts(hit.after, figure.opening)
    return relative and clause is not figure.clause


def _still_holds(reading: Reading, item: Figure, hit: PlaceHit, figure: Figure) -> bool:
    """Whether a place behind an earlier item is also that of a later figure.

    It is when the place opens the later figure, when the later figure only goes with the event
    («۳۵ نشست در قشم با حضور ۴۰۰۰ کودک»), and in a relative clause about the earlier item.
    """
    if reading.text(hit.after) == "با" or _opens(reading, item, hit, figure):
        return True
    named = reading.texts(figure.number.after, figure.after + 1)
    if item.phrase.unit == figure.phrase.unit and _PARTS & set(named):
        return True  # «۷۰ کیلومتر از راه‌های بشاگرد …؛ ۵۴ کیلومتر آن …»
    verb = item.clause.verb
    went = verb is not None and (verb.lemma in _MOTION or reading.text(verb.first - 1) in _MOTION)
    if went and verb is not None and item.clause is not figure.clause and hit.after == verb.first:
        return True  # «… به سیل‌زدگان دلفان رفتند و ۱۱۲۰۰ نفر را معاینه کردند»
    if item.clause is figure.clause:
        return False
    return "که" in reading.texts(hit.after, figure.opening) or _goes_on(reading, item, hit, figure)


def _goes_on(reading: Reading, item: Figure, hit: PlaceHit, figure: Figure) -> bool:
    """«۲۲ نفر در بشاگرد ماندند و ۳۱۰ عمل انجام دادند»: the next clause goes on in the same place.

    Where people were sent to is not where the next thing was done, unless the same is counted; what
    «هم» adds is told of the whole.
    """
    clause, verb = figure.sentence.clause_of.get(hit.first), figure.clause.verb
    if clause is not item.clause or clause.verb is None or verb is None:
        return False
    if reading.text(clause.verb.after) not in ("و", "،") or verb.first < clause.verb.first:
        return False
    if reading.text(hit.first) == COUNTRY and _IN_IT.isdisjoint(figure.clause.texts):
        return False
    if not _ADDED.isdisjoint(reading.texts(figure.after, figure.after + 3)):
        return False
    if not _NEW_SUBJECT.isdisjoint(reading.texts(clause.verb.after, figure.opening)):
        return False
    led = next(
        (text for text in reversed(reading.texts(item.after - 1, hit.first)) if text in _LEADS), ""
    )
    return led not in ("به", "از") or item.phrase.unit == figure.phrase.unit


def _opens(reading: Reading, item: Figure, hit: PlaceHit, figure: Figure) -> bool:
    """«در بم ۹۶۰ فقره و در میناب ۷۰۰ فقره»: the second place stands in front of the second figure."""
    parted = any(text in ("و", "،", "؛") for text in reading.texts(item.after, hit.first))
    near = figure.opening - hit.after <= _NEAR
    if parted and hit.after == figure.opening:
        return True
    return parted and near and reading.text(hit.first - 1) in _LOCATIVE
