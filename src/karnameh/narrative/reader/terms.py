"""What a thing costs, and on what terms a loan is given."""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause
from karnameh.narrative.reader.each import TIMES, TOTALS
from karnameh.narrative.reader.lexicon import (
    LOAN_TERMS,
    PRICE_WORDS,
    SHARE_WORDS,
)
from karnameh.narrative.reader.lists import list_lead
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import Tense
from karnameh.narrative.reader.verdicts import MONEY, Verdict, owns
from karnameh.narrative.reader.words import Kind

_PER = key_set("هر ماهانه ماهیانه سالانه نفری ماهی سالی هفتگی")
_FEES = key_set("شهریه کرایه اجاره‌بها ودیعه دستمزد حقوق مستمری")
_RATES = key_set("نرخ بهره")
_PAID_BACK = key_set("بازگشت وصول بازپرداخت")
_MANY = 20
_SUMS = key_set("مبلغ رقم میزان هزینه")
_LOANS = key_set("وام وام‌ها وام‌های تسهیلات تسهیلاتی وامی هر قرض‌الحسنه اعتبار کمک بلاعوض")
_LENT = frozenset(("وام", "تسهیلات"))
_LIMITS = key_set("حداقل حداکثر کمترین بیشترین کف")
_AHEAD = 8
_BESIDE = 4
_PRICE_REACH = 16
_MILLIONS = frozenset(("میلیون", "میلیارد"))
_NEAR_PRICE = 7
_PRICED_IN = MONEY | {"times", "percent"}
_LIMITED = _SUMS | {"کمک", "سرمایه", "وام"}


def loan_term(reading: Reading, figure: Figure) -> Verdict | None:
    """«کارمزد ۴ درصد», «سقف ۸۰ میلیون تومان», «وام ۵۰ میلیونی»."""
    if _is_paid_back(reading, figure):
        return None  # how many pay back is a result
    rated = reading.text(figure.opening - 1) in _RATES and figure.phrase.unit == "percent"
    if rated and reading.text(figure.opening - 2) == "با":
        return Verdict("percent", "a term of a loan")
    if figure.phrase.unit == "percent" and reading.text(figure.after) == "کارمزد":
        return Verdict("percent", "a term of a loan")  # «بانک ۴ درصد کارمزد می‌گیرد»
    ceiling = reading.text(figure.after) in _LENT or reading.text(figure.after) == "تسهیلات"
    if ceiling and figure.phrase.unit in MONEY and "هر" in reading.head(figure):
        return Verdict(
            figure.phrase.unit, "a term of a loan"
        )  # «به هر خانوار تا ۷۰ میلیون تومان وام می‌دهیم»
    terms = figure.phrase.unit in MONEY or figure.phrase.unit in ("percent", "month", "year")
    for at in range(figure.first - 1, max(figure.first - 5, figure.sentence.first - 1), -1):
        if reading.words[at].kind is Kind.MARK or not terms:
            break
        limit = reading.text(at) == "سقف" and reading.text(at - 1) == "تا"
        if limit and _LOANS.isdisjoint(reading.said_in(figure.sentence)):
            continue  # «تا سقف ۲۰۰ میلیون دلار صادر کنند»
        if reading.text(at) in LOAN_TERMS:
            return Verdict(figure.phrase.unit, "a term of a loan")
    loans = {"وام", "وامها", "تسهیلات"} & set(reading.texts(figure.opening - 6, figure.opening))
    if figure.phrase.unit in MONEY and figure.number.bound and loans and owns(figure):
        return Verdict(figure.phrase.unit, "a term of a loan")  # «وام‌ها بین ۱۰ تا ۵۰ میلیون است»
    head = [text for text in figure.clause.texts[:5] if text not in ("و", "که", ":", "،", "؛")]
    sized = head[:1] in (["مبلغ"], ["میزان"], ["رقم"]) and not _LENT.isdisjoint(head[1:3])
    sized = sized or (head[:1] in (["وام"], ["تسهیلات"]) and "هر" in head)
    if figure.phrase.unit in MONEY and sized and owns(figure):
        return Verdict(figure.phrase.unit, "the size of one loan")
    if figure.phrase.unit in MONEY and figure.number.bound and figure.clause.verb is None:
        return Verdict(figure.phrase.unit, "from … to … of money")
    if reading.text(figure.sentence.first) in ("حاضران", "حاضرین", "غایبان"):
        return Verdict(figure.phrase.unit, "who was present")
    if figure.phrase.unit in MONEY and reading.text(figure.first - 1) == "وام":
        return Verdict(figure.phrase.unit, "the size of one loan")
    return None


