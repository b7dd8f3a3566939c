"""Sentences, finite verbs and clauses.

Persian puts the finite verb last, so whatever stands before it, however long the list, is what that
verb is about. A relative clause («… که … خریده بودند …») is set aside on a stack and the words
before it wait for their own verb. Every word is looked at a constant number of times.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import (
    COMPLEMENTIZERS,
    CONJUNCTIONS,
    MONTHS,
    PREPOSITIONS,
    RELATIVE,
)
from karnameh.narrative.reader.number_words import SCALES, SMALL
from karnameh.narrative.reader.verbs import NOUN_OR_VERB, VERB_FORMS, Tense, VerbForm
from karnameh.narrative.reader.words import Kind, Word

# No sentence is longer, or has more numbers in digits: it bounds the work on texts without any
# full stop, and on tables that were pasted as prose.
_LONGEST = 200
_MOST_NUMBERS = 40
_SENTENCE_ENDS = frozenset(".!؟?…")
_COORDINATORS = CONJUNCTIONS | RELATIVE | frozenset(("تا", "؛", ";", ".", ":", "«", "»"))
_SEGMENT_MARKS = frozenset("/|•*●▪■◾")
_ALSO = frozenset(("نیز", "هم", "همچنین"))
_CAUSES = key_set("علت دلیل خاطر سبب واسطه از با به وجود رغم و")
_TURNS = frozenset(("ولی", "اما", "لیکن"))
_BECOME = frozenset(("شده", "گردیده", "گشته", "نشده"))
_PASSIVE = frozenset(("شد", "گشت", "گردید"))
_NOUNS_BUT_FOR_BEING = {
    "برده": "برد", "خواسته": "خواست", "نشسته": "نشست", "شکسته": "شکست", "ریخته": "ریخت", "شسته": "شست",
    "پخته": "پخت", "بافته": "بافت", "کنده": "کند",
}  # fmt: skip
_PERHAPS_VERBS = frozenset((*_NOUNS_BUT_FOR_BEING, "آسیبدیده"))
_BEING = key_set("بود بودند بودیم است اند‌ ایم")
_OF_FUEL = key_set("تن لیتر بشکه گالن تانکر کیلو محموله")
_CAUSE = 6
_NEAR_OBJECT = 7  # «… ۳۰ دستگاه رایانه خرید و …»
_FAR_GOAL = 14  # «۷۸۰ دستگاه … به زوج‌های جوان رسید و …»
_NEVER_ADJECTIVES = key_set("بوده نبوده داشته نداشته")
_TIME_NOUNS = key_set("سال ماه هفته روز دوره شب سالی چند دهه بار زمان") | frozenset(MONTHS)
_TIME_LIMITS = key_set(
    """
    پایان امروز دیروز این حال الان اکنون سال ماه هفته کنون آخر اواخر ابتدای لحظه روز نوروز
    """
) | frozenset(MONTHS)


@dataclass(frozen=True, slots=True)
class Verb:
    """A finite verb with its auxiliaries: words `first` up to `after`."""

    first: int
    after: int
    lemma: str
    tense: Tense
    negative: bool
    passive: bool = False


@dataclass(slots=True)
class Clause:
    """What one finite verb governs; `verb` is None for headlines and torn-off phrases."""

    verb: Verb | None
    words: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)  # the look-up forms of `words`


@dataclass(slots=True)
class Sentence:
    """Words `first` up to `after`, their clauses in order of their verbs, and a way back."""

    first: int
    after: int
    clauses: list[Clause]
    clause_of: dict[int, Clause]
    number: int


def sentences_of(words: list[Word]) -> list[Sentence]:
    """The sentences of a text; a line end or a mark that closes a sentence ends one."""
    found: list[Sentence] = []
    first = numbers = 0
    for at, word in enumerate(words):
        numbers += word.kind is Kind.DIGITS
        broken = word.kind is Kind.BREAK
        if broken or (word.kind is Kind.MARK and word.text in _SENTENCE_ENDS):
            if at > first:
                found.append(_sentence(words, first, at, len(found)))
            first, numbers = at + 1, 0
        elif at - first >= _LONGEST or numbers > _MOST_NUMBERS:
            found.append(_sentence(words, first, at, len(found)))
            first, numbers = at, 0
    if len(words) > first:
        found.append(_sentence(words, first, len(words), len(found)))
    return found


# --- verbs ---------------------------------------------------------------------------------------


def verbs_of(words: list[Word], first: int, after: int) -> list[Verb]:
    """The finite verbs between two words, in order."""
    found: list[Verb] = []
    at = first
    while at < after:
        form = VERB_FORMS.get(words[at].text)
        if form is None and words[at].text in _PERHAPS_VERBS:
            form = _pluperfect(words, at, after)
        verb = _verb_at(words, at, first, after, form) if form is not None else None
        if verb is None:
            at += 1
        else:
            found.append(verb)
            at = verb.after
    return found


def _pluperfect(words: list[Word], at: int, after: int) -> VerbForm | None:
    """«۸۰ رأس گوسفند را برده بود», «از ۹۰ دانشجو خواسته است»: nouns but for the verb behind them."""
    if words[at].text == "آسیبدیده" and _closes_with(words, at + 1, after):
        return VerbForm("آسیبدید", Tense.PARTICIPLE)
    lemma = _NOUNS_BUT_FOR_BEING.get(words[at].text)
    if lemma is None or at + 1 >= after or words[at + 1].text not in _BEING:
        return None
    return VerbForm(lemma, Tense.PARTICIPLE)


def _closes_with(words: list[Word], at: int, after: int) -> bool:
    """«۱۸ هزار خانه آسیب دیده.», «… آسیب دیده است», «… آسیب دیده و درآمد … کم شده»: a verb, no adjective."""
    if at >= after:
        return True
    near = {word.text for word in words[max(at - _CAUSE, 0) : at]}
    caused = words[at].text == "و" and "اثر" in near  # «بر اثر شوری آب آسیب دیده و درآمد …»
    return caused or words[at].text in _BEING or words[at].text in ("؛", "،")


def _verb_at(words: list[Word], at: int, first: int, after: int, form: VerbForm) -> Verb | None:
    if form.tense is Tense.AUXILIARY:
        return _future(words, at, at, after, form)
    if form.tense is Tense.PARTICIPLE:
        return _participle_verb(words, at, first, after, form)
    came = words[at].text == "آمد" and at > first + 1 and words[at - 2].text == "رفت"
    if came or (words[at].text == "رفت" and at + 2 < after and words[at + 2].text == "آمد"):
        return None  # «برای رفت و آمد دانش‌آموزان»
    if words[at].text == "نبود" and at > first and words[at - 1].text in _CAUSES:
        return None  # «به علت نبود اعتبار»
    if words[at].text == "نزد" and at + 1 < after and words[at + 1].kind is Kind.WORD:
        return None  # «نزد خزانه»
    if words[at].text in NOUN_OR_VERB and not _is_finite_here(words, at, first, after):
        return None
    return Verb(at, at + 1, form.lemma, form.tense, form.negative)


def _future(words: list[Word], first: int, at: int, after: int, form: VerbForm) -> Verb | None:
    """«خواهد شد»; «خواهد» alone is left alone."""
    if at + 1 >= after:
        return None
    main = VERB_FORMS.get(words[at + 1].text)
    if main is None or main.tense is not Tense.PAST or words[at + 1].text != main.lemma:
        return None
    return Verb(first, at + 2, main.lemma, Tense.FUTURE, form.negative)


def _participle_verb(
    words: list[Word], at: int, first: int, after: int, form: VerbForm
) -> Verb | None:
    """A participle with what follows it, or alone at the end of a clause («توزیع شده،»)."""
    end, negative, lemma = at + 1, form.negative, form.lemma
    while end < after:
        following = VERB_FORMS.get(words[end].text)
        if following is None or following.tense is not Tense.PARTICIPLE:
            break
        end, negative = end + 1, negative or following.negative
    closing = VERB_FORMS.get(words[end].text) if end < after else None
    if closing is not None:
        negative = negative or closing.negative
        if closing.tense is Tense.AUXILIARY:
            return _future(words, at, end, after, closing)
        if closing.lemma in _PASSIVE:
            return Verb(at, end + 1, lemma, closing.tense, negative, passive=True)
        if closing.lemma == "بود":
            tense = Tense.SUBJUNCTIVE if closing.tense is Tense.SUBJUNCTIVE else Tense.PAST
            passive = any(words[near].text in _BECOME for near in range(at + 1, end))
            return Verb(at, end + 1, lemma, tense, negative, passive)
    if _closes_clause(words, at, end, first, after):
        return Verb(at, end, lemma, Tense.PAST, negative)
    return None


def _closes_clause(words: list[Word], at: int, end: int, first: int, after: int) -> bool:
    """Whether a bare participle is a verb, not an adjective («گروه‌های ثبت شده»)."""
    if end >= after or words[at].text in _NEVER_ADJECTIVES:
        return end >= after or words[end].text in _COORDINATORS or words[end].kind is Kind.MARK
    following = words[end]
    if following.text == "تا" and end + 1 < after and words[end + 1].text in _TIME_LIMITS:
        return False
    if following.kind is not Kind.MARK and following.text not in _COORDINATORS:
        return False
    if following.text in _ALSO or _describes_whole(words, at, end, first):
        return False  # «۱۲ هزار فرزند باقی مانده نیز …», «از ۹ طرح پیشنهاد شده، ۴ طرح …»
    if words[at].text == "گذشته" and not any(
        words[near].kind is Kind.DIGITS or words[near].text in SMALL or words[near].text in SCALES
        for near in range(max(first, at - 2), at)
    ):
        return False  # «جلسه گذشته، …»; «از ۵۰۰ نفر گذشته، …» is a verb
    if words[at].text == "گذشته" and words[at - 1].text.rstrip("های") in _TIME_NOUNS:
        return False
    return not any(
        words[near].text.endswith(("های", "هایی", "ات"))
        and (near == first or words[near - 1].text not in PREPOSITIONS)
        for near in range(max(first, at - 2), at)
    ) or following.text in ("که", "؛")


def _describes_whole(words: list[Word], at: int, end: int, first: int) -> bool:
    """«از ۸۶۰ طرح اعلام شده، ۲۱۵ طرح …»: behind «از» and a number, a comma and a number follow."""
    if words[end].text != "،" or end + 1 >= len(words) or words[end + 1].kind is not Kind.DIGITS:
        return False
    for near in range(at - 1, max(first, at - _NEAR_OBJECT) - 1, -1):
        if words[near].text == "از" and words[near + 1].text not in ("این", "آن"):
            return True
        if words[near].text in VERB_FORMS and words[near].text not in NOUN_OR_VERB:
            return False
    return False


def _is_finite_here(words: list[Word], at: int, first: int, after: int) -> bool:
    """«۳۰ رایانه خرید و …» is a verb, «خرید و نصب ۳۰ رایانه» a noun."""
    if at == first:
        return False
    before = words[at - 1]
    if before.kind not in (Kind.WORD, Kind.DIGITS):
        return False
    if words[at].text == "گذشت" and before.text == "که":
        return True  # «در هفته‌ای که گذشت خبر داد»
    if before.text == "را" and at + 1 < after and words[at + 1].text == "گفت":
        return True  # «سیل که ۲۰۰ خانه را برد گفت»
    if before.text == "بین" and at > first + 1 and words[at - 2].text == "از":
        return True  # «محصول را از بین برد»
    if before.text in PREPOSITIONS or before.text in ("و", "یا"):
        return False
    if before.text in ("دست", "حال"):
        return False
    if words[at].text == "سوخت" and before.text in _OF_FUEL:
        return False  # «۶۰ تن سوخت و خوراک دام»
    if at + 1 >= after:
        return True
    if before.text in ("این", "آن"):
        return False
    following = words[at + 1]
    if following.kind is Kind.MARK and following.text not in "/«(":
        return True
    if following.text not in CONJUNCTIONS and following.text not in ("که", "تا"):
        return False
    reach = _FAR_GOAL if words[at].text == "رسید" else _NEAR_OBJECT
    return any(
        words[near].kind is Kind.DIGITS or words[near].text in SMALL or words[near].text == "را"
        for near in range(max(first, at - reach), at)
    )


# --- clauses -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Builder:
    """The clause being read, and the outer ones that wait for their verbs."""

    open: Clause
    waiting: list[Clause] = field(default_factory=list)
    done: list[Clause] = field(default_factory=list)

    def close(self, verb: Verb, resumes: bool) -> None:
        """The open clause has its verb; an outer clause goes on unless a coordinator follows."""
        self.open.verb = verb
        self.open.words.extend(range(verb.first, verb.after))
        self.done.append(self.open)
        self.open = self.waiting.pop() if resumes and self.waiting else Clause(None)

    def open_inner(self) -> None:
        """A که: what was read so far waits, unless it is complete."""
        if self.open.words:
            self.waiting.append(self.open)
        self.open = Clause(None)

    def cut(self) -> None:
        """A headline's slash: whatever has no verb stays without."""
        for clause in (*self.waiting, self.open):
            if clause.words:
                self.done.append(clause)
        self.waiting, self.open = [], Clause(None)


