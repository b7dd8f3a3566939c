"""The JSON interface: a key opens what its account may see, and writes by the ledger's law."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from builders import DAY, NOW, World, a_grant, a_user, an_entry, an_indicator, as_owner
from karnameh.access.public import Role
from karnameh.exchange.api.interface import described
from karnameh.exchange.api.tokens import make_token, revoke_token
from karnameh.exchange.models import ApiToken
from karnameh.kernel.ids import new_id
from karnameh.kernel.period import Period
from karnameh.ledger.public import Entry, Question, roll_up
from karnameh.people.public import User
from karnameh.plumbing.public import OutOfReach, Refusal

pytestmark = pytest.mark.usefixtures("db")
V1 = "/api/v1/"


def a_key(user: User, *, unit: int | None = None, may_write: bool = False) -> str:
    user.__dict__.pop("_grants_in_force", None)
    _token, secret = make_token(
        name="سامانهٔ آزمون", unit=unit, may_write=may_write, days=30, by=user, at=NOW
    )
    return secret


class Program:
    """A program with a key."""

    def __init__(self, secret: str) -> None:
        self.client = Client()
        self.headers = {"authorization": f"Bearer {secret}"}

    def get(self, path: str, *, language: str | None = None, **query: Any) -> Any:
        asked = {"accept-language": language} if language is not None else {}
        return self.client.get(V1 + path, query, headers=self.headers | asked)

    def post(self, path: str, body: Any) -> Any:
        """`body` as JSON; bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body)
        return self.client.post(
            V1 + path, content, content_type="application/json", headers=self.headers
        )


def an_item(unit: str, indicator: str, quantity: str | None = "10", **more: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()), "indicator": indicator, "stage": "reported", "unit": unit,
        "starts_on": DAY.isoformat(), "ends_on": DAY.isoformat(), "quantity": quantity, **more,
    }  # fmt: skip


def writer(world: World, who: str = "leader", **more: Any) -> Program:
    return Program(a_key(world.people[who], may_write=True, **more))


# --- keys ---------------------------------------------------------------------------------------


def test_without_a_key_nothing_is_said(world: World) -> None:
    for secret in ("", "kn_wrong", "Basic x"):
        answer = Client().get(V1 + "units", headers={"authorization": f"Bearer {secret}"})
        assert answer.status_code == 401
        assert "units" not in answer.content.decode()
    assert Client().get(V1 + "units")["WWW-Authenticate"].startswith("Bearer")


def test_a_session_opens_nothing(world: World) -> None:
    client = Client()
    client.force_login(world.people["officer"])
    assert client.get(V1 + "units").status_code == 401


@pytest.mark.parametrize("ending", ["revoked", "ended", "closed"])
def test_a_key_that_ended_opens_nothing(world: World, ending: str) -> None:
    secret = a_key(world.people["leader"])
    token = ApiToken.objects.get()
    if ending == "revoked":
        revoke_token(token.pk, by=world.people["leader"], at=NOW)
    elif ending == "ended":
        ApiToken.objects.update(expires_on=NOW.date() - timedelta(days=1))
    else:
        User.objects.filter(pk=world.people["leader"].pk).update(is_active=False)
    assert Program(secret).get("units").status_code == 401


