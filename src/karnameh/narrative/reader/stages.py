"""Promise, fact, potential: what the clause of a figure says about it.

The finite verb decides first (its kind, then its tense); a subjunctive is decided by what governs
it; a clause without a telling verb by the nouns around the figure and by what leads in to it.
"""

from __future__ import annotations

from karnameh.narrative.reader.acts import Act, act_of
from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause, Sentence, Verb
from karnameh.narrative.reader.lexicon import (
    CAN_ADJECTIVES,
    CONDITIONALS,
    DEEDS,
    FUTURE_WORDS,
    MUST,
    ONGOING_WORDS,
    PLAN_NOUNS,
    PLEDGED_ATTRIBUTES,
    POTENTIAL_ADVERBS,
    POTENTIAL_NOUNS,
    RESULT_NOUNS,
    RUMOUR_WORDS,
    STATES,
    STOCK_WORDS,
)
from karnameh.narrative.reader.natures import rate_of
from karnameh.narrative.reader.reading import Figure, Reading, Staged
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense

_PREPARED = key_set("آماده تدوین طراحی تدارک تهیه")
_AIMS = key_set("هدف اهداف چشمانداز سهمیه برنامه سقف پیشبینی برآورد انتظار تعهد")
_ESTIMATES = key_set("برآورد تخمین محسوب حساب شمرده گفته ارزیابی")
_DENIAL_OPENERS = key_set("این چنین آن نه ما من هیچ")
_FALSE = key_set("نادرست تکذیب کذب دروغ غلط اشتباه ساختگی جعلی")
_TRUE = key_set("درست صحیح صحت واقعیت تایید")
_SHORT_DENIAL = 16
_IMPERSONAL = frozenset(("میتوان", "نمیتوان", "بتوان"))
_IMPERSONAL_BE = frozenset(("میشود", "بشود"))
_BEFORE_IMPERSONAL = frozenset(("", "،", "که", "شاید", "حتی", "اگر", "و", "هم", "نیز", ":", "؛"))
_OCCASIONS = frozenset(("مناسبت", "همزمان", "آستانه", "هفته", "ایام"))
_NEED_LEADS = key_set("کمبود نیازمند کسری نیازهای نیازمندیها کمبودها")
_ATTENDING = frozenset(("حضور", "شرکت", "کمک", "خدمت", "کار", "راه"))
_NEEDS = frozenset(("نیاز", "نیازهای", "نیازها", "کمبود", "کمبودها"))
_IMMEDIATE = 20
_OPEN_WHY = "said as a fact"


def stage_of(reading: Reading, figure: Figure) -> Staged:
    """The stage of a figure that is no context number."""
    denied = _denied(reading, figure)
    if denied:
        return Staged("context", denied)
    if any(text in PLEDGED_ATTRIBUTES for text in _described_by(reading, figure)):
        return Staged("pledged", "its own attribute is a promise")
    aimed = _aimed_at(reading, figure)
    if aimed is not None:
        return aimed
    if figure.clause.verb is None:
        return _without_verb(reading, figure)
    return _with_verb(reading, figure, figure.clause, figure.clause.verb)


def _aimed_at(reading: Reading, figure: Figure) -> Staged | None:
    """«هدف: ۲۵۰۰ باب», «۲۵۰۰ واحد هدف», «۳۰۰ خانه که تعهد کرده بودیم»: promised by what stands at it."""
    before = [text for text in reading.texts(figure.opening - 2, figure.opening) if text != ":"]
    if before[-1:] == ["هدف"] or (reading.text(figure.after - 1) == "هدف" and figure.number.value):
        return Staged("pledged", "a target: هدف")
    at = figure.after + (reading.text(figure.after) == "،")
    if reading.text(at) != "که":
        return None
    inner = figure.sentence.clause_of.get(at + 1)
    if inner is None or inner.verb is None or inner is figure.clause:
        return None
    if act_of(reading, inner, inner.verb, figure.sentence) is Act.PLEDGE:
        return Staged("pledged", "what was promised")
    if set(inner.texts[:2]) & MUST:
        return Staged("pledged", "what must be done")
    return None


def _described_by(reading: Reading, figure: Figure) -> list[str]:
    after = figure.after
    return (
        reading.texts(figure.phrase.first, after + 1)
        if figure.phrase.after > figure.phrase.first
        else []
    )


