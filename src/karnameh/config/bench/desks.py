"""`./karnameh bench desks`: what the pages of planning cost when a whole nation plans, and a key at the review desk.

A nation of 60,000 local units with 77,500 proposals, all but a few of them with a day in one national
draft; rules of every kind at the nation and some in every province. Each page is asked as a browser
would, through every layer of the server, by the officer who sees all of it. The review desk is one
theme of one province with 300 proposals.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from typing import Any

from karnameh.config.bench.filling import federation, own_database
from karnameh.config.bench.keys import pressed
from karnameh.config.bench.machine import Result, machine_line, report, samples, sql

RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("audience_share", {"audience": "women", "percent": 50}),
    ("flagships", {"number": 1}),
    ("tier_count", {"tier": "national", "how": "exactly", "number": 28}),
    ("tier_count", {"tier": "central", "how": "exactly", "number": 6}),
    ("theme_minimum", {"theme": "", "number": 2_000}),
    ("day_minimum", {"day": "", "number": 8_000}),
    ("county_minimum", {"number": 40}),
    ("budget", {"rial": 10**15}),
    ("unit_day_cap", {"number": 2}),
)
IN_PROVINCES = ("audience_share", "theme_minimum", "unit_day_cap")
DESK = 300
FROZEN = 9_900  # activities: about as many as one package holds
_SEATS = 300


def bench(arguments: list[str]) -> int:
    """Run it; `--proposals` and `--units` are the size of the nation."""
    parser = argparse.ArgumentParser(prog="./karnameh bench desks")
    parser.add_argument("--proposals", type=int, default=77_500)
    parser.add_argument("--units", type=int, default=60_000)
    parser.add_argument("--times", type=int, default=7)
    given = parser.parse_args(arguments)
    print(machine_line(), flush=True)
    with own_database():
        from karnameh.front.public import prepare_bench

        made = federation(given.units)
        officer = prepare_bench(made)
        plan = _Plan(made, officer)
        plan.propose(given.proposals)
        report(list(_measure(plan, given.times)))
    return 0


class _Plan:
    """The campaign of the bench: proposals, rules, venues, drafts of the nation and of a province."""

    def __init__(self, made: Any, officer: Any) -> None:
        from karnameh.activities.public import Campaign, Planning
        from karnameh.org.public import Theme

        self.made, self.officer = made, officer
        self.campaign = Campaign.objects.get(code="week-1405")
        Campaign.objects.filter(pk=self.campaign.pk).update(planning=Planning.OPEN)
        self.province = made.provinces["فارس"]
        self.themes = list(Theme.objects.all())

    def propose(self, number: int) -> None:
        """Everything that is planned, made by the server itself."""
        print(f"{number:,} proposals …", flush=True)
        campaign = {"campaign": self.campaign.pk, "from": self.campaign.starts_on, "number": number}
        sql(_PROPOSALS, campaign)
        for statement in (_WISHES, _AUDIENCES, _EXPECTED):
            sql(statement, campaign)
        sql(_VENUES, {"seats": _SEATS})
        self._rules()
        self.nation_draft = self._draft(self.made.nation)
        self.province_draft = self._draft(self.province)
        sql("ANALYZE")

    def _rules(self) -> None:
        from karnameh.campaigns.public import Rule
        from karnameh.plumbing.clock import now

        parameters = dict(RULES)
        wanted = [(self.made.nation, kind, said) for kind, said in RULES]
        wanted += [
            (unit, kind, parameters[kind])
            for unit in self.made.provinces.values()
            for kind in IN_PROVINCES
        ]
        Rule.objects.bulk_create(
            Rule(
                campaign=self.campaign, unit=unit, kind=kind, parameters=said, name_fa=kind, name_en=kind,
                valid_from=now(), made_by=self.officer,
            )
            for unit, kind, said in wanted
        )  # fmt: skip

    def _draft(self, unit: Any) -> Any:
        from karnameh.campaigns.public import draw_up, open_package
        from karnameh.plumbing.clock import now

        package = open_package(self.campaign, unit, by=self.officer, at=now())
        draft = draw_up(package, name="bench", by=self.officer, at=now())
        sql(_LINES, {"version": draft.pk, "campaign": self.campaign.pk, "under": unit.path + "%"})
        return draft

    def desk(self) -> Any:
        """Three hundred proposals that wait at one desk; the first of them."""
        from karnameh.activities.public import Activity, State, move_activities
        from karnameh.plumbing.clock import now

        theme = self.themes[0]
        rows = Activity.objects.filter(
            campaign=self.campaign, lead_unit__path__startswith=self.province.path
        ).order_by("pk")
        ids = list(rows.values_list("pk", flat=True))
        here, elsewhere = ids[:DESK], ids[DESK:]
        Activity.objects.filter(pk__in=elsewhere, theme=theme).update(theme=self.themes[1])
        Activity.objects.filter(pk__in=here).update(theme=theme)
        sql("DELETE FROM campaigns_line WHERE activity_id = ANY (%(ids)s)", {"ids": here})
        decided = Activity.objects.filter(pk__in=here, state=State.ACCEPTED)
        move_activities(
            list(decided.values_list("pk", flat=True)), State.SUBMITTED, by=self.officer, at=now()
        )
        sql("ANALYZE activities_activity")
        return theme, here


def _measure(plan: _Plan, times: int) -> Iterator[Result]:
    from django.test import Client
    from django.urls import reverse

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(plan.officer)

    def page(what: str, address: str, wanted: str = "< 1 s") -> Result:
        return _timed(what, lambda: _ok(client.get(address)), times, wanted)

    nation, province = plan.nation_draft, plan.province_draft
    yield page("nation: rules and their meters", reverse("rules", args=[plan.campaign.pk]))
    yield page("nation: first page of planning", reverse("planning"))
    yield page("nation: board of the week", reverse("board", args=[nation.pk]))
    county = plan.made.counties[("فارس", "شیراز")].pk
    yield page("nation: board at one county", f"{reverse('board', args=[nation.pk])}?at={county}")
    yield page("nation: package, drafts side by side", reverse("package", args=[nation.package_id]))
    yield page("nation: one version", reverse("package_version", args=[nation.pk]))
    yield page("nation: the rules of a draft", reverse("package_meters", args=[nation.pk]), "")
    yield page("nation: proposals", reverse("proposals"))
    yield page("nation: review desks", reverse("review_desks"))
    yield page("nation: coverage", reverse("coverage", args=[plan.made.nation.pk]))
    yield page("province: board of the week", reverse("board", args=[province.pk]))
    yield page("province: one version", reverse("package_version", args=[province.pk]))
    yield from _keys(plan, client, times)
    yield _frozen(plan)


def _frozen(plan: _Plan) -> Result:
    """Two officers freeze as many activities as a package may hold."""
    from karnameh.campaigns.public import seal_now, sign
    from karnameh.people.public import User
    from karnameh.plumbing.clock import now

    draft = plan.nation_draft
    sql(_CUT, {"version": draft.pk, "most": FROZEN})
    second = User.objects.get(username="admin")
    seal = seal_now(draft)
    sign(draft, seal=seal, by=plan.officer, at=now())
    began = time.perf_counter()
    frozen = sign(draft, seal=seal, by=second, at=now())
    taken = (time.perf_counter() - began) * 1000
    return Result(
        f"freezing {frozen.lines.count():,} activities, the second signature",
        taken, "ms", "", f"{frozen.pledges.count():,} promises posted",
    )  # fmt: skip


def _keys(plan: _Plan, client: Any, times: int) -> Iterator[Result]:
    """Each key of the review desk, as its script sends it."""
    from django.urls import reverse

    theme, waiting = plan.desk()
    desk = reverse("review_desk", args=[plan.province.pk, theme.code])
    yield _timed("desk of 300: the page", lambda: _ok(client.get(desk)), times, "")
    order = waiting * 2
    turn = iter(range(len(order) - 1))
    script = {"HTTP_HX_REQUEST": "true"}

    def send(*, ahead: bool = False, **said: str) -> Callable[[], Any]:
        def press() -> Any:
            at = next(turn)
            address = reverse("review_proposal", args=[plan.province.pk, theme.code, order[at]])
            following = str(order[at + 1])
            more = {"next": following, **({"have": following} if ahead else {})}
            return _ok(
                client.post(address, {**said, **more}, **script)
                if said
                else client.get(address, **script)
            )

        return press

    yield _timed("desk of 300: open the next one", send(), times, "≤ 100 ms")
    yield _timed("desk of 300: a mark", send(do="mark", quality="3"), times, "≤ 100 ms")
    yield _timed("desk of 300: accept", send(do="accept", round="1"), times, "≤ 100 ms")
    had = send(ahead=True, do="accept", round="1")
    yield _timed("desk of 300: accept, its next card fetched beforehand", had, times, "≤ 100 ms")
    yield _timed(
        "desk of 300: return", send(do="return", round="1", note="چند نفر؟"), times, "≤ 100 ms"
    )
    yield _timed(
        "desk of 300: decline", send(do="decline", round="1", reason="vague"), times, "≤ 100 ms"
    )
    afterwards = reverse("review_meters", args=[plan.province.pk, theme.code])
    yield _timed(
        "desk of 300: its meters after a key", lambda: _ok(client.get(afterwards)), times, ""
    )
    yield from pressed(plan.officer, desk, times)


def _ok(response: Any) -> Any:
    assert response.status_code == 200, (response.status_code, response.content[:400])
    return response


def _timed(what: str, ask: Callable[[], Any], times: int, wanted: str) -> Result:
    from statistics import median

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken = sorted(samples(ask, times))
    with CaptureQueriesContext(connection) as queries:
        ask()
    spread = f"{len(queries)} queries, slowest {taken[-1]:,.0f} ms"
    return Result(what, median(taken), "ms", wanted, spread)


_PROPOSALS = """
WITH unit AS MATERIALIZED (
    SELECT id, place_id, row_number() OVER (ORDER BY id) - 1 AS n FROM org_orgunit WHERE kind = 'local'
), many AS (SELECT count(*) AS c FROM unit),
theme AS (SELECT array_agg(id ORDER BY id) AS ids FROM org_theme),
profession AS (SELECT array_agg(id ORDER BY id) AS ids FROM org_profession)
INSERT INTO activities_activity (code, name_fa, name_en, kind, theme_id, profession_id, lead_unit_id, place_id,
    campaign_id, starts_on, ends_on, state, moved_at, tier, budget_rial, expected_attendance, participation,
    description, revision, search)
