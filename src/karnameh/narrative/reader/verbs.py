"""Every finite form of the verbs that reports use, generated from their stems."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from karnameh.narrative.reader.characters import key, key_list, key_set


class Tense(Enum):
    """When and how a verb form says that something happens."""

    PAST = "past"
    PRESENT = "present"
    FUTURE = "future"
    SUBJUNCTIVE = "subjunctive"
    COPULA = "copula"
    PARTICIPLE = "participle"
    AUXILIARY = "auxiliary"  # خواهد: future when a past stem follows


class VerbForm(NamedTuple):
    """One word form: the verb it belongs to, named by its past stem."""

    lemma: str
    tense: Tense
    negative: bool = False


# Past stem and present stem.
_STEMS = """
کرد کن | شد شو | داد ده | گرفت گیر | رفت رو | آمد آی | آورد آور | رساند رسان | رسید رس | یافت یاب
ساخت ساز | خرید خر | فروخت فروش | گفت گوی | افزود افزای | نوشت نویس | خواند خوان | دید بین
شنید شنو | دانست دان | توانست توان | گذاشت گذار | گذشت گذر | برد بر | زد زن | خورد خور | پخت پز
دوخت دوز | کاشت کار | کشید کش | پرداخت پرداز | نهاد نه | سپرد سپار | فرستاد فرست | انداخت انداز
افتاد افت | نشست نشین | ماند مان | گشت گرد | گردید گرد | نمود نمای | گشود گشای | پیوست پیوند
آموخت آموز | پذیرفت پذیر | بخشید بخش | رهاند رهان | کوشید کوش | چید چین | بست بند | ریخت ریز
شست شوی | ایستاد ایست | گسترد گستر | کاست کاه | پوشاند پوشان | چرخید چرخ | چرخاند چرخان | بافت باف
خاست خیز | جنگید جنگ | درخشید درخش | طلبید طلب | نامید نام | شمرد شمار | برشمرد برشمار
برداشت بردار | برگشت برگرد | بازگشت بازگرد | برخاست برخیز | دربرگرفت دربرگیر | فراگرفت فراگیر
درآمد درآی | برآمد برآی | درآورد درآور | برآورد برآور | برگزید برگزین | گنجاند گنجان | گنجید گنج | رویاند رویان
رست رو | پروراند پروران | آزمود آزمای | پیمود پیمای | ستود ستای | سوزاند سوزان | خوراند خوران
پراکند پراکن | آفرید آفرین | انجامید انجام | خواباند خوابان | نگاشت نگار | گماشت گمار | گزید گزین
تراشید تراش | پاشید پاش | گذراند گذران | نشاند نشان | گرداند گردان | برگرداند برگردان | سنجید سنج
خوابید خواب | پرسید پرس | فهمید فهم | ورزید ورز | شتافت شتاب | آراست آرای | چرخاند چرخان
کوبید کوب | سوخت سوز | خندید خند | شکافت شکاف | چسبید چسب | ارزید ارز | خشکید خشک | رویید روی
تابید تاب | نوشاند نوشان | شناساند شناسان | نواخت نواز | باخت باز | زدود زدای | ستاند ستان
افراشت افراز | برافراشت برافراز | انگیخت انگیز | برانگیخت برانگیز | آمیخت آمیز | آویخت آویز
پنداشت پندار | انگاشت انگار | لرزید لرز | لرزاند لرزان | پسندید پسند | اندیشید اندیش | بخشود بخشای
گرایید گرای | جنبید جنب | افکند افکن | گریخت گریز | شناخت شناس | چرید چر | روبید روب | گزارد گزار
اندوخت اندوز | بازماند بازمان | فراخواند فراخوان | بازگرداند بازگردان | واگذاشت واگذار | دمید دم | نگریست نگر
تاخت تاز | فرسود فرسای | غلتید غلت | شوراند شوران | بارید بار | رنجید رنج | هراسید هراس |
شکست شکن | نوشید نوش | پوشید پوش | پیچید پیچ | رسانید رسان | گردانید گردان | گذرانید گذران | پوشانید پوشان
ترسید ترس | دزدید دزد | دوشید دوش | ربود ربای | فشرد فشار | کاوید کاو | لغزید لغز | نالید نال | وزید وز
انباشت انبار | درنوردید درنورد | فرمود فرمای | پرید پر | پوسید پوس | چسباند چسبان | خشکاند خشکان
فهماند فهمان | گریست گری | بالید بال | کوچید کوچ | کوچاند کوچان | واداشت وادار | فروریخت فروریز
پرورد پرور | زایید زای | مالید مال | رقصید رقص | آشامید آشام | آلود آلای | آزرد آزار | رهید ره
گسترانید گستران | گنجانید گنجان | خورانید خوران | شناسانید شناسان | آغازید آغاز | جوید جو
برید بر | دوید دو | جوشید جوش | چشید چش | کند کن | یافت یاب | جست جوی
"""

# Verbs with a prefix, apart from it.
_PREFIXED = """
بر داشت دار | بر گشت گرد | بر خاست خیز | بر آورد آور | بر آمد آی | بر گزید گزین | بر افراشت افراز
بر گرداند گردان | بر شمرد شمار | باز گشت گرد | باز ماند مان | باز گرداند گردان | دربر گرفت گیر
فرا گرفت گیر | فرا خواند خوان | در آمد آی | در آورد آور | وا گذاشت گذار | وا داشت دار | فرو ریخت ریز
"""

# Reports say «you» in questions only; leaving «بخشی» and the like out keeps nouns apart.
_PAST_ENDINGS = ("م", "", "یم", "ند")
_PRESENT_ENDINGS = ("م", "د", "یم", "ند")
_PERFECT_ENDINGS = ("ام", "ایم", "اند", "است")
# The bare present stem is a verb only as the light half of a compound («تحویل دهد»).
_LIGHT = key_set("""
    کرد شد داد گرفت یافت آورد رساند رسید برد گذاشت نمود گردید پرداخت زد ساخت سپرد پذیرفت افتاد
    انداخت کشید ماند آمد خورد بست
    """)


def _add_past(forms: dict[str, VerbForm], past: str, present: str = "") -> None:
    for ending in _PAST_ENDINGS:
        form = past + ending
        forms.setdefault(form, VerbForm(past, Tense.PAST))
        forms.setdefault("ن" + _joined("ن", form), VerbForm(past, Tense.PAST, True))
        if form == past and form in (present + "د", present + "ند"):
            continue  # «می‌رساند», «می‌خورد» are a present far more often than a past
        forms.setdefault("می" + form, VerbForm(past, Tense.PAST))
        forms.setdefault("نمی" + form, VerbForm(past, Tense.PAST, True))
    participle = past + "ه"
    forms.setdefault(participle, VerbForm(past, Tense.PARTICIPLE))
    negative = "ن" + _joined("ن", participle)
    forms.setdefault(negative, VerbForm(past, Tense.PARTICIPLE, True))
    for ending in _PERFECT_ENDINGS:
        forms.setdefault(participle + ending, VerbForm(past, Tense.PAST))
        forms.setdefault(negative + ending, VerbForm(past, Tense.PAST, True))


def _joined(prefix: str, form: str) -> str:
    """What follows a one-letter prefix: «ن» + «آمد» is «نیامد», «ب» + «افتد» is «بیفتد»."""
    if form.startswith("آ"):
        return "یا" + form[1:]
    if form.startswith(("اف", "ان")):
        return "ی" + form[1:]
    return form


def _add_present(forms: dict[str, VerbForm], past: str, present: str) -> None:
    for asked in ("می", "نمی") if past != "توانست" else ():
        forms.setdefault(asked + present + "ید", VerbForm(past, Tense.PRESENT, asked == "نمی"))
    for ending in _PRESENT_ENDINGS:
        form = present + ending
        forms.setdefault("می" + form, VerbForm(past, Tense.PRESENT))
        forms.setdefault("نمی" + form, VerbForm(past, Tense.PRESENT, True))
        forms.setdefault("ب" + _joined("ب", form), VerbForm(past, Tense.SUBJUNCTIVE))
        forms.setdefault("ن" + _joined("ن", form), VerbForm(past, Tense.SUBJUNCTIVE, True))
        if past in _LIGHT:
            forms.setdefault(form, VerbForm(past, Tense.SUBJUNCTIVE))


def _add_prefixed(forms: dict[str, VerbForm], prefix: str, past: str, present: str) -> None:
    """«درمی‌آید», «بازنگشت», «برنمی‌گردد», «به اجرا درآید»: می and ن stand behind the prefix."""
    lemma = prefix + past
    for ending in _PRESENT_ENDINGS:
        form = present + ending
        forms.setdefault(prefix + "می" + form, VerbForm(lemma, Tense.PRESENT))
        forms.setdefault(prefix + "نمی" + form, VerbForm(lemma, Tense.PRESENT, True))
        forms.setdefault(prefix + form, VerbForm(lemma, Tense.SUBJUNCTIVE))
    for ending in _PAST_ENDINGS:
        form = past + ending
        forms.setdefault(prefix + "می" + form, VerbForm(lemma, Tense.PAST))
        forms.setdefault(prefix + "نمی" + form, VerbForm(lemma, Tense.PAST, True))
        forms.setdefault(prefix + "ن" + _joined("ن", form), VerbForm(lemma, Tense.PAST, True))


def _irregular() -> dict[str, VerbForm]:
    forms: dict[str, VerbForm] = {}
    for word in key_list("است هست هستند هستیم هستم هستید میباشد میباشند میباشیم ست"):
        forms[word] = VerbForm("بود", Tense.COPULA)
    for word in key_list("نیست نیستند نیستیم نیستم نمیباشد نمیباشند"):
        forms[word] = VerbForm("بود", Tense.COPULA, True)
    for word in key_list("باشد باشند باشیم باشم باشید باد"):
        forms[word] = VerbForm("بود", Tense.SUBJUNCTIVE)
        forms["ن" + word] = VerbForm("بود", Tense.SUBJUNCTIVE, True)
    for word in key_list("دارد دارند داریم دارم دارید"):
        forms[word] = VerbForm("داشت", Tense.PRESENT)
        forms["ن" + word] = VerbForm("داشت", Tense.PRESENT, True)
    for word in key_list("خواهد خواهند خواهیم خواهم خواهید"):
        forms[word] = VerbForm("خواست", Tense.AUXILIARY)
        forms["ن" + word] = VerbForm("خواست", Tense.AUXILIARY, True)
        forms["می" + word] = VerbForm("خواست", Tense.PRESENT)
        forms["نمی" + word] = VerbForm("خواست", Tense.PRESENT, True)
    for word in key_list("میتوان نمیتوان بتوان"):
        forms[word] = VerbForm("توانست", Tense.PRESENT, word.startswith("ن"))
    for word in key_list("ماست شماست پاسخگوست کارند اند یم ند گویاست سرپاست"):
        forms[word] = VerbForm("بود", Tense.COPULA)
    for word in key_list("میتونه میتونیم میتونن میتونند میتونم"):  # as people write in messages
        forms[word] = VerbForm("توانست", Tense.PRESENT)
    for word in key_list("میشه بشه"):
        forms[word] = VerbForm("شد", Tense.PRESENT if word == "میشه" else Tense.SUBJUNCTIVE)
    for word in key_list("میخوام میخوایم میخواین میخوان میخواد"):
        forms[word] = VerbForm("خواست", Tense.PRESENT)
    _add_past(forms, "بود")
    _add_past(forms, "داشت")
    _add_past(forms, "خواست")
    return forms


# Words that look like verb forms and are, in reports, nouns or something else.
_NEVER = key_set("""
    بسته بافته بافت نوشته دهم گفته رسته رست جست جسته خواسته نشست نشسته کشته نبرد کنده برده بنده
    روند درآمد برآورد کاست خاست بنا شست شسته بری باد پخته ریخته شکسته ندا نشان مانند پاشید نهاد
    نهاده برید فرسوده رسم پیچیده پوشیده فشرده آلوده پوسیده ترسیده انباشته آزرده پرورده فرموده
    پرید بپرند جوید بجوید برآید برآیند بردارم درآیم برگرد
    """)
# Past stems that are nouns just as often; the words around them decide (see `clauses`).
NOUN_OR_VERB = key_set(
    """
    خرید ساخت پرداخت گذشت کاشت برداشت دوخت پخت بازگشت گشت دید رسید برد یافت بست ماند خورد سوخت شناخت باخت تاخت شکست
    """
)


def _forms() -> dict[str, VerbForm]:
    forms = _irregular()
    for entry in _STEMS.replace("\n", "|").split("|"):
        if entry.strip():
            past, present = entry.split()
            _add_past(forms, past, present)
            _add_present(forms, past, present)
    for entry in _PREFIXED.replace("\n", "|").split("|"):
        if entry.strip():
            _add_prefixed(forms, *entry.split())
    return {key(form): found for form, found in forms.items() if form not in _NEVER}


VERB_FORMS: dict[str, VerbForm] = _forms()
