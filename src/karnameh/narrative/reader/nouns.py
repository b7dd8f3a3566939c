"""What reports count: nouns and the canonical unit each belongs to. Data and look-up only.

Each line is `unit: nouns`. A noun of two words is written with `_`. Plurals and the joining ی are
found by rule. A noun that is not listed still makes a mention; it just has no unit.
"""

from __future__ import annotations

from functools import lru_cache

from karnameh.narrative.reader.characters import key, key_set

_UNITS = """
person: صاحب فرد افراد نفر تن دانش‌آموز دانشجو مدیر پزشک دندان‌پزشک دام‌پزشک چشم‌پزشک روان‌پزشک بیمار مددجو
person: نیازمند داوطلب جهادگر بسیجی مهندس کارشناس نیکوکار خیر خیّر کارآفرین زندانی معلم مربی
person: آموزگار پرستار ماما کارگر کارمند شهروند همیار زائر زایر امدادگر آسیب‌دیده سیل‌زده
person: زلزله‌زده معلول سالمند کودک نوجوان جوان زن مرد بانو دختر پسر یتیم طلبه استاد هنرمند
person: ورزشکار روستایی عشایر کشاورز دامدار شرکت‌کننده متقاضی بازدیدکننده عضو نیرو محروم مربی‌ورزش
person: مشاور وکیل هنرجو مهارت‌آموز کارآموز سواد‌آموز مدرس تسهیلگر مراقب زوج_جوان سرپرست_خانوار
person: خبرنگار نخبه پژوهشگر راننده آشپز خیاط حافظ قاری مخترع مسیول خدمت‌گیرنده اهداکننده مصدوم
person: مجروح مسافر فراگیر دانش‌آموخته بهورز سرباز_معلم متخصص فعال مدعو مهمان شاگرد داور مولف
person: نویسنده شاعر عکاس گردشگر پیشکسوت فرهیخته کاربر مخاطب بازنشسته مستمری‌بگیر یاور امدادجو
person: همکار روان‌شناس مددکار آتش‌نشان کوه‌نورد صنعت‌گر بیکار کارجو رزمنده جانباز آزاده شهید
person: فرزند زندانی_جرایم_غیرعمد نابینا ناشنوا شاغل جراح دستیار بهیار مادر پدر خریدار دستفروش
person: صیاد رفتگر پاکبان خادم نوزاد خواهر برادر میهمان حافظه هنرپیشه مراجع اهل آدم فرهنگی بازیکن
person: قهرمان مددگیرنده توان‌خواه جانباخته زنان دختران
person_day: نفر_روز نفرروز نفر‌روز روز_نفر
person_hour: نفر_ساعت نفرساعت
household: خانوار خانواده عایله زوج سرپرست
dwelling: خانه منزل کپر واحد_مسکونی مسکن سرپناه واحد_مسکن منزل_مسکونی خانه_مسکونی واحد_روستایی
dwelling: آپارتمان کلبه سوییت
team: گروه تیم هسته اکیپ گردان_جهادی گروه_جهادی
organization: سازمان نهاد اداره موسسه خیریه انجمن تشکل سمن وزارتخانه بانک مرکز_نیکوکاری ارگان
organization: بنیاد کانون دستگاه_اجرایی مجموعه اتحادیه دهیاری شهرداری شورا هیئت هیات
program: برنامه ویژه‌برنامه مراسم آیین
project: پروژه طرح طرح_عمرانی
action: اقدام کار فعالیت عملیات خدمت
event: همایش جشنواره نشست جلسه مسابقه یادواره گردهمایی رویداد کنگره سمینار اردو کارگاه_آموزشی جشن
event: تجمع مانور رزمایش سخنرانی کرسی محفل میزگرد نمایش کنسرت شب_شعر رویداد_استارتاپی حلقه_بحث
event: پویش اجتماع
course: دوره کلاس دوره_آموزشی کلاس_آموزشی رشته_مهارتی رشته دوره_مهارتی کلاس_جبرانی درس
hour: ساعت
parcel: بسته بسته_معیشتی سبد سبد_کالا بسته_غذایی بسته_حمایتی کارتن سبد_غذایی محموله پکیج
meal: پرس غذا وعده پرس_غذا وعده_غذا وعده_غذایی افطاری ساندویچ
loaf: قرص_نان نان قرص
dowry: جهیزیه سری_جهیزیه جهازیه
clothing_item: پوشاک لباس دست_لباس پیراهن کاپشن دست_پوشاک شلوار چادر_مشکی روسری جوراب پالتو ژاکت
clothing_item: تن‌پوش
shoes: کفش جفت_کفش پوتین چکمه جفت
mask: ماسک
desk: میز_خدمت میز نیمکت
micro_enterprise: واحد_خرد واحد_کوچک کسب‌وکار_خرد واحد_تولیدی واحد_صنفی کسب‌وکار_خانگی
micro_enterprise: واحد_اقتصادی بنگاه مشاغل_خانگی کسب‌وکار
business_plan: طرح_کسب‌وکار طرح_اشتغال طرح_اشتغالزایی
workshop: کارگاه کارگاه_تولیدی کارگاه_خانگی
job: شغل فرصت_شغلی اشتغال موقعیت_شغلی فرصت_اشتغال
loan: وام فقره_وام فقره_تسهیلات تسهیلات وام_قرض‌الحسنه
mosque: مسجد حسینیه نمازخانه مصلی
base: پایگاه
headquarters: قرارگاه ستاد
working_group: کارگروه
committee: کمیته کمیسیون شورا
village: روستا روستای آبادی ده دهکده
neighbourhood: محله محل محلات
city: شهر
county: شهرستان
province: استان
country: کشور
district: منطقه بخش ناحیه دهستان
school: مدرسه دبستان دبیرستان مدارس آموزشگاه هنرستان باب_مدرسه
classroom: کلاس_درس
kindergarten: مهدکودک مهد پیش‌دبستانی
library: کتابخانه
book: کتاب جلد_کتاب نسخه_کتاب جلد نسخه
clinic: درمانگاه بیمارستان_صحرایی کلینیک خانه_بهداشت خانه_سلامت ایستگاه_درمانی مرکز_درمانی
clinic: مرکز_بهداشتی پایگاه_سلامت بهداری مطب ایستگاه_سلامت
hospital: بیمارستان
hospital_bed: تخت تخت_بیمارستانی تخت_بستری
pharmacy: داروخانه
test: آزمایش تست نمونه غربالگری آزمون
visit: ویزیت معاینه بازدید بازدید_خانگی
home_visit: ویزیت_خانگی
surgery: عمل_جراحی عمل جراحی
dose: دوز_واکسن دز_واکسن واکسن دوز دز
medical_service: خدمت_درمانی خدمت_پزشکی
glasses: عینک عینک_طبی
wheelchair: ویلچر صندلی_چرخدار
hearing_aid: سمعک
prosthesis: پروتز عصا واکر
blood_unit: واحد_خون کیسه_خون
device: دستگاه تجهیزات دستگاه_دیالیز
medical_device: اکسیژن‌ساز ونتیلاتور تب‌سنج دستگاه_اکسیژن
refrigerator: یخچال فریزر
stove: اجاق_گاز اجاق گاز_خوراک‌پزی
heater: بخاری آبگرم‌کن کولر پنکه
roof: پشت‌بام بام
home_appliance: وسیله_برقی وسیله_خانگی لوازم_خانگی لوازم‌خانگی قلم_لوازم تلویزیون ماشین_لباسشویی لباسشویی جاروبرقی
oven: تنور فر
kitchen: آشپزخانه
bakery: نانوایی
sewing_machine: چرخ_خیاطی چرخ
loom: دار_قالی
blanket: پتو تخته_پتو
mattress: تشک لحاف
tent: چادر چادر_امدادی خیمه
prefab_unit: کانکس خانه_پیش‌ساخته
carpet: فرش موکت تخته_فرش قالی قالیچه
sleeping_bag: کیسه_خواب
stationery_pack: بسته_نوشت‌افزار بسته_لوازم‌التحریر دفتر لوازم‌التحریر نوشت‌افزار
toy: اسباب‌بازی عروسک
tablet: تبلت گوشی
computer: رایانه کامپیوتر لپ‌تاپ
vehicle: خودرو آمبولانس اتوبوس مینی‌بوس ماشین وانت کامیونت تریلر موتورسیکلت خودروی_امدادی بالگرد
heavy_machine: بولدوزر لودر گریدر بیل_مکانیکی ماشین‌آلات تراکتور کمباین
bicycle: دوچرخه
well: چاه حلقه_چاه
qanat: قنات رشته_قنات
water_tank: مخزن مخزن_آب تانکر تانکر_آب منبع_آب
dam: سد بند_خاکی آب‌بند
pump: پمپ پمپ_آب الکتروپمپ
bridge: پل دهانه_پل
road: جاده راه محور معبر
bathhouse: حمام غسالخانه
toilet: سرویس_بهداشتی سرویس_بهداشتی_سیار
park: پارک بوستان
playground: زمین_ورزشی زمین_بازی زمین_چمن
gym: سالن_ورزشی باشگاه ورزشگاه خانه_ورزش
shop: مغازه فروشگاه دکان
booth: غرفه
market: بازارچه بازار
greenhouse: گلخانه
power_plant: نیروگاه نیروگاه_خورشیدی پنل_خورشیدی سامانه_خورشیدی پنل
lamp: چراغ لامپ
sapling: نهال اصله_نهال درخت اصله
animal: میش قوچ بزغاله دام راس_دام گوسفند بز گاو راس قلاده شتر بره راس_گوسفند
poultry: مرغ جوجه قطعه_مرغ قطعه_جوجه قطعه_مرغ_بومی اردک
beehive: کندو کندوی_عسل کلنی
hectare: هکتار
square_metre: مترمربع متر_مربع
cubic_metre: مترمکعب متر_مکعب
metre: متر
kilometre: کیلومتر
kilogram: کیلوگرم کیلو
gram: گرم
ton: تناژ
litre: لیتر
millilitre: میلی‌لیتر
centimetre: سانتی‌متر
barrel: بشکه
bag: کیسه گونی کیف کوله کوله‌پشتی
can: قوطی کنسرو بطری آب‌معدنی بطری_آب گالن
kilowatt: کیلووات کیلوواتی
megawatt: مگاوات مگاواتی
percent: درصد درصدی %
times: برابر برابری
toman: تومان تومانی همت تومن
rial: ریال ریالی
dollar: دلار یورو
request: درخواست مراجعه تقاضا مراجعه‌کننده ارجاع مراجعان درخواست_مردمی
call: تماس تماس_تلفنی پیام پیامک
consultation: مشاوره جلسه_مشاوره
complaint: شکایت گزارش_مردمی
item: قلم مورد عدد تکه قطعه کالا قلم_کالا دست سری ست جعبه شاخه طاقه جین
document: سند گزارش مقاله پایان‌نامه بخشنامه
agreement: تفاهم‌نامه قرارداد توافق‌نامه تفاهمنامه توافقنامه
media_item: مستند فیلم پوستر کلیپ پادکست نماهنگ خبر عکس برنامه_رادیویی بنر تابلو محتوا یادداشت
media_item: نقاشی دیوارنگاره
fund: صندوق صندوق_محلی صندوق_قرض‌الحسنه
cooperative: تعاونی شرکت_تعاونی
warehouse: انبار سردخانه
factory: کارخانه
centre: مرکز پایگاه_خدمات کانون_فرهنگی خانه_فرهنگ نقطه مجتمع نقاهتگاه خانه_مهارت پاتوق سامانه سایت
centre: دفتر_خدمات
camp: اردوگاه کمپ
wave: نوبت موج
phase: مرحله فاز
station: ایستگاه موکب ایستگاه_صلواتی جایگاه
patient_stay: بستری
team_dispatch: اعزام
unit: واحد باب فقره نوع گونه شعبه
message: نوشته کامنت
seat: صندلی
land_plot: قطعه_زمین
medal: مدال مقام
goal: گل
trip: سفر
exhibition: نمایشگاه
order: سفارش
wall: دیوار دیوارنگاره
university: دانشگاه
truck: کامیون تریلی وانت کامیونت
company: شرکت
building: ساختمان ملک
boat: قایق فروند_قایق فروند لنج
case: پرونده
tooth: دندان
island: جزیره
spring: چشمه
plant: آب‌شیرین‌کن تصفیه‌خانه
trash_bin: سطل_زباله سطل
rank: رتبه
share: سهم سهم_سود
person: امام_جمعه روحانی مبلغ مداح خطیب هیئتی خانواده_شهید پاسدار فرمانده مرزبان خبره صنعتگر بافنده
person: قالیباف دامپرور باغدار زنبوردار ماهیگیر ملوان کاسب بازاری تاجر بازرگان کارفرما پیمانکار معمار
person: جوشکار برقکار تعمیرکار مکانیک نانوا حسابدار وکیل_دادگستری قاضی کارشناس_رسمی سردفتر نماینده
person: شورایار دهیار بخشدار فرماندار شهردار معتمد ریش‌سفید سفیر_سلامت رابط_سلامت رابط مروج تسهیل‌گر
person: بیمه‌شده بازمانده مهاجر پناهنده اتباع مرزنشین حاشیه‌نشین دانش‌پژوه المپیادی برگزیده رتبه_برتر
person: تماشاگر هوادار پیاده دوچرخه‌سوار شناگر مدال‌آور نوآموز کم‌توان اوتیسم ایثارگر همسر_شهید
person: معتاد بهبودیافته بی‌خانمان متکدی کودک_کار زن_سرپرست_خانوار مادر_باردار نوعروس داماد عروس
person: تکنسین داروساز بهداشت‌کار بهیار ماساژور فیزیوتراپ بینایی‌سنج متخصص پیراپزشک دامپزشک کارورز
person: وام‌گیرنده کمک‌گیرنده بهره‌بردار واقف خیّر_مدرسه‌ساز حامی نیکوکار_حامی متبرع داوطلب_همیار شهریار جهادی نفر_ساعت
household: خانواده خانواده_نیازمند خانواده_شهید خانواده_زندانی خانواده_محروم خانوار_روستایی
dwelling: واحد_مسکن_محرومان ویلا سوله_اسکان
program: عنوان_برنامه ریزبرنامه
project: پروژه_عمرانی پروژه_محرومیت‌زدایی ابرپروژه طرح_آبرسانی مگاپروژه ریزپروژه
event: محفل_انس کرسی_تلاوت هم‌اندیشی یادمان غبارروبی سوگواره شب_خاطره راهپیمایی پیاده‌روی نماز_جماعت
event: جلسه_قرآن جلسه_مشاوره دیدار ملاقات گعده نشست_بصیرتی حلقه_صالحین جلسه_ستاد کارگاه_توانمندسازی
course: کارگاه_مهارت‌آموزی دوره_تخصصی وبینار
team: کاروان دسته گروه_درمانی گروه_پزشکی گروه_تخصصی گروه_همیار ستاد_مردمی یگان گردان
clinic: مرکز_بهداشت خانه_بهداشت پست_امدادی پایگاه_اورژانس درمانگاه_صحرایی درمانگاه_سیار پایگاه_انتقال_خون
medical_device: دستگاه_سونوگرافی دستگاه_اکسیژن‌ساز نبولایزر فشارسنج قندسنج یونیت_دندانپزشکی یونیت
glasses: جفت_عینک
vehicle: نیسان موتور_سیکلت تاکسی خودروی_سنگین خودروی_سبک کمپرسی آتش‌نشانی خودروی_آتش‌نشانی دستگاه_خودرو
heavy_machine: ماشین_سنگین غلتک جرثقیل تانکر_سوخت
home_appliance: جاروبرقی چرخ_گوشت ماکروویو ظرفشویی کالای_اساسی قلم_لوازم_خانگی قلم_جهیزیه
parcel: بسته_گوشت بسته_لوازم بسته_فرهنگی بسته_آموزشی بسته_بهداشتی بسته_یلدایی کیت کیت_بهداشتی بسته_افطار
meal: غذای_گرم پرس_غذای_گرم بسته_افطاری وعده_غذای_گرم
clothing_item: دست_لباس_گرم کاپشن_و_کفش ژاکت دستکش شال کلاه
book: عنوان_کتاب جزوه کتاب_درسی
software: نرم‌افزار اپلیکیشن برنامک
product: محصول محصول_دانش‌بنیان اختراع دستاورد
work: اثر آثار مقاله_علمی سرود نماهنگ تابلو_نقاشی
well: حلقه_چاه_آب چاهک
pool: استخر استخر_ذخیره_آب حوضچه
hall: سالن سوله تالار
lab: آزمایشگاه پژوهشکده
room: اتاق
school: باب_آموزشگاه مجتمع_آموزشی
gym: زمین_ورزش چمن_مصنوعی سالن_ورزشی_سرپوشیده
mosque: خانه_عالم امامزاده بقعه مصلا زیارتگاه
base: حوزه حوزه_مقاومت پایگاه_مقاومت پایگاه_بسیج
office: دفتر_تسهیلگری شعبه
street: خیابان کوچه معبر گذر میدان پیاده‌رو
metre: مترطول
kilogram: کیلوگرم_گوشت
quintal: کنتال
gathering: نمایشگاه_محصولات
case: فقره_پرونده پرونده_قضایی پرونده_طلاق
consultation: ساعت_مشاوره نفر_جلسه
inspection: بازرسی گشت_مشترک
ruling: مصوبه حکم رای
marriage: ازدواج عقد
prize: جایزه کمک‌هزینه_سفر بورسیه لوح لوح_تقدیر تندیس
donation: کمک_نقدی هدیه اهدایی
visit: سرکشی دیدار_با_خانواده عیادت
bus_trip: سرویس
load: سرویس_آب کامیون_کالا تریلی
person: همسایه سرگروه آب‌یار غرفه‌دار خانم استادکار مقنی کارخانه‌دار نجار بافنده کاسب قنات‌کار
generator: ژنراتور موتور_برق موتوربرق
cistern: آب‌انبار برکه
garden: باغ
connection: انشعاب
dormitory: خوابگاه
drinking_fountain: آبخوری
fire_extinguisher: کپسول_آتش‌نشانی
gas_cylinder: کپسول_گاز
life_jacket: جلیقه جلیقه_نجات
nursery: نهالستان
shelter: گرمخانه
trough: آبشخور
meter: کنتور
"""

