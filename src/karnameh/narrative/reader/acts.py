"""What kind of verb governs a figure: saying, promising, inviting, needing, being able, doing.

A Persian verb is mostly a noun and a light verb («تعهد کردن», «دعوت کردن»); the noun decides. It may
stand far from its light verb («وعده … تومان داده بود»), so the clause is asked as well.
"""

from __future__ import annotations

from enum import Enum
from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause, Sentence, Verb
from karnameh.narrative.reader.compounds import HARM, is_one_of
from karnameh.narrative.reader.lexicon import (
    COMMITMENTS,
    DEEDS,
    HARM_WORDS,
    INVITE_WORDS,
    NEED_NOUNS,
    NEED_WORDS,
    PLAN_NOUNS,
    PLEDGE_WITH_BE,
    PLEDGE_WORDS,
    POTENTIAL_NOUNS,
    PREPOSITIONS,
    REMEDIES,
    RESULT_NOUNS,
    RETRACT_WORDS,
    SAY_VERBS,
    SAY_WORDS,
    SUCCESS_WORDS,
    WAITING_WORDS,
)
from karnameh.narrative.reader.nouns import unit_of
from karnameh.narrative.reader.number_words import SCALES, SMALL
from karnameh.narrative.reader.reading import Reading
from karnameh.narrative.reader.verbs import Tense

_LISTED = PLAN_NOUNS | RESULT_NOUNS
_MET_BY = DEEDS | REMEDIES


class Act(Enum):
    """What kind of verb governs a figure."""

    SAY = "say"
    PLEDGE = "pledge"
    PROPOSE = "propose"
    INVITE = "invite"
    NEED = "need"
    RETRACT = "retract"
    HARM = "harm"
    CAN = "can"
    ABLE = "able"  # توانست: it was done
    DO = "do"
    BE = "be"


_LIGHT_SAY = key_set("کرد داد داشت شد نمود گشت")
_SAY_WITH_GIVE = frozenset(("خبر", "گزارش", "ادامه", "مژده", "اطلاع"))
_TAKE = key_set("گرفت پذیرفت داد کرد شد بود داشت نمود سپرد دید بست گردید گشت")
_PAPERS = frozenset(("بودجه", "برنامه", "ردیف", "اعتبارات", "طرح"))
_HAVE = frozenset(("داشت", "بود"))
_FAR_PLEDGES = frozenset(("تعهد", "قول", "وعده", "مسیولیت", "تقبل"))
_NAMES_FACTS = frozenset(("اشاره", "نام", "یاد", "برشمرد", "ذکر"))
_FALSE = key_set("اشتباه نادرست تکذیب کذب غلط")
_TRUE = key_set("درست صحیح صحت واقعیت دقیق")
LIGHTS_OF_HARM = key_set(
    "شد کرد دید خورد داد گردید گشت ماند زد باخت گذاشت بود رسید رساند برد یافت آورد سپرد نمود گرفت"
)
_NEED_HEADS = frozenset(("نیاز", "کمبود", "احتیاج"))
_BAD_LIGHTS = key_set("شد کرد دید خورد داد گردید گشت ماند زد باخت گذاشت بود")
_ASIDE = (["با"], ["از"], ["در"])  # «با ظرفیت بالا ۲۴ کارگاه دارد» has them
_FEW = 6
_CLOSABLE = key_set(
    """
    راه راه‌های جاده جاده‌های مسیر گردنه محور مدرسه مدارس مرز کارخانه مغازه بازار پل فرودگاه مسجد
    کارگاه نانوایی مرکز درمانگاه معبر کوچه خیابان پاساژ رستوران
    """
)
_AGENDAS = frozenset(("اولویت", "برنامه", "برنامهها", "سهمیه", "تقویم"))
_WANTING = key_set("نیازمند محتاج خواهان خواستار منتظر چشم‌انتظار چشم‌به‌راه طالب")
_NEEDY = key_set("نیازمند محتاج محروم")
_MEETING = key_set("پاسخگو جوابگو پاسخگوی جوابگوی")
_WITH_NOUN = 3
# What happens by itself («۱۴ پل فروریخت», «۴۰ درصد آن‌ها خشکیده‌اند»).
_RUINS = frozenset(("فروریخت", "خشکید", "پوسید", "آسیبدید"))
_PRICED = key_set("قیمت نرخ بهای تعرفه")  # «به قیمت مصوب»
_AIMS = frozenset(("هدف", "سهمیه", "تکلیف"))


def act_of(reading: Reading, clause: Clause, verb: Verb, sentence: Sentence) -> Act:
    """What kind of verb a clause has; asked once for each."""
    key = (verb.first, clause.words[0] if clause.words else -1)
    known = reading.acts.get(key)
    if not isinstance(known, Act):
        known = reading.acts[key] = _act(reading, clause, verb, sentence)
    return known


