"""Faults, reasons and violations in words, Persian and English. Plain tables; nothing is computed."""

from __future__ import annotations

import json
from collections.abc import Mapping

from karnameh.kernel.digits import to_persian

_PERSIAN, _ENGLISH = 0, 1

Pair = tuple[str, str]

_SENTENCES: dict[str, Pair] = {
    # files
    "file_missing": ("پروندهٔ {file} پیدا نشد.", "There is no file {file}."),
    "file_is_folder": ("{file} پوشه است، نه پرونده.", "{file} is a folder, not a file."),
    "file_unreadable": ("{file} خوانده نشد ({error}).", "{file} cannot be read ({error})."),
    "file_unwritable": ("{file} نوشته نشد ({error}).", "{file} cannot be written ({error})."),
    "out_is_instance": (
        "{file} خود نمونه است؛ برای برنامه نام دیگری بدهید.",
        "{file} is the instance itself; give the plan another name.",
    ),
    "worker_ended": (
        "یکی از فرایندهای محاسبه بسته شد (به احتمال زیاد کمبود حافظه). چیزی نوشته نشد.",
        "A process of the computation ended, most likely for want of memory. Nothing was written.",
    ),
    "file_too_large": (
        "{file} بزرگ‌تر از {most} مگابایت است. برنامه را استان به استان بسازید.",
        "{file} is larger than {most} MB. Plan it province by province.",
    ),
    "not_utf8": ("این پرونده متن UTF-8 نیست.", "The file is not UTF-8 text."),
    "not_json": (
        "این پرونده JSON درستی نیست: سطر {line}، ستون {column}.",
        "The file is not valid JSON: line {line}, column {column}.",
    ),
    "too_deep": ("این JSON بیش از اندازه تودرتو است.", "The JSON is nested too deeply."),
    "not_a_number": (
        "«{value}» در JSON عدد نیست.",
        "“{value}” is not a number that JSON knows.",
    ),
    "not_object": (
        "این پرونده باید یک شیء JSON باشد؛ schema را ببینید.",
        "The file has to be one JSON object; see the schema.",
    ),
    "wrong_value": (
        "{path}: «{value}» پذیرفته نیست؛ باید {wanted} باشد.",
        "{path}: “{value}” will not do; it has to be {wanted}.",
    ),
    "unknown_field": (
        "{path}: چنین بخشی نداریم: «{field}».",
        "{path}: there is no field “{field}”.",
    ),
    "missing_field": ("{path}: «{field}» جا افتاده است.", "{path}: “{field}” is missing."),
    "part_fields_twice": (
        "{path}: هم parts آمده و هم «{field}»؛ یکی را نگه دارید.",
        "{path}: has both parts and “{field}”; keep one of the two.",
    ),
    # soundness
    "duplicate_id": (
        "شناسهٔ «{id}» دو بار آمده است ({kind}).",
        "The id “{id}” is there twice ({kind}).",
    ),
    "unknown_reference": (
        "{at}: «{id}» تعریف نشده است ({kind}).",
        "{at}: “{id}” is not defined ({kind}).",
    ),
    "none_of": ("دست‌کم یکی لازم است: {kind}.", "At least one is needed: {kind}."),
    "no_parts": ("پیشنهاد «{id}» هیچ اجرایی ندارد.", "Proposal “{id}” has no part."),
    "slot_covers": (
        "نوبت «{id}» فقط می‌تواند نوبت‌های ساده را دربر بگیرد.",
        "Slot “{id}” may only cover slots that cover nothing themselves.",
    ),
    "rule_without_limit": (
        "قاعدهٔ «{id}» نه کمینه دارد و نه بیشینه.",
        "Rule “{id}” has neither least nor most.",
    ),
    "share_above_one": (
        "سهم در قاعدهٔ «{id}» باید میان ۰ و ۱ باشد.",
        "The share of rule “{id}” has to lie between 0 and 1.",
    ),
    "count_among": (
        "قاعدهٔ «{id}» شمارشی است و among ندارد.",
        "Rule “{id}” counts; only shares have an among.",
    ),
    "no_such_part": (
        "پیشنهاد «{id}» اجرای شمارهٔ {part} ندارد.",
        "Proposal “{id}” has no part number {part}.",
    ),
    "pinned_twice": (
        "دربارهٔ پیشنهاد «{id}» دو تصمیم ثابت آمده است.",
        "Proposal “{id}” is pinned twice.",
    ),
    # why a proposal is not in
    "pinned_out": ("تصمیم ثابت: نپذیرفتن.", "It is pinned as declined."),
    "no_time": (
        "هیچ روز و نوبت ممکنی ندارد.",
        "It has no possible day and slot.",
    ),
    "no_seats": (
        "هیچ سالنی برای {attendance} نفر جا ندارد؛ بزرگ‌ترین {seats} صندلی دارد.",
        "No venue of it seats {attendance}; the largest has {seats} seats.",
    ),
    "never_open": (
        "در همهٔ زمان‌های ممکنش مکان بسته است یا کسی که لازم است نیست.",
        "At all its times the venue is closed or somebody it needs is away.",
    ),
    "budget": (
        "بودجهٔ {level} {id} کافی نیست: {short} کم است.",
        "The budget ({level} {id}) is short by {short}.",
    ),
    "unit_in_all": (
        "واحد «{unit}» سهم خود را گرفته است: {most} فعالیت.",
        "Unit “{unit}” already has its {most}.",
    ),
    "unit_per_day": (
        "واحد «{unit}» در روز {day} بیش از {most} برنامه نمی‌گیرد.",
        "Unit “{unit}” takes no more than {most} on {day}.",
    ),
    "venue_full": (
        "«{venue}» در {day}، {slot} پر است؛ {higher} برنامهٔ آن امتیاز بالاتر یا برابر دارد.",
        "“{venue}” is full on {day}, {slot}; {higher} in it score as high or higher.",
    ),
    "person_busy": (
        "«{person}» در {day}، {slot} جای دیگری است.",
        "“{person}” is elsewhere on {day}, {slot}.",
    ),
    "rule_most": (
        "قاعدهٔ «{rule}»{of} بیش از {most} نمی‌پذیرد.",
        "Rule “{rule}”{of} lets in no more than {most}.",
    ),
    "rule_share_least": (
        "قاعدهٔ «{rule}»{of}: با این پیشنهاد سهم از {least} کمتر می‌شود.",
        "Rule “{rule}”{of}: with it the share falls below {least}.",
    ),
    "rule_share_most": (
        "قاعدهٔ «{rule}»{of}: با این پیشنهاد سهم از {most} بیشتر می‌شود.",
        "Rule “{rule}”{of}: with it the share rises above {most}.",
    ),
    "no_gain": (
        "امتیازی به برنامه نمی‌افزاید ({points}).",
        "It adds no points to the plan ({points}).",
    ),
    "would_fit": (
        "جا دارد و {points} امتیاز می‌افزاید؛ برنامه پیش از رسیدن به آن ایستاده است.",
        "It would fit and add {points} points; the plan stopped before it came to it.",
    ),
    # a conflict
    "rule": (
        "قاعدهٔ «{rule}»{of}: کمینه {least}، بیشینه {most}",
        "Rule “{rule}”{of}: at least {least}, at most {most}",
    ),
    "pin": ("تصمیم ثابت دربارهٔ «{proposal}»", "The pin of “{proposal}”"),
    "budget_limit": ("بودجهٔ {level} {id}", "The budget ({level} {id})"),
    "units_limit": ("سقف واحدها", "The limits of the units"),
    # violations
    "unknown_proposal": ("پیشنهاد «{proposal}» تعریف نشده است.", "No proposal “{proposal}”."),
    "whole": (
        "«{proposal}» کامل نیست یا اجرایی دو بار آمده است.",
        "“{proposal}” is not whole, or has a part twice.",
    ),
    "different_days": (
        "«{proposal}»: دو اجرا در یک روز.",
        "“{proposal}”: two parts on one day.",
    ),
    "unknown_time": (
        "«{proposal}»: روز یا نوبت {day}/{slot} تعریف نشده است.",
        "“{proposal}”: no such time {day}/{slot}.",
    ),
    "time": (
        "«{proposal}» نمی‌تواند در {day}، {slot} باشد.",
        "“{proposal}” may not be on {day}, {slot}.",
    ),
    "venue_choice": (
        "«{proposal}»: مکان «{venue}» از مکان‌های آن نیست.",
        "“{proposal}”: venue “{venue}” is none of its own.",
    ),
    "team_choice": (
        "«{proposal}»: گروه «{team}» از گروه‌های آن نیست.",
        "“{proposal}”: team “{team}” is none of its own.",
    ),
    "absent": ("«{person}» در {day}، {slot} نیست.", "“{person}” is away on {day}, {slot}."),
    "seats": ("«{proposal}» در «{venue}» جا نمی‌شود.", "“{proposal}” does not fit in “{venue}”."),
    "closed": ("«{venue}» در {day}، {slot} بسته است.", "“{venue}” is closed on {day}, {slot}."),
    "halls": (
        "«{venue}» در {day}، {slot}: {count} برنامه در {most} سالن.",
        "“{venue}” on {day}, {slot}: {count} in {most} halls.",
    ),
    "two_places": (
        "«{person}» در {day}، {slot} در {count} جا است.",
        "“{person}” is in {count} places on {day}, {slot}.",
    ),
    "pinned": ("تصمیم ثابت «{proposal}» نگه داشته نشده.", "The pin of “{proposal}” is not kept."),
}

