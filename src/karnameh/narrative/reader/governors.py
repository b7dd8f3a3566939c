"""What stands above a verb: conditions, modals, and the verbs that govern a subjunctive."""

from __future__ import annotations

from karnameh.narrative.reader.acts import Act, act_of
from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause, Sentence, Verb
from karnameh.narrative.reader.lexicon import (
    CAN_ADJECTIVES,
    CONDITIONALS,
    DEEDS,
    MUST,
    ONGOING_WORDS,
    POTENTIAL_ADVERBS,
    PREPOSITIONS,
)
from karnameh.narrative.reader.reading import Figure, Reading, Staged
from karnameh.narrative.reader.verbs import NOUN_OR_VERB, VERB_FORMS, Tense

HOPES = key_set("امیدواریم امیدوارم امیدوار امید امیدوارند آرزو امیدواری آرزویمان")
_CAUSES = key_set("باعث سبب موجب کمک")
_ASKING = key_set("انتظار درخواست تقاضا توقع مطالبه")
_WISHES = key_set(
    "خواهش درخواست تقاضا خواسته توقع انتظار مطالبه خواهشم درخواستمان خواسته‌مان تقاضای"
)
OUTSIDERS = key_set(
    """
    دولت وزیر وزارت شهرداری شهرداری‌ها استانداری فرمانداری مجلس نمایندگان بانک بانک‌ها مسئولان
    مسؤولان مسیولان خیران خیرین نیکوکاران مردم سازمان اداره
    """
)
_OUR_OWN = key_set(
    "دبیران شعبه‌ها شعبه‌های گروه‌ها گروه‌های دفاتر نمایندگی‌ها همکاران همکارانمان اعضا شعب"
)
_VALUED = key_set("حساب محاسبه بگویم بگوییم احتساب قیمت‌گذاری")
_VALUING = 14
_REACH = 40
_IMPERSONAL = frozenset(("میتوان", "نمیتوان", "بتوان"))
_BEFORE_IMPERSONAL = frozenset(
    ("", "را", "،", "که", "شاید", "حتی", "اگر", "و", "هم", "نیز", ":", "؛")
)
_ALSO_ADJECTIVES = frozenset(("ضروری", "لازم", "الزامی"))  # «وسایل ضروری مردم»
_AFTER_MUST = frozenset(("است", "بود", "که", "شد", "دانست"))
_PARTING = frozenset(("که", "و", "،", "؛", ":"))
_IMMEDIATE = 20
_IF_PHRASES = (("در", "صورت"), ("در", "صورتی"), ("به", "شرط"), ("به", "شرطی"))


IMPERSONAL_BE = frozenset(("میشود", "بشود", "میشد"))


def conditioned(reading: Reading, figure: Figure) -> bool:
    """Whether an «اگر» or «شاید» stands before the figure in its sentence."""
    if set(figure.clause.texts) & ONGOING_WORDS:
        return False
    for at in range(figure.first - 1, max(figure.sentence.first, figure.first - 40) - 1, -1):
        text = reading.text(at)
        if text == "؛":
            return False
        if text in CONDITIONALS and _VALUED & set(reading.texts(at, at + _VALUING)):
            return False  # «اگر به دستمزد روز حساب شود، …»: what it is worth
        if text in CONDITIONALS or text in POTENTIAL_ADVERBS:
            return True
        if (reading.text(at - 1), text) in _IF_PHRASES:
            return True
    return False


def valued(reading: Reading, figure: Figure) -> bool:
    """«اگر به دستمزد روز حساب شود، …»: a work is valued, nothing depends on it."""
    if CONDITIONALS.isdisjoint(reading.said_in(figure.sentence)):
        return False
    first = max(figure.sentence.first, figure.first - _REACH)
    return any(
        reading.text(at) in CONDITIONALS and _VALUED & set(reading.texts(at, at + _VALUING))
        for at in range(first, figure.first)
    )


def governed(reading: Reading, figure: Figure, verb: Verb, said: str) -> Staged:
    """What governs a subjunctive: the nearest modal word or verb before it in the sentence."""
    governors = _governors(reading, figure.sentence)
    for at in range(verb.first - 1, figure.sentence.first - 1, -1):
        found = governors.get(at)
        if found is _NOT_ACHIEVED and figure.qualifier == "at_least":
            return _GOVERNED_STAGE[Act.ABLE]  # «نتوانستیم بیش از ۴۰ خانه را تحویل دهیم»
        if found is not None:
            return found
        text = reading.text(at)
        if text in MUST:
            return Staged("pledged", f"a rule: {text}")
        if text == "بعید":
            return Staged("context", "doubted: بعید", sure=0.7)
        if text in HOPES:
            return Staged("pledged", f"hoped for: {text}", sure=0.7)
        if text in CONDITIONALS and _VALUED & set(reading.texts(at, at + _VALUING)):
            return Staged("reported", "what it is worth", sure=0.7)
        if text in CAN_ADJECTIVES or text in CONDITIONALS or text in POTENTIAL_ADVERBS:
            return Staged("potential", f"ability or condition: {text}")
        if text in ("برآورد", "تخمین"):
            if verb.lemma == "بود" or reading.text(verb.after - 1).startswith("باش"):
                return Staged("reported", "an estimate")
            return Staged("pledged", "an estimate of what will be")
    return Staged("pledged", f"wished or planned: {said}", sure=0.7)