def test_the_key_itself_is_kept_nowhere(world: World) -> None:
    secret = a_key(world.people["leader"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM exchange_apitoken t")
        assert secret not in cursor.fetchone()[0]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM plumbing_change c")
        kept = cursor.fetchone()[0]
    assert "exchange_apitoken" in kept
    assert bytes(ApiToken.objects.get().digest).hex() not in kept


def test_only_its_owner_revokes_a_key(world: World) -> None:
    a_key(world.people["leader"])
    with pytest.raises(OutOfReach):
        revoke_token(ApiToken.objects.get().pk, by=world.people["officer"], at=NOW)


def test_a_key_is_never_for_more_than_a_year_and_needs_a_name(world: World) -> None:
    for name, days in (("", 30), ("x", 366), ("x", 0)):
        with pytest.raises(Refusal):
            make_token(
                name=name, unit=None, may_write=False, days=days, by=world.people["leader"], at=NOW
            )
    with pytest.raises(OutOfReach):
        make_token(
            name="x", unit=world.fars.pk, may_write=False, days=9, by=world.people["leader"], at=NOW
        )


# --- reading ------------------------------------------------------------------------------------


def test_sums_are_those_of_the_pages_and_of_the_key(world: World) -> None:
    indicator = an_indicator()
    officer = world.people["officer"]
    an_entry(world.local, indicator, "12.5", by=officer)
    an_entry(world.locals["taft"][0], indicator, 7, by=officer)
    for key, unit, quantity in (
        (a_key(officer), "N", "19.5"),
        (a_key(officer, unit=world.fars.pk), "10", "12.5"),
        (a_key(world.people["leader"]), world.local.code, "12.5"),
    ):
        answer = Program(key).get("totals", unit=unit, indicator=indicator.code).json()
        [row] = [one for one in answer["rows"] if one["bucket"] == "own"]
        assert Decimal(row["quantity"]) == Decimal(quantity)
        assert (row["stage"], row["qualifier"]) == ("reported", "exact")
    cells = roll_up(world.reach("officer"), Question(world.nation, Period(None, None)), by="child")
    rows = Program(a_key(officer)).get("totals", unit="N", by="child").json()["rows"]
    assert {one["key"] for one in rows} == {"10", "20"} and len(rows) == len(cells)


def test_a_narrowed_key_does_not_see_beyond_its_unit(world: World) -> None:
    indicator = an_indicator()
    here = an_entry(world.local, indicator, 5, by=world.people["officer"])
    there = an_entry(world.locals["taft"][0], indicator, 5, by=world.people["officer"])
    program = Program(a_key(world.people["officer"], unit=world.fars.pk))
    assert program.get("units/20").status_code == 404
    assert program.get("totals", unit="N").status_code == 404
    assert program.get(f"entries/{here.pk}").status_code == 200
    assert program.get(f"entries/{there.pk}").status_code == 404
    assert {one["code"][:2] for one in program.get("units").json()["rows"]} == {"10"}
    place = program.get("totals", place=world.country.code, indicator=indicator.code).json()
    assert [Decimal(row["quantity"]) for row in place["rows"]] == [5]


def test_pages_follow_each_other_without_a_gap(world: World) -> None:
    indicator = an_indicator()
    made = {
        str(an_entry(world.local, indicator, n, by=world.people["officer"]).pk) for n in range(7)
    }
    program, seen, before = Program(a_key(world.people["leader"])), [], None
    while True:
        query = {"unit": world.local.code, "size": 3} | ({"before": before} if before else {})
        page = program.get("entries", **query).json()
        seen += [one["id"] for one in page["rows"]]
        before = page["next"]
        if before is None:
            break
    assert set(seen) == made and len(seen) == 7


def test_a_list_costs_the_same_at_one_row_and_at_forty(world: World) -> None:
    indicator = an_indicator()
    program = Program(a_key(world.people["leader"]))
    program.get("indicators")  # notes the day on which the key was used
    counts = []
    for more in (1, 39):
        for n in range(more):
            an_entry(world.local, indicator, n, by=world.people["officer"])
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert program.get("entries", unit=world.local.code).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_has_not_changed_is_not_sent_again(world: World) -> None:
    indicator = an_indicator()
    program = Program(a_key(world.people["leader"]))
    first = program.get("entries", unit=world.local.code)
    program.headers["if-none-match"] = first["ETag"]
    assert program.get("entries", unit=world.local.code).status_code == 304
    an_entry(world.local, indicator, 1, by=world.people["officer"])
    again = program.get("entries", unit=world.local.code)
    assert again.status_code == 200 and again["ETag"] != first["ETag"]


def test_what_is_asked_wrongly_is_told_in_a_sentence(world: World) -> None:
    program = Program(a_key(world.people["leader"]))
    for query, status in (
        ({}, 400),
        ({"unit": world.local.code, "place": world.country.code}, 400),
        ({"unit": world.local.code, "indicator": "none-such"}, 404),
        ({"unit": world.local.code, "since": "2026-13-01"}, 422),
        ({"unit": world.local.code, "since": "2026-11-22", "until": "2026-11-01"}, 400),
        ({"unit": world.local.code, "by": "day"}, 400),
        ({"unit": world.local.code, "by": "whatever"}, 422),
    ):
        answer = program.get("totals", **query)
        assert answer.status_code == status, (query, answer.content)
        assert answer.json()["error"]["sentence"]


def test_sentences_come_in_the_language_that_is_asked_for(world: World) -> None:
    program = Program(a_key(world.people["leader"]))
    for asked, language, said in (
        (None, "fa", "چنین چیزی"),
        ("en-GB,en;q=0.9,fa;q=0.5", "en", "There is no such thing"),
        ("de, fa;q=0.8", "fa", "چنین چیزی"),
        ("nonsense;;;q", "fa", "چنین چیزی"),
    ):
        answer = program.get("units/none-such", language=asked)
        assert answer.status_code == 404
        assert answer["Content-Language"] == language
        assert said in answer.content.decode(), asked  # in letters, not in escapes
    stranger = Client().get(V1 + "units", headers={"accept-language": "en"})
    assert "unknown" in stranger.json()["error"]["sentence"]


def test_what_could_not_be_read_is_named_by_its_place(world: World) -> None:
    program = writer(world)
    item = an_item("x", "x")
    answer = program.post("entries", {"entries": [item, {**item, "quantity": "-1"}]})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["field"], error["item"]) == ("entries.1.quantity", 1)
    broken = program.post("entries", b"{")
    assert broken.status_code == 400 and "JSON" in broken.json()["error"]["sentence"]


def test_too_many_requests_are_asked_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from karnameh.exchange.api import routes

    monkeypatch.setattr(routes.READING, "num_requests", 2)
    program = Program(a_key(world.people["leader"]))
    answers = [program.get("indicators") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


# --- writing ------------------------------------------------------------------------------------


def test_the_same_sent_twice_counts_once(world: World) -> None:
    indicator = an_indicator()
    program = writer(world)
    body = {
        "entries": [
            an_item(world.local.code, indicator.code, "12"),
            an_item(world.local.code, indicator.code),
        ]
    }
    first, again = program.post("entries", body), program.post("entries", body)
    assert [one["verdict"] for one in first.json()["receipts"]] == ["new", "new"]
    assert [one["verdict"] for one in again.json()["receipts"]] == ["same", "same"]
    assert Entry.objects.count() == 2 and first.json()["epoch"] == 1


def test_an_id_with_other_content_is_told_and_hinders_nothing(world: World) -> None:
    indicator = an_indicator()
    program = writer(world)
    item = an_item(world.local.code, indicator.code, "5")
    program.post("entries", {"entries": [item]})
    fresh = an_item(world.local.code, indicator.code, "6")
    answer = program.post("entries", {"entries": [item | {"quantity": "500"}, fresh]})
    assert [one["verdict"] for one in answer.json()["receipts"]] == ["conflict", "new"]
    assert Entry.objects.get(pk=UUID(item["id"])).quantity == 5


def test_if_one_cannot_stand_none_is_taken(world: World) -> None:
    indicator = an_indicator()
    program = writer(world)
    good = an_item(world.local.code, indicator.code)
    for wrong in (
        an_item("no-such-unit", indicator.code),
        an_item(world.local.code, "no-such-indicator"),
        an_item(world.local.code, indicator.code, "1", activity="no-such-activity"),
        an_item(world.local.code, indicator.code, "1", dimensions={"sex": "nobody"}),
        an_item(world.local.code, indicator.code, None),
        an_item(
            world.local.code, indicator.code, "1", starts_on="2027-01-01", ends_on="2027-01-01"
        ),
        an_item(world.local.code, indicator.code, "1", verifies=str(new_id())),
    ):
        answer = program.post("entries", {"entries": [good, wrong]})
        assert answer.status_code == 422, wrong
        [item] = answer.json()["items"]
        assert item["item"] == 1 and item["problems"][0]["sentence"]
    assert not Entry.objects.exists()


def test_what_no_program_should_send_is_refused_before_the_ledger(world: World) -> None:
    indicator = an_indicator()
    program = writer(world)
    for wrong in (
        {"quantity": "-5"}, {"quantity": "NaN"}, {"quantity": "1e30"}, {"quantity": "1.2345"}, {"id": "x"},
        {"stage": "done"}, {"starts_on": "1405/08/29"}, {"note": "x" * 501}, {"note": "\x00"}, {"kind": "reversal"},
    ):  # fmt: skip
        answer = program.post(
            "entries", {"entries": [an_item(world.local.code, indicator.code) | wrong]}
        )
        assert answer.status_code == 422 and answer.json()["error"]["sentence"], wrong
    assert program.post("entries", {"entries": []}).status_code == 422
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"id": "x"}, "entries.0.id", "UUID"),
        ({"stage": "done"}, "entries.0.stage", "'pledged', 'reported', 'verified'"),
        ({"starts_on": "1405/08/29"}, "entries.0.starts_on", "روز"),
        ({"note": "x" * 501}, "entries.0.note", "۵۰۰"),
        ({"note": "\x00"}, "entries.0.note", "نویسه"),
        ({"kind": "reversal"}, "entries.0.kind", "نام"),
        ({"quantity": "-5"}, "entries.0.quantity", "۰"),
        ({"quantity": "1.2345"}, "entries.0.quantity", "۳"),
        ({"unit": 7}, "entries.0.unit", "متن"),
        ({"dimensions": []}, "entries.0.dimensions", "نام"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_in_the_language_of_the_account(
    world: World, wrong: dict[str, Any], field: str, said: str
) -> None:
    program = writer(world)
    item = an_item(world.local.code, an_indicator().code) | wrong
    error = program.post("entries", {"entries": [item]}).json()["error"]
    assert (error["field"], error["item"]) == (field, 0)
    sentence = error["sentence"].removeprefix(f"{field}: ")
    assert said in sentence and not re.search("should|valid|Input", sentence)
    program.headers["Accept-Language"] = "en"
    english = program.post("entries", {"entries": [item]}).json()["error"]["sentence"]
    assert re.fullmatch(r"[\x00-\x7f“”]+", english)


def test_a_body_that_is_no_object_is_refused_with_a_whole_sentence(world: World) -> None:
    error = writer(world).post("entries", []).json()["error"]
    assert error["sentence"] == "آنچه فرستاده شد: در این‌جا یک شیء با مقدارهای نام‌دار لازم است."


def test_a_key_writes_only_where_its_account_and_its_unit_allow(world: World) -> None:
    indicator = an_indicator()
    elsewhere = world.locals["taft"][0].code
    assert (
        writer(world).post("entries", {"entries": [an_item(elsewhere, indicator.code)]}).status_code
        == 422
    )
    narrowed = writer(world, "officer", unit=world.fars.pk)
    assert (
        narrowed.post("entries", {"entries": [an_item(elsewhere, indicator.code)]}).status_code
        == 422
    )
    reading = Program(a_key(world.people["leader"]))
    body = {"entries": [an_item(world.local.code, indicator.code)]}
    assert reading.post("entries", body).status_code == 403
    looker = a_user("looker")
    a_grant(looker, Role.AUDITOR, world.local)
    assert Program(a_key(looker, may_write=True)).post("entries", body).status_code == 422
    assert not Entry.objects.exists()


def test_an_entry_is_taken_back_by_a_second_one(world: World) -> None:
    indicator = an_indicator()
    program = writer(world)
    item = an_item(world.local.code, indicator.code, "5")
    program.post("entries", {"entries": [item]})
    path = f"entries/{item['id']}/reversal"
    assert program.post(path, {"note": ""}).status_code == 422
    [made] = program.post(path, {"note": "دو بار شمرده شد"}).json()["reversals"]
    assert program.get(f"entries/{made}").json()["corrects"] == item["id"]
    assert program.post(path, {"note": "باز هم"}).status_code == 409
    question = Question(world.local, Period(None, None), indicators=(indicator.pk,))
    assert roll_up(world.reach("leader"), question) == []


# --- pages --------------------------------------------------------------------------------------


def test_a_new_key_is_shown_once_and_works(world: World) -> None:
    client = Client()
    client.force_login(world.people["leader"])
    answer = client.post(
        "/api/keys/", {"name": "دفتر", "unit": "", "days": "30", "may_write": "on"}
    )
    secret = answer.context["secret"]
    assert secret.startswith("kn_") and answer["Cache-Control"] == "no-store"
    assert secret not in client.get("/api/keys/").content.decode()
    assert Program(secret).get("units").json()["rows"][0]["code"] == world.local.code
    client.post(f"/api/keys/{ApiToken.objects.get().pk}/revoke/")
    assert Program(secret).get("units").status_code == 401


def test_the_description_names_every_operation() -> None:
    page = Client().get("/api/").content.decode()
    schema = Client().get(V1 + "openapi.json").json()
    assert schema["openapi"].startswith("3.")
    assert len(schema["paths"]) >= 8 and all(path in page for path in schema["paths"])


# --- whatever the description allows ------------------------------------------------------------


@pytest.mark.long
def test_nothing_that_the_description_allows_breaks_it(world: World) -> None:
    """Hundreds of odd questions and parcels from the description itself: no fault, no other shape."""
    from hypothesis import HealthCheck, Phase, given, settings

    indicator = an_indicator()
    an_entry(world.local, indicator, 3, by=world.people["officer"])
    program = writer(world, "admin")
    schema = schemathesis.openapi.from_dict(described())
    asked: set[str] = set()
    for operation in schema.get_all_operations():
        ask: Any = operation.ok()  # type: ignore[union-attr]

        @given(case=ask.as_strategy())
        @settings(
            max_examples=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def answers(case: Any) -> None:
            cache.clear()
            request = case.as_transport_kwargs()
            answer = program.client.generic(
                request["method"],
                case.formatted_path,
                json.dumps(request["json"]) if isinstance(request.get("json"), dict | list) else "",
                content_type="application/json",
                query_params=request.get("params") or {},
                headers=program.headers,
            )
            asked.add(f"{case.method} {case.path}")
            assert answer.status_code < 500, (case.method, case.formatted_path, answer.content)
            allowed = case.operation.definition.raw["responses"]
            assert str(answer.status_code) in allowed, (case.path, answer.status_code)
            if answer.status_code != 200:
                assert answer.json()["error"]["sentence"]

        answers()
    assert len(asked) == 12
