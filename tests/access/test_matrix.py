"""Every address × every kind of visitor × every place, against an oracle of its own.

The oracle knows parent links only: it walks from a unit up to the root and asks who was granted
what on the way. It shares no code with `access`. An address without a row in the table fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from builders import World, a_campaign, a_grant, a_user, an_activity, an_entry, an_indicator
from karnameh.access.public import Grant, Role
from karnameh.activities.public import Activity, Campaign, State
from karnameh.org.public import OrgUnit
from karnameh.people.public import User

ANYBODY, SIGNED_IN, GRANTED = "anybody", "signed in", "granted"
KEY = "key"  # a program's key opens it, and no session does; `tests/exchange/test_api.py` asks with keys
RECORD = (Role.REPORTER, Role.PLANNER, Role.PARTNER)
# In this world a reviewer has one theme; what speaks of all themes is not for him.
UNTHEMED = tuple(role for role in Role if role != Role.REVIEWER)


@dataclass(frozen=True)
class Policy:
    """Who may open an address. `where` makes its address about a unit; None for pages without one."""

    who: str | tuple[Role, ...]
    where: str = ""  # "unit": reach of a unit decides; "above": what stands over it does; "": a role anywhere


# One row an address. Addresses of the sign-in library follow `LIBRARY`.
TABLE: dict[str, Policy] = {
    "health_live": Policy(ANYBODY),
    "health_ready": Policy(ANYBODY),
    "favicon": Policy(ANYBODY),
    "display": Policy(ANYBODY),
    "home": Policy(SIGNED_IN),
    "search": Policy(SIGNED_IN),
    "indicators": Policy(SIGNED_IN),
    "about_data": Policy(SIGNED_IN),
    "my_page": Policy(SIGNED_IN),
    "my_preferences": Policy(SIGNED_IN),
    "my_contact_keep": Policy(SIGNED_IN),
    "my_contact_forget": Policy(SIGNED_IN),
    "record": Policy(RECORD),
    "indicator": Policy(GRANTED),
    "place": Policy(GRANTED),
    "unit": Policy(GRANTED, "unit"),
    "silent_units": Policy(GRANTED, "unit"),
    "entries": Policy(GRANTED, "unit"),
    "entry": Policy(GRANTED, "unit"),
    "entry_new": Policy(RECORD, "unit"),
    "entry_call": Policy((Role.VERIFIER, Role.ADMINISTRATOR), "unit"),
    "entry_verify": Policy((Role.VERIFIER,), "unit"),
    "entry_correct": Policy((Role.REPORTER, Role.PARTNER), "unit"),
    "entry_reverse": Policy((Role.REPORTER, Role.PARTNER), "unit"),
    "to_verify": Policy(SIGNED_IN),
    "entry_receipt": Policy(GRANTED, "unit"),
    "entry_receipt_json": Policy("sealed"),
    "log": Policy(ANYBODY),
    "log_heads": Policy(ANYBODY),
    "log_witness": Policy((Role.PARTNER,)),
    "log_head": Policy("sealed"),
    "log_head_json": Policy("sealed"),
    "log_message": Policy("sealed"),
    "log_consistency": Policy("sealed"),
    "verify": Policy(ANYBODY),
    "verifier": Policy(ANYBODY),
    "imports": Policy(SIGNED_IN),
    "import_new": Policy((*RECORD, Role.VERIFIER)),
    "import_template": Policy((*RECORD, Role.VERIFIER)),
    "import_page": Policy("owner"),
    "import_rows": Policy("owner"),
    "import_errors": Policy("owner"),
    "import_post": Policy("owner"),
    "import_undo": Policy("owner"),
    "import_undo_second": Policy("owner"),
    "import_discard": Policy("owner"),
    "readings": Policy(SIGNED_IN),
    "reading_new": Policy((Role.REPORTER, Role.PLANNER, Role.PRESS, Role.PARTNER)),
    "reading_questions": Policy(SIGNED_IN),
    "reading": Policy("owner"),
    "reading_add": Policy("owner"),
    "reading_find": Policy("owner"),
    "reading_review": Policy("owner"),
    "reading_undo": Policy("owner"),
    "reading_discard": Policy("owner"),
    "reading_draft": Policy("owner"),
    "reading_answer": Policy("owner"),
    "promises": Policy(GRANTED),
    "planning": Policy(GRANTED),
    "campaign": Policy(GRANTED),
    "campaign_new": Policy((Role.PLANNER, Role.ADMINISTRATOR)),
    "campaign_edit": Policy((Role.PLANNER, Role.ADMINISTRATOR), "root"),
    "campaign_days": Policy((Role.PLANNER, Role.ADMINISTRATOR), "root"),
    "campaign_phases": Policy((Role.PLANNER, Role.ADMINISTRATOR), "root"),
    "campaign_move": Policy("post"),
    "campaign_copy": Policy("post"),
    "lesson_new": Policy("post"),
    "lesson_answer": Policy("post"),
    "rules": Policy(GRANTED),
    "rule_new": Policy((Role.PLANNER,)),
    "rule": Policy("owner"),
    "rule_end": Policy("post"),
    "committees": Policy(GRANTED),
    "committee": Policy("owner"),
    "committee_open": Policy("post"),
    "seat_add": Policy("post"),
    "seat_fill": Policy("post"),
    "seat_close": Policy("post"),
    "meeting": Policy("owner"),
    "meeting_call": Policy("post"),
    "meeting_cancel": Policy("post"),
    "item_add": Policy("post"),
    "item_done": Policy("post"),
    "proposals": Policy(GRANTED),
    "proposal": Policy(GRANTED, "unit"),
    "proposal_new": Policy(RECORD),
    "proposal_edit": Policy(RECORD, "unit"),
    "proposal_sheet": Policy(RECORD),
    "proposal_template": Policy(RECORD),
    "proposal_sheet_take": Policy("post"),
    "proposal_sheet_errors": Policy("post"),
    "proposal_submit": Policy("post"),
    "proposal_return": Policy("post"),
    "proposal_withdraw": Policy("post"),
    "proposal_remark": Policy("post"),
    "proposal_versions": Policy("owner"),
    "review_desks": Policy((Role.REVIEWER, Role.PLANNER)),
    "review_desk": Policy("owner"),
    "review_many": Policy("post"),
    "review_meters": Policy("owner"),
    "review_compare": Policy("owner"),
    "review_proposal": Policy("owner"),
    "review_split": Policy("owner"),
    "activity_results": Policy("owner"),
    "packages": Policy(UNTHEMED),
    "package_open": Policy("post"),
    "package": Policy("owner"),
    "package_draw": Policy("post"),
    "package_compare": Policy("owner"),
    "package_version": Policy("owner"),
    "package_meters": Policy("owner"),
    "package_change": Policy("post"),
    "package_sign": Policy("post"),
    "calendar": Policy(UNTHEMED),
    "coverage": Policy(UNTHEMED, "unit"),
    "board": Policy("owner"),
    "board_print": Policy("owner"),
    "board_line": Policy("owner"),
    "board_line_again": Policy("owner"),
    "board_chances": Policy("owner"),
    "plan": Policy("post"),
    "run": Policy("owner"),
    "run_stop": Policy("post"),
    "feeds": Policy(GRANTED),
    "feed_close": Policy("post"),
    "feed": Policy("secret"),
    "programme": Policy(ANYBODY),
    "programme_feed": Policy(ANYBODY),
    "export_entries": Policy(GRANTED, "unit"),
    "open_data": Policy(ANYBODY),
    "open_dictionary": Policy(ANYBODY),
    "open_activities": Policy("owner"),
    "open_data_page": Policy("owner"),
    "open_data_file": Policy("owner"),
    "open_data_ask": Policy("post"),
    "open_data_confirm": Policy("post"),
    "map": Policy(GRANTED),
    "figures": Policy((Role.PRESS,)),
    "figure_new": Policy((Role.PRESS,), "unit"),
    "figure_sentence": Policy("post"),
    "figure_desk": Policy("owner"),
    "figure_step": Policy("owner"),
    "figure_progress": Policy("owner"),
    "figure_preview": Policy("owner"),
    # Open to everybody on purpose: they read the frozen public document alone, and before publication are 404.
    "figures_public": Policy(ANYBODY),
    "press_packs": Policy((Role.PRESS,)),
    "press_public": Policy(ANYBODY),
    "press_pack": Policy("figure"),
    "press_qr": Policy("figure"),
    "press_file": Policy("figure"),
    "figure": Policy("figure"),
    "figure_qr": Policy("figure"),
    "figure_bundle": Policy("figure"),
    "figure_deliveries": Policy("figure"),
    "figure_deliveries_csv": Policy("figure"),
    "figure_delivery": Policy("figure"),
    "figure_delivery_receipt": Policy("figure"),
    "api_page": Policy(ANYBODY),
    "api_openapi": Policy(ANYBODY),
    "api_keys": Policy(GRANTED),
    "api_key_revoke": Policy("owner"),
    "api_hooks": Policy(GRANTED),
    "api_hook": Policy("owner"),
    "api_hook_step": Policy("post"),
    "api_hook_again": Policy("post"),
    "api-root": Policy(KEY),
    "api_units": Policy(KEY),
    "api_unit": Policy(KEY),
    "api_places": Policy(KEY),
    "api_indicators": Policy(KEY),
    "api_entries": Policy(KEY),
    "api_entry": Policy(KEY),
    "api_entries_send": Policy("owner"),
    "api_entry_reverse": Policy("owner"),
    "api_totals": Policy(KEY),
    "api_dhis2": Policy(KEY),
    "api_dhis2_send": Policy("owner"),
    "api_kobo": Policy("owner"),
    "field_app": Policy(ANYBODY),
    "field_worker": Policy(ANYBODY),
    "field_manifest": Policy(ANYBODY),
    "field_shipped": Policy(ANYBODY),
    # What speaks for a phone is its token, which no cookie brings: everybody is refused here.
    "field_enrol": Policy("post"),
    "field_sync": Policy("post"),
    "field_down": Policy("post"),
    "field_file": Policy("post"),
    "field_devices": Policy(SIGNED_IN),
    "field_revoke": Policy("post"),
    "field_evidence": Policy("owner"),
    "field_ask": Policy((Role.VERIFIER, Role.REPORTER, Role.ADMINISTRATOR), "unit"),
    "field_aside": Policy((Role.REPORTER, Role.PARTNER)),
    "field_aside_one": Policy("owner"),
    "field_queue": Policy("post"),
    "field_check_in": Policy((Role.REPORTER, Role.PARTNER)),
    "field_points": Policy((Role.REPORTER,)),
    "field_point": Policy("owner"),
    "admin_home": Policy((Role.ADMINISTRATOR,)),
    "admin_units": Policy((Role.ADMINISTRATOR,)),
    "admin_unit": Policy((Role.ADMINISTRATOR,), "unit"),
    "admin_unit_open": Policy((Role.ADMINISTRATOR,), "unit"),
    "admin_unit_rename": Policy((Role.ADMINISTRATOR,), "unit"),
    "admin_unit_move": Policy((Role.ADMINISTRATOR,), "above"),
    "admin_unit_merge": Policy((Role.ADMINISTRATOR,), "above"),
    "admin_unit_split": Policy((Role.ADMINISTRATOR,), "above"),
    "admin_unit_close": Policy((Role.ADMINISTRATOR,), "above"),
    "admin_grants": Policy((Role.ADMINISTRATOR,)),
    "admin_grant_give": Policy((Role.ADMINISTRATOR,)),
    "admin_grant_confirm": Policy("post"),
    "admin_grant_end": Policy("post"),
    "admin_account_new": Policy((Role.ADMINISTRATOR,)),
    "admin_account_disable": Policy("post"),
    "admin_dictionary": Policy((Role.ADMINISTRATOR,)),
    "admin_indicator": Policy((Role.ADMINISTRATOR,)),
    "admin_indicator_new": Policy((Role.ADMINISTRATOR,), "root"),
    "admin_indicator_retire": Policy((Role.ADMINISTRATOR,), "root"),
    "admin_item": Policy((Role.ADMINISTRATOR,)),
    "admin_places": Policy((Role.ADMINISTRATOR,)),
    "admin_place_open": Policy((Role.ADMINISTRATOR,)),
    "admin_place_move": Policy((Role.ADMINISTRATOR,)),
    "audit": Policy((Role.AUDITOR,)),
    "audit_deed": Policy((Role.AUDITOR,)),
}
# django-allauth answers for its own pages; what matters here is that none of them tells a stranger anything.
LIBRARY = ("account_", "mfa_", "usersessions_", "socialaccount_")


def every_address(patterns: Any = None) -> Iterator[URLPattern]:
    """All addresses of the product, from the URL configuration itself."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from every_address(one.url_patterns)
        else:
            yield one


