"""What each one gets, what a thing costs, on what terms a loan is given."""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause
from karnameh.narrative.reader.lexicon import (
    LOAN_TERMS,
    MEASURES_OF_PARTS,
    MUST,
    PRICE_WORDS,
    SHARE_WORDS,
)
from karnameh.narrative.reader.lists import list_lead
from karnameh.narrative.reader.nouns import lemma, unit_of
from karnameh.narrative.reader.number_words import SMALL
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.verdicts import AVERAGES, MONEY, Verdict, owns
from karnameh.narrative.reader.words import Kind

# Whose share a «هر» hands out: a body gets a result, a parcel or a loan only has a property.
_BODIES = key_set("""
    قشر شاخه شعبه استان شهرستان محله روستا پایگاه شهر منطقه ناحیه مسجد مدرسه بخش دهستان صنف رشته
    حوزه کانون مرکز دانشگاه شاخهی شهرک اداره دستگاه سازمان هسته کلاس
    """)
_TIMES = key_set("روز ماه هفته سال ساعت شب فصل نوبت روزه دوره")
_TRANSFERS = key_set("تعلق پرداخت اهدا اعطا واریز جبران کمک تقدیم")
_EARNINGS = key_set("سود درآمد فروش")
_COSTS = key_set("هزینه قیمت بهای نرخ")
_PER = key_set("هر ماهانه ماهیانه سالانه نفری ماهی سالی هفتگی")
_FEES = key_set("شهریه کرایه اجاره‌بها ودیعه دستمزد حقوق مستمری")
_MAKING = key_set("دوخت پخت ساخت کاشت بافت نوشت")
_MAKING_NOUNS = key_set("تولید دوخت پخت کشت ویزیت معاینه تعمیر تدریس")
_ABILITIES = key_set("توانایی امکان ظرفیت توان قابلیت گنجایش قادر")
_MADE_UP = frozenset(
    (
        "team",
        "parcel",
        "kit",
        "stationery_pack",
        "bag",
        "vehicle",
        "fund",
        "cooperative",
        "workshop",
    )
)
_RATES = key_set("نرخ بهره")
_VALUES = key_set("ارزش قیمت بهای بها نرخ")
_PAID_BACK = key_set("بازگشت وصول بازپرداخت")
_MANY = 20
_STAFFED = key_set("گروه تیم اکیپ کاروان پایگاه پیشخوان میز ایستگاه غرفه قرارگاه")
_WORKING = key_set("کار فعالیت خدمت همکاری")
_SUMS = key_set("مبلغ رقم میزان هزینه")
_COSTS_OF_EACH = key_set("هزینه قیمت بهای سرمایه مخارج خرج")
_LOANS = key_set("وام وام‌ها وام‌های تسهیلات تسهیلاتی وامی هر قرض‌الحسنه اعتبار کمک بلاعوض")
_LENT = frozenset(("وام", "تسهیلات"))
_LIMITS = key_set("حداقل حداکثر کمترین بیشترین کف")
# What each of these must have is its equipment, no rule.
_EQUIPPED = frozenset(("dwelling", "parcel", "kit", "team", "vehicle", "person", "tent", "bag", ""))
_HELD = key_set("برپا برگزار اجرا دایر")
_AHEAD = 8
_BESIDE = 4
_OF_THESE = 4
_SENTENCE_REACH = 25
_PRICE_REACH = 16
_MILLIONS = frozenset(("میلیون", "میلیارد"))
_NEAR_PRICE = 7
_TOTALS = key_set("ارزش مجموع جمع کل")
_ACTIVITIES = frozenset(
    ("program", "project", "meeting", "course", "camp", "session", "exhibition")
)