def _with_verb(reading: Reading, figure: Figure, clause: Clause, verb: Verb) -> Staged:
    act = act_of(reading, clause, verb, figure.sentence)
    said = reading.between(verb.first, verb.after)
    if act is Act.SAY:
        return _nominal(reading, figure, saying=True)
    if act is Act.RETRACT:
        return Staged("context", f"taken back: {said}")
    if act is Act.NEED:
        return Staged("context", f"a need: {said}")
    if act is Act.HARM:
        return Staged("context", f"what befell: {said}", sure=0.75)
    if act is Act.INVITE:
        ahead = verb.tense in (Tense.FUTURE, Tense.SUBJUNCTIVE)
        return Staged("pledged" if ahead else "reported", f"invited: {said}")
    if act is Act.PLEDGE and verb.tense is Tense.SUBJUNCTIVE and _conditioned(reading, figure):
        return Staged("potential", "a promise under a condition")
    if act is Act.PLEDGE:
        return Staged("context" if verb.negative else "pledged", f"a promise: {said}")
    if act is Act.CAN:
        return Staged("potential", f"ability: {said}")
    if act is Act.ABLE:
        return Staged("context" if verb.negative else "reported", f"achieved: {said}")
    return _by_tense(reading, figure, clause, verb, said)


# --- tense ---------------------------------------------------------------------------------------


def _by_tense(reading: Reading, figure: Figure, clause: Clause, verb: Verb, said: str) -> Staged:
    if verb.tense is Tense.SUBJUNCTIVE:
        return _governed(reading, figure, verb, said)
    if verb.tense is Tense.PAST:
        return _past(reading, figure, clause, verb, said)
    if _conditioned(reading, figure):
        return Staged("potential", "a condition")
    if verb.tense is Tense.FUTURE:
        return Staged("context" if verb.negative else "pledged", f"future: {said}")
    if set(clause.texts) & MUST:
        return Staged("pledged", "a rule: باید")
    if verb.tense is Tense.PRESENT:
        return _present(reading, figure, clause, verb, said)
    return _predicate(reading, figure, clause, verb, said)


def _past(reading: Reading, figure: Figure, clause: Clause, verb: Verb, said: str) -> Staged:
    modal = _impersonal(reading, figure.sentence, verb)
    if modal is not None:
        return modal
    if verb.lemma == "بود" and not verb.passive:
        head = [reading.text(index) for index in clause.words if index < figure.opening]
        if _is_aim(head) or "قرار" in head[-4:]:
            return Staged("pledged", "the subject was a plan", sure=0.75)
    if verb.lemma == "ماند" and figure.after == verb.first:
        return Staged("context", f"left over: {said}", sure=0.75)
    if verb.negative:
        if verb.lemma == "رسید" and figure.qualifier == "at_most":
            return Staged("reported", f"less than: {said}", sure=0.7)
        return Staged("context", f"denied: {said}")
    if set(clause.texts) & MUST and reading.text(verb.first).startswith("می"):
        return Staged("pledged", "what should have been done")
    if _only_begun(reading, figure, verb):
        return Staged("pledged", f"only begun: {said}", sure=0.6)
    if reading.text(verb.first) in ("بودیم", "هستیم") and figure.phrase.unit in (
        "person",
        "household",
    ):
        return Staged("context", "who we were")
    if set(clause.texts) & _PREPARED and figure.phrase.unit == "program":
        return Staged("pledged", f"prepared: {said}", sure=0.7)
    return Staged("reported", f"past: {said}")


