"""Promise, fact, potential: what the clause of a figure says about it.

The finite verb decides first (its kind, then its tense); a subjunctive is decided by what governs
it; a clause without a telling verb by the nouns around the figure and by what leads in to it.
"""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.acts import Act, act_of
from karnameh.narrative.reader.attributes import is_broken, promised_by_attribute, share_of_plan
from karnameh.narrative.reader.beside import (
    aimed_beside,
    is_fulfilled,
    is_of_promised,
    is_room,
    told_beside,
)
from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.circumstances import circumstance_of
from karnameh.narrative.reader.clauses import Clause, Verb
from karnameh.narrative.reader.denials import denied, untrue
from karnameh.narrative.reader.governors import IMPERSONAL_BE, OUTSIDERS, conditioned
from karnameh.narrative.reader.lexicon import (
    COMMITMENTS,
    DEEDS,
    FUTURE_WORDS,
    MUST,
    PLAN_NOUNS,
    POTENTIAL_NOUNS,
    REQUEST_WORDS,
    RESULT_NOUNS,
    WEEKDAYS,
)
from karnameh.narrative.reader.plans import (
    for_occasion,
    in_the_week,
    intended,
    is_agreed,
    is_aim,
    is_studied,
    planned_by,
    rests_with,
    until_year_end,
)
from karnameh.narrative.reader.reading import Figure, Reading, Staged
from karnameh.narrative.reader.relatives import (
    is_described_as_promised,
    is_named_by_plan,
    relative_to,
    runs_on,
)
from karnameh.narrative.reader.tenses import are_we, by_tense
from karnameh.narrative.reader.undertakings import announced, named_undertaking, undertaken
from karnameh.narrative.reader.verbs import Tense

_UNDER_WAY = frozenset(("حال", "دست"))
_NEED_LEADS = key_set("کمبود نیازمند کسری نیازهای نیازمندیها کمبودها")
_NEEDS = frozenset(("نیاز", "نیازهای", "نیازها", "کمبود", "کمبودها"))
_POWER = frozenset(("kilowatt", "megawatt"))
_PROGRESS = frozenset(("پیشرفت",))
_NEAR = 6  # a noun further back governs something else
_POSSIBLE = key_set("امکان‌پذیر شدنی مقدور میسر دست‌یافتنی ممکن")
_WINNING = key_set("جذب استخدام ساخت احداث خرید تامین تهیه اجرای تکمیل")
_HINGING = frozenset(("منوط", "مشروط", "گرو", "موکول", "وابسته"))
_DONE = key_set("آماده مهیا موجود حاضر فعال تکمیل قطعی نهایی")
_SETTLED = key_set("قطعی حتمی مسلم")
_OF_IT = frozenset(("آن", "آنها", "آنان"))
_THESE = key_set("آنها آنهاست این‌ها این‌هاست اینهاست")
_LISTING = key_set("مهم‌ترین اهم شاخص‌ترین جمله بخشی نمونه‌ای بزرگ‌ترین اصلی‌ترین مهمترین شاخصترین")
_BACK = 30
_WHAT = key_set("آنچه کاری کارهایی اقدامی اقداماتی چیزی")
_WORKS = key_set("کار کارهای اقدام اقدامات فعالیت فعالیت‌های سرفصل سرفصل‌های رئوس محورهای")
_NECESSITY = frozenset(("لزوم", "ضرورت"))
_BESIDE_WEEK = frozenset(("این", "همین", "اصلی", "مهم", "اصلیترین"))
_OPEN_WHY = "said as a fact"
_PLANS_TOLD = PLAN_NOUNS | {"برنامههای", "برنامهها", "وعدهها", "وعدههای"}