# Words that say how a thing is counted; the thing itself follows without a joining sound.
CLASSIFIERS = key_set("""
    دهنه باب دستگاه فقره اصله رشته حلقه دهانه راس رأس قطعه جلد نسخه قرص پرس تخته دست جفت سری عدد قلم
    شاخه طاقه فروند مورد کیلو کیلوگرم گرم لیتر متر کیلومتر هکتار مترمربع دوز دز نوبت کیسه قالب
    بطری بشکه کارتن حبه شیشه ست قبضه نوع گونه بند برگ تکه ورق عنوان بسته جعبه گونی سبد واحد میلیون
    ساعت عراده مترمکعب قواره قالی تخت چشمه وعده خوشه دبه گالن قوطی کامیون تانکر دوره جلسه رقم هزار
    بسته‌ سرویس کلنی قلاده توپ دانه رول خط اکیپ تریلی تریلر
    """) - key_set("هزار میلیون بند تخت دوره جلسه")
# Classifiers that name nothing by themselves, with the units they may stand for, the likeliest
# first; alone they take the unit of the last such figure.
EMPTY_CLASSIFIERS: dict[str, tuple[str, ...]] = {
    key(word): tuple(units.split())
    for word, units in (
        ("دستگاه", ""), ("باب", ""), ("مورد", ""), ("عدد", ""), ("قلم", ""), ("تا", ""),
        ("واحد", "dwelling micro_enterprise base device"), ("فقره", "loan agreement case"),
        ("سری", "dowry"), ("تخته", "blanket carpet"), ("حلقه", "well"), ("رشته", "qanat"),
        ("راس", "animal"), ("اصله", "sapling"), ("قطعه", "poultry item"), ("نوبت", "wave"),
        ("فروند", "boat"), ("دوز", "dose"), ("جلد", "book"), ("پرس", "meal"),
    )
}  # fmt: skip

