"""Signs of a plan around a figure: predicates, papers for a deed, aims, occasions."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Verb
from karnameh.narrative.reader.compounds import PUT_OFF, is_one_of
from karnameh.narrative.reader.lexicon import (
    COMMITMENTS,
    DEEDS,
    MONTHS,
    PLAN_NOUNS,
    PREPOSITIONS,
    REQUEST_WORDS,
    RESULT_NOUNS,
    SHARE_WORDS,
)
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import Tense

_READY = key_set("آماده مهیای مهیا منتظر")
_INTENTS = key_set("دنبال صدد تلاش تدارک فکر پی آن")
_BUILDING = key_set(
    """
    ساخت احداث عملیات اجرای بازسازی نوسازی مرمت تعمیر مقاوم‌سازی آسفالت آب‌رسانی گازرسانی حفر بهسازی
    کار تکمیل زیرسازی
    """
)
_LAUNCHED = key_set(
    "طراحی آغاز شروع راه‌اندازی تدوین تشکیل ابلاغ تصویب تعریف کلید اجرا برگزار امضا منعقد"
)
_SET = key_set("تعیین لحاظ منظور")
_ASSIGNED = key_set("اختصاص ابلاغ تصویب نامگذاری تعیین")
_LAID = key_set("فراهم مهیا ایجاد هموار")
_AIMS = key_set(
    "هدف‌گذاری هدف اهداف چشمانداز سهمیه برنامه سقف پیشبینی برآورد انتظار تعهد بودجه مصوب پیشنهاد"
)
# What was promised, as the subject or the predicate; a bare «وعده» may be a meal.
GIVEN_WORDS = key_set(
    """
    قول وعده وعده‌ای قولی تعهدی قول‌هایی وعده‌هایی وعده‌ها تعهد تعهدات مصوبه
    قولشان قولمان قولم وعده‌شان وعده‌مان تعهدمان
    """
)
_PROMISED = key_set("وعده قول تعهد وعده‌های تعهدات قول‌های")
_MEANS = key_set("اعتبار هزینه مشارکت همکاری کمک حضور هدف صرف")
_TIMES_AHEAD = key_set(
    "بعد آینده دیگر سال بهار تابستان پاییز زمستان هفته ماه عید نوروز"
) | frozenset(MONTHS)
_STUDIED = key_set(
    "پیگیری بررسی مطالعه رایزنی مذاکره طراحی تدوین برنامه‌ریزی ارزیابی گفت‌وگو هماهنگی"
)
_WEEKS = frozenset(("هفته", "پویش", "دهه"))
_OCCASIONS = frozenset(("مناسبت", "همزمان", "آستانه", "هفته", "ایام"))
_ATTENDING = frozenset(("حضور", "شرکت", "کمک", "خدمت", "کار", "راه"))
_NO_PURPOSE = PREPOSITIONS - {"برای", "جهت", "به"}
_DOING = DEEDS - _ATTENDING


def mediated(reading: Reading, figure: Figure, verb: Verb) -> str:
    """A paper or a day for a deed: «تفاهم‌نامه ساخت ۴۰ مدرسه امضا شد», «روز اول به برپایی … اختصاص یافت»."""
    before = reading.text(figure.opening - 1)
    last = reading.text(verb.first - 1)
    if last in _SET and {"برای", "سهم"} & set(figure.clause.texts):
        return "set for each"
    asked = REQUEST_WORDS & set(figure.clause.texts)
    if not asked and is_one_of(PUT_OFF, reading.texts(verb.first - 2, verb.first), verb.lemma):
        return f"put off: {last}"
    if verb.lemma == "افتاد" and reading.text(verb.first - 2) == "به" and last in _TIMES_AHEAD:
        return f"put off: {last}"  # «به بهار افتاد»
    for_deed = before in DEEDS and reading.text(figure.opening - 2) == "برای"
    if for_deed and last in COMMITMENTS:
        return f"agreed for it: {last}"  # «برای تهیه ۳۰۰ ویلچر قرارداد بسته‌ایم»
    deed = before in DEEDS or (before == "به" and reading.text(figure.opening - 2) in DEEDS)
    if not deed:
        return ""
    at = figure.opening - 1 - (before == "به")
    laid = verb.tense is Tense.PAST and last in _LAID and not verb.negative
    if laid and "زمینه" in reading.texts(at - 3, at):
        return ""  # «زمینه آزادی ۱۶ نفر فراهم شد»
    if verb.lemma == "پذیرفت" or is_agreed(reading, at):
        return "agreed or allowed, not yet done"
    if verb.lemma == "شد" and last in ("واگذار", "محول") and "به" in figure.clause.texts:
        return f"entrusted to be done: {last}"  # «ساخت ۲۲۰ کلاس به ما واگذار شده»
    if verb.lemma == "سپرد" and verb.passive and last != "خاک" and before != "کلید":
        return "entrusted to be done"  # «نوسازی ۱۵ خانه به ما سپرده شد»
    return f"assigned: {last}" if last in _ASSIGNED else ""


def is_agreed(reading: Reading, deed: int) -> bool:
    """«تفاهم‌نامه ساخت …», «آمادگی برای افتتاح …»: a paper governs the deed, with nothing between."""
    for at in range(deed - 1, deed - 4, -1):
        if reading.text(at) in COMMITMENTS:
            return reading.text(at) != "زمینه" or reading.text(at - 1) != "در"
        if reading.text(at) in _NO_PURPOSE:
            return False
    return False


def aimed_at(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«با هدف ایجاد ۲ هزار شغل طراحی شده است»: what a programme was made for."""
    deed = reading.text(figure.opening - 1) in DEEDS
    near = reading.texts(max(figure.sentence.first, figure.opening - 4), figure.opening - 1)
    aimed = near[-2:] == ["با", "هدف"] or near[-2:] == ["به", "منظور"]
    return deed and aimed and reading.text(verb.first - 1) in _LAUNCHED