def missing_rows(addresses: list[URLPattern]) -> list[str]:
    """Addresses that the table does not know."""
    return [
        str(one.name or one.pattern)
        for one in addresses
        if one.name not in TABLE and not str(one.name).startswith(LIBRARY)
    ]


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    addresses = list(every_address())
    assert missing_rows(addresses) == []
    assert set(TABLE) - {one.name for one in addresses} == set()


def test_an_address_without_a_row_is_found() -> None:
    assert missing_rows([path("back-door/", lambda request: None, name="back_door")]) == [
        "back_door"
    ]  # type: ignore[arg-type,return-value]


# --- the oracle: parent links and grants, nothing else -----------------------------------------


def line_up(unit: OrgUnit) -> list[int]:
    """The unit and everything above it, by parent links."""
    found = [unit.pk]
    parent = unit.parent_id
    while parent is not None:
        found.append(parent)
        parent = OrgUnit.objects.get(pk=parent).parent_id
    return found


def roles_at(user: User, unit: OrgUnit) -> set[str]:
    """Roles that flow down to `unit`."""
    return set(
        Grant.objects.filter(user=user, unit__in=line_up(unit), ends_at=None).values_list(
            "role", flat=True
        )
    )


def roles_anywhere(user: User) -> set[str]:
    """Roles held at all."""
    return set(Grant.objects.filter(user=user, ends_at=None).values_list("role", flat=True))