def stage_of(reading: Reading, figure: Figure) -> Staged:
    """The stage of a figure that is no context number."""
    denial = denied(reading, figure) or untrue(reading, figure)
    if denial:
        return Staged("context", denial)
    if is_broken(reading, figure):
        return Staged("pledged", "promised, not kept", sure=0.7)
    circumstance = circumstance_of(reading, figure)
    if circumstance:
        return Staged("context", circumstance, sure=0.75)
    if figure.phrase.unit == "percent" and _PROGRESS & set(
        reading.texts(figure.opening - 3, figure.opening)
    ):
        led = figure.clause.verb
        if led is None or led.tense is not Tense.FUTURE:
            return Staged("reported", "how far it is", sure=0.8)
    told = told_beside(reading, figure)
    if told is not None:
        return told
    if promised_by_attribute(reading, figure):
        return Staged("pledged", "its own attribute is a promise")
    if share_of_plan(reading, figure):
        return Staged("reported", "a share of the plan", sure=0.7)
    if is_room(reading, figure):
        if not is_of_promised(reading, figure):
            return Staged("potential", "a capacity", sure=0.7)
        if not conditioned(reading, figure):
            return Staged("pledged", "how much a promised thing holds", sure=0.7)
    aimed = aimed_beside(reading, figure)
    if aimed is not None:
        return aimed
    verb = figure.clause.verb
    if verb is None:
        return _without_verb(reading, figure)
    staged = _with_verb(reading, figure, figure.clause, verb)
    if staged.stage == "pledged" and is_fulfilled(reading, figure, verb):
        return Staged("reported", "promised and done", sure=0.7)
    return staged


def _with_verb(reading: Reading, figure: Figure, clause: Clause, verb: Verb) -> Staged:
    act = act_of(reading, clause, verb, figure.sentence)
    said = reading.between(verb.first, verb.after)
    governed = undertaken(reading, figure, verb) if act is not Act.SAY else None
    if governed is not None:
        return governed
    if act is Act.SAY:
        return announced(reading, figure, verb) or _nominal(reading, figure, saying=True)
    if act is Act.RETRACT:
        return Staged("context", f"taken back: {said}")
    if act is Act.NEED:
        return Staged("context", f"a need: {said}")
    if act is Act.HARM:
        return Staged("context", f"what befell: {said}", sure=0.75)
    if act is Act.INVITE:
        ahead = verb.tense in (Tense.FUTURE, Tense.SUBJUNCTIVE)
        ahead |= (
            reading.text(figure.opening - 1) in _WINNING
        )  # «برای جذب ۱۵۰ داوطلب فراخوان داده‌ایم»
        return Staged("pledged" if ahead else "reported", f"invited: {said}")
    if act is Act.PLEDGE and verb.tense is Tense.SUBJUNCTIVE and conditioned(reading, figure):
        return Staged("potential", "a promise under a condition")
    if act is Act.PLEDGE and verb.lemma == "خواست" and _is_asked_of_others(figure):
        return Staged("context", "asked of others", sure=0.7)
    if act is Act.PLEDGE and _has_taken_on(reading, figure, verb):
        return Staged("reported", f"who have taken it on: {said}", sure=0.7)
    if act is Act.PLEDGE:
        return Staged("context" if verb.negative else "pledged", f"a promise: {said}")
    theirs = not reading.text(verb.after - 1).endswith("یم")
    theirs &= verb.tense is not Tense.SUBJUNCTIVE  # «قرار است ۳۰ درصد را اهالی پیشنهاد بدهند»
    if act is Act.PROPOSE and theirs and figure.phrase.unit in ("share", "percent"):
        return Staged("reported", f"a share that somebody proposed: {said}", sure=0.7)
    if act is Act.PROPOSE:
        return Staged("pledged", f"proposed: {said}", sure=0.6)
    if act is Act.CAN:
        power = figure.phrase.unit in _POWER and "توان" in clause.texts
        owned = verb.lemma == "داشت" and reading.text(verb.first - 1) == "توان"
        if power and (owned or verb.tense is Tense.COPULA):
            return Staged("reported", f"how strong it is: {said}", sure=0.6)
        if verb.negative and verb.lemma == "داشت":
            return Staged("context", f"not possible: {said}")
        return Staged("potential", f"ability: {said}")
    if act is Act.ABLE:
        return Staged("context" if verb.negative else "reported", f"achieved: {said}")
    told = by_tense(reading, figure, clause, verb, said)
    return told or _predicate(reading, figure, clause, verb, said)