def price(reading: Reading, figure: Figure) -> Verdict | None:
    """«اجاره هر غرفه … ۳۰۰ هزار تومان», «قیمت سیمان ۲ برابر شد»."""
    many = figure.phrase.unit == "" and reading.text(figure.number.after - 1) in _MILLIONS
    if not many and figure.phrase.unit not in _PRICED_IN:
        return None
    verb = figure.clause.verb
    if verb is not None and _is_told_of_price(reading, figure):
        return Verdict(figure.phrase.unit, "a price or a wage")
    if figure.phrase.unit not in MONEY and verb is not None and verb.tense is Tense.FUTURE:
        return None
    least = figure.phrase.unit in MONEY and owns(figure)
    if least and _is_limit_of_amount(reading, figure):
        return Verdict(figure.phrase.unit, "the least or the most of a payment")
    behind = reading.texts(figure.after, figure.after + 2)
    fee = set(behind[:1]) & _FEES or behind == ["حق", "عضویت"]
    if fee and (_PER & set(figure.clause.texts) or (verb and verb.tense is Tense.PRESENT)):
        return Verdict(figure.phrase.unit, "a fee")
    if figure.phrase.unit == "percent" and figure.after < (verb.first if verb else 0) - 1:
        return None  # «شهریه ۴۰ درصد کودکان رایگان است»
    head = [index for index in figure.clause.words if index < figure.opening]
    shares = figure.phrase.unit == "percent"
    for at in head[-_PRICE_REACH:]:
        sized = reading.text(figure.number.after) in ("تومانی", "ریالی")
        if (shares or sized) and reading.text(at) == "قرارداد":
            continue  # «طبق قرارداد ۲۵ درصد درآمد …»
        if reading.text(at) in PRICE_WORDS:
            return Verdict(figure.phrase.unit, "a price or a wage")
    return None


def _is_told_of_price(reading: Reading, figure: Figure) -> bool:
    """«نرخ کرایه هر سرویس که ۴۰۰ هزار تومان است»: the clause tells what the price before it is."""
    first = min(figure.clause.words, default=0)
    verb = figure.clause.verb
    stated = verb is not None and reading.text(verb.first - 1) == "اعلام"
    told = owns(figure) or stated
    if figure.phrase.unit not in MONEY or not told or reading.text(first - 1) != "که":
        return False
    before = reading.texts(max(figure.sentence.first, first - 1 - _NEAR_PRICE), first - 1)
    return not PRICE_WORDS.isdisjoint(before) and figure.opening - first <= 1 + stated


def _is_limit_of_amount(reading: Reading, figure: Figure) -> bool:
    """«حداقل مبلغ مشارکت ۵۰ هزار تومان است», «ورودی نمایشگاه ۵ هزار تومان است»."""
    head = reading.head(figure)
    head = [text for text in head[:4] if text not in ("و", "که", "این", "؛", "،", ":")]
    return head[:1] == ["ورودی"] or (bool(head[1:]) and head[0] in _LIMITS and head[1] in _LIMITED)


def _is_paid_back(reading: Reading, figure: Figure) -> bool:
    """«میزان بازپرداخت اقساط تا پایان شهریور ۹۶ درصد»; «بازپرداخت ۴۸ ماهه» is a term."""
    if {"بازگشت", "وصول"} & set(reading.texts(figure.opening - 4, figure.opening)):
        return True
    head = reading.texts(max(figure.sentence.first, figure.opening - _AHEAD), figure.opening)
    return figure.phrase.unit == "percent" and any(
        word in _PAID_BACK
        and (head[i - 1 : i] in (["نرخ"], ["میزان"]) or head[i + 1 : i + 2] == ["اقساط"])
        for i, word in enumerate(head)
    )


def discount(reading: Reading, figure: Figure) -> Verdict | None:
    """«تا ۲۰ درصد تخفیف», «تخفیف ۲۰ درصدی»."""
    if figure.phrase.unit not in MONEY and figure.phrase.unit != "percent":
        return None
    beside = (reading.text(figure.opening - 1), reading.text(figure.after))
    until = reading.text(figure.number.after) == "تا"
    if (figure.number.bound == "low" or until) and (later := reading.figures_after(figure)[:1]):
        beside = (beside[0], reading.text(later[0].after))  # «با ۱۰ تا ۳۰ درصد تخفیف»
    cheaper = reading.texts(figure.after, figure.after + 2)
    if cheaper == ["زیر", "قیمت"] or cheaper[:1] == ["ارزانتر"]:
        return Verdict(figure.phrase.unit, "a discount")
    return Verdict(figure.phrase.unit, "a discount") if "تخفیف" in beside else None


