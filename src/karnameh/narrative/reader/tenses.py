"""What the tense and mood of a verb say about the figures that it governs."""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause, Verb
from karnameh.narrative.reader.compounds import STATES, is_one_of
from karnameh.narrative.reader.governors import (
    IMPERSONAL_BE,
    conditioned,
    governed,
    impersonal,
    modal_ahead,
    valued,
)
from karnameh.narrative.reader.lexicon import (
    DEEDS,
    MUST,
    ONGOING_WORDS,
    PLAN_NOUNS,
    PREPOSITIONS,
    RESULT_NOUNS,
    SHARE_WORDS,
    STOCK_WORDS,
)
from karnameh.narrative.reader.natures import PER_TIME, said_per, so_far
from karnameh.narrative.reader.nouns import unit_of
from karnameh.narrative.reader.number_words import SMALL
from karnameh.narrative.reader.plans import (
    GIVEN_WORDS,
    aimed_at,
    in_the_week,
    is_aim,
    mediated,
    only_begun,
    planned_by,
)
from karnameh.narrative.reader.reading import Figure, Reading, Staged
from karnameh.narrative.reader.relatives import (
    IN_IT,
    NAMED_NEAR,
    comes,
    goes_out,
    is_described_as_promised,
    is_named_by_plan,
    joined_to,
    lies_ahead,
    part_comes,
    relative_to,
    runs_on,
)
from karnameh.narrative.reader.verbs import Tense

_PROGRAMMES = key_set("برنامه‌های بخش‌های برنامه")
_EVENTS = key_set("سفر بازدید مراسم آیین نشست دیدار جشن همایش جلسه سفرها")
_DAILY = key_set("روزانه روزی هرروز شبانه ماهانه ماهیانه سالانه سالیانه هفتگی")
_BEFORE_FIGURES = key_set("به از حدود بیش بین حداقل تا نزدیک")
_YIELDS = key_set("درآمد سود عواید درآمدهای عایدات")
_SERVING = key_set("خدمات خدمت آموزش مشاوره")
_SUPPLYING = key_set("تامین پوشش روشن")
_READIED = key_set("آماده مهیا تدارک")
_PREPARED = key_set("آماده تدوین طراحی تدارک تهیه")
_ALLOTTING = key_set("اختصاص تخصیص تعلق")
_RATES = PER_TIME | {"person"}
_ESTIMATES = key_set("برآورد تخمین محسوب حساب شمرده گفته ارزیابی")
_PASSIVE = frozenset(("شد", "یافت", "گردید", "گشت"))
_FINISHED = key_set("بهره‌برداری پایان اتمام افتتاح سرانجام انجام نتیجه")
_YEARLY = key_set("همه‌ساله هرساله")
_OF_WORK = key_set("اجرای ساخت احداث کار آن تکمیل طرح")
_POSSIBLE = key_set("امکان‌پذیر شدنی مقدور میسر دست‌یافتنی ممکن")
_APPROVED = frozenset(("تصویب", "مصوب"))
_AMOUNTS = STOCK_WORDS | key_set("ارزش مجموع جمع مبلغ حجم طول سهم گردش")
_PROGRAMMES_AHEAD = key_set("برنامه‌های برنامه‌ها ویژه‌برنامه‌های طرح‌های")
_AHEAD = key_set("آینده آتی پیش‌رو رو آستانه")
_SETTLED = key_set("قطعی نهایی مسجل حتمی")
_ORGANISED = key_set("سازماندهی ساماندهی")
_WITNESSES = key_set("شاهد میزبان پذیرای رایگان")
_APPROVABLE = frozenset(("toman", "rial", "program", "project", "business_plan", "action"))
_NEGLECT = key_set("تنها دریغ کوتاهی فراموش رها غفلت فروگذار معطل")
_CRAFTS = frozenset(("بافت", "دوخت", "پخت", "فروخت", "نوشت"))
_STILL = frozenset(("دیگر", "هنوز", "هم", "نیز", "باقی"))
_AT_HAND = key_set("بودجه اعتبار پول زمین برنامه مجوز تدارک")
_BEYOND = key_set("بیشتر فراتر بالاتر تجاوز عبور زیادتر افزون‌تر")
_MADE_READY = _READIED | _ORGANISED


