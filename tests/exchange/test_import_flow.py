"""From the upload to the ledger and back: all of a file or nothing, once, by whoever may."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from builders import DAY, NOW, World, a_grant, a_user, an_entry, an_indicator
from karnameh.access.public import Role, end_grant
from karnameh.exchange import working
from karnameh.exchange.actions import (
    ask_posting,
    ask_undo,
    confirm_undo,
    discard_forgotten,
    discard_import,
)
from karnameh.exchange.models import Import, State
from karnameh.exchange.rules.columns import TEMPLATE, Column, heading_text
from karnameh.exchange.store import FindingsWriter, Folder
from karnameh.kernel.ids import new_id
from karnameh.kernel.period import Period
from karnameh.ledger.public import (
    Entry,
    Kind,
    Question,
    check,
    fold_all,
    post_entries,
    roll_up,
    verify_entry,
)
from karnameh.org.public import close_unit
from karnameh.people.public import User
from karnameh.plumbing.models import Deed
from karnameh.plumbing.public import OutOfReach, Refusal
from sheets import a_filled_row, as_csv, as_xlsx, checked, found, sent, table, worked
from workbench import refused

pytestmark = pytest.mark.usefixtures("db")


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


def total_of(world: World, indicator: Any) -> Decimal:
    cells = roll_up(
        world.reach("officer"), Question(world.nation, Period(DAY, DAY), indicators=(indicator.pk,))
    )
    return sum((cell.tally.quantity for cell in cells), Decimal(0))


def posted(world: World, *quantities: str, by: str = "fars") -> Import:
    rows = [
        a_filled_row(world.local, an_indicator(f"i{n}"), q, id=str(new_id()))
        for n, q in enumerate(quantities)
    ]
    job = checked(rows, by=world.people[by], unit=world.fars)
    ask_posting(job, by=world.people[by], at=NOW)
    return worked(job)


def sheet(world: World, indicator: Any, *quantities: str) -> bytes:
    rows = [a_filled_row(world.local, indicator, q, id=str(new_id())) for q in quantities]
    return as_csv(table(rows))


def test_all_rows_are_posted_in_the_owners_name_with_the_import_as_their_batch(
    world: World,
) -> None:
    indicator = an_indicator()
    job = worked(sent(sheet(world, indicator, "5", "7"), by=world.people["fars"], unit=world.fars))
    assert Entry.objects.count() == 0
    ask_posting(job, by=world.people["fars"], at=NOW)
    job = worked(job)
    assert (job.state, job.new, job.same, job.rows) == ("posted", 2, 0, 2)
    entries = Entry.objects.filter(batch=job.pk).order_by("batch_row")
    assert [(e.batch_row, e.quantity) for e in entries] == [(2, Decimal(5)), (3, Decimal(7))]
    assert {e.posted_by_id for e in entries} == {world.people["fars"].pk}
    assert total_of(world, indicator) == 12
    assert {"upload_import", "check_import", "ask_posting", "post_import"} <= set(
        Deed.objects.values_list("verb", flat=True)
    )


def test_sending_the_same_file_again_posts_nothing_twice(world: World) -> None:
    indicator = an_indicator()
    content = sheet(world, indicator, "5", "7")
    for expected in ((2, 0), (0, 2)):
        job = worked(sent(content, by=world.people["fars"], unit=world.fars))
        assert (job.new, job.same, job.errors) == (*expected, 0)
        if job.new:
            ask_posting(job, by=world.people["fars"], at=NOW)
            worked(job)
    with pytest.raises(Refusal, match="پیش از این"):
        ask_posting(job, by=world.people["fars"], at=NOW)
    assert total_of(world, indicator) == 12


def test_rows_without_ids_are_recognised_when_a_longer_file_comes(world: World) -> None:
    indicator = an_indicator()
    rows = [a_filled_row(world.local, indicator, q) for q in ("5", "5", "7")]
    first = checked(rows[:2], by=world.people["fars"], unit=world.fars)
    ask_posting(first, by=world.people["fars"], at=NOW)
    worked(first)
    longer = checked(rows, by=world.people["fars"], unit=world.fars)
    assert (longer.new, longer.same) == (1, 2)
    ask_posting(longer, by=world.people["fars"], at=NOW)
    worked(longer)
    assert total_of(world, indicator) == 17


def test_one_error_hinders_the_whole_file(world: World) -> None:
    job = worked(
        sent(sheet(world, an_indicator(), "5", "x"), by=world.people["fars"], unit=world.fars)
    )
    assert (job.errors, job.new) == (1, 1)
    with pytest.raises(Refusal):
        ask_posting(job, by=world.people["fars"], at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Import.objects.filter(pk=job.pk).update(state=State.POSTING)


@pytest.mark.parametrize("step", ["before", "after"])
def test_a_worker_killed_while_posting_leaves_nothing_and_the_next_one_posts_all(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    indicator = an_indicator()
    job = worked(sent(sheet(world, indicator, "5", "7"), by=world.people["fars"], unit=world.fars))
    ask_posting(job, by=world.people["fars"], at=NOW)

    def dying(entries: Any, **more: Any) -> Any:
        if step == "after":
            post_entries(entries, **more)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(working, "post_entries", dying)
        with pytest.raises(Killed):
            working.work_once()
    assert total_of(world, indicator) == 0
    assert not working.work_once()  # nobody takes it while its worker may be alive
    Import.objects.filter(pk=job.pk).update(heartbeat_at=NOW - timedelta(minutes=2))
    job = worked(job)
    assert job.state == "posted" and total_of(world, indicator) == 12
    fold_all()
    assert check().findings == []


def test_a_worker_killed_while_checking_is_followed_by_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = sent(sheet(world, an_indicator(), "5", "7"), by=world.people["fars"], unit=world.fars)

    def dying(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(FindingsWriter, "finish", dying)
        with pytest.raises(Killed):
            working.work_once()
    job.refresh_from_db()
    assert (job.state, job.rows, job.findings) == ("checking", 0, None)
    Import.objects.filter(pk=job.pk).update(heartbeat_at=NOW - timedelta(minutes=2))
    assert worked(job).state == "checked"
    assert len([one for one in Folder(job.folder).path.iterdir() if one.is_dir()]) == 1


def test_a_worker_that_lost_its_import_writes_nothing_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = sent(sheet(world, an_indicator(), "5"), by=world.people["fars"], unit=world.fars)
    write = FindingsWriter.finish

    def slow(*given: Any) -> None:
        Import.objects.filter(pk=job.pk).update(worker=new_id())  # somebody else has it now
        write(*given)

    monkeypatch.setattr(FindingsWriter, "finish", slow)
    assert working.work_once()
    job.refresh_from_db()
    assert (job.state, job.findings) == ("checking", None)


def test_a_fault_of_ours_is_given_up_after_three_tries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(working, "Checker", broken)
    job = worked(sent(sheet(world, an_indicator(), "5"), by=world.people["fars"], unit=world.fars))
    assert (job.state, job.trouble) == ("failed", "our_fault")


def test_two_workers_never_hold_the_same_import(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    indicator = an_indicator()
    job = worked(sent(sheet(world, indicator, "5"), by=world.people["fars"], unit=world.fars))
    fars = world.people["fars"]
    assert (
        ask_posting(job, by=fars, at=NOW).state
        == ask_posting(job, by=fars, at=NOW).state
        == "posting"
    )
    others: list[bool] = []

    def meanwhile(entries: Any, **more: Any) -> Any:
        others.append(working.work_once())
        return post_entries(entries, **more)

    monkeypatch.setattr(working, "post_entries", meanwhile)
    assert worked(job).state == "posted"
    assert others == [False] and Entry.objects.count() == 1
    assert ask_posting(job, by=fars, at=NOW).state == "posted"


def test_what_changed_since_the_check_is_refused_by_the_ledger_and_named(world: World) -> None:
    indicator = an_indicator()
    rows = [a_filled_row(world.fars, indicator, "3"), a_filled_row(world.local, indicator, "5")]
    job = checked(rows, by=world.people["fars"], unit=world.fars)
    close_unit(world.local, on=DAY - timedelta(days=1), by=world.people["admin"], at=NOW)
    ask_posting(job, by=world.people["fars"], at=NOW)
    job = worked(job)
    assert (job.state, job.trouble, Entry.objects.count()) == ("failed", "posting_refused", 0)
    assert "3" in job.trouble_given  # the row


def test_an_id_that_was_taken_meanwhile_refuses_the_whole_file(world: World) -> None:
    indicator = an_indicator()
    taken = new_id()
    rows = [
        a_filled_row(world.local, indicator, "3"),
        a_filled_row(world.local, indicator, "5", id=str(taken)),
    ]
    job = checked(rows, by=world.people["fars"], unit=world.fars)
    an_entry(world.local, indicator, 99, by=world.people["leader"], id=taken)
    ask_posting(job, by=world.people["fars"], at=NOW)
    job = worked(job)
    assert (job.state, Entry.objects.count()) == ("failed", 1) and "3" in job.trouble_given


def test_a_role_that_ended_meanwhile_posts_nothing(world: World) -> None:
    user = a_user("short.lived")
    grant = a_grant(user, Role.REPORTER, world.shiraz)
    job = checked([a_filled_row(world.local, an_indicator(), "3")], by=user, unit=world.shiraz)
    ask_posting(job, by=user, at=NOW)
    end_grant(grant, by=world.people["admin"], at=NOW - timedelta(seconds=1))
    job = worked(job)
    assert (job.state, job.trouble) == ("failed", "role_is_gone") and not Entry.objects.exists()


def test_a_whole_file_is_taken_back_with_its_checks_and_its_reason(world: World) -> None:
    job = posted(world, "5", "7")
    one = Entry.objects.filter(batch=job.pk).first()
    assert one is not None
    verify_entry(one, quantity=Decimal(5), note="", by=world.people["verifier"], at=NOW)
    with pytest.raises(Refusal):
        ask_undo(job, reason="  ", by=world.people["fars"], at=NOW)
    a_grant(world.people["fars"], Role.VERIFIER, world.fars)
    ask_undo(job, reason="پروندهٔ اشتباه", by=User.objects.get(pk=world.people["fars"].pk), at=NOW)
    job = worked(job)
    assert (job.state, job.undone, job.trouble) == ("undone", 2, "")
    assert Entry.objects.filter(kind=Kind.REVERSAL).count() == 3
    for indicator in {e.indicator for e in Entry.objects.all()}:
        assert total_of(world, indicator) == 0
    fold_all()
    assert check().findings == []


def test_a_file_that_was_taken_back_can_be_posted_anew_without_its_ids(world: World) -> None:
    indicator = an_indicator()
    row = [a_filled_row(world.local, indicator, "5")]
    fars = world.people["fars"]
    for _ in range(2):
        job = checked(row, by=fars, unit=world.fars)
        assert (job.new, job.errors) == (1, 0)
        ask_posting(job, by=fars, at=NOW)
        worked(job)
        assert total_of(world, indicator) == 5
        ask_undo(job, reason="آزمون", by=fars, at=NOW)
        worked(job)
        assert total_of(world, indicator) == 0


def test_a_large_file_is_taken_back_by_two_persons_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = posted(world, "5", "7")
    monkeypatch.setattr(Import, "is_large", True)
    fars = world.people["fars"]
    ask_undo(job, reason="فایل اشتباه", by=fars, at=NOW)
    job = worked(job)
    assert (job.state, job.undo_asked) == ("posted", True)
    with pytest.raises(Refusal) as caught:
        confirm_undo(job, by=fars, at=NOW)
    assert caught.value.status == 403
    with pytest.raises(OutOfReach):
        confirm_undo(job, by=world.people["leader"], at=NOW)
    page = signed_in(world, "admin2").get(reverse("import_page", args=[job.pk])).content.decode()
    assert "فایل اشتباه" in page and reverse("import_undo_second", args=[job.pk]) in page
    second = reverse("import_undo_second", args=[job.pk])
    assert signed_in(world, "admin2").post(second, {"do": "leave"}).status_code == 302
    job.refresh_from_db()
    assert not job.undo_asked and Entry.objects.count() == 2
    ask_undo(job, reason="باز هم اشتباه", by=fars, at=NOW)
    assert signed_in(world, "admin2").post(second, {"do": "agree"}).status_code == 302
    job = worked(job)
    assert (job.state, job.undone, job.undo_confirmed_by) == ("undone", 2, world.people["admin2"])
    assert job.undo_by == fars
    assert signed_in(world, "admin2").post(second, {"do": "agree"}).status_code == 409


def test_the_database_itself_wants_two_for_a_large_undo(world: World) -> None:
    job = posted(world, "5")
    fars = world.people["fars"]
    for second, rule in (
        (None, "import_large_undo_needs_two"),
        (fars, "import_undo_confirmed_by_another"),
    ):
        with refused(rule):
            Import.objects.filter(pk=job.pk).update(
                state="undone", rows=5_000, new=5_000, undo_by=fars, undo_reason="اشتباه",
                undo_confirmed_by=second,
            )  # fmt: skip


def test_an_undo_that_the_ledger_refuses_leaves_the_entries_standing(world: World) -> None:
    user = a_user("leaving")
    grant = a_grant(user, Role.REPORTER, world.shiraz)
    job = checked([a_filled_row(world.local, an_indicator(), "3")], by=user, unit=world.shiraz)
    ask_posting(job, by=user, at=NOW)
    job = worked(job)
    ask_undo(job, reason="اشتباه", by=user, at=NOW)
    end_grant(grant, by=world.people["admin"], at=NOW - timedelta(seconds=1))
    job = worked(job)
    assert (job.state, job.trouble) == ("posted", "role_is_gone")


def test_discarding_erases_the_file_and_is_for_its_owner(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    job = worked(sent(sheet(world, an_indicator(), "5"), by=world.people["fars"], unit=world.fars))
    with pytest.raises(Refusal):
        discard_import(job, by=world.people["admin"], at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        discard_import(job, by=world.people["fars"], at=NOW)
    assert not Folder(job.folder).path.exists()
    client = signed_in(world, "fars")
    assert client.get(reverse("import_page", args=[job.pk])).status_code == 200
    assert client.get(reverse("import_errors", args=[job.pk])).status_code == 404
    with pytest.raises(Refusal):
        ask_posting(job, by=world.people["fars"], at=NOW)


def test_forgotten_files_are_erased_and_posted_ones_stay(world: World) -> None:
    kept = posted(world, "5")
    old = worked(sent(sheet(world, an_indicator(), "5"), by=world.people["fars"], unit=world.fars))
    Import.objects.update(created_at=NOW - timedelta(days=31))
    assert discard_forgotten(at=NOW) and not discard_forgotten(at=NOW)
    states = dict(Import.objects.values_list("pk", "state"))
    assert states == {kept.pk: "posted", old.pk: "discarded"}


def test_the_record_of_an_import_is_never_deleted(world: World) -> None:
    job = posted(world, "5")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM exchange_import WHERE id = %s", [job.pk])


@pytest.mark.parametrize(
    "wrong",
    [{"progress": 101}, {"state": "posted"}, {"state": "nothing"}, {"kind": "xls"}, {"rows": 7}, {"file_name": ""},
     {"conflicts": 3}, {"state": "undoing", "posted_at": NOW}],
)  # fmt: skip
def test_the_database_refuses_impossible_imports(world: World, wrong: dict[str, Any]) -> None:
    job = worked(sent(sheet(world, an_indicator(), "5"), by=world.people["fars"], unit=world.fars))
    with pytest.raises(IntegrityError), transaction.atomic():
        Import.objects.filter(pk=job.pk).update(**wrong)


# --- pages -----------------------------------------------------------------------------------------


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(
        world.people[name], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def content_of(response: Any) -> bytes:
    assert response.status_code == 200
    pieces: Any = response.streaming_content if response.streaming else [response.content]
    return b"".join(pieces)


def test_the_way_of_a_file_through_the_pages(world: World) -> None:
    indicator = an_indicator(name_fa="بستهٔ <b>غذایی</b>")
    client = signed_in(world, "fars")
    assert "هنوز" in client.get(reverse("imports")).content.decode()
    upload = io.BytesIO(sheet(world, indicator, "5", "x"))
    upload.name = "روز اول.csv"
    sent_in = client.post(reverse("import_new"), {"file": upload, "unit": world.fars.pk})
    job = Import.objects.get()
    page = reverse("import_page", args=[job.pk])
    assert sent_in["Location"] == page
    assert 'hx-trigger="every 2s"' in client.get(page).content.decode()
    worked(job)
    shown = client.get(page).content.decode()
    assert "hx-trigger" not in shown and reverse("import_errors", args=[job.pk]) in shown
    assert "«\u2068x\u2069»" in shown and reverse("import_post", args=[job.pk]) not in shown
    given_back = content_of(client.get(reverse("import_errors", args=[job.pk]))).decode("utf-8-sig")
    assert given_back.splitlines()[0].endswith(heading_text(Column.PROBLEMS, "fa"))
    assert "«x»" in given_back.splitlines()[2]
    mended = io.BytesIO(given_back.replace(",x,", ",۷,").encode())
    mended.name = "روز اول.csv"
    again = client.post(reverse("import_new"), {"file": mended, "unit": world.fars.pk})
    good = worked(Import.objects.exclude(pk=job.pk).get())
    assert (good.errors, good.new) == (0, 2)
    shown = client.get(again["Location"]).content.decode()
    assert "&lt;b&gt;" in shown and "<b>غذایی" not in shown
    assert client.post(reverse("import_post", args=[good.pk])).status_code == 302
    assert "hx-trigger" in client.get(again["Location"]).content.decode()
    worked(good)
    shown = client.get(again["Location"]).content.decode()
    assert reverse("entries") in shown and reverse("import_undo", args=[good.pk]) in shown
    assert client.post(reverse("import_undo", args=[good.pk]), {"reason": ""}).status_code == 422
    assert (
        client.post(reverse("import_undo", args=[good.pk]), {"reason": "اشتباه"}).status_code == 302
    )
    worked(good)
    assert "اشتباه" in client.get(again["Location"]).content.decode()
    assert client.post(reverse("import_discard", args=[job.pk])).status_code == 302
    assert client.get(page).status_code == 200 and client.get(reverse("imports")).status_code == 200


def test_errors_come_first_and_pages_follow(world: World) -> None:
    indicator = an_indicator()
    rows = [
        a_filled_row(world.local, indicator, "x" if n % 2 else str(n + 1), id=str(new_id()))
        for n in range(140)
    ]
    job = checked(rows, by=world.people["fars"], unit=world.fars)
    client = signed_in(world, "fars")
    first = client.get(reverse("import_rows", args=[job.pk]))
    assert first.context["show"] == "error" and [row.row for row in first.context["page"].rows][
        :2
    ] == [3, 5]
    second = client.get(reverse("import_rows", args=[job.pk]) + first.context["next_url"])
    assert len(second.context["page"].rows) == 20 and second.context["next_url"] == ""
    assert second.context["page"].rows[0].row == 103
    nonsense = client.get(reverse("import_rows", args=[job.pk]), {"show": "../x", "after": "17"})
    assert nonsense.context["page"].rows[0].row == 3
    good = client.get(reverse("import_rows", args=[job.pk]), {"show": "new"})
    assert good.context["page"].rows[0].row == 2


ADDRESSES = (
    "import_page",
    "import_rows",
    "import_errors",
    "import_post",
    "import_undo",
    "import_undo_second",
    "import_discard",
)


@pytest.mark.parametrize(("name", "sees"), [("fars", True), ("admin", True), ("auditor", True), ("admin2", True),
                                            ("officer", False), ("verifier", False), ("leader", False),
                                            ("fars_verifier", False), ("stranger", False)])  # fmt: skip
def test_an_import_of_somebody_else_does_not_exist(world: World, name: str, sees: bool) -> None:
    job = worked(sent(sheet(world, an_indicator(), "5"), by=world.people["fars"], unit=world.fars))
    client = signed_in(world, name)
    for address in ADDRESSES:
        url = reverse(address, args=[job.pk])
        response = (
            client.post(url)
            if address in ("import_post", "import_undo", "import_undo_second", "import_discard")
            else client.get(url)
        )
        if not sees:
            assert response.status_code == 404
        elif address in ("import_post", "import_discard") and name != "fars":
            assert response.status_code == 403
    listed = client.get(reverse("imports")).content.decode()
    assert (job.file_name in listed) is sees


def test_an_administrator_of_another_province_sees_nothing(world: World) -> None:
    other = a_user("yazd.admin")
    a_grant(other, Role.ADMINISTRATOR, world.yazd)
    world.people["yazd_admin"] = other
    job = worked(sent(sheet(world, an_indicator(), "5"), by=world.people["fars"], unit=world.fars))
    assert (
        signed_in(world, "yazd_admin").get(reverse("import_page", args=[job.pk])).status_code == 404
    )


@pytest.mark.parametrize("name", ["auditor", "stranger", "admin2"])
def test_without_a_posting_role_no_file_is_taken(world: World, name: str) -> None:
    client = signed_in(world, name)
    assert client.get(reverse("import_new")).status_code == 403
    assert (
        client.get(
            reverse("import_template"), {"unit": str(world.fars.pk), "format": "csv"}
        ).status_code
        == 403
    )


def test_files_of_the_wrong_kind_size_or_unit_are_refused(world: World, settings: Any) -> None:
    fars = world.people["fars"]
    with pytest.raises(Refusal):
        sent(b"x", by=fars, unit=world.fars, name="virus.exe")
    with pytest.raises(Refusal):
        sent(b"", by=fars, unit=world.fars)
    settings.UPLOAD_LIMIT = 10
    with pytest.raises(Refusal):
        sent(b"x" * 11, by=fars, unit=world.fars)
    with pytest.raises(OutOfReach):
        sent(b"x", by=fars, unit=world.yazd)
    with pytest.raises(Refusal):
        sent(b"x", by=world.people["auditor"], unit=world.fars)
    assert not Import.objects.exists() and not any(settings.UPLOADS.glob("imports/*"))


def test_nobody_heaps_up_files(world: World) -> None:
    for _ in range(20):
        sent(b"a,b", by=world.people["fars"], unit=world.fars)
    with pytest.raises(Refusal):
        sent(b"a,b", by=world.people["fars"], unit=world.fars)


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_template_filled_in_is_good(world: World, language: str, kind: str) -> None:
    indicator = an_indicator("parcels")
    User.objects.filter(pk=world.people["fars"].pk).update(language=language)
    client = signed_in(world, "fars")
    given = {"unit": str(world.fars.pk), "theme": str(indicator.theme_id), "format": kind}
    blank = content_of(client.get(reverse("import_template"), given))
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(blank))
        page = book.worksheets[0]
        assert page.sheet_view.rightToLeft is (language == "fa")
        assert page.column_dimensions["R"].hidden and book.worksheets[2].sheet_state == "hidden"
        assert len(page.data_validations.dataValidation) == 6
        chosen = next(
            v for v in page.data_validations.dataValidation if "A2" in str(v.sqref)
        ).formula1
        assert chosen.endswith("$A$2:$A$8")  # the province, its counties and their units
        unit = book.worksheets[2]["A4"].value
        for place, value in (
            (1, unit),
            (4, indicator.name_fa),
            (5, "گزارش"),
            (6, "هفت"),
            (9, "۱۴۰۵/۰۸/۳۰"),
        ):
            page.cell(2, place, value)
        out = io.BytesIO()
        book.save(out)
        content = out.getvalue()
    else:
        lines = blank.decode("utf-8-sig").splitlines()
        cells = lines[1].split(",")
        cells[0], cells[2], cells[4], cells[5], cells[8] = (
            world.local.code,
            "parcels",
            "reported",
            "7",
            "1405/08/30",
        )
        content = "\n".join([lines[0], ",".join(cells), *lines[2:]]).encode("utf-8-sig")
    job = worked(sent(content, by=world.people["fars"], unit=world.fars, name=f"t.{kind}"))
    assert (job.rows, job.new, job.errors, job.warnings) == (1, 1, 0, 0)


def test_the_workbook_comes_back_with_its_values_and_sentences(world: World) -> None:
    indicator = an_indicator("parcels")
    rows = [
        a_filled_row(world.local, indicator, 5),
        a_filled_row(world.local, indicator, 2.5, note="'=1+1"),
    ]
    cells = table(rows)
    cells[0].append("ستون خودم")
    cells[1].append("=danger")
    job = worked(sent(as_xlsx(cells), by=world.people["fars"], unit=world.fars, name="x.xlsx"))
    assert found(job)[3] == ("error", ["quantity_too_fine"])
    given_back = content_of(signed_in(world, "fars").get(reverse("import_errors", args=[job.pk])))
    rows_back = [
        [cell.value for cell in row]
        for row in openpyxl.load_workbook(io.BytesIO(given_back)).active.iter_rows()
    ]
    assert rows_back[0] == [*cells[0], heading_text(Column.PROBLEMS, "fa")]
    assert rows_back[2][5] == 2.5 and rows_back[2][TEMPLATE.index(Column.NOTE)] == "'=1+1"
    assert rows_back[1][-1] is None and "اعشار" in rows_back[2][-1]