def _act(reading: Reading, clause: Clause, verb: Verb, sentence: Sentence) -> Act:
    lead = reading.texts(max(sentence.first, verb.first - 4), verb.first)
    last = lead[-1] if lead else ""
    if verb.lemma == "توانست":
        return _can(reading, verb, sentence)
    counted = len(lead) > 1 and (
        lead[-2] in SMALL or lead[-2] in SCALES or lead[-2][:1].isdecimal()
    )
    ours = reading.text(verb.after - 1).endswith(("یم", "یمش"))
    if _says(verb, last, told=reading.text(verb.after) == ":", ours=ours) and not (
        counted and last == "گزارش"
    ):  # «۲ گزارش بدهد»
        return Act.SAY
    listed = not _LISTED.isdisjoint(lead)
    if verb.lemma == "خواند" and listed and "را" in clause.texts:
        return Act.SAY  # «… را از شاخص‌ترین برنامه‌ها خواند»
    if _retracts(verb, lead):
        return Act.RETRACT
    if _invites(verb, lead, clause):
        return Act.INVITE if verb.tense is not Tense.PRESENT else Act.PLEDGE
    agenda = "دستور" in clause.texts or bool(_AGENDAS & set(lead))
    if last == "قرار" and verb.lemma in ("گرفت", "داد", "داشت") and agenda:
        return Act.PLEDGE  # «در دستور کار / اولویت قرار گرفت»
    if last in PLEDGE_WITH_BE and "دستور" not in lead:
        if _decides(reading, verb, last, sentence):
            return Act.PLEDGE
        return Act.NEED if _waits(verb, lead) else Act.DO
    if last == "پیشنهاد" and verb.lemma in ("داد", "کرد", "شد", "نمود"):
        return Act.PROPOSE
    if _promises(reading, verb, lead, clause, complement=_has_complement(verb, sentence)):
        return Act.PLEDGE
    if _needs(verb, lead, clause, complement=_has_complement(verb, sentence)):
        return Act.NEED
    if _harms(verb, clause, lead, counted=counted):
        return Act.HARM
    if _capable(verb, lead, clause):
        return Act.CAN
    if any(word in SUCCESS_WORDS for word in lead[-2:]):
        return Act.ABLE
    return Act.BE if verb.lemma == "بود" else Act.DO


def _can(reading: Reading, verb: Verb, sentence: Sentence) -> Act:
    """«می‌تواند» is potential, «توانست» a fact, «می‌توان به … اشاره کرد» a way to list facts."""
    if verb.tense is Tense.PAST and not reading.text(verb.first).startswith("می"):
        return Act.ABLE
    if reading.text(verb.first) in ("میتوان", "بتوان") and any(
        text in _NAMES_FACTS for text in reading.texts(verb.after, sentence.after)
    ):
        return Act.SAY
    return Act.CAN


def _says(verb: Verb, last: str, *, told: bool, ours: bool) -> bool:
    if verb.lemma in SAY_VERBS:
        return not verb.passive
    if last in _SAY_WITH_GIVE or (last == "پاسخ" and told):
        return verb.lemma == "داد"
    if last in ("نام", "یاد"):
        return verb.lemma in ("برد", "کرد") and (last == "یاد" or verb.lemma == "برد")
    if last == "اضافه":
        # «۸ دستگاه اضافه می‌شود», «۸ دستگاه اضافه می‌کنیم» add them
        return verb.lemma in ("کرد", "نمود") and not ours
    return last in SAY_WORDS and verb.lemma in _LIGHT_SAY


def _retracts(verb: Verb, lead: list[str]) -> bool:
    if not lead:
        return False
    if lead[-1] == "پس" and verb.lemma == "گرفت":
        return True
    if lead[-1] in _FALSE:
        return True
    return verb.negative and any(word in RETRACT_WORDS and word in _TRUE for word in lead[-2:])


def _invites(verb: Verb, lead: list[str], clause: Clause) -> bool:
    if any(word in INVITE_WORDS for word in lead[-3:]):
        return True
    return verb.lemma == "خواست" and "از" in clause.texts


def _has_complement(verb: Verb, sentence: Sentence) -> bool:
    """Whether a subjunctive follows: «لازم است … ساخته شود»."""
    later = (clause.verb for clause in sentence.clauses)
    return any(
        other is not None and other.first > verb.first and other.tense is Tense.SUBJUNCTIVE
        for other in later
    )


def _decides(reading: Reading, verb: Verb, last: str, sentence: Sentence) -> bool:
    """«قرار است/شد» decides, «قرار گرفت» does not; «بنا شد» only with a subjunctive («… بسازیم»)."""
    if verb.lemma not in ("بود", "شد", "داشت"):
        return False
    if last == "قرار":
        return verb.lemma != "داشت"
    return verb.lemma != "شد" or _has_complement(verb, sentence)