# Measures name themselves, whatever it is that they measure.
MEASURES = key_set(
    """
    هکتار مترمربع مترمکعب متر کیلومتر کیلوگرم گرم لیتر بشکه ساعت میلی‌لیتر سانتی‌متر
    """
)
# Things one of which is worth saying: «یک درمانگاه» is a result, «یک جلوه» is a figure of speech.
_ASSETS = key_set("""
    dwelling school clinic hospital mosque library well qanat water_tank bridge power_plant workshop vehicle
    kitchen bakery greenhouse gym bathhouse market park playground warehouse factory kindergarten pharmacy
    heavy_machine dam tent
    """)
_OF_BUILDINGS = key_set("واحد باب دستگاه")
_EXTRA_PLURALS = {
    key(plural): key(single)
    for plural, single in (
        ("مدارس", "مدرسه"), ("مساجد", "مسجد"), ("محلات", "محله"), ("منازل", "منزل"), ("مددجویان", "مددجو"),
        ("خانوارهای", "خانوار"), ("پروژه‌های", "پروژه"), ("اقدامات", "اقدام"), ("مراکز", "مرکز"),
        ("روستاییان", "روستایی"), ("مراجعات", "مراجعه"), ("کلاسهای", "کلاس"), ("طلاب", "طلبه"),
        ("زوجین", "زوج"), ("کتب", "کتاب"), ("زوار", "زائر"), ("خدمات", "خدمت"), ("قنوات", "قنات"),
        ("تسهیلات", "تسهیلات"), ("دروس", "درس"), ("ایتام", "یتیم"), ("اطفال", "کودک"), ("مصدومان", "مصدوم"),
        ("مشاغل", "شغل"), ("شرکت‌ها", "شرکت"), ("نهالها", "نهال"), ("احشام", "دام"), ("ادارات", "اداره"),
        ("موسسات", "موسسه"), ("خیرین", "خیر"), ("معلمین", "معلم"), ("مربیان", "مربی"), ("آحاد", "نفر"),
        ("معتکفین", "معتکف"), ("معلولین", "معلول"), ("متخصصین", "متخصص"), ("مجروحین", "مجروح"),
    )
}  # fmt: skip