SELECT 'bench-' || g,
       'برنامهٔ ' || (ARRAY['توزیع بسته', 'کاشت نهال', 'ویزیت رایگان', 'کارگاه آموزش', 'جشن محله'])[1 + g %% 5]
           || ' در کوی ' || g, 'Bench ' || g, 'service', theme.ids[1 + g %% cardinality(theme.ids)],
       CASE WHEN g %% 700 = 0 THEN profession.ids[1 + g / 700 %% cardinality(profession.ids)] END,
       unit.id, unit.place_id, %(campaign)s, %(from)s::date + g %% 7, %(from)s::date + g %% 7,
       CASE WHEN g %% 10 = 0 THEN 'submitted' ELSE 'accepted' END, now(),
       CASE WHEN g %% 700 = 0 THEN 'flagship' WHEN g %% 2500 = 1 THEN 'national' ELSE 'local' END,
       10000000 * (1 + g %% 40), 20 + g %% 200, '', 'با کمک مردم همان محل', 1, 'bench-' || g
  FROM generate_series(0, %(number)s - 1) g, many, theme, profession, unit WHERE unit.n = g %% many.c
"""
_OF_CAMPAIGN = "FROM activities_activity a WHERE a.campaign_id = %(campaign)s"
_WISHES = f"""
INSERT INTO activities_daywish (activity_id, "on", slot, rank)
SELECT a.id, a.starts_on, (ARRAY['morning', 'afternoon', 'evening'])[1 + a.id %% 3], 1 {_OF_CAMPAIGN}
"""
_AUDIENCES = """
INSERT INTO activities_audienceshare (activity_id, audience_id)
SELECT a.id, d.id FROM activities_activity a
  JOIN activities_audience d ON d.code = CASE WHEN a.id %% 2 = 0 THEN 'women' ELSE 'everybody' END
 WHERE a.campaign_id = %(campaign)s