def expected(policy: Policy, user: User | None, unit: OrgUnit) -> tuple[int, ...]:
    """The statuses that the policy allows."""
    if policy.who == ANYBODY:
        return (200, 301, 302, 405, 503)
    if policy.who == KEY:
        return (401, 404)  # for a session, whoever it is; 404 is the bare root
    if user is None:
        return (302,)  # to the sign-in page
    if policy.who == SIGNED_IN:
        return (200, 302, 405)
    held = roles_at(user, unit) if policy.where in ("unit", "above") else roles_anywhere(user)
    if not held:
        return (404,) if policy.where else (403, 404)
    if policy.where == "above" and unit.parent_id is not None:
        held = roles_at(
            user, OrgUnit.objects.get(pk=unit.parent_id)
        )  # nobody moves the ground he stands on
    if policy.where == "root":
        held = roles_at(user, OrgUnit.objects.get(parent=None))
    if policy.who == GRANTED or set(policy.who) & held:  # type: ignore[arg-type]
        return (200, 302)
    return (403, 404)


def _planning(unit: OrgUnit) -> dict[str, Callable[[], str]]:
    """Addresses about a campaign, and about a returned proposal of `unit` in it."""
    campaign = Campaign.objects.first() or a_campaign()

    def proposal() -> int:
        mine = Activity.objects.filter(lead_unit=unit, campaign=campaign).first()
        return (mine or an_activity(unit, campaign=campaign, state=State.RETURNED)).pk

    return {
        **{
            name: lambda name=name: reverse(name, args=[campaign.pk])
            for name in ("campaign", "campaign_edit", "campaign_days", "campaign_phases", "rules")
        },
        **{
            name: lambda name=name: reverse(name, args=[campaign.code])
            for name in ("programme", "programme_feed")
        },
        "rule_new": lambda: reverse("rule_new", args=[campaign.pk, "tier_count"]),
        "proposal": lambda: reverse("proposal", args=[proposal()]),
        "proposal_edit": lambda: reverse("proposal_edit", args=[proposal(), "when"]),
    }