def _governors(reading: Reading, sentence: Sentence) -> dict[int, Staged]:
    """The verbs of a sentence that decide about a later subjunctive, by their place."""
    known = reading.governors.get(sentence.first)
    if known is not None:
        return known
    found = reading.governors[sentence.first] = {}
    for clause in sentence.clauses:
        if clause.verb is None or clause.verb.tense is Tense.SUBJUNCTIVE:
            continue
        staged = _GOVERNED_STAGE.get(act_of(reading, clause, clause.verb, sentence))
        if staged is _GOVERNED_STAGE[Act.ABLE] and clause.verb.negative:
            staged = _NOT_ACHIEVED
        if staged is _GOVERNED_STAGE[Act.PLEDGE] and clause.verb.tense is Tense.COPULA:
            staged = _NOT_PLANNED if clause.verb.negative else staged  # «قرار نیست … بسازیم»
        if _brings_about(reading, clause.verb):
            staged = Staged("reported", "brought about")
        if _asks_others(reading, clause, clause.verb) or _is_a_wish(reading, clause, clause.verb):
            staged = Staged("context", "asked of others", sure=0.7)
        if staged is not None:
            found[clause.verb.first] = staged
    return found


def _brings_about(reading: Reading, verb: Verb) -> bool:
    """«کمک کرد تا …», «باعث شد …»: what follows has happened."""
    return (
        verb.tense is Tense.PAST
        and not verb.negative
        and reading.text(verb.first - 1) in _CAUSES
        and verb.lemma in ("شد", "کرد", "گردید")
    )


def _is_a_wish(reading: Reading, clause: Clause, verb: Verb) -> bool:
    """«خواهش ما این است که … بگذارند»: theirs to grant; «انتظار این است که … بسازیم» plans."""
    asked = verb.lemma == "بود" and reading.text(verb.after) == "که"
    if not asked or reading.text(verb.first - 1) not in ("این", "آن"):
        return False
    return bool(_WISHES & set(clause.texts[:2]))


def _asks_others(reading: Reading, clause: Clause, verb: Verb) -> bool:
    """«از شهرداری انتظار داریم … بدهد», «از خیران خواسته‌ایم … بپردازند»: theirs to grant."""
    if reading.text(verb.first - 1) == "نامه" and reading.text(verb.after) == "که":
        return verb.lemma in ("زد", "نوشت", "داد", "فرستاد")
    if "از" not in clause.texts or reading.text(verb.first).startswith("ن"):
        return False
    at = clause.texts.index("از") + 1
    if clause.texts[at : at + 1] and clause.texts[at] in _OUR_OWN:
        return False  # «از دبیران استانی خواسته‌ایم … برگزار کنند»
    begged = verb.lemma == "خواست" and set(clause.texts[at : at + 1]) & OUTSIDERS
    asked = reading.text(verb.first - 1) in _ASKING and verb.lemma in ("داشت", "کرد", "رفت", "بود")
    return (
        asked
        or bool(begged)
        or (verb.lemma == "خواست" and reading.text(verb.first)[-2:] in ("یم", "یم"))
    )


_GOVERNED_STAGE: dict[Act, Staged] = {
    Act.CAN: Staged("potential", "governed by ability"),
    Act.ABLE: Staged("reported", "governed by توانست"),
    Act.PLEDGE: Staged("pledged", "governed by a promise"),
    Act.INVITE: Staged("pledged", "what the invited shall do"),
    Act.NEED: Staged("context", "governed by a need"),
    Act.PROPOSE: Staged("context", "proposed", sure=0.6),
}


_NOT_PLANNED = Staged("context", "not planned")
_NOT_ACHIEVED = Staged("context", "not achieved")


def impersonal(reading: Reading, sentence: Sentence, verb: Verb) -> Staged | None:
    """«می‌توان … را به ۶ هزار نفر رساند»: a bare past stem behind a modal is no past."""
    if verb.after - verb.first != 1 or reading.text(verb.first) != verb.lemma:
        return None
    for at in range(verb.first - 1, max(sentence.first, verb.first - _IMMEDIATE) - 1, -1):
        text = reading.text(at)
        if text in MUST and not (
            text in _ALSO_ADJECTIVES and reading.text(at + 1) not in _AFTER_MUST
        ):
            return Staged("pledged", f"a rule: {text}")
        if text in _IMPERSONAL:
            return Staged("potential", f"ability: {text}")
        if text == "میشد" and reading.text(at - 1) not in DEEDS:
            return Staged("potential", f"ability: {text}")
        if text in IMPERSONAL_BE and _stands_alone(reading, at, verb, sentence):
            return Staged("potential", f"ability: {text}")
        if text in NOUN_OR_VERB:
            continue
        if text in VERB_FORMS and VERB_FORMS[text].tense is not Tense.PARTICIPLE:
            return None
    return None


def modal_ahead(reading: Reading, figure: Figure, verb: Verb) -> Staged | None:
    """«با دو یونیت می‌شد … را به ۵۰۰ رساند»: a figure in front of the impersonal modal."""
    for clause in figure.sentence.clauses:
        later = clause.verb
        if later is not None and later.first > verb.first:
            return impersonal(reading, figure.sentence, later)
    return None


def _stands_alone(reading: Reading, at: int, verb: Verb, sentence: Sentence) -> bool:
    """«می‌شود» without a noun half is a modal («می‌شود … سر زد»)."""
    if at == sentence.first:
        return True
    between = reading.texts(at + 1, verb.first)
    goes_on = between[:1] and between[0] in PREPOSITIONS and _PARTING.isdisjoint(between)
    if goes_on and reading.text(at - 1) not in DEEDS and "با" in reading.texts(at - 5, at - 1):
        return True  # «با همین امکانات می‌شود به ۳ برابر این جمعیت خدمت داد»
    before = VERB_FORMS.get(reading.text(at - 1))
    finite = before is not None and before.tense is not Tense.PARTICIPLE
    return reading.text(at - 1) in _BEFORE_IMPERSONAL or finite  # «داده می‌شود» is a passive