def part(reading: Reading, figure: Figure) -> Verdict | None:
    """«هر بسته ۱۲ کیلوگرم», «هر موکب … ده خادم، یک امدادگر و دو کپسول»: a property of each.

    A «هر» behind a preposition hands something out («در هر روستا دو نفر») and an average is
    measured: both are rates and stay results.
    """
    near_each = reading.texts(figure.opening - 3, figure.opening - 1)
    if near_each in (["ظرفیت", "هر"], ["گنجایش", "هر"]):
        return Verdict(figure.phrase.unit, "a property of each")  # «با ظرفیت هر اردو ۳۵ نفر»
    noun = reading.text(figure.phrase.first)
    if noun in MEASURES_OF_PARTS and reading.text(figure.phrase.first + 1) in (
        "وزن",
        "طول",
        "ارتفاع",
        "عرض",
    ):
        return Verdict(figure.phrase.unit, "a measure of a thing")
    near = max(figure.sentence.first, figure.opening - _SENTENCE_REACH)
    for at in range(figure.opening - 1, near - 1, -1):
        text = reading.text(at)
        if text in ("که", ":", "؛", "گفت", "افزود"):
            return None
        measured = (
            _is_spent_on_each(reading, figure)
            or _is_valued(figure)
            or _is_cost_of_each(figure)
            or _counted_members(reading, figure)
        )
        if text in AVERAGES and not measured:
            return None
        if text in ("هرکدام", "هریک") and owns(figure):
            return Verdict(figure.phrase.unit, "a property of each")
        if text == "هر" and reading.text(at + 1) in SMALL and reading.text(at + 1) != "یک":
            return None
        if text == "هر" and reading.words[at + 1].kind is Kind.DIGITS:
            return None  # «از هر پنج کودک سه نفر»: the base of a rate
        if text in VERB_FORMS and (
            figure.phrase.unit not in MONEY
            or not _TOTALS.isdisjoint(reading.texts(at, figure.opening))
        ):
            return None
        if text == "هر" and reading.text(at + 1) in ("یک", "کدام"):
            if figure.opening - at <= _OF_THESE and reading.text(at + 2) == "از":
                return None  # «هر یک از این ۲۴ گروه فعال است»
            verb = figure.clause.verb
            owned = verb is not None and verb.lemma in ("داشت", "بود")
            owned = (owned or _is_worth(reading, figure)) and not _must_have(figure)
            return Verdict(figure.phrase.unit, "a property of each") if owned else None
        if text != "هر" or reading.text(at + 1) in _TIMES:
            continue
        if _is_staffed(reading, at, figure):
            return Verdict(figure.phrase.unit, "of whom each consists")
        if _will_be(figure) or _must_have(figure) or _is_able(reading, at, figure):
            return None
        if unit_of([reading.text(at + 1)]) not in _EQUIPPED and _must_have_any(figure):
            return None  # «هر میز باید دو مشاور داشته باشد»: a rule
        before = reading.text(at - 1) if at > figure.sentence.first else ""
        if before == "در" and _is_made_up(reading, at, figure):
            return Verdict(figure.phrase.unit, "what one of them has")
        to_each = before in ("در", "به", "برای", "از") and figure.phrase.unit not in MONEY
        if to_each and not _allotted(reading, at, figure):
            return None
        if _is_valued(figure):
            return Verdict(figure.phrase.unit, "what one costs")
        if "هر" not in figure.clause.texts and _is_handed(reading, figure):
            return None  # «هزینه هر عمل ۱۸ میلیون تومان است و ما ۶۴ میلیارد تومان پرداخت کردیم»
        averaged = set(reading.texts(max(at - 3, figure.sentence.first), at)) & AVERAGES
        if averaged or figure.phrase.unit == "percent":
            return None
        if reading.text(at - 1) in SHARE_WORDS:
            return None  # «سهمیه هر شهرستان ۲۰ نفر است»
        head = set(reading.texts(max(at - 3, figure.sentence.first), at))
        if figure.phrase.unit in MONEY and (head & _COSTS or _is_cost_of_each(figure)):
            return Verdict(figure.phrase.unit, "what one costs")
        if unit_of([reading.text(at + 1)]) == "person" and reading.text(at - 1) in _EARNINGS:
            return Verdict(figure.phrase.unit, "what one person earns")
        earned = figure.phrase.unit in MONEY and _EARNINGS & set(figure.clause.texts)
        if earned or _is_handed(reading, figure):
            return None
        if _allotted(reading, at, figure):
            if (
                figure.clause.verb is not None
                and reading.text(figure.clause.verb.first - 1) == "نظر"
            ):
                return None  # «برای هر خانوار ۲۰ میلیون در نظر گرفته شده» is a promise
            return Verdict(figure.phrase.unit, "what each one gets")
        verb = figure.clause.verb
        if verb is not None and verb.lemma not in ("داشت", "بود") and not _is_measure(figure):
            return None
        each = lemma(reading.text(at + 1))
        if each in _BODIES and (figure.number.value == 1 or figure.phrase.unit in MONEY):
            return None
        return Verdict(figure.phrase.unit, "a property of each")
    return None