def _promises(
    reading: Reading, verb: Verb, lead: list[str], clause: Clause, *, complement: bool
) -> bool:
    """A noun of promising before the verb, or parted from it by what is promised."""
    if not lead:
        return False
    if lead[-1] == "موافقت" and verb.lemma in ("کرد", "شد", "گردید", "نمود"):
        return "با" in clause.texts  # «با ساخت ۴۰ خانه موافقت شد»
    if lead[-1] == "آمادگی" and verb.lemma in ("داشت", "کرد"):
        return complement  # «آمادگی داریم ۸۰۰ مهد را راه بیندازیم»
    if lead[-1] == "کنار" and verb.lemma == "گذاشت":
        return "را" not in clause.texts and "از" not in lead  # «از طرح کنار گذاشته شد»
    if verb.lemma == "گنجاند":
        return True
    if verb.lemma == "گذاشت" and (
        lead[-1] == "هدف" or (reading.text(verb.after) == "کنار" and "برای" in clause.texts)
    ):
        return True  # «غربالگری ۲۵۰ هزار نفر را هدف گذاشته‌ایم», «برای لنده گذاشته‌ایم کنار»
    if verb.lemma == "گرفت" and (lead[-1] in ("هدف", "نشانه") or lead[-2:] == ["به", "گردن"]):
        return True  # «آزادی ۴۰ زندانی را هدف گرفته‌ایم», «ساخت ۵۰ مدرسه را به گردن گرفتیم»
    if verb.lemma == "زد" and lead[-2:] == ["آستین", "بالا"]:
        return "برای" in clause.texts
    if (verb.lemma == "بست" and "کمر" in clause.texts) or lead[-1] == "جزم":
        return True
    if lead[-1] == "قبول" and verb.lemma == "کرد" and (complement or lead[-2:-1] == ["را"]):
        return True  # «۲۵۰ خانه را قبول کرده‌ایم», «قبول کرده است … بسازد»
    if verb.lemma == "گذاشت" and reading.texts(verb.after, verb.after + 2) == ["در", "برنامه"]:
        return True
    if verb.lemma == "گذاشت" and lead[-2:] in (["در", "برنامه"], ["دستور", "کار"]):
        return True
    if verb.lemma not in _TAKE:
        return False
    if lead[-2:-1] == ["و"] and lead[-1] in DEEDS and lead[-3:-2] in (["تقبل"], ["تعهد"]):
        return False  # «خیران تقبل و پرداخت کردند»
    if lead[-1] == "عهده" and verb.lemma == "داشت" and verb.tense is Tense.PAST:
        return False  # «نیروهای ما فقط کار نصب را بر عهده داشتند»
    near = [word for at, word in enumerate(lead) if word != "مصوب" or lead[at - 1] not in _PRICED]
    if any(word in PLEDGE_WORDS for word in near[-3:]):
        return True
    if lead[-1] == "نظر":
        if lead[-2:-1] == ["زیر"]:
            return False  # «۵۷ کارگاه زیر نظر ماست»
        return verb.lemma in ("گرفت", "داشت", "بود")
    if lead[-2:] == ["در", "برنامه"] or "دستور" in lead:
        return verb.lemma in ("داشت", "بود", "گرفت")
    if lead[-1] in ("تعیین", "مشخص", "تعریف"):
        set_apart = verb.tense is Tense.PAST and ("برای", "هر") in pairwise(clause.texts)
        return set_apart or any(word in _AIMS for word in clause.texts)
    if verb.lemma == "دید":
        set_apart = ("برای", "هر") in pairwise(clause.texts)  # «برای هر دهستان یک برنامه دیده شده»
        named = set_apart or not _PAPERS.isdisjoint(clause.texts)
        return "بودجه" in lead or (verb.passive and named)
    if lead[-1] in DEEDS:
        return False  # «طبق تعهد … تحویل داد»: the light verb has a deed of its own
    if "متعهد" in clause.texts:
        return verb.lemma in ("شد", "بود", "گردید")
    return verb.lemma in ("داد", "پذیرفت", "کرد", "گرفت") and any(
        word in _FAR_PLEDGES for word in clause.texts
    )


