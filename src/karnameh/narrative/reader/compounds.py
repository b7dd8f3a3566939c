"""Compound verbs by what they say about a figure. Data and look-up only.

Persian makes most verbs of a noun, an adjective or a prepositional phrase («از بین», «زیر پوشش») and
a light verb. Each line is `light verbs: preverbs`; light verbs are named by their past stem, a
preverb of several words is written with `_`. Every preverb goes with every light verb of its line.
"""

from __future__ import annotations

from karnameh.narrative.reader.characters import key

_LONGEST = 4
_SAME_LIGHT = {"گردید": "شد", "گشت": "شد", "نمود": "کرد"}  # written for the plainer verb

# What befell: nobody of the organisation did this.
_HARM = """
رفت: زیر_گل زیر_گل‌ولای زیر_خاک زیر_آوار زیر_برف فرو
برداشت: ترک شکاف
برد: پناه
شد: از_مدار_خارج
رفت: از_میان از_بین از_دست زیر_آب به_زیر_آب بر_باد به_باد هدر به_هدر از_کار به_یغما به_تاراج از_رونق
برد: از_بین به_یغما
داد: از_دست بر_باد به_باد
افتاد: از_کار از_رونق از_پا از_نفس از_چرخه به_خطر ازکار به_روغن‌سوزی
انداخت: از_کار به_خطر از_پا
درآمد: از_پا
ریخت: فرو درهم
پاشید: از_هم
شکست: درهم در_هم
نشست: به_گل به_خاک_سیاه فرو
کرد: از_جا خشک ویران ورشکسته زمین‌گیر خانه‌نشین خاکسترنشین فروکش خالی_از_سکنه فلج
شد: خشک ویران ورشکسته زمین‌گیر خانه‌نشین خاکسترنشین خاکستر خالی_از_سکنه فلج سیل‌زده بیخانمان دفن مدفون
داد: هدر به_هدر
شد: خالی خشک_و_خالی سرنگون کور
کرد: ترک_تحصیل
شد: به_ترک_خانه به_ترک_خانه‌ها به_ترک_روستا از_کار_بیکار دستخوش غیرقابل_سکونت غیر_قابل_سکونت شسته
بود: خالی_از_سکنه غیرقابل_سکونت
سوخت: در_آتش
بازماند: *
ماند: جا از_قلم روی_زمین بر_زمین معطل بلاتکلیف
افتاد: از_قلم
زد: زیان آسیب ضرر خسارت لطمه صدمه
شد: راهی_بیمارستان روانه_بیمارستان
کرد: سکته تصادف
گذاشت: معطل
ماند: بیرون_از_خانه زیر_آوار در_محاصره در_راه در_برف در_سیل در_گل در_کولاک بی_سرپناه بی‌سرپناه زیر_آب
گذاشت: برجا برجای بر_جا بر_جای به_جا به_جای
بود: آسیب‌دیده زیان‌دیده خسارت‌دیده خسارت‌خورده گرسنه آواره بی‌سرپناه بی‌خانمان زیر_آب زیر_آوار
"""
# What goes on by itself: with a present tense a state or a habit, no plan.
_STATES = """
کرد: فعالیت خدمت کار زندگی تحصیل نظارت میزبانی همکاری تولید دریافت نگهداری عرضه مراقبت تدریس مراجعه
کرد: استقبال مشارکت استفاده تمرین بازی پس‌انداز تردد رفت‌و‌آمد معاش اداره مدیریت هدایت کسب_درآمد امرار_معاش
کرد: رسیدگی طبابت اقامت سکونت گذران رصد پایش همراهی معیشت پیروی حس احساس کفایت فرق تغذیه خودنمایی
کرد: رقابت معامله نگهبانی پرستاری حکایت کشاورزی دامداری زراعت استراحت گذر نوسان مصرف
داد: خدمت خدمات تشکیل پاسخ نشان ادامه پوشش سرویس درس مشاوره جواب رخ تن پناه اختصاص_به_خود
برد: بهره رنج پیش سر به_سر سود لذت
زد: سر موج
خواند: درس نماز
گذراند: روزگار
خورد: نان به_چشم گره غصه
شد: نگهداری تولید محسوب ارائه خدمت دوخته پخته استفاده مربوط بالغ دنبال پیگیری رصد پایش اداره مدیریت
شد: شناخته شامل مشاهده دیده یاد صادر مصرف فروخته منتشر تغذیه هدایت کنترل حس احساس شمرده قلمداد
شد: یافت تلقی ختم تقسیم بافته شنیده
گرفت: بهره پناه قرار خدمت رونق درس وقت سفارش نشأت الهام
گذاشت: وقت مایه
داشت: حضور فعالیت وجود سکونت عضویت اشتغال
رسید: نظر به_فروش به_نظر به_گوش
رفت: فراتر شمار به_شمار
گذشت: مرز
آمد: به_شمار به_حساب به_چشم
گرداند: *
نوشید: *
پوشید: *
خوابید: *
شناخت: *
ترسید: *
چرخاند: *
ارزید: *
درخشید: *
"""
_NOT_STATES = frozenset(("قرار گرفت",))
# The deed is put off: it is still promised.
_PUT_OFF = """
شد: موکول
کرد: موکول
افتاد: عقب به_عقب تعویق به_تعویق تأخیر به_تأخیر
انداخت: عقب به_عقب تعویق به_تعویق
"""
# The figure is told to be untrue or was put right.
_UNTRUE = """
شد: اصلاح تصحیح تکذیب رد ابطال پس_گرفته
کرد: اصلاح تصحیح تکذیب رد
داشت: تکذیب تکراری
گرفت: پس
"""


def _compounds(text: str) -> frozenset[str]:
    """The compounds of some lines: preverb and light verb as look-up keys with a space between."""
    found: set[str] = set()
    for line in text.strip().splitlines():
        lights, _, preverbs = line.partition(":")
        for preverb in preverbs.split():
            words = " ".join(key(word) for word in preverb.split("_"))
            found.update(f"{words} {key(light)}" for light in lights.split())
    return frozenset(found)


HARM = _compounds(_HARM)
STATES = _compounds(_STATES) - _NOT_STATES
PUT_OFF = _compounds(_PUT_OFF)
UNTRUE = _compounds(_UNTRUE)


def is_one_of(compounds: frozenset[str], lead: list[str], light: str) -> bool:
    """Whether the words that lead to a light verb make one of some compounds with it."""
    light = _SAME_LIGHT.get(light, light)
    if f"* {light}" in compounds:
        return True
    return any(
        f"{' '.join(lead[-size:])} {light}" in compounds
        for size in range(1, min(_LONGEST, len(lead) + 1))
    )