def _units() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _UNITS.strip().splitlines():
        unit, _, nouns = line.partition(":")
        for noun in nouns.split():
            found.setdefault(" ".join(key(part) for part in noun.split("_")), unit)
    return found


_UNIT_OF = _units()
_LONGEST = max(noun.count(" ") + 1 for noun in _UNIT_OF)
_SHORT_NOUN = 3  # letters of nouns that many other words begin with
_NOT_FORMS = frozenset(
    ("تنها", "تنی", "کاری", "داری", "بانی", "ماشین", "دستی", "کلی", "راهی", "بخشی")
)
_OWNED = frozenset(("نفر", "تومان", "ریال", "درصد", "کیلومتر", "هکتار"))
_ENDINGS = ("هایشان", "هایی", "های", "ها", "یان", "ان", "ین", "ی", "ای", "انی")


@lru_cache(maxsize=8192)
def lemma(word: str) -> str:
    """The listed noun that `word` is a form of, or `word` itself."""
    if word in _UNIT_OF or word in _NOT_FORMS:
        return word
    if word in _EXTRA_PLURALS:
        return _EXTRA_PLURALS[word]
    for ending in ("شان", "مان", "ش"):
        if word.removesuffix(ending) in _OWNED:
            return word.removesuffix(ending)  # «نفرشان», «تومانش»
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            if stem in _UNIT_OF:
                return stem
            if ending in ("ان", "ین") and stem + "ه" in _UNIT_OF:
                return stem + "ه"
    return word