def _will_be(figure: Figure) -> bool:
    """«هر دانش‌آموز ۲ کتاب خواهد گرفت»: what each will get is promised; what it will cost is a price."""
    verb = figure.clause.verb
    ahead = (
        verb is not None
        and verb.tense is Tense.FUTURE
        and verb.lemma != "بود"
        and not verb.negative
    )
    return ahead and not (figure.phrase.unit in MONEY and _COSTS & set(figure.clause.texts))


def _must_have(figure: Figure) -> bool:
    """«هر دفتر باید ۲ طرح داشته باشد» is a rule; «هر خانه باید ۲ کپسول …» is its equipment."""
    verb = figure.clause.verb
    ruled = verb is not None and verb.tense is Tense.SUBJUNCTIVE and verb.lemma == "داشت"
    return ruled and figure.phrase.unit in _ACTIVITIES and bool(MUST & set(figure.clause.texts))


def _must_have_any(figure: Figure) -> bool:
    verb = figure.clause.verb
    has = verb is not None and verb.lemma == "داشت" and not verb.negative
    if has and verb is not None and figure.clause.texts[-3:-2] == ["برای"]:
        return True  # «هر شهرستان ۱۰ پروژه برای افتتاح دارد»
    ruled = has and verb is not None and verb.tense is Tense.SUBJUNCTIVE
    return ruled and bool(MUST & set(figure.clause.texts) or _is_ruled_before(figure))


def _is_ruled_before(figure: Figure) -> bool:
    """«هر کارگروه باید … معرفی کند و هر شهرستان نیز حداقل پنج برنامه … داشته باشد»: one «باید» for both."""
    before: Clause | None = None
    for clause in figure.sentence.clauses:
        if clause.verb is not None and clause.verb.after <= min(figure.clause.words):
            before = clause
    ruled = (
        before is not None and before.verb is not None and before.verb.tense is Tense.SUBJUNCTIVE
    )
    return ruled and before is not None and bool(MUST & set(before.texts))


def _is_able(reading: Reading, at: int, figure: Figure) -> bool:
    """«هر کلینیک توانایی ویزیت ۱۲۰ بیمار را دارد», not the volume of a vessel."""
    able = not _ABILITIES.isdisjoint(reading.texts(at + 1, figure.opening))
    return able and figure.phrase.unit not in ("litre", "cubic_metre", "kilogram")


def _is_cost_of_each(figure: Figure) -> bool:
    """«هزینه هر اردو به طور میانگین ۱۲۰ میلیون تومان است», «سرمایه لازم برای هر شغل …»."""
    verb = figure.clause.verb
    told = verb is not None and verb.lemma == "بود"
    costs = not _COSTS_OF_EACH.isdisjoint(figure.clause.texts)
    return told and costs and figure.phrase.unit in MONEY and "هر" in figure.clause.texts


def _counted_members(reading: Reading, figure: Figure) -> bool:
    """«هر گروه به طور متوسط ۱۳ نفر عضو دارد»."""
    return owns(figure) and "عضو" in reading.texts(figure.phrase.first, figure.after + 2)