def by_tense(
    reading: Reading, figure: Figure, clause: Clause, verb: Verb, said: str
) -> Staged | None:
    """What the tense and mood of a verb say; None for a copula, whose predicate decides."""
    if verb.tense is Tense.SUBJUNCTIVE:
        return governed(reading, figure, verb, said)
    if verb.tense is Tense.PAST:
        return _past(reading, figure, clause, verb, said)
    if valued(reading, figure):
        return Staged("reported", "what it is worth", sure=0.6)
    if conditioned(reading, figure):
        return Staged("potential", "a condition")
    if verb.tense is Tense.FUTURE:
        return Staged("context" if verb.negative else "pledged", f"future: {said}")
    if set(clause.texts) & MUST:
        return Staged("pledged", "a rule: باید")
    if reading.text(verb.first) in IMPERSONAL_BE and reading.text(verb.first - 1) == "را":
        modal = modal_ahead(reading, figure, verb)
        if modal is not None:
            return modal  # «با این پول ۴۰ خانه را می‌شود تعمیر کرد»
    if verb.tense is Tense.PRESENT:
        return _present(reading, figure, clause, verb, said)
    return None


def _past(reading: Reading, figure: Figure, clause: Clause, verb: Verb, said: str) -> Staged:
    modal = impersonal(reading, figure.sentence, verb)
    if modal is None and reading.text(verb.first) == "میشد":
        modal = modal_ahead(reading, figure, verb)
    if modal is not None:
        return modal
    if verb.lemma == "بود" and not verb.passive:
        tail = reading.texts(min(figure.phrase.first + 1, verb.first), verb.first)
        if _of_event(tail):
            return Staged("reported", "what an event consisted of")
        if is_described_as_promised(reading, figure, verb):
            return Staged("pledged", "of what was promised", sure=0.75)
        if any(word in PLAN_NOUNS or word in GIVEN_WORDS for word in tail) and not any(
            word in RESULT_NOUNS for word in tail
        ):
            return Staged("pledged", "was listed among plans")
        if is_named_by_plan(reading, figure, clause):
            return Staged("pledged", "what a plan consisted of", sure=0.75)
        head = [reading.text(index) for index in clause.words if index < figure.opening]
        shared = any(text in SHARE_WORDS for text in head) and any(
            text in DEEDS and unit_of(head[at - 1 : at]) != "loan" for at, text in enumerate(head)
        )
        if shared or is_aim(head) or "قرار" in head[-4:]:
            return Staged("pledged", "the subject was a plan", sure=0.75)
    if verb.lemma == "ماند" and reading.text(figure.after) == "تا":
        return Staged("context", f"left to be done: {said}", sure=0.75)
    left = verb.lemma == "ماند" and figure.phrase.unit != "percent"
    left &= not set(reading.texts(figure.after, verb.first)) - _STILL
    if left and comes(reading, figure, verb):
        return Staged("pledged", "left over, to be done", sure=0.6)
    if left:
        return Staged("context", f"left over: {said}", sure=0.75)
    if verb.negative and reading.text(verb.first - 1) in _NEGLECT:
        return Staged("reported", f"not neglected: {said}", sure=0.7)
    if verb.negative:
        unreal = reading.text(verb.after - 1).startswith("نمی")
        if unreal and ("بدون" in clause.texts or conditioned(reading, figure)):
            return Staged("reported", f"would not have been: {said}", sure=0.6)
        if _BEYOND & {reading.text(figure.after), reading.text(verb.first - 1)}:
            return Staged("reported", f"no more than: {said}", sure=0.7)
        if figure.phrase.unit == "percent":
            return Staged("reported", f"a share that was not: {said}", sure=0.6)
        if figure.qualifier == "at_least":
            return Staged("reported", f"not below: {said}", sure=0.7)
        if verb.lemma == "رسید" and figure.qualifier == "at_most":
            return Staged("reported", f"less than: {said}", sure=0.7)
        return Staged("context", f"denied: {said}")
    if "کاش" in clause.texts:
        return Staged("potential", "wished in vain: کاش")
    imperfect = reading.text(verb.after - 1).startswith("می")
    if set(clause.texts) & MUST and imperfect:
        return Staged("pledged", "what should have been done")
    unreal = verb.lemma in ("داشت", "بود") and not verb.passive
    if unreal and "اگر" in reading.said_in(figure.sentence) and conditioned(reading, figure):
        return Staged("potential", "what would have been", sure=0.7)
    if imperfect and conditioned(reading, figure):
        return Staged("potential", "what would have been", sure=0.7)
    readied = reading.text(verb.first - 1) in _MADE_READY
    if readied and (runs_on(reading, figure, verb) or goes_out(figure, verb)):
        return Staged("pledged", "made ready for what is to come", sure=0.6)
    if aimed_at(reading, figure, verb):
        return Staged("pledged", "an aim", sure=0.6)
    if reading.text(verb.first - 1) in _ESTIMATES and lies_ahead(clause.texts):
        return Staged("pledged", "estimated for a time to come", sure=0.7)
    approved = reading.text(verb.first - 1) in _APPROVED and figure.phrase.unit in _APPROVABLE
    if approved and not so_far(reading, figure):
        return Staged("pledged", "approved, not yet done", sure=0.6)
    settled = reading.text(verb.first - 1) in _SETTLED and verb.lemma in ("شد", "گردید", "کرد")
    if settled and reading.text(figure.opening - 1) in DEEDS and not so_far(reading, figure):
        return Staged("pledged", "settled, not yet done", sure=0.7)
    put_off = mediated(reading, figure, verb)
    if put_off:
        return Staged("pledged", put_off, sure=0.7)
    if only_begun(reading, figure, verb):
        return Staged("pledged", f"only begun: {said}", sure=0.6)
    if are_we(reading, figure, verb):
        return Staged("context", "who we were")
    head = reading.head(figure)
    if (
        "هزینه" in head
        and "را" not in head
        and reading.text(verb.first - 1) == "برآورد"
        and _OF_WORK & set(head)
    ):
        return Staged("pledged", "what planned work will cost", sure=0.6)
    drawn = reading.text(figure.opening - 1) in ("نقشه", "طرح")  # «نقشه ۳۳ طرح آماده شده»
    prepared = (set(clause.texts) & _PREPARED and not drawn) or verb.lemma == "چید"
    if prepared and figure.phrase.unit in ("program", "project"):
        return Staged("pledged", f"prepared: {said}", sure=0.7)
    return Staged("reported", f"past: {said}")