def _after_colon(words: list[Word], clause: Clause) -> bool:
    return any(words[index].text == ":" for index in clause.words)


def _sentence(words: list[Word], first: int, after: int, number: int) -> Sentence:
    headline = after < len(words) and words[after].kind is Kind.BREAK
    verbs = {verb.first: verb for verb in verbs_of(words, first, after)}
    builder = _Builder(Clause(None))
    at = first
    while at < after:
        verb = verbs.get(at)
        word = words[at]
        if verb is not None:
            builder.close(verb, _resumes(words, verb.after, after))
            at = verb.after
            continue
        if word.text in RELATIVE or word.text in COMPLEMENTIZERS:
            if word.text in COMPLEMENTIZERS:
                builder.open.words.append(at)
            builder.open_inner()
        elif word.kind is Kind.MARK and word.text in _SEGMENT_MARKS and _stands_apart(words, at):
            builder.cut()
        elif word.text == "؛" and (headline or _after_colon(words, builder.open)):
            builder.cut()  # «آب‌رسانی: ۲۱۴ روستا؛ …»
        else:
            turns = word.text in _TURNS and _turns(words, at)
            if turns and builder.open.words and not builder.waiting:
                builder.cut()  # «روزانه ۴۰۰ هزار لیتر، ولی این راه حل نیست»
            builder.open.words.append(at)
        at += 1
    _adopt(builder)
    for clause in builder.done:
        clause.texts = [words[index].text for index in clause.words]
    clause_of = {index: clause for clause in builder.done for index in clause.words}
    return Sentence(first, after, builder.done, clause_of, number)


def _adopt(builder: _Builder) -> None:
    """Words whose verb never came: they take the verb that came next after them, if any."""
    for clause in builder.waiting:
        later = [
            done
            for done in builder.done
            if done.verb is not None and done.verb.first > clause.words[-1]
        ]
        clause.verb = later[-1].verb if later else None
        builder.done.append(clause)
    if builder.open.words:
        builder.done.append(builder.open)


def _resumes(words: list[Word], at: int, after: int) -> bool:
    return at < after and words[at].text not in _COORDINATORS


def _turns(words: list[Word], at: int) -> bool:
    """«…، ولی این …»: a new subject, so that its verb is not about what was listed before."""
    return at + 1 < len(words) and words[at + 1].text in ("این", "آن")


def _stands_apart(words: list[Word], at: int) -> bool:
    """A slash between spaces parts two headlines; inside a word it does not."""
    before = at == 0 or words[at - 1].end < words[at].start
    return before or at + 1 >= len(words) or words[at].end < words[at + 1].start