def _is_spent_on_each(reading: Reading, figure: Figure) -> bool:
    """«برای هر خانه به طور متوسط ۳۲۰ میلیون تومان هزینه شد»: what one costs."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in MONEY or verb.lemma not in ("شد", "گذاشت", "کرد"):
        return False
    head = reading.head(figure)
    spent = reading.text(verb.first - 1) in ("هزینه", "خرج", "صرف", "کنار", "تهیه")
    return spent and "هر" in head and bool(AVERAGES & set(head))


def _is_valued(figure: Figure) -> bool:
    """«ارزش هر بسته به طور متوسط ۹۵ میلیون تومان است»."""
    texts = figure.clause.texts
    return figure.phrase.unit in MONEY and "هر" in texts and not _VALUES.isdisjoint(texts)


def _is_staffed(reading: Reading, at: int, figure: Figure) -> bool:
    """«در هر پیشخوان سه مشاور می‌نشیند», «هر گروه دو مربی خواهد داشت»; an average is measured."""
    verb = figure.clause.verb
    if (
        verb is None
        or figure.phrase.unit != "person"
        or lemma(reading.text(at + 1)) not in _STAFFED
    ):
        return False
    if (
        verb.negative
        or verb.tense in (Tense.PAST, Tense.SUBJUNCTIVE)
        or MUST & set(figure.clause.texts)
    ):
        return False
    if AVERAGES & set(reading.texts(figure.sentence.first, at)) or verb.passive:
        return False
    works = verb.lemma == "کرد" and verb.tense is Tense.PRESENT
    works &= bool(_WORKING & set(reading.texts(figure.after, verb.first)))
    return works or verb.lemma in ("نشست", "داشت", "بود", "ایستاد")


def _is_made_up(reading: Reading, at: int, figure: Figure) -> bool:
    """«در هر گروه یک پزشک حضور دارد»: of what a team or a parcel is made up."""
    verb = figure.clause.verb
    ours = verb is not None and reading.text(verb.first).endswith("یم")
    return owns(figure) and not ours and unit_of([reading.text(at + 1)]) in _MADE_UP


def _is_worth(reading: Reading, figure: Figure) -> bool:
    """«هر کدام به ارزش ۹۵۰ هزار تومان»: what one is worth, not what is given."""
    near = reading.texts(max(figure.sentence.first, figure.opening - 3), figure.opening)
    return figure.phrase.unit in MONEY and bool({"ارزش", "بهای", "قیمت"} & set(near))


def _is_handed(reading: Reading, figure: Figure) -> bool:
    """«هر نفر ۵۰۰ هزار تومان کمک کردند», «… تعلق می‌گیرد»: money that changed hands."""
    verb = figure.clause.verb
    return (
        verb is not None
        and figure.phrase.unit in MONEY
        and bool(_TRANSFERS & set(reading.texts(verb.first - 2, verb.first)))
        and not _is_worth(reading, figure)
    )


def _allotted(reading: Reading, at: int, figure: Figure) -> bool:
    """«هر جوان ۸ کندو گرفت», «به هر تیم ۲ توپ داده می‌شود»: goods handed to each, counted elsewhere."""
    verb = figure.clause.verb
    if verb is not None and (
        verb.lemma in _MAKING or reading.text(verb.first - 1) in _MAKING_NOUNS
    ):
        return False  # «هر خیاط روزانه ۱۰۰ ماسک می‌دوزد»
    held = verb is not None and reading.text(verb.first - 1) in _HELD
    if held and verb is not None and verb.tense is Tense.SUBJUNCTIVE:
        return False  # «هر گروه دو کلاس جبرانی برپا کند»
    receiver = unit_of([reading.text(at + 1)])
    goods = figure.phrase.unit not in (
        "person",
        "percent",
        "litre",
        "hour",
        "",
        "request",
        "visit",
        "household",
    )
    earned = any(text in ("سود", "درآمد") for text in figure.clause.texts)
    return receiver in ("person", "team", "household") and goods and not earned


def _is_measure(figure: Figure) -> bool:
    return figure.phrase.unit in MONEY or figure.phrase.unit in ("kilogram", "litre", "metre")


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
    if not many and figure.phrase.unit not in MONEY | {"times", "percent"}:
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
    return head[:1] == ["ورودی"] or (
        bool(head[1:]) and head[0] in _LIMITS and head[1] in _SUMS | {"کمک", "سرمایه", "وام"}
    )


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
    if before.texts[at + 1 : at + 2] and before.texts[at + 1] in _TIMES:
        return None
    head = reading.head(figure)
    meant = any(
        word == "آن" and head[i - 1 : i] not in (["از"], ["در"], []) for i, word in enumerate(head)
    )
    subjectless = list_lead(reading, figure) in (["و", "با"], ["با"])
    meant &= not _TOTALS & set(head) or "ارزش" in head
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