def _only_begun(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«خرید ۸۵ تن برنج آغاز شده»: a deed that began has not yet brought its quantity."""
    if reading.text(verb.first - 1) not in ("آغاز", "شروع"):
        return False
    return any(
        reading.text(index) in DEEDS - _ATTENDING
        for index in figure.clause.words
        if index < figure.opening
    )


def _impersonal(reading: Reading, sentence: Sentence, verb: Verb) -> Staged | None:
    """«می‌توان … را به ۶ هزار نفر رساند»: a bare past stem behind a modal is no past."""
    if verb.after - verb.first != 1 or reading.text(verb.first) != verb.lemma:
        return None
    for at in range(verb.first - 1, max(sentence.first, verb.first - _IMMEDIATE) - 1, -1):
        text = reading.text(at)
        if text in MUST:
            return Staged("pledged", f"a rule: {text}")
        if text in _IMPERSONAL:
            return Staged("potential", f"ability: {text}")
        if text in _IMPERSONAL_BE and _stands_alone(reading, at, sentence):
            return Staged("potential", f"ability: {text}")
        if text in VERB_FORMS and VERB_FORMS[text].tense is not Tense.PARTICIPLE:
            return None
    return None


def _stands_alone(reading: Reading, at: int, sentence: Sentence) -> bool:
    """«می‌شود» without a noun half is a modal («می‌شود … سر زد»)."""
    if at == sentence.first:
        return True
    return reading.text(at - 1) in _BEFORE_IMPERSONAL or reading.text(at - 1) in VERB_FORMS


def _present(reading: Reading, figure: Figure, clause: Clause, verb: Verb, said: str) -> Staged:
    """A present tense tells a plan, unless it is a state, a habit or goes on now."""
    if verb.negative:
        return Staged("context", f"denied: {said}")
    lead = reading.text(verb.first - 1)
    if _in_the_week(clause.texts):
        return Staged("pledged", f"in the week to come: {said}", sure=0.7)
    if verb.lemma == "داشت":
        return Staged("reported", f"a state: {said}")
    ongoing = set(clause.texts) & ONGOING_WORDS
    if verb.lemma == "رسید" and set(clause.texts) & STOCK_WORDS:
        return Staged("reported", f"how many there are: {said}")
    if rate_of(reading, figure) or ongoing or f"{lead} {verb.lemma}" in STATES:
        return Staged("reported", f"goes on: {said}", sure=0.8)
    if lead in _ESTIMATES or figure.phrase.unit in ("percent", "times", "share"):
        return Staged("reported", f"goes on: {said}", sure=0.7)
    return Staged("pledged", f"present for the future: {said}", sure=0.8)


def _in_the_week(texts: list[str]) -> bool:
    """«در طول هفته», «در هفته همیاری»: with a present tense this is the plan of the week."""
    return any(
        text == "هفته"
        and any(near in ("در", "طول", "طی") for near in texts[max(index - 2, 0) : index])
        and texts[index + 1 : index + 2] not in (["گذشته"], ["اخیر"], ["،"], ["برای"])
        and "هر" not in texts[max(index - 2, 0) : index]
        for index, text in enumerate(texts)
    )


def _predicate(reading: Reading, figure: Figure, clause: Clause, verb: Verb, said: str) -> Staged:
    """«… از برنامه‌های ما است» plans, «… از اقدامات ما است» and «۶۳ کارگاه فعال است» report."""
    if verb.negative:
        return Staged("context", f"denied: {said}")
    if reading.text(verb.first) in ("بودیم", "هستیم") and figure.phrase.unit in (
        "person",
        "household",
    ):
        return Staged("context", "who we are")
    tail = reading.texts(min(figure.phrase.first + 1, verb.first), verb.first)
    head = [reading.text(index) for index in clause.words if index < figure.opening]
    if any(word in RESULT_NOUNS for word in tail):
        return Staged("reported", "listed among results")
    if any(word in PLAN_NOUNS or word == "دستور" for word in tail) or tail[-2:] == ["در", "راه"]:
        return Staged("pledged", "listed among plans")
    if reading.text(figure.after) == "آن" and (whole := _earlier(reading, figure)) is not None:
        return whole
    if _rests_with(reading, figure, verb, tail):
        return Staged("pledged", "whose duty it is", sure=0.7)
    if _is_aim(head):
        return Staged("pledged", "the subject is a plan", sure=0.7)
    if _in_the_week(clause.texts):
        return Staged("pledged", f"in the week to come: {said}", sure=0.7)
    return Staged("reported", f"a state: {said}")


def _is_aim(head: list[str]) -> bool:
    """«هدف پویش کاشت …», «پیش‌بینی ما …»: the subject of «است» or «بود» is a plan."""
    return any(word in _AIMS for word in head[-8:]) and not set(head) & RESULT_NOUNS


def _rests_with(reading: Reading, figure: Figure, verb: Verb, tail: list[str]) -> bool:
    """«خرید ۲۵ دستگاه با فدراسیون است», «تأمین ۱۶ ایستگاه با ماست»."""
    deed = any(text in DEEDS for text in reading.texts(figure.opening - 3, figure.opening))
    return deed and ("با" in tail[:2] or reading.text(verb.first - 1) == "با")


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


# --- what governs --------------------------------------------------------------------------------


def _conditioned(reading: Reading, figure: Figure) -> bool:
    """Whether an «اگر» or «شاید» stands before the figure in its sentence."""
    if set(figure.clause.texts) & ONGOING_WORDS:
        return False
    for at in range(figure.first - 1, max(figure.sentence.first, figure.first - 40) - 1, -1):
        text = reading.text(at)
        if text == "؛":
            return False
        if text in CONDITIONALS or text in POTENTIAL_ADVERBS:
            return True
        if text == "صورت" and reading.text(at - 1) == "در":
            return True
    return False


def _governed(reading: Reading, figure: Figure, verb: Verb, said: str) -> Staged:
    """What governs a subjunctive: the nearest modal word or verb before it in the sentence."""
    governors = _governors(reading, figure.sentence)
    for at in range(verb.first - 1, figure.sentence.first - 1, -1):
        found = governors.get(at)
        if found is not None:
            return found
        text = reading.text(at)
        if text in MUST:
            return Staged("pledged", f"a rule: {text}")
        if text in CAN_ADJECTIVES or text in CONDITIONALS or text in POTENTIAL_ADVERBS:
            return Staged("potential", f"ability or condition: {text}")
        if text in ("برآورد", "تخمین"):
            return Staged("reported", "an estimate")
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
        if staged is not None:
            found[clause.verb.first] = staged
    return found


_GOVERNED_STAGE = {
    Act.CAN: Staged("potential", "governed by ability"),
    Act.ABLE: Staged("reported", "governed by توانست"),
    Act.PLEDGE: Staged("pledged", "governed by a promise"),
    Act.INVITE: Staged("pledged", "what the invited shall do"),
    Act.NEED: Staged("context", "governed by a need"),
}


# --- no telling verb -----------------------------------------------------------------------------


def _without_verb(reading: Reading, figure: Figure) -> Staged:
    lead = _leading_clause(figure)
    if lead is not None and lead.verb is not None:
        return _led(reading, figure, lead, lead.verb)
    return _nominal(reading, figure, saying=False)._replace(open=True, sure=0.6)


def _leading_clause(figure: Figure) -> Clause | None:
    """The last clause with a verb before a torn-off phrase of the same sentence."""
    lead: Clause | None = None
    for clause in figure.sentence.clauses:
        if clause.verb is not None and clause.verb.first < figure.first:
            lead = clause
    if lead is not None and lead.verb is not None and figure.clause.words:
        between = range(lead.verb.after, figure.first)
        if any(index not in figure.sentence.clause_of for index in between):
            return None  # a slash or bullet parts them
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
    if reading.text(verb.first) in _IMPERSONAL_BE:
        return Staged("reported", "amounts to", sure=0.7)
    return _with_verb(reading, figure, lead, verb)._replace(sure=0.7)


def _nominal(reading: Reading, figure: Figure, *, saying: bool) -> Staged:
    """No verb, or a verb of saying: the nouns around the figure decide."""
    phrase = range(figure.number.first, figure.after)
    kept = [reading.text(index) for index in figure.clause.words if index not in phrase]
    ahead = [reading.text(index) for index in figure.clause.words if index < figure.first]
    if _conditioned(reading, figure):
        return Staged("potential", "a condition")
    if any(word in _NEED_LEADS for word in ahead) or _needs_noun(kept) or _announced(ahead, _NEEDS):
        return Staged("context", "a need")
    if any(word in POTENTIAL_NOUNS for word in ahead):
        return Staged("potential", "a capacity", sure=0.7)
    if _listed_among(kept, RESULT_NOUNS) or _announced(ahead, RESULT_NOUNS):
        return Staged("reported", "listed among results")
    if _listed_among(kept, PLAN_NOUNS) or _announced(ahead, PLAN_NOUNS):
        return Staged("pledged", "listed among plans")
    if _until_year_end(kept):
        return Staged("pledged", "a time limit ahead", sure=0.7)
    if any(
        word in FUTURE_WORDS or word in ("تعهد", "وعده", "قول", "تقبل", "پیشبینی") for word in kept
    ):
        return Staged("pledged", "a time to come", sure=0.7)
    if saying and _occasion(reading, figure):
        return Staged("pledged", "for an occasion", sure=0.6)
    return Staged("reported", _OPEN_WHY, open=True, sure=0.7)


def _needs_noun(texts: list[str]) -> bool:
    return any(word == "نیاز" and texts[i + 1 : i + 2] == ["به"] for i, word in enumerate(texts))


def _until_year_end(texts: list[str]) -> bool:
    """«تا پایان سال», «تا نوروز» without a verb: something still to come."""
    return any(
        word == "تا"
        and (
            texts[i + 1 : i + 2] == ["نوروز"]
            or (texts[i + 1 : i + 2] in (["پایان"], ["آخر"]) and texts[i + 2 : i + 3] == ["سال"])
            or texts[i + 2 : i + 4] in (["سال", "دیگر"], ["ماه", "دیگر"])
        )
        for i, word in enumerate(texts)
    )


def _listed_among(texts: list[str], nouns: frozenset[str]) -> bool:
    """«از (دیگر|اهم|جمله) برنامه‌های …»."""
    return any(
        word in nouns and "از" in texts[max(index - 4, 0) : index]
        for index, word in enumerate(texts)
    )


def _announced(ahead: list[str], nouns: frozenset[str]) -> bool:
    """«برنامه‌های هفته: …» in front of the figure."""
    return ":" in ahead and any(word in nouns for word in ahead[: ahead.index(":")])


def _occasion(reading: Reading, figure: Figure) -> bool:
    """«از توزیع … هم‌زمان با هفته … خبر داد»: a deed for a coming occasion."""
    tail = reading.texts(figure.after, figure.after + 4)
    deed = any(text in DEEDS for text in reading.texts(figure.opening - 2, figure.opening))
    return deed and any(text in _OCCASIONS for text in tail) and "گذشته" not in tail


# --- denial --------------------------------------------------------------------------------------


def _denied(reading: Reading, figure: Figure) -> str:
    """A figure that others spread and the speaker denies, here or in the next sentence."""
    sentence = figure.sentence
    before = reading.texts(max(sentence.first, figure.opening - 4), figure.opening)
    if any(text in ("نمیگویم", "نمیگوییم") for text in before):
        return "what the speaker does not say"
    if not _is_rumour(reading.texts(sentence.first, sentence.after)):
        return ""
    first, after = _segment(reading, figure)
    if _is_rumour(reading.texts(first, figure.first)) and _negates(
        reading, after, figure.clause.verb
    ):
        return "denied right behind"
    if not _is_rumour(
        reading.texts(first, figure.after + 12 if after > figure.after + 12 else after)
    ):
        return ""
    if _denies(reading.texts(figure.after, after)):
        return "denied in the same sentence"
    if not _is_rumour(reading.texts(first, figure.first)):
        return ""
    following = sentence.number + 1
    if following < len(reading.sentences):
        follower = reading.sentences[following]
        denial = reading.texts(follower.first, min(follower.after, follower.first + _SHORT_DENIAL))
        if set(denial[:3]) & _DENIAL_OPENERS and _denies(denial):
            return "denied in the next sentence"
    return ""


def _negates(reading: Reading, semicolon: int, verb: Verb | None) -> bool:
    """«گمان می‌کنند ۱۰۰۰ باغ ساخته‌ایم؛ نساخته‌ایم»."""
    form = VERB_FORMS.get(reading.text(semicolon + 1))
    return verb is not None and form is not None and form.negative and form.lemma == verb.lemma


def _segment(reading: Reading, figure: Figure) -> tuple[int, int]:
    """The part of the sentence between the semicolons around a figure."""
    first, after = figure.first, figure.after
    while first > figure.sentence.first and reading.text(first - 1) != "؛":
        first -= 1
    while after < figure.sentence.after and reading.text(after) != "؛":
        after += 1
    return first, after


def _is_rumour(texts: list[str]) -> bool:
    if any(text in RUMOUR_WORDS for text in texts):
        return True
    return any(
        text in ("گفته", "اعلام") and texts[index + 1 : index + 2] == ["شد"]
        for index, text in enumerate(texts)
    )


def _denies(texts: list[str]) -> bool:
    negative = any(text in VERB_FORMS and VERB_FORMS[text].negative for text in texts)
    if any(text in _FALSE for text in texts):
        return True
    return negative and any(text in _TRUE or text == "چنین" for text in texts)