def are_we(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«ما ۱۴ نفر هستیم»; «شاهد آزادی ۱۴ نفر بودیم» saw it."""
    if reading.text(verb.first) not in ("بودیم", "هستیم"):
        return False
    before = reading.text(figure.opening - 1)
    if not ONGOING_WORDS.isdisjoint(figure.clause.texts):
        return False  # «امروز ۷ هزار نفر هستیم» counts them
    led = before in DEEDS or before in _WITNESSES or before in PREPOSITIONS
    return figure.phrase.unit in ("person", "household") and not led


def _of_event(tail: list[str]) -> bool:
    """«از دیگر برنامه‌های این سفر بود»: the programme of a visit that is over."""
    return any(
        text in _PROGRAMMES and _EVENTS & set(tail[index + 1 : index + 3])
        for index, text in enumerate(tail)
    )


def _present(reading: Reading, figure: Figure, clause: Clause, verb: Verb, said: str) -> Staged:
    """A present tense tells a plan, unless it is a state, a habit or goes on now."""
    short_of = verb.lemma == "رسید" and figure.qualifier == "at_most"
    not_even = reading.text(verb.first - 1) == "هم"
    if verb.negative and short_of and (not_even or figure.phrase.unit != "percent"):
        return Staged("reported", f"less than: {said}", sure=0.7)
    if verb.negative:
        return Staged("context", f"denied: {said}")
    lead = reading.text(verb.first - 1)
    if lead in _POSSIBLE:
        return Staged("potential", f"possible: {lead}", sure=0.7)
    if _YEARLY & set(clause.texts):
        return Staged("reported", f"goes on every year: {said}")
    if lies_ahead(clause.texts):
        return Staged("pledged", f"in a time to come: {said}")
    if in_the_week(clause.texts):
        return Staged("pledged", f"in the week to come: {said}", sure=0.7)
    if verb.lemma == "داشت":
        tail = reading.texts(min(figure.phrase.first + 1, verb.first), verb.first)
        deed = reading.text(figure.opening - 1) in DEEDS
        if lead in _AT_HAND and deed and reading.text(figure.opening - 2) in ("برای", "جهت"):
            return Staged("pledged", f"there are means for it: {lead}", sure=0.6)
        kept = lead == "نگه" and any(
            one.verb is not None and one.verb.lemma == "توانست" and one.verb.after <= figure.first
            for one in figure.sentence.clauses
        )
        if kept:
            return Staged("potential", "governed by ability")  # «می‌تواند سه گروه آماده نگه دارد»
        if reading.texts(figure.opening - 2, figure.opening) == ["جا", "برای"]:
            return Staged("potential", "a capacity", sure=0.7)  # «ساختمان جا برای ۸۰ نفر دارد»
        stored = figure.phrase.after - figure.phrase.first > (figure.after == verb.first)
        if lead == "جا" and figure.after >= verb.first - 1 and stored:
            return Staged("potential", "a capacity", sure=0.7)  # «انبار ۴۰ هزار بسته جا دارد»
        if (
            "هنوز" in reading.head(figure)
            and clause is figure.clause
            and figure.phrase.unit != "percent"
        ):
            return Staged("context", f"still so: {said}", sure=0.6)  # «هنوز ۵۴ مدرسه کانکسی داریم»
        if lead == "قرار" and (planned := planned_by(tail)):
            return Staged("pledged", planned)
        if lead in DEEDS and reading.text(verb.first - 2) == "برای":
            return Staged("pledged", f"there is something to be done: {lead}", sure=0.7)
        if part_comes(reading, figure, verb):
            return Staged("pledged", "a part of it is still to come", sure=0.7)
        return Staged("reported", f"a state: {said}")
    if framed_by_plans(reading, figure) and not _goes_on(clause.texts):
        return Staged("pledged", "told of the plans of a time to come", sure=0.7)
    ongoing = _goes_on(clause.texts) or _is_daily(clause.texts)
    ongoing |= lead not in _ALLOTTING and _of_every(reading, figure)
    before = relative_to(reading, figure, clause)
    follows = before is not None and before.verb is not None and before.verb.tense is Tense.FUTURE
    growing = follows or ("امسال" in clause.texts and "اکنون" not in clause.texts)
    growing |= any(pair in (("تا", "پایان"), ("تا", "آخر")) for pair in pairwise(clause.texts))
    led = reading.text(figure.opening - 1) == "به"
    summed = set(clause.texts) & STOCK_WORDS or (led and set(clause.texts[:4]) & _AMOUNTS)
    finished = lead in _FINISHED  # «از این تعداد ۱۷ طرح به بهره‌برداری می‌رسد»
    if verb.lemma == "رسید" and summed and not growing and not finished:
        return Staged("reported", f"how many there are: {said}")
    ongoing |= verb.lemma in _CRAFTS and _are_at_work(reading, figure, clause)
    if said_per(reading, figure) in _RATES or ongoing or _is_state(reading, clause, verb):
        return Staged("reported", f"goes on: {said}", sure=0.8)
    if "هنوز" in clause.texts:
        return Staged("context", f"still so: {said}", sure=0.6)
    if _YIELDS & set(clause.texts[:4]) or _is_standing(reading, figure, clause, lead):
        return Staged("reported", f"goes on: {said}", sure=0.7)
    happens = lead in _ALLOTTING or (lead in DEEDS and verb.lemma in _PASSIVE)
    shared = figure.phrase.unit in ("percent", "times", "share") and not happens
    given = verb.lemma == "داد" and "هزینه" in clause.texts[:5] and lead not in DEEDS
    paid = (given or verb.lemma == "پرداخت") and "را" in clause.texts
    paid &= reading.text(figure.after) == "آن" or not reading.text(verb.first).endswith("ند")
    if shared and paid:
        return Staged("pledged", f"who will pay a share: {said}", sure=0.6)
    if lead in _ESTIMATES or shared:
        return Staged("reported", f"goes on: {said}", sure=0.7)
    return Staged("pledged", f"present for the future: {said}", sure=0.8)


def _are_at_work(reading: Reading, figure: Figure, clause: Clause) -> bool:
    """«پنج زن حصیر می‌بافند»: those who make something are its subject."""
    led = reading.text(figure.opening - 1) in PREPOSITIONS or "تا" in clause.texts
    return figure.phrase.unit == "person" and not led and "را" not in clause.texts


def _is_state(reading: Reading, clause: Clause, verb: Verb) -> bool:
    """«فعالیت می‌کنند», «به فروش می‌رسد»: a compound of a state or a habit."""
    if verb.passive and is_one_of(STATES, [reading.text(verb.first)], "شد"):
        return True  # «دیده می‌شود»
    first = max(min(clause.words, default=verb.first), verb.first - 3)
    return is_one_of(STATES, reading.texts(first, verb.first), verb.lemma)


def _goes_on(texts: list[str]) -> bool:
    """«هم‌اکنون», «همواره»; «از امروز» begins something."""
    return any(
        text in ONGOING_WORDS and texts[index - 1 : index] != ["از"]
        for index, text in enumerate(texts)
    ) or ("بار" in texts and texts[texts.index("بار") - 1 : texts.index("بار")] == ["هر"])


def framed_by_plans(reading: Reading, figure: Figure) -> bool:
    """«با اشاره به برنامه‌های هفته همیاری گفت: … عرضه می‌کنند»: what is said is told of plans."""
    said = reading.said_in(figure.sentence)
    if ":" not in said or _PROGRAMMES_AHEAD.isdisjoint(said):
        return False
    for at in range(figure.sentence.first, figure.opening):
        if reading.text(at) == ":":
            return False
        if reading.text(at) in _PROGRAMMES_AHEAD:
            behind = reading.texts(at + 1, at + NAMED_NEAR + 3)
            return any(
                text in _AHEAD or (text == "هفته" and behind[i + 1 : i + 2] != ["گذشته"])
                for i, text in enumerate(behind)
            )
    return False


def _of_every(reading: Reading, figure: Figure) -> bool:
    """«از هر ده کارآموز ۶ نفر …»: what is usual."""
    before = reading.figures_before(figure)[-1:]
    return bool(before) and reading.texts(before[0].opening - 2, before[0].opening) == ["از", "هر"]


def _is_daily(texts: list[str]) -> bool:
    """«با ۱۲ نفر روزانه ۸۰۰ غذا می‌پزد»; «تولید روزانه کارخانه» is a name."""
    once = "یک" in texts and texts[texts.index("یک") + 1 :][:1] == ["بار"]  # «ماهانه یک بار»
    every = any(
        text == "هر" and other in ("روز", "هفته", "ماه", "شب") for text, other in pairwise(texts)
    )
    return every or (
        not once
        and any(
            text in _DAILY and (other[:1].isdecimal() or other in SMALL or other in _BEFORE_FIGURES)
            for text, other in pairwise(texts)
        )
    )


def _is_standing(reading: Reading, figure: Figure, clause: Clause, lead: str) -> bool:
    """«۱۲ کارگاه راه‌اندازی شده که ۶۰ نفر در آن‌ها آموزش می‌بینند»: a habit of what exists."""
    before = relative_to(reading, figure, clause)
    joined = None if before is not None else joined_to(reading, figure, clause)
    before = before or joined
    if before is None or before.verb is None or "تا" in clause.texts:
        return False
    verb = before.verb
    if joined is not None and (verb.tense is Tense.PAST or verb.passive):
        return False
    stands = verb.tense in (Tense.COPULA, Tense.PAST) or verb.lemma == "داشت"
    if not stands or reading.text(verb.first) in _READIED:
        return False
    texts = clause.texts
    exists = verb.tense in (Tense.COPULA, Tense.PRESENT) and joined is None
    active = reading.text(clause.verb.after - 1).endswith("ند") if clause.verb else False
    active &= clause.verb is not None and clause.verb.lemma not in _PASSIVE
    if exists and active and "را" in texts:
        return True  # «هفت تعاونی داریم که کار ۳۷۰۰ بافنده را به بازار می‌رسانند»
    if joined is not None and lead in _SUPPLYING and "را" in texts and verb.lemma == "داشت":
        return True  # «نیروگاه ۱۸۰ کیلووات توان دارد و برق ۹۰ خانوار را تأمین می‌کند»
    inside = any(
        text in IN_IT and texts[index - 1 : index] == ["در"] for index, text in enumerate(texts)
    )
    return inside or (lead in _SERVING and joined is None)
