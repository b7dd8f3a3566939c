"""What is about a person: declared, sealed, and in no log."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.apps import apps
from django.db import models

from karnameh.kernel.digits import to_persian
from karnameh.plumbing.logs import JsonLines, scrub
from karnameh.plumbing.personal import LIBRARY, Personal, declared, dictionary, suspects
from karnameh.plumbing.sealed import SealBroken, keyed_hash, resealed, seal
from karnameh.plumbing.sealed import _open as opened

EVERY = sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.label)

# Free text that is about things by its nature; whoever adds to it says why it cannot hold a person.
NOT_ABOUT_PEOPLE = {
    "catalog_indicator": {"definition_fa", "definition_en"},
    "catalog_wording": {"definition_fa", "definition_en"},
    "catalog_item": {"contents_fa"},
}


@pytest.mark.parametrize("model", EVERY, ids=lambda model: model._meta.label)
def test_every_model_says_what_in_it_is_about_a_person(model: type[models.Model]) -> None:
    said = declared(model)
    assert said is not None, f"{model._meta.label} declares nothing, not even {{}}"
    columns = {field.name for field in model._meta.local_concrete_fields} | {
        field.attname for field in model._meta.local_concrete_fields
    }
    assert set(said) <= columns, "it declares a column that it does not have"
    for why in said.values():
        assert why.purpose.strip() and why.retention.strip()


@pytest.mark.parametrize("model", EVERY, ids=lambda model: model._meta.label)
def test_no_suspect_column_is_left_undeclared(model: type[models.Model]) -> None:
    said = declared(model) or {}
    known = (
        set(said)
        | {name.removesuffix("_id") for name in said}
        | NOT_ABOUT_PEOPLE.get(model._meta.db_table, set())
    )
    if model._meta.db_table in LIBRARY and not said:
        return
    assert set(suspects(model)) - known == set()


def test_the_gate_finds_a_planted_personal_column() -> None:
    class Planted(models.Model):
        personal = {}
        phone = models.CharField(max_length=20)
        home_address = models.CharField(max_length=20)
        story = models.TextField()
        origin = models.GenericIPAddressField()
        holder = models.ForeignKey("people.User", models.PROTECT, related_name="+")
        amount = models.IntegerField()

        class Meta:
            app_label = "planted"

    try:
        assert set(suspects(Planted)) == {"phone", "home_address", "story", "origin", "holder"}
        assert declared(Planted) == {}
    finally:
        apps.all_models["planted"].clear()
        apps.clear_cache()


def test_the_dictionary_lists_every_declared_column_once() -> None:
    listed = [(model._meta.db_table, name) for model, name, _ in dictionary()]
    assert len(listed) == len(set(listed)) > 15
    assert ("people_contact", "phone_sealed") in listed and (
        "account_emailaddress",
        "email",
    ) in listed
    assert all(isinstance(why, Personal) for *_, why in dictionary())


def test_no_table_keeps_what_the_product_refuses_to_know() -> None:
    refused = {
        "national_id",
        "birth",
        "religion",
        "ethnicity",
        "biometric",
        "fingerprint",
        "gender",
        "father",
        "score",
        "vetting",
        "face",
        "latitude",
        "longitude",
    }
    # Where a work was done, in squares of about a kilometre: the columns can hold no finer place.
    coarse = {"field_sent", "field_evidence"}
    for model in EVERY:
        for field in model._meta.local_concrete_fields:
            if model._meta.db_table in coarse and field.name in ("latitude", "longitude"):
                assert isinstance(field, models.DecimalField) and field.decimal_places == 2
                continue
            assert not set(field.name.split("_")) & refused, f"{model._meta.label}.{field.name}"


# --- Logs --------------------------------------------------------------------------------------------

PHONES = ["09123456789", "+989123456789", "0098 912 345 6789", "0912-345-6789", "0912 345 6789"]
PHONES += [to_persian(phone) for phone in PHONES] + [
    "٠٩١٢٣٤٥٦٧٨٩",
    "0912.345.6789",
    "(0912)3456789",
]
EMAILS = ["someone@example.org", "some.one+tag@sub.example.co.ir", "SOMEONE@EXAMPLE.ORG"]
LONG_NUMBERS = ["0012345679", "۰۰۱۲۳۴۵۶۷۹", "6037991234567890", "IR062960000000100324200001"]


AROUND = (
    "{}",
    "user {} asked",
    "phone={}&x=1",
    '{{"n":"{}"}}',
    "تلفن:{}،",
    "id:{}\n",
    "({})",
    "x/{}/y",
)


@pytest.mark.parametrize("canary", [*PHONES, *EMAILS, *LONG_NUMBERS])
def test_no_canary_gets_through_the_scrubber(canary: str) -> None:
    digits = [
        part for part in canary.replace("-", " ").replace(".", " ").split() if len(part) > 6
    ] or [canary]
    for around in AROUND:
        shown = scrub(around.format(canary))
        assert canary not in shown
        assert not any(part in shown for part in digits)


@pytest.mark.parametrize(
    "harmless",
    [
        "fold took 12 ms",
        "1405-08-29",
        "entries 100000",
        "01a201cf-7ba6-713a-814a-ce6fbd23e9e3",
        "HTTP 503",
        "2026-11-22T10:50:00",
    ],
)
def test_what_is_harmless_stays_readable(harmless: str) -> None:
    assert scrub(harmless) == harmless


def line_of(*, message: str = "m", error: Exception | None = None, **extra: object) -> str:
    record = logging.LogRecord("karnameh", logging.ERROR, __file__, 1, message, None, None)
    record.__dict__.update(extra)
    if error is not None:
        try:
            raise error
        except Exception:
            record.exc_info = sys.exc_info()
    return JsonLines().format(record)


def test_a_line_is_one_json_object_with_known_fields_only() -> None:
    line = json.loads(
        line_of(message="سلام\nline", status=200, method="GET", secret="canary", request_id="abc")
    )
    assert set(line) == {"at", "level", "logger", "message", "status", "method", "request_id"}
    assert "\n" not in line_of(message="a\nb")


def test_an_exception_tells_its_type_and_place_and_never_its_words() -> None:
    line = line_of(error=ValueError("Key (phone)=(09123456789) of زهرا already exists"))
    assert "ValueError" in line and "test_personal.py" in line
    for canary in ("09123456789", "زهرا", "already exists"):
        assert canary not in line


def test_the_path_of_a_request_is_scrubbed_too() -> None:
    line = line_of(path="/units/find/09123456789/someone@example.org/")
    assert "09123456789" not in line and "someone@" not in line


# --- Seals -------------------------------------------------------------------------------------------

WHERE = {"table": "people_contact", "row": "7", "field": "phone_sealed"}


def test_a_sealed_value_opens_where_it_was_sealed_and_nowhere_else() -> None:
    sealed = seal("09123456789", **WHERE)
    assert b"0912" not in sealed and seal("09123456789", **WHERE) != sealed
    assert opened(sealed, **WHERE) == "09123456789"
    for part, other in (("table", "people_user"), ("row", "8"), ("field", "email")):
        with pytest.raises(SealBroken):
            opened(sealed, **{**WHERE, part: other})


def test_a_sealed_value_that_was_tampered_with_does_not_open() -> None:
    sealed = seal("09123456789", **WHERE)
    for at in range(len(sealed)):
        with pytest.raises(SealBroken):
            opened(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], **WHERE)
    for broken in (b"", b"k1", sealed[:10], sealed[:-1], sealed + b"x"):
        with pytest.raises(SealBroken):
            opened(broken, **WHERE)


def test_keys_rotate_and_old_seals_open_until_they_are_resealed(
    settings: pytest.FixtureRequest,
) -> None:
    old = seal("09123456789", **WHERE)
    settings.SEAL_KEYS = {**settings.SEAL_KEYS, "new": b"\7" * 32}  # type: ignore[attr-defined]
    assert opened(old, **WHERE) == "09123456789"
    fresh = resealed(old, **WHERE)
    assert fresh is not None and fresh.startswith(b"new\0") and resealed(fresh, **WHERE) is None
    settings.SEAL_KEYS = {"new": b"\7" * 32}  # type: ignore[attr-defined]
    assert opened(fresh, **WHERE) == "09123456789"
    with pytest.raises(SealBroken):
        opened(old, **WHERE)


def test_a_keyed_hash_is_one_for_equal_values_and_another_for_each_purpose_and_key(
    settings: pytest.FixtureRequest,
) -> None:
    one = keyed_hash("token", "09123456789")
    assert one == keyed_hash("token", "09123456789") != keyed_hash("device", "09123456789")
    settings.TOKEN_KEY = b"other"  # type: ignore[attr-defined]
    assert keyed_hash("token", "09123456789") != one