def unit_cost(reading: Reading, figure: Figure) -> Verdict | None:
    """«مساحت هر واحد ۷۰ متر است و ساخت آن ۶۵ میلیون تومان هزینه دارد»: «آن» is each of them.

    So is the subject that the second clause leaves out («هر خانه … است و با ۳۸۰ میلیون ساخته می‌شود»).
    """
    before = _clause_before(figure)
    if before is None or {"هر", "هرکدام", "هریک"}.isdisjoint(before.texts):
        return None
    verb = figure.clause.verb
    if figure.phrase.unit not in MONEY:
        noun = reading.text(figure.phrase.first)
        if list_lead(reading, figure) == ["و", "برای"] and figure.phrase.unit == "person":
            return Verdict("person", "a property of each")  # «… و برای دو نفر کار درست می‌کند»
        told_of_them = noun.endswith("شان") and (figure.number.value or _MANY) < _MANY
        if told_of_them and before.texts[:1] == ["هر"] and verb and verb.tense is Tense.COPULA:
            return Verdict("person", "a property of each")  # «و دست کم یک نفرشان اهل همان‌جاست»
        first = min(figure.clause.words)
        has = verb is not None and verb.lemma == "داشت" and not verb.negative
        subjectless = reading.text(first) == "و" and figure.opening == first + 1
        of_each = has and subjectless and before.texts[-3:] != []
        return Verdict(figure.phrase.unit, "a property of each") if of_each else None
    at = next(i for i, text in enumerate(before.texts) if text in ("هر", "هرکدام", "هریک"))
    if before.texts[at + 1 : at + 2] and before.texts[at + 1] in TIMES:
        return None
    head = reading.head(figure)
    meant = any(
        word == "آن" and head[i - 1 : i] not in (["از"], ["در"], []) for i, word in enumerate(head)
    )
    subjectless = list_lead(reading, figure) in (["و", "با"], ["با"])
    meant &= not TOTALS & set(head) or "ارزش" in head
    given = reading.texts(figure.after, figure.after + 7)
    meant |= ("به", "آن") in pairwise(given)  # «… و ۳۵۰ میلیون تومان وام به آن تعلق می‌گیرد»
    return Verdict(figure.phrase.unit, "what one costs") if meant or subjectless else None


def _clause_before(figure: Figure) -> Clause | None:
    """The clause of being or having that is joined in front of the figure's own."""
    before: Clause | None = None
    for clause in figure.sentence.clauses:
        if clause.verb is not None and clause.verb.after <= figure.first:
            before = clause
    verb = before.verb if before is not None else None
    return before if verb is not None and verb.lemma in ("بود", "داشت") else None


def is_part_of_cost(reading: Reading, figure: Figure, previous: Figure, known: str) -> bool:
    """«هر واحد ۸۵۰ میلیون تومان است که ۳۰۰ میلیون تومان آن بلاعوض است», «از این مبلغ ۲۰ میلیون …»."""
    percent = figure.phrase.unit == "percent" and previous.sentence is figure.sentence
    theirs = owns(figure) or "خود" in reading.texts(figure.after, figure.after + 3)
    if percent and known in MONEY and reading.text(figure.after) == "آن" and theirs:
        return True  # «۶۰ درصد آن بلاعوض است»
    if figure.phrase.unit not in MONEY or previous.phrase.unit not in MONEY:
        return False
    built = figure.clause.verb is not None and figure.clause.verb.lemma == "ساخت"
    if not owns(figure) and not built:
        return False
    shared = not SHARE_WORDS.isdisjoint(figure.clause.texts)
    beside = known in MONEY and previous.clause is figure.clause
    beside &= reading.text(figure.opening - 1) == "و"
    if beside and figure.opening - previous.after <= _BESIDE:
        return True  # «هر خانه … با ۴۵۰ میلیون تومان وام و ۱۰۰ میلیون تومان کمک ساخته می‌شود»
    if known in MONEY and previous.sentence is figure.sentence and shared:
        return True  # «هر واحد … هزینه می‌برد: سهم ما ۱۵۰ میلیون، وام ۲۰۰ میلیون و … است»
    if figure.sentence.number - previous.sentence.number > 1:
        return False
    ahead = reading.texts(figure.opening - 3, figure.opening)
    of_it = reading.text(figure.after) == "آن"
    of_it |= ahead[:2] == ["از", "این"] and ahead[-1] in _SUMS
    each = "هر" in reading.texts(
        max(previous.sentence.first, previous.opening - _AHEAD), previous.opening
    )
    return of_it and (known in MONEY or each)