"""
_EXPECTED = f"""
INSERT INTO activities_expectation (activity_id, indicator_id, quantity, qualifier, dimensions_id)
SELECT a.id, (SELECT min(id) FROM catalog_indicator WHERE unit_rule = 'sum' AND time_rule = 'sum'),
       20 + a.id %% 50, 1, 1
  {_OF_CAMPAIGN}
"""
_VENUES = """
INSERT INTO activities_venue (code, name_fa, name_en, unit_id, place_id, seats, halls)
SELECT 'bench-' || id, 'سالن ' || name_fa, 'Hall', id, place_id, %(seats)s, 1 FROM org_orgunit WHERE kind = 'county'
"""
_LINES = """
INSERT INTO campaigns_line (version_id, activity_id, part, "on", slot, venue_id, pinned)
SELECT %(version)s, a.id, 0, a.starts_on, (ARRAY['morning', 'afternoon', 'evening'])[1 + a.id %% 3],
       CASE WHEN a.id %% 150 = 0 THEN (SELECT v.id FROM activities_venue v WHERE v.unit_id = ANY (u.line)) END, false
  FROM activities_activity a JOIN org_orgunit u ON u.id = a.lead_unit_id
 WHERE a.campaign_id = %(campaign)s AND a.state = 'accepted' AND u.path LIKE %(under)s
"""
_CUT = """
WITH kept AS (SELECT id FROM campaigns_line WHERE version_id = %(version)s ORDER BY id LIMIT %(most)s), bare AS (
    UPDATE campaigns_line SET venue_id = NULL WHERE id IN (SELECT id FROM kept))
DELETE FROM campaigns_line WHERE version_id = %(version)s AND id NOT IN (SELECT id FROM kept)
"""