def _is_asked_of_others(figure: Figure) -> bool:
    """«ما از مسئولان شهر یک بازارچه دائمی می‌خواهیم»: theirs to grant."""
    texts = figure.clause.texts
    return any(text == "از" and other in OUTSIDERS for text, other in pairwise(texts))


def _has_taken_on(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«۲۰۰ معلم پاسخگویی را بر عهده گرفته‌اند»: they are its subject, and have begun."""
    if verb.lemma != "گرفت" or figure.phrase.unit not in ("person", "team"):
        return False
    subject = figure.opening == min(figure.clause.words, default=-1)
    behind = reading.texts(figure.after, verb.first)
    object_behind = "را" in behind[1:] and DEEDS.isdisjoint(behind)
    return subject and object_behind and verb.tense is Tense.PAST and "عهده" in behind[-1:]


def _predicate(reading: Reading, figure: Figure, clause: Clause, verb: Verb, said: str) -> Staged:
    """«… از برنامه‌های ما است» plans, «… از اقدامات ما است» and «۶۳ کارگاه فعال است» report."""
    if verb.negative:
        return Staged("context", f"denied: {said}")
    tail = reading.texts(min(figure.phrase.first + 1, verb.first), verb.first)
    head = [reading.text(index) for index in clause.words if index < figure.opening]
    if is_described_as_promised(reading, figure, verb):
        return Staged("pledged", "of what is promised", sure=0.75)
    if reading.texts(verb.after, verb.after + 3) == ["که", "در", "پیش"]:
        return Staged("pledged", "what lies ahead")  # «مهم‌ترین کارهایی است که در پیش داریم»
    meant = _is_meant(reading, figure, clause)
    if meant:
        return Staged("pledged", meant, sure=0.7)
    if verb.tense is Tense.COPULA and _of_the_week(tail):
        return Staged("pledged", "of the week to come", sure=0.7)
    if _heads_week(reading, figure, tail):
        return Staged("pledged", "first on the list of a week to come", sure=0.7)
    named = [word for word in tail if word in RESULT_NOUNS or word in PLAN_NOUNS]
    if any(word in RESULT_NOUNS for word in tail) and named[-1] in RESULT_NOUNS:
        return Staged("reported", "listed among results")
    listed = ("این", "فهرست") in pairwise(tail) or (tail[-1:] and tail[-1] in _THESE)
    if listed and _LISTING & set(tail[-4:]):
        told = _told_of(reading, figure)
        if told is not None:
            return told  # «برنامه‌ها را نوشته‌ایم و احیای ۲۱۰ قنات مهم‌ترین آنهاست»
    if is_named_by_plan(reading, figure, clause):
        return Staged("pledged", "what a plan consists of", sure=0.75)
    if _UNDER_WAY & set(tail) and runs_on(reading, figure, verb):
        return Staged("pledged", "under way, promised to be finished", sure=0.7)
    if is_studied(head, tail):
        return Staged("pledged", "being studied or agreed upon", sure=0.6)
    people = figure.phrase.unit in ("person", "team", "vehicle")  # ready now to serve
    if any(pair == ("در", "انتظار") for pair in pairwise(tail)):
        return Staged("context", "it waits", sure=0.75)
    planned = planned_by(tail, people=people) or intended(reading, figure)
    by_now = "تاکنون" in clause.texts or "امروز" in clause.texts
    if planned and planned.startswith("ready") and by_now:
        return Staged("reported", "ready by now", sure=0.7)
    if planned:
        return Staged("pledged", planned)
    if are_we(reading, figure, verb):
        return Staged("context", "who we are")
    if "قابل" in head[-4:] or _POSSIBLE & set(tail[-1:]):
        return Staged("potential", "possible: قابل")
    if _HINGING & set(tail):
        return Staged("potential", "it hangs on something else", sure=0.6)
    own = clause is figure.clause  # a clause before is asked only once
    settled = tail[-1:] and tail[-1] in _SETTLED and verb.tense is Tense.COPULA
    if settled and reading.text(figure.opening - 1) in DEEDS:
        return Staged("pledged", "certain to come", sure=0.7)  # «اعزام ۹۰ کاروان دیگر قطعی است»
    if tail[-1:] and tail[-1] in _DONE:
        return Staged("reported", f"a state: {said}")
    of_it = not _OF_IT.isdisjoint(reading.texts(figure.after - 1, figure.after + 1))
    if own and of_it and (whole := _earlier(reading, figure)) is not None:
        return whole
    if own and _is_partitive(reading, figure) and (whole := _earlier(reading, figure)) is not None:
        return whole
    if rests_with(reading, figure, verb, tail):
        return Staged("pledged", "whose duty it is", sure=0.7)
    comprised = {"شامل", "مشتمل", "عبارت"} & set(head) and PLAN_NOUNS & set(head[:3])
    if comprised and not RESULT_NOUNS & set(head):
        return Staged("pledged", "what plans comprise", sure=0.75)
    listed = verb.tense is Tense.COPULA and _listed_among(head, PLAN_NOUNS)
    if is_aim(head) or listed:
        return Staged("pledged", "the subject is a plan", sure=0.7)
    if in_the_week(clause.texts):
        return Staged("pledged", f"in the week to come: {said}", sure=0.7)
    return Staged("reported", f"a state: {said}")


def _is_meant(reading: Reading, figure: Figure, clause: Clause) -> str:
    """«آنچه در این هفته انجام می‌دهیم مرمت ۱۲ مدرسه است», «کاری که باید بکنیم … است»."""
    for other in figure.sentence.clauses:
        verb = other.verb
        if verb is None or other is clause or verb.negative or verb.after not in clause.words:
            continue
        if verb.after >= figure.first:
            return ""
        opens = min(other.words)
        named = {reading.text(opens), reading.text(opens - 2)} & _WHAT
        ahead = verb.tense is Tense.FUTURE or not MUST.isdisjoint(other.texts)
        ahead |= verb.tense is Tense.PRESENT and reading.text(verb.after - 1).endswith("یم")
        return "what we shall do" if named and ahead else ""
    return ""


def _of_the_week(tail: list[str]) -> bool:
    """«دیدار با ۳۰۰ خانواده شاخص‌ترین کار هفته است»; «… کار هفته گذشته است» is over."""
    if tail[-3:] == ["در", "این", "هفته"] and _WORKS & set(tail) and _LISTING & set(tail):
        return True  # «مهم‌ترین سرفصل‌های کار ما در این هفته است»
    for at, text in enumerate(tail):
        behind = [word for word in tail[at + 1 : at + 4] if word not in _BESIDE_WEEK]
        if text in _WORKS and behind[:1] == ["هفته"]:
            return tail[at + 2 : at + 5].count("گذشته") == 0
    return False


def _heads_week(reading: Reading, figure: Figure, tail: list[str]) -> bool:
    """«هفته از ۱۲ آذر برگزار می‌شود، … افتتاح ۲۶۰ کارگاه … در صدر فهرست کارهای ماست»."""
    if "فهرست" not in tail or reading.text(figure.opening - 1) not in DEEDS:
        return False
    return any(
        clause.verb is not None
        and clause.verb.first < figure.first
        and clause.verb.tense in (Tense.PRESENT, Tense.FUTURE)
        and "هفته" in clause.texts
        for clause in figure.sentence.clauses
    )


def _told_of(reading: Reading, figure: Figure) -> Staged | None:
    """What «آنها» stands for: the nearest plans or results named before the figure's clause."""
    first = min(figure.clause.words, default=figure.first)
    floor = max(first - _BACK, 0)
    for at in range(first - 1, floor - 1, -1):
        if reading.text(at) in _PLANS_TOLD:
            return Staged("pledged", "listed among plans told before", sure=0.75)
        if reading.text(at) in RESULT_NOUNS:
            return Staged("reported", "listed among results told before", sure=0.75)
    return None


def _is_partitive(reading: Reading, figure: Figure) -> bool:
    """«۷۴ پروژه … که ۳۱ پروژه مربوط به … است», «… که نسبت به پارسال ۱۵ درصد بیشتر است»."""
    if relative_to(reading, figure, figure.clause) is None:
        return False
    before = reading.figures_before(figure)[-1:]
    same = before and reading.text(before[0].phrase.first) == reading.text(figure.phrase.first)
    compared = figure.phrase.unit == "percent" and "نسبت" in figure.clause.texts
    return bool(same and figure.phrase.after > figure.phrase.first) or compared


def _earlier(reading: Reading, figure: Figure) -> Staged | None:
    """The stage of the clause before: a part of something promised is promised as well."""
    before: Clause | None = None
    for clause in figure.sentence.clauses:
        if clause.verb is not None and clause.verb.first < figure.first:
            before = clause
    if before is None or before.verb is None:
        return None
    staged = _with_verb(reading, figure, before, before.verb)
    return staged if staged.stage == "pledged" else None


def _without_verb(reading: Reading, figure: Figure) -> Staged:
    lead = _leading_clause(reading, figure)
    if lead is not None and lead.verb is not None:
        return _led(reading, figure, lead, lead.verb)
    return _nominal(reading, figure, saying=False)._replace(open=True, sure=0.6)


def _leading_clause(reading: Reading, figure: Figure) -> Clause | None:
    """The last clause with a verb before a torn-off phrase of the same sentence."""
    lead: Clause | None = None
    for clause in figure.sentence.clauses:
        if clause.verb is not None and clause.verb.first < figure.first:
            lead = clause
    if lead is not None and lead.verb is not None and figure.clause.words:
        between = range(lead.verb.after, figure.first)
        parted = {
            reading.text(index) for index in between if index not in figure.sentence.clause_of
        }
        under = parted == {"؛"} and reading.text(lead.verb.after) == ":"
        if parted and not under:
            return None  # a slash or bullet parts them; «تصویب شد: … ؛ …» goes on
    return lead


def _led(reading: Reading, figure: Figure, lead: Clause, verb: Verb) -> Staged:
    """«وعده داده‌ایم: ۱۱۰۰ خانه …», «… پیش‌بینی کرده‌ایم، یعنی روزی ۱۳۰ هزار وعده»."""
    act = act_of(reading, lead, verb, figure.sentence)
    texts = set(lead.texts)
    if verb.lemma == "داشت" and verb.negative:
        return Staged("context", "what is missing")
    told = act is Act.DO and verb.tense is Tense.PRESENT and reading.text(verb.after) == ":"
    if act is Act.SAY or act is Act.BE or told:
        if texts & PLAN_NOUNS and not texts & RESULT_NOUNS:
            return Staged("pledged", "listed under plans", sure=0.75)
        return _nominal(reading, figure, saying=True)._replace(open=True)
    if reading.text(verb.first) in IMPERSONAL_BE:
        return Staged("reported", "amounts to", sure=0.7)
    return _with_verb(reading, figure, lead, verb)._replace(sure=0.7)


def _nominal(reading: Reading, figure: Figure, *, saying: bool) -> Staged:
    """No verb, or a verb of saying: the nouns around the figure decide."""
    phrase = range(figure.number.first, figure.after)
    kept = [reading.text(index) for index in figure.clause.words if index not in phrase]
    ahead = [reading.text(index) for index in figure.clause.words if index < figure.first]
    if conditioned(reading, figure):
        return Staged("potential", "a condition")
    if saying and reading.text(figure.opening - 1) == "دعوت":
        return Staged("reported", "invited", sure=0.7)  # «از دعوت ۷۰۰ نفر خبر داد»
    if _NECESSITY & set(ahead[-_NEAR:]):
        return Staged("pledged", "a rule", sure=0.7)  # «بر لزوم حضور حداقل یک خانواده تأکید کرد»
    leads = [] if reading.text(figure.opening - 1) in DEEDS else ahead[-_NEAR:]
    if leads[-1:] and leads[-1] in REQUEST_WORDS:
        return Staged("context", f"a request: {leads[-1]}")
    if any(word in _NEED_LEADS for word in leads) or _needs_noun(kept) or _announced(ahead, _NEEDS):
        return Staged("context", "a need")
    if any(word in POTENTIAL_NOUNS for word in ahead[-_NEAR:]):
        return Staged("potential", "a capacity", sure=0.7)
    kept += _named_before(figure)
    if _listed_among(kept, RESULT_NOUNS) or _announced(ahead, RESULT_NOUNS):
        return Staged("reported", "listed among results")
    if _listed_among(kept, PLAN_NOUNS) or _announced(ahead, PLAN_NOUNS):
        return Staged("pledged", "listed among plans")
    meant = named_undertaking(reading, figure)
    if meant:
        return Staged("pledged", meant, sure=0.7)
    if saying and figure.phrase.unit in _POWER and {"آغاز", "احداث"} & set(ahead):
        return Staged("pledged", "how strong what is begun will be", sure=0.7)
    if saying and {"آغاز", "شروع"} & set(kept) and _is_dated_ahead(kept):
        return Staged("pledged", "to begin on a day to come", sure=0.7)
    if until_year_end(kept):
        return Staged("pledged", "a time limit ahead", sure=0.7)
    if any(
        word in FUTURE_WORDS or word in ("تعهد", "وعده", "قول", "تقبل", "پیشبینی") for word in kept
    ):
        return Staged("pledged", "a time to come", sure=0.7)
    at = figure.opening - 1
    if figure.phrase.unit in ("toman", "rial") and COMMITMENTS & set(reading.texts(at - 1, at + 1)):
        return Staged("pledged", "agreed, not yet paid", sure=0.7)
    if reading.text(at) in DEEDS and is_agreed(reading, at):
        return Staged("pledged", "agreed or allowed, not yet done", sure=0.7)
    if ("دستور", "کار") in pairwise(kept):
        return Staged("pledged", "listed among plans", sure=0.7)  # a headline: «… در دستور کار»
    if saying and for_occasion(reading, figure):
        return Staged("pledged", "for an occasion", sure=0.6)
    return Staged("reported", _OPEN_WHY, open=True, sure=0.7)


def _named_before(figure: Figure) -> list[str]:
    """«از جمله این برنامه‌ها می‌توان به … اشاره کرد»: the words in front of «می‌توان»."""
    first = min(figure.clause.words, default=0)
    for clause in figure.sentence.clauses:
        verb = clause.verb
        if verb is not None and verb.after == first and verb.lemma == "توانست":
            return clause.texts
    return []


def _is_dated_ahead(texts: list[str]) -> bool:
    """«از آغاز … از شنبه خبر داد», «از ابتدای ماه بعد»."""
    return (
        any(
            text == "از" and (following in WEEKDAYS or following in ("فردا", "ابتدای", "اول"))
            for text, following in pairwise(texts)
        )
        and "گذشته" not in texts
    )


def _needs_noun(texts: list[str]) -> bool:
    return any(word == "نیاز" and texts[i + 1 : i + 2] == ["به"] for i, word in enumerate(texts))


def _listed_among(texts: list[str], nouns: frozenset[str]) -> bool:
    """«از (دیگر|اهم|جمله) برنامه‌های …»."""
    return any(
        word in nouns and "از" in texts[max(index - 4, 0) : index]
        for index, word in enumerate(texts)
    )


def _announced(ahead: list[str], nouns: frozenset[str]) -> bool:
    """«برنامه‌های هفته: …» in front of the figure."""
    return ":" in ahead and any(word in nouns for word in ahead[: ahead.index(":")])