def addresses_about(world: World, unit: OrgUnit, entry: UUID, indicator: int) -> dict[str, str]:
    """One address of every page that can be asked with GET, about `unit` where it is about one."""
    values: dict[str, Callable[[], str]] = {
        "indicator": lambda: reverse("indicator", args=[indicator]),
        "place": lambda: reverse("place", args=[unit.place_id]),
        "entries": lambda: f"{reverse('entries')}?unit={unit.pk}",
        "entry_new": lambda: f"{reverse('entry_new')}?unit={unit.pk}",
        "field_shipped": lambda: reverse("field_shipped", args=["0" * 12, "js"]),
        "export_entries": lambda: f"{reverse('export_entries')}?unit={unit.pk}",
        "figure_new": lambda: f"{reverse('figure_new')}?unit={unit.pk}&indicator={indicator}",
        "admin_indicator": lambda: reverse("admin_indicator", args=[indicator]),
        "admin_indicator_new": lambda: reverse("admin_indicator_new"),
        "admin_indicator_retire": lambda: reverse("admin_indicator_retire", args=[indicator]),
        **_planning(unit),
    }
    found = {}
    for name, policy in TABLE.items():
        if policy.who in ("owner", "post", "figure", "sealed", "secret") or name in (
            "audit_deed",
            "admin_item",
            "admin_place_move",
            "import_template",
        ):
            continue  # their own tests ask them: they need a row of another kind
        if name.startswith("admin_unit_") and policy.where == "above" and unit.parent_id is None:
            continue  # the whole federation stays where it is
        if name in values:
            found[name] = values[name]()
        elif name == "api_unit":
            found[name] = reverse(name, args=[unit.code])
        elif name.startswith(("entry", "api_entry")) or name == "field_ask":
            found[name] = reverse(name, args=[entry])
        elif policy.where:
            found[name] = reverse(name, args=[unit.pk])
        else:
            found[name] = reverse(name)
    return found


