"""Where a figure belongs: places named in its sentence and bound to it, told apart from units.

«شعبه یزد در بشاگرد ۱۱ حمام ساخت» happened in بشاگرد: the یزد names the unit. A place behind a figure
belongs to that item of a list; one in front of the list belongs to all of it.
"""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause, Verb
from karnameh.narrative.reader.lexicon import (
    DEEDS,
    ONGOING_WORDS,
    ROLES,
    SAY_VERBS,
    SAY_WORDS,
    SHARE_WORDS,
)
from karnameh.narrative.reader.places import COUNTRY
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.sites import LOCATIVE, PlaceHit
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense

_LIST_JOINTS = frozenset(("و", "،", "تا", "الی", "-", "–"))
_ADJUNCTS = frozenset(("از", "در", "با", "به", "طی", "پای", "میان", "بین", "برای"))
_MEETINGS = key_set(
    "گفت‌و‌گو گفتگو مصاحبه خبرنگار خبرنگاران نشست جلسه همایش آیین مراسم حاشیه بازدید سفر"
)
_TOPICS = key_set("درباره خصوص مورد اشاره پیرامون یادآوری بیان")
_SENDING = key_set("ارسال اعزام گسیل منتقل حمل فرستاده فرستاد برد رفت رسید عازم روانه")
_MOTION = key_set("رفت شتافت اعزام سفر عازم")
_DISASTERS = key_set("سیل زلزله سیلاب زمین‌لرزه توفان طوفان آتش‌سوزی حادثه")
_PARTS = frozenset(("آن", "آنها", "باقیمانده"))
_IN_IT = frozenset(("آن", "آنها", "آنجا"))
_ADDED = frozenset(("هم", "نیز"))
_NEW_SUBJECT = frozenset((":", "؛", "همچنین", "گفت", "افزود"))
_LEADS = frozenset(("در", "به", "از", "سطح", "سراسر"))
_TERRITORIES = frozenset(("county", "province", "village", "city", "neighbourhood", "district"))
_NEAR = 4  # words between a place and the figure that it opens


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
    led = reading.text(hit.first - 1)
    led = reading.text(hit.first - 2) if led in _DISASTERS else led  # «که در سیل الشتر …»
    if reading.text(figure.after) != "که" or led != "در":
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
    return parted and near and reading.text(hit.first - 1) in LOCATIVE


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
    near = reading.texts(max(hit.first - 12, 0), verb.first)
    asked = reading.texts(max(hit.first - 3, 0), hit.first)
    if not _MEETINGS.isdisjoint(near) and {"درباره", "خصوص"}.isdisjoint(asked):
        return True  # «در پاسخ به خبرنگار ما درباره نیروگاه هشترود گفت» tells what it is about
    # The speaker's own place: «مسئول ستاد … در آذربایجان شرقی گفت».
    speaker = next((at for at in clause.words if reading.text(at) in ROLES), -1)
    named = 0 <= speaker < hit.first and verb.first - hit.after <= 1
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
    placed = item.phrase.unit in _TERRITORIES and reading.text(item.opening - 1) == "در"
    if placed and hit.first <= item.after and hit.after == figure.opening:
        return True  # «در ۱۱ شهرستان لرستان ۵۳ درمانگاه …»
    verb = item.clause.verb
    sent = (
        verb is not None
        and verb.lemma in ("فرستاد", "رساند")
        and item.phrase.unit in ("person", "team")
    )
    sent = sent and item.phrase.unit != figure.phrase.unit and item.clause is not figure.clause
    if sent and verb is not None and hit.after == verb.first:
        return True  # «۸۰۰ داوطلب را به دره‌شهر فرستادیم و روزانه ۶ هزار وعده غذا پختیم»
    went = verb is not None and (verb.lemma in _MOTION or reading.text(verb.first - 1) in _MOTION)
    if (
        went
        and verb is not None
        and item.clause is not figure.clause
        and _ends_at(reading, hit, verb)
    ):
        return True  # «… به سیل‌زدگان دلفان رفتند و ۱۱۲۰۰ نفر را معاینه کردند»
    if item.clause is figure.clause:
        return False
    return "که" in reading.texts(hit.after, figure.opening) or _goes_on(reading, item, hit, figure)


def _ends_at(reading: Reading, hit: PlaceHit, verb: Verb) -> bool:
    """«… به دلفان رفتند», «… به سی‌سخت اعزام شدند»: nothing but the verb stands behind the place."""
    if hit.after == verb.first:
        return True
    sent = verb.tense is Tense.PAST and reading.text(verb.first - 1) in _MOTION
    return sent and hit.after == verb.first - 1 and reading.text(hit.after - 1) != COUNTRY


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
    if reading.text(hit.first - 1).endswith(("زدگان", "زده")):
        return True  # «به زلزله‌زدگان خوی کمک کردند، ۳۰۰ کانکس خریدند»
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
    return parted and near and reading.text(hit.first - 1) in LOCATIVE
