"""The audit trail: deeds of people, and every changed row, whoever changed it and however."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from builders import DAY, NOW, World, a_grant, a_user, an_indicator
from karnameh.access.public import Role
from karnameh.org.public import OrgUnit, rename_unit
from karnameh.people.actions import disable_user, keep_contact, read_phone
from karnameh.people.public import User
from karnameh.plumbing.deeds import deed
from karnameh.plumbing.models import Change, Deed, PersonalRead
from karnameh.plumbing.public import Refusal
from workbench import as_owner, ask, refused, run

TRAIL = ("plumbing_deed", "plumbing_change", "plumbing_personalread")


def latest(table: str) -> Change:
    found = Change.objects.filter(table=table).order_by("-pk").first()
    assert found is not None
    return found


def test_a_changed_row_is_tied_to_the_deed_and_holds_only_what_changed(world: World) -> None:
    admin = world.people["admin"]
    rename_unit(world.local, name_fa="نام تازه", name_en="New", on=DAY, by=admin, at=NOW)
    change = latest("org_orgunit")
    assert (change.operation, change.row) == ("update", str(world.local.pk))
    assert change.before["name_fa"] == "همیاران سرو شیراز" and change.after["name_fa"] == "نام تازه"
    assert set(change.before) == set(change.after) == {"name_fa", "name_en", "search", "sort_key"}
    assert change.deed is not None
    assert (change.deed.verb, change.deed.account, change.deed.at, change.deed.target) == (
        "rename_unit",
        admin.pk,
        NOW,
        f"unit:{world.local.pk}",
    )


def test_bulk_updates_and_raw_sql_are_seen_too(world: World) -> None:
    before = Change.objects.count()
    touched = OrgUnit.objects.filter(kind="local").update(name_en="bulk")
    assert Change.objects.count() == before + touched == before + 8
    run("UPDATE org_orgunit SET name_en = 'raw' WHERE id = %s", [world.local.pk])
    change = latest("org_orgunit")
    assert (change.before, change.after) == ({"name_en": "bulk"}, {"name_en": "raw"})
    assert change.deed is None  # outside the product: nobody stands behind it
    with as_owner():
        run("UPDATE org_orgunit SET name_en = 'owner' WHERE id = %s", [world.local.pk])
    assert latest("org_orgunit").after == {"name_en": "owner"}


def test_an_update_that_changes_nothing_leaves_no_trace(world: World) -> None:
    before = Change.objects.count()
    OrgUnit.objects.update(name_en="x")
    OrgUnit.objects.update(name_en="x")
    assert Change.objects.count() == before + OrgUnit.objects.count()


def test_inserts_and_deletes_are_kept_whole(world: World) -> None:
    grant = a_grant(a_user(), Role.REPORTER, world.local)
    inserted = latest("access_grant")
    assert (inserted.operation, inserted.before, inserted.row) == ("insert", None, str(grant.pk))
    assert inserted.after["unit_id"] == world.local.pk and inserted.after["role"] == "reporter"
    grant.delete()
    deleted = latest("access_grant")
    assert (deleted.operation, deleted.after) == ("delete", None)
    assert deleted.before["user_id"] == inserted.after["user_id"]


WATCHED = {
    "people_user", "people_contact", "access_grant", "org_orgunit", "org_place", "org_theme", "org_profession", "catalog_indicator",
    "catalog_wording", "catalog_item", "catalog_rate", "catalog_measure", "activities_activity", "activities_campaign", "activities_share",
}  # fmt: skip


def test_every_table_that_people_edit_is_watched(world: World) -> None:
    with as_owner():
        found = ask(
            "SELECT array_agg(event_object_table::text) FROM information_schema.triggers WHERE trigger_name = 'watched'"
        )
    assert set(found) >= WATCHED


def test_secrets_never_enter_the_trail(world: World) -> None:
    canary = "canary-password-98765"
    user = User.objects.get(pk=a_user("canary.user", password=canary).pk)
    User.objects.filter(pk=user.pk).update(email="canary@example.org")
    User.objects.filter(pk=user.pk).update(password="other-canary")
    contact = keep_contact(user, phone="09123456789", at=NOW)
    run(
        "UPDATE people_contact SET phone_sealed = 'canary-sealed'::bytea WHERE id = %s",
        [contact.pk],
    )
    rows = Change.objects.filter(table__in=["people_user", "people_contact"])
    assert rows.exists()
    for change in rows:
        text = f"{change.before} {change.after}"
        for secret in (
            "password",
            "argon2",
            "email",
            "phone_sealed",
            "09123456789",
            "canary@",
            canary,
        ):
            assert secret not in text


def test_a_deed_inside_a_deed_gives_the_rest_back_to_the_outer_one(world: World) -> None:
    admin = world.people["admin"]
    with deed("outer", by=admin, at=NOW) as outer:
        with deed("inner", by=admin, at=NOW) as inner:
            OrgUnit.objects.filter(pk=world.local.pk).update(name_en="inner")
        assert latest("org_orgunit").deed_id == inner.pk
        OrgUnit.objects.filter(pk=world.local.pk).update(name_en="outer")
        assert latest("org_orgunit").deed_id == outer.pk
        with pytest.raises(ValueError), deed("failing", by=admin, at=NOW):
            raise ValueError
        OrgUnit.objects.filter(pk=world.local.pk).update(name_en="after a failure")
        assert latest("org_orgunit").deed_id == outer.pk
    OrgUnit.objects.filter(pk=world.local.pk).update(name_en="outside")
    assert latest("org_orgunit").deed_id is None


def test_a_deed_that_fails_leaves_neither_itself_nor_its_changes(world: World) -> None:
    before = Deed.objects.count(), Change.objects.count()
    with pytest.raises(Refusal), deed("half", by=world.people["admin"], at=NOW):
        OrgUnit.objects.update(name_en="half")
        raise Refusal("no")
    assert (Deed.objects.count(), Change.objects.count()) == before
    assert not OrgUnit.objects.filter(name_en="half").exists()


@pytest.mark.parametrize("table", TRAIL)
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET at = at + interval '1 day'", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_the_trail_is_changed_by_nobody(world: World, table: str, change: str) -> None:
    if table == "plumbing_personalread":
        contact = keep_contact(a_user(), phone="09123456789", at=NOW)
        read_phone(contact, by=world.people["admin"], at=NOW, purpose="پرسش")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(change.format(table))
    with as_owner(), refused("the_trail_is_append_only"):
        run(change.format(table))


def test_temporary_tables_do_not_swallow_the_trail(world: World) -> None:
    before = Change.objects.count()
    run("CREATE TEMP TABLE plumbing_change (LIKE public.plumbing_change)")
    run("GRANT ALL ON pg_temp.plumbing_change TO PUBLIC")
    OrgUnit.objects.filter(pk=world.local.pk).update(name_en="hidden")
    assert ask("SELECT count(*) FROM public.plumbing_change") == before + 1


def test_reading_a_sealed_number_is_written_down_with_its_purpose(world: World) -> None:
    admin, user = world.people["admin"], a_user()
    contact = keep_contact(user, phone="+98 912 345 6789", at=NOW)
    with pytest.raises(Refusal):
        read_phone(contact, by=admin, at=NOW, purpose=" ")
    assert not PersonalRead.objects.exists()
    assert (
        read_phone(contact, by=admin, at=NOW + timedelta(hours=1), purpose="پرسش دربارهٔ گزارش")
        == "09123456789"
    )
    read = PersonalRead.objects.get()
    assert (read.account, read.table, read.row, read.field) == (
        admin.pk,
        "people_contact",
        str(contact.pk),
        "phone_sealed",
    )
    assert read.purpose == "پرسش دربارهٔ گزارش"


def test_a_disabled_account_is_in_the_trail(world: World) -> None:
    disable_user(world.people["leader"], by=world.people["admin"], at=NOW)
    change = latest("people_user")
    assert (change.before, change.after) == ({"is_active": True}, {"is_active": False})
    assert change.deed is not None and change.deed.verb == "disable_user"


def test_the_dictionary_of_indicators_is_watched_and_its_meaning_kept(world: World) -> None:
    indicator = an_indicator()
    run("UPDATE catalog_indicator SET short_fa = 'کوتاه' WHERE id = %s", [indicator.pk])
    assert latest("catalog_indicator").after == {"short_fa": "کوتاه"}
    with as_owner():
        for column, value in (
            ("time_rule", "'last'"),
            ("unit_rule", "'max'"),
            ("nature", "'rate'"),
            ("people", "'people'"),
            ("code", "'other'"),
        ):
            with refused("indicator_meaning_is_fixed"):
                run(
                    f"UPDATE catalog_indicator SET {column} = {value} WHERE id = %s", [indicator.pk]
                )