VISITORS = (
    "officer", "verifier", "admin", "admin2", "auditor", "fars", "fars_verifier", "leader", "reviewer",
    "stranger", "nobody",
)  # fmt: skip


def test_every_person_of_the_world_is_a_visitor(world: World) -> None:
    assert {*world.people, "nobody"} == set(VISITORS)


@pytest.mark.parametrize("who", VISITORS)
def test_every_address_answers_every_visitor_as_the_policy_says(world: World, who: str) -> None:
    indicator = an_indicator()
    units = [world.nation, world.fars, world.yazd, world.twin, world.local]
    user = world.people.get(who)
    client = Client()
    if user is not None:
        client.force_login(user)
    wrong, asked = [], 0
    for unit in units:
        entry = an_entry(unit, indicator, 5, by=world.people["officer"]).pk
        for name, url in addresses_about(world, unit, entry, indicator.pk).items():
            policy = TABLE[name]
            if policy.where in ("", "root") and unit is not world.local and name != "place":
                continue  # the same answer for every unit: asked once
            status = client.get(url).status_code
            asked += 1
            if status not in expected(policy, user, unit):
                wrong.append(
                    f"{name} by {who} at {unit.code}: {status}, not {expected(policy, user, unit)}"
                )
    assert not wrong, "\n".join(wrong)
    assert asked > 100


def test_the_twin_whose_code_begins_like_the_others_stays_out_of_reach(world: World) -> None:
    """Shiraz is 101, its twin 1011: a scope by code prefix would open one to the other."""
    keeper = a_user("keeper")
    a_grant(keeper, Role.REPORTER, world.shiraz)
    client = Client()
    client.force_login(keeper)
    assert client.get(reverse("unit", args=[world.shiraz.pk])).status_code == 200
    for unit in (world.twin, world.locals["twin"][0], world.fars):
        assert client.get(reverse("unit", args=[unit.pk])).status_code == 404
        assert client.get(f"{reverse('entries')}?unit={unit.pk}").status_code == 404


def test_what_is_out_of_reach_is_in_no_number_of_a_place(world: World) -> None:
    """Yazd cooks in Fars: the officer of Fars sees his own part of the place, the nation sees both."""
    indicator = an_indicator()
    an_entry(world.local, indicator, 10, by=world.people["officer"], place=world.shiraz.place_id)
    an_entry(
        world.locals["taft"][0],
        indicator,
        7,
        by=world.people["officer"],
        place=world.shiraz.place_id,
    )
    for who, total in (("fars", "10"), ("officer", "17"), ("leader", "10")):
        client = Client()
        client.force_login(world.people[who])
        url = f"{reverse('place', args=[world.shiraz.place_id])}?period=all&format=csv"
        rows = b"".join(client.get(url).streaming_content).decode()  # type: ignore[arg-type]
        [line] = [row for row in rows.splitlines() if indicator.name_fa in row]
        assert f",{total}," in line or f",{total}.000," in line


@pytest.mark.parametrize(
    "planted",
    ["/units/999999/", "/entries/00000000-0000-7000-8000-000000000000/", "/places/999999/"],
)
def test_what_does_not_exist_looks_like_what_is_out_of_reach(world: World, planted: str) -> None:
    client = Client()
    client.force_login(world.people["leader"])
    assert client.get(planted).status_code == 404