def unit_of(nouns: list[str]) -> str:
    """The canonical unit of a noun phrase (its words in order), or an empty string.

    A measure names itself whatever it measures («۱۲ کیلومتر راه»).

    The longest listed beginning wins; a bare classifier gives way to the noun that it classifies.
    """
    stems = [lemma(noun) for noun in nouns[: _LONGEST + 1]]
    if stems and stems[0] in MEASURES:
        return _UNIT_OF.get(stems[0], "")
    if stems and stems[0] == "تن":
        goods = len(stems) > 1 and _UNIT_OF.get(stems[1]) != "person"
        return "ton" if goods else "person"
    for size in range(min(_LONGEST, len(stems)), 1, -1):
        # «فرصت شغلی» is listed as it stands, «منازل مسکونی» by its lemmas.
        unit = _UNIT_OF.get(" ".join((stems[0], *nouns[1:size])))
        unit = unit or _UNIT_OF.get(" ".join(stems[:size]))
        if unit:
            return unit
    if not stems:
        return ""
    if len(stems) > 1 and stems[0] in CLASSIFIERS:
        classified = unit_of(nouns[1:])
        if classified == "person" and stems[0] in _OF_BUILDINGS:
            classified = ""  # «۹۴۰۰ واحد آسیب‌دیده» are homes
        return classified or _UNIT_OF.get(stems[0], "")
    return _UNIT_OF.get(stems[0], "")


@lru_cache(maxsize=8192)
def unit_of_word(noun: str) -> str:
    """The canonical unit of one noun, or an empty string."""
    return unit_of([noun])


def is_counted_noun(word: str) -> bool:
    """Whether reports are known to count this."""
    return lemma(word) in _UNIT_OF


def is_known_noun(word: str) -> bool:
    """Whether a word is itself a listed noun, in no other form."""
    return len(word) > _SHORT_NOUN and word in _UNIT_OF


def is_compound(first: str, second: str) -> bool:
    """Whether two words are one listed thing («عمل جراحی»)."""
    stem = lemma(first)
    return f"{stem} {second}" in _UNIT_OF or f"{stem} {lemma(second)}" in _UNIT_OF


def is_asset(word: str) -> bool:
    """Whether one of these is a result in itself."""
    return _UNIT_OF.get(lemma(word), "") in _ASSETS