def only_begun(reading: Reading, figure: Figure, verb: Verb) -> bool:
    """«خرید ۸۵ تن برنج آغاز شده»: a deed that began has not yet brought its quantity."""
    if reading.text(verb.first - 1) not in ("آغاز", "شروع"):
        return False
    if "با" in reading.texts(figure.opening - 3, figure.opening):
        return False  # «همکاری با خرید ۳۰۰ تن سیب آغاز شد»
    head = reading.head(figure)
    if any(text in _BUILDING for text in head):
        return False  # building that has begun is under way
    return any(text in _DOING for text in head)


def planned_by(tail: list[str], *, people: bool = False) -> str:
    """A predicate that plans: «از برنامه‌های ماست», «در راه است», «آماده بهره‌برداری است»."""
    if any(word in PLAN_NOUNS or word == "دستور" for word in tail) or tail[:2] == ["در", "فهرست"]:
        return "listed among plans"
    if any(word in _PROMISED and tail[at + 1 : at + 2] == ["ما"] for at, word in enumerate(tail)):
        return "what was promised"  # «… مهم‌ترین وعده ما برای زمستان است»
    if tail[-2:] == ["در", "راه"] or tail[:2] == ["در", "آستانه"]:
        return "under way to be done"
    readied = [word in DEEDS for word in tail]
    if not people and any(a in _READY and b for a, b in zip(tail, readied[1:], strict=False)):
        return "ready to be done"
    return ""


def is_studied(head: list[str], tail: list[str]) -> bool:
    """«واگذاری ۶۰ قطعه در حال پیگیری است»: a deed that is talked over."""
    studied = _STUDIED & set(tail[-1:]) and {"حال", "دست"} & set(tail[-2:-1])
    return bool(studied) and any(text in _DOING for text in head[-4:])


def intended(reading: Reading, figure: Figure) -> str:
    """«به دنبال ساخت ۴۰ خانه هستیم», «درصدد … هستیم», «در تلاش برای … هستیم»."""
    head = reading.head(figure)[-8:]
    for index, word in enumerate(head):
        led = (["بر"],) if word == "آن" else (["به"], ["در"], ["بر"])
        meant = word in _INTENTS and head[index - 1 : index] in led
        if word in ("درصدد", "مصمم") or meant:
            return word
    return ""


def in_the_week(texts: list[str]) -> bool:
    """«در طول هفته», «در هفته همیاری»: with a present tense this is the plan of the week."""
    return any(
        text == "هفته"
        and any(near in ("در", "طول", "طی") for near in texts[max(index - 2, 0) : index])
        and texts[index + 1 : index + 2] not in (["گذشته"], ["اخیر"], ["،"], ["برای"], ["است"])
        and "هر" not in texts[max(index - 2, 0) : index]
        for index, text in enumerate(texts)
    )


def is_aim(head: list[str]) -> bool:
    """«هدف پویش کاشت …», «پیش‌بینی ما …»: the subject of «است» or «بود» is a plan."""
    opening = [word for word in head[:6] if word not in ":«،؛"][:2]
    near = head[-20:]
    aimed = any(
        word in _AIMS and not (word == "سقف" and near[at - 1 : at] == ["مرحله"])
        for at, word in enumerate(near)
    ) or bool(GIVEN_WORDS & set(opening))
    aimed |= opening[:1] in (["تاکید"], ["تمرکز"])  # «تاکید ما بر مرمت ۱۲ مدرسه است»
    return aimed and not set(head) & RESULT_NOUNS


def rests_with(reading: Reading, figure: Figure, verb: Verb, tail: list[str]) -> bool:
    """«خرید ۲۵ دستگاه با فدراسیون است», «تأمین ۱۶ ایستگاه با ماست»."""
    if reading.text(verb.first) == "ماست" and reading.text(verb.first - 1) in ("با", "سهم"):
        return True  # «… ۵۰۰ خانه با ماست», «از این تعداد ۵۰۰ خانه سهم ماست»
    deed = any(text in DEEDS for text in reading.texts(figure.opening - 3, figure.opening))
    if deed and any(text in SHARE_WORDS for text in figure.clause.texts[:4]):
        return True
    bears = "با" in tail[:2] and not _MEANS & set(tail[:3])  # «با اعتبار … در حال اجراست»
    return deed and (bears or reading.text(verb.first - 1) == "با")


def until_year_end(texts: list[str]) -> bool:
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


def for_occasion(reading: Reading, figure: Figure) -> bool:
    """«از توزیع … هم‌زمان با هفته … خبر داد»: a deed for a coming occasion."""
    texts = figure.clause.texts
    coming = any(
        text == "هفته" and texts[at + 1 : at + 2] in (["جاری"], ["پیش"], ["آینده"], ["پیشرو"])
        for at, text in enumerate(texts)
    )
    if coming and any(text in DEEDS for text in reading.texts(figure.opening - 2, figure.opening)):
        return True
    within = any(
        text == "روزهای" and _WEEKS & set(texts[at + 1 : at + 3]) for at, text in enumerate(texts)
    )
    tail = reading.texts(figure.after, figure.after + 4)
    beside = reading.texts(figure.opening - 2, figure.opening)
    deed = any(text in DEEDS or text == "تدریس" for text in beside)
    named = within or any(text in _OCCASIONS for text in tail)
    return deed and named and "گذشته" not in tail