def _needs(verb: Verb, lead: list[str], clause: Clause, *, complement: bool) -> bool:
    """«به ۵۰ بخاری نیاز داریم», «نیازمند ۵۰ بخاری هستیم», «در نوبت مانده‌اند», «لازم است»."""
    if not lead:
        return False
    last = lead[-1]
    if last in _MEETING or (last in REMEDIES and verb.lemma == "بود"):
        return False  # «می‌تواند نیاز ۴۰۰ نفر را پاسخگو باشد»
    if _waits(verb, lead):
        return True
    if last == "احساس":
        return any(word in NEED_NOUNS for word in clause.texts)
    if verb.lemma in ("شد", "ماند"):
        return _in_need(clause.texts)
    if verb.lemma not in _HAVE:
        return False
    if last == "خالی":
        return "جای" in clause.texts  # «جای ۲۵ پرستار خالی است»
    if last == "لازم":
        told = any(_is_count(word) for word in clause.texts[:-2]) and "برای" not in lead
        return verb.tense is not Tense.SUBJUNCTIVE and (told or not complement)
    if last in _NEEDY and _names_the_needy(lead, clause):
        return False
    if last in NEED_WORDS:
        return last != "کم" or (verb.lemma == "داشت" and "هرچند" not in lead)
    return _in_need(clause.texts) or _is_headed_by_need(clause.texts)


def _is_count(word: str) -> bool:
    return word in SMALL or word in SCALES or word[:1].isdecimal()


def _names_the_needy(lead: list[str], clause: Clause) -> bool:
    """«… تعمیر خانه ۴۰ خانواده نیازمند است»: they are helped; «۴۰ خانواده نیازمند است» alone needs."""
    if len(lead) < _WITH_NOUN or unit_of([lead[-2]]) not in ("person", "household"):
        return False
    if not _is_count(lead[-3]):
        return False
    return bool(set(lead[:-3]) & PREPOSITIONS) or any(text in DEEDS for text in clause.texts)


def _waits(verb: Verb, lead: list[str]) -> bool:
    """«در نوبت مانده‌اند», «در صف مسکن قرار دارند»."""
    if not any(word in WAITING_WORDS for word in lead[-3:]):
        return False
    stays = verb.lemma in ("ماند", "بود", "داشت") or lead[-1] == "سر"
    return stays and any(word in ("در", "پشت") for word in lead)


def _is_headed_by_need(texts: list[str]) -> bool:
    """«نیاز استان ۴۰ کلاس است»; «تأمین نیاز ۲۰۰ خانوار در برنامه است» meets it."""
    return any(
        word in _NEED_HEADS and not (index and texts[index - 1] in _MET_BY)
        for index, word in enumerate(texts)
    )


def _in_need(texts: list[str]) -> bool:
    """«نیازمند ۵۰ بخاری»: the adjective governs a number, «خانواده‌های نیازمند» does not."""
    return any(
        word in _WANTING
        and any(near in SMALL or near[:1].isdecimal() for near in texts[index + 1 : index + 4])
        for index, word in enumerate(texts)
    )


def _passes(texts: list[str]) -> bool:
    """«از زیر دست بچه‌ها رد می‌شود» passes; «از سوی کمیته رد شد» is refused."""
    return any(
        text == "از" and texts[index + 1 : index + 2] not in (["سوی"], ["طرف"])
        for index, text in enumerate(texts)
    )


def _harms(verb: Verb, clause: Clause, lead: list[str], *, counted: bool) -> bool:
    last = lead[-1] if lead else ""
    if verb.lemma in _RUINS:
        return True
    if verb.lemma == "سوخت" or (verb.lemma == "شکست" and "را" not in clause.texts):
        return True
    if last == "کنار":  # «از طرح کنار گذاشته شد»; «کود را کنار گذاشته‌اند» chose so
        return verb.lemma == "گذاشت" and (
            verb.passive or "از" in lead or not DEEDS.isdisjoint(clause.texts[:_FEW])
        )
    if last == "بیمار" and counted:
        return False  # «به ۳۴۰ بیمار …», «ویزیت دو هزار بیمار است»
    if last == "بسته":  # «۹۴۰۰ سبد بسته شد» are packed, «۱۲ مدرسه بسته شد» closed
        shut = verb.lemma in ("شد", "بود", "ماند") and not COMMITMENTS & set(clause.texts)
        return shut and bool(_CLOSABLE & {*clause.texts[:_FEW], *lead})
    if last == "رد" and _passes(clause.texts):
        return False
    if ("به", "دست") in pairwise(clause.texts) and last == "خالی":
        return False  # «دو میلیون ظرف آب راکد به دست داوطلبان خالی شد»
    if lead[-2:] == ["و", "شسته"] and DEEDS & set(lead[-3:-2]):
        return False  # «۲۳۰۰ خانه لای‌روبی و شسته شد»
    if is_one_of(HARM, lead, verb.lemma):
        return True
    return last in HARM_WORDS and verb.lemma in _BAD_LIGHTS


def _capable(verb: Verb, lead: list[str], clause: Clause) -> bool:
    if verb.lemma not in _HAVE or verb.tense not in (Tense.PRESENT, Tense.COPULA):
        return False
    return any(
        word in POTENTIAL_NOUNS and clause.texts[index - 1 : index] not in _ASIDE
        for index, word in enumerate(clause.texts)
    )