_KINDS: dict[str, Pair] = {
    "day": ("روز", "day"),
    "slot": ("نوبت", "slot"),
    "province": ("استان", "province"),
    "county": ("شهرستان", "county"),
    "nation": ("کشور", "nation"),
    "unit": ("واحد", "unit"),
    "venue": ("مکان", "venue"),
    "person": ("گروه یا شخص", "team or person"),
    "proposal": ("پیشنهاد", "proposal"),
    "rule": ("قاعده", "rule"),
    "theme": ("موضوع", "theme"),
    "profession": ("قشر", "profession"),
}
_WANTED: dict[str, Pair] = {
    "text": ("متن کوتاه", "a short text"),
    "id": ("شناسه", "an id"),
    "whole": ("عدد درست از ۰ تا ۱۰^۱۵", "a whole number from 0 to 10^15"),
    "score": ("عددی از ۰ تا ۱۰۰", "a number from 0 to 100"),
    "share": ("عددی از ۰ تا ۱", "a number from 0 to 1"),
    "weight": ("عددی از ۰ تا یک میلیون", "a number from 0 to a million"),
    "limit": ("عددی از ۰", "a number from 0"),
    "number": ("عدد", "a number"),
    "degrees": ("درجه‌ای از ۱۸۰- تا ۱۸۰", "degrees from -180 to 180"),
    "flag": ("true یا false", "true or false"),
    "list": ("فهرست", "a list"),
    "list of at least one part": ("فهرستی با دست‌کم یک اجرا", "a list of at least one part"),
    "point": ("[عرض، طول]", "[latitude, longitude]"),
    "object": ("شیء", "an object"),
}


def say(code: str, params: Mapping[str, object], *, persian: bool) -> str:
    """A sentence for a code of this package; Persian digits in Persian."""
    pair = _SENTENCES.get(code)
    if pair is None:
        return f"{code} {json.dumps(dict(params), ensure_ascii=False)}"
    language = _PERSIAN if persian else _ENGLISH
    shown = {key: _shown(key, value, language) for key, value in params.items()}
    if code == "unit_in_all" and "count" in params:
        shown["most"] = shown["count"]
    return pair[language].format_map(_Lenient(shown)).replace("  ", " ")


class _Lenient(dict[str, str]):
    """What is not given is left empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _shown(key: str, value: object, language: int) -> str:
    if key == "of":
        return "" if value is None else f" ({value})"
    if value is None:
        return "—"
    if key in ("kind", "level"):
        return _KINDS.get(str(value), (str(value), str(value)))[language]
    if key == "wanted":
        return _WANTED.get(str(value), (str(value), str(value)))[language]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        written = f"{value:,}"
        return (
            to_persian(written.replace(",", "٬").replace(".", "٫"))
            if language == _PERSIAN
            else written
        )
    return str(value).encode("utf-8", "replace").decode()  # half a letter cannot be printed
