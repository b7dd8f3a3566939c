"""The two persons behind a figure, and what is frozen: through the actions, and by going round them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from builders import NOW, a_user, as_owner
from figures.cast import Press
from karnameh.insight.figures import rules
from karnameh.insight.figures.actions import (
    Words,
    approve_figure,
    edit_figure,
    propose_figure,
    publish_figure,
    return_figure,
    supersede_figure,
    watch_figures,
    withdraw_figure,
)
from karnameh.insight.figures.models import Figure, FigureWatch, State
from karnameh.ledger.public import Stage
from karnameh.plumbing.public import OutOfReach, Refusal


def test_a_figure_goes_from_a_draft_to_the_public(press: Press) -> None:
    figure = press.published()
    assert figure.state == State.PUBLISHED
    assert figure.value == 68
    assert figure.document["totals"]["reported"] == ["68", "exact"]
    assert figure.document["totals"]["pledged"] == ["900", "exact"]
    assert figure.document["sentence"]["fa"] == "همیاران ۶۸ بسته به خانه‌ها رساندند."
    assert figure.document["sentence"]["en"] == "Volunteers brought 68 parcels home."
    assert sum(int(part["reported"][0]) for part in figure.document["parts"]) == 68
    assert (figure.bundle or {})["head"]["code"] == figure.head_code
    assert (figure.bundle or {})["answer"]


def test_the_database_and_the_plain_rules_make_the_same_fingerprint(press: Press) -> None:
    for figure in (
        press.draft(),
        press.published(),
        press.approved(Words("{عدد} «‌»", "{value}", "روش", "m", NOW)),
    ):
        assert figure.digest == rules.fingerprint(figure.content)


def test_the_author_may_not_approve(press: Press) -> None:
    figure = press.proposed()
    with pytest.raises(Refusal):
        approve_figure(figure, digest=figure.digest, by=press.author, at=NOW)


def test_whoever_wrote_a_word_in_it_may_not_approve(press: Press) -> None:
    figure = edit_figure(
        press.draft(), Words("{value} بسته", "{value} parcels"), by=press.second, at=NOW
    )
    figure = propose_figure(figure, by=press.author, at=NOW)
    with pytest.raises(Refusal):
        approve_figure(figure, digest=figure.digest, by=press.second, at=NOW)


def test_an_edit_clears_the_approval(press: Press) -> None:
    figure = edit_figure(press.approved(), Words("فقط {value}", "{value}"), by=press.author, at=NOW)
    assert figure.state == State.DRAFT
    assert figure.approved_by is None
    with pytest.raises(Refusal):
        publish_figure(figure, by=press.author, at=NOW)


def test_an_approval_is_of_what_was_seen(press: Press) -> None:
    figure = press.proposed()
    edit_figure(figure, Words("دیگر {value}", "{value}"), by=press.author, at=NOW)
    figure = propose_figure(Figure.objects.get(pk=figure.pk), by=press.author, at=NOW)
    with pytest.raises(Refusal):
        approve_figure(figure, digest="0" * 64, by=press.second, at=NOW)


def test_without_the_role_nothing_and_out_of_reach_nothing_is_there(press: Press) -> None:
    figure = press.proposed()
    with pytest.raises(Refusal):
        approve_figure(figure, digest=figure.digest, by=press.world.people["verifier"], at=NOW)
    with pytest.raises(OutOfReach):
        approve_figure(figure, digest=figure.digest, by=press.world.people["stranger"], at=NOW)


def test_what_comes_later_is_not_in_an_approved_figure(own_press: Press) -> None:
    """The value is as of its moment, and so is everything that the public sees of it."""
    press = own_press
    figure = press.approved()
    press.report(1000)
    figure = publish_figure(figure, by=press.author, at=NOW)
    assert figure.value == 68
    assert figure.document["totals"]["reported"] == ["68", "exact"]
    assert sum(int(part["reported"][0]) for part in figure.document["parts"]) == 68
    assert watch_figures(at=NOW) is False
    watched = FigureWatch.objects.get(figure=figure)
    assert watched.value == 1068


def test_superseding_shows_both_and_the_reason(own_press: Press) -> None:
    press = own_press
    old = press.published()
    press.report(8)
    fresh = supersede_figure(old, reason="گزارش‌های دیررسیده", by=press.author, at=NOW)
    with pytest.raises(Refusal):  # only one takes its place
        supersede_figure(old, reason="باز هم", by=press.second, at=NOW)
    fresh = propose_figure(fresh, by=press.author, at=NOW)
    fresh = approve_figure(fresh, digest=fresh.digest, by=press.second, at=NOW)
    fresh = publish_figure(fresh, by=press.author, at=NOW)
    old = Figure.objects.get(pk=old.pk)
    assert (old.state, old.closed_reason) == (State.SUPERSEDED, "گزارش‌های دیررسیده")
    assert old.value == 68
    assert fresh.value == 76


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ("هیچ عددی", "{value}"), ("{value} و ۱۲ بسته", "۱۲"), ("{value} و هزار بسته", "هزار"), ("{foo} {value}", "foo"),
        ("بیش از {value} بسته", "بیش از"), ("{value} از {verified}", "{verified}"), ("{value} {", "{value}"),
    ],
)  # fmt: skip
def test_a_sentence_that_says_what_the_ledger_does_not_is_refused(
    press: Press, sentence: str, says: str
) -> None:
    figure = press.draft(Words(sentence, "{value}"))
    with pytest.raises(Refusal, match=says.replace("{", r"\{").replace("}", r"\}")) as refused:
        propose_figure(figure, by=press.author, at=NOW)
    assert refused.value.field == "sentence_fa"
    assert Figure.objects.get(pk=figure.pk).state == State.DRAFT


def test_nothing_recorded_is_nothing_to_publish(press: Press) -> None:
    figure = press.draft(stage=Stage.VERIFIED)
    with pytest.raises(Refusal):
        propose_figure(figure, by=press.author, at=NOW)


def test_returning_and_withdrawing_say_why(press: Press) -> None:
    figure = press.proposed()
    for step in (return_figure,):
        with pytest.raises(Refusal):
            step(figure, note=" ", by=press.second, at=NOW)
    figure = return_figure(figure, note="جمله کوتاه‌تر", by=press.second, at=NOW)
    assert (figure.state, figure.returned_note) == (State.DRAFT, "جمله کوتاه‌تر")
    with pytest.raises(Refusal):
        withdraw_figure(figure, reason="", by=press.author, at=NOW)
    assert (
        withdraw_figure(figure, reason="لازم نیست", by=press.author, at=NOW).state
        == State.WITHDRAWN
    )


# --- round the actions -------------------------------------------------------------------------------


def refused(statement: str, *, owner: bool = True) -> str:
    """The name of the rule that stops a statement, also for the owner of the tables."""
    with as_owner() if owner else transaction.atomic(), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(statement)
        except DatabaseError as trouble:
            cause = trouble.__cause__
            return str(getattr(getattr(cause, "diag", None), "constraint_name", "") or trouble)
    return ""


@pytest.mark.parametrize(
    ("change", "rule_name"),
    [
        ("sentence_fa = 'x'", "figure_published_never_changes"), ("value = 1", "figure_published_never_changes"),
        ("shown = '{}'", "figure_published_never_changes"), ("approved_by_id = author_id", "figure_published_never_changes"),
        ("published_at = now()", "figure_published_never_changes"), ("state = 'draft'", "figure_step"),
        ("embargo_until = now()", "figure_published_never_changes"), ("code = 'OTHER'", "figure_keeps_its_code_and_author"),
        ("state = 'superseded', closed_reason = 'x', closed_at = now(), closed_by_id = author_id",
         "figure_superseded_has_a_successor"),
        ("state = 'withdrawn'", "figure_closed_says_why"),
    ],
)  # fmt: skip
def test_a_published_row_never_changes(press: Press, change: str, rule_name: str) -> None:
    figure = press.published()
    assert rule_name in refused(f"UPDATE insight_figure SET {change} WHERE id = {figure.pk}")


def test_no_figure_is_deleted_or_begins_approved(press: Press) -> None:
    figure = press.published()
    assert "figure_is_never_deleted" in refused(
        f"DELETE FROM insight_figure WHERE id = {figure.pk}"
    )
    columns = ", ".join(
        f'"{field.column}"'
        for field in Figure._meta.local_fields
        if field.column not in ("id", "code")
    )
    copied = (
        f"INSERT INTO insight_figure (code, {columns}) SELECT 'COPY', {columns} FROM insight_figure"
    )
    assert "figure_begins_as_a_draft" in refused(f"{copied} WHERE id = {figure.pk}")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'approved', approved_by_id = author_id, approved_at = now(), approved_digest = digest",
        "state = 'approved'",
        "state = 'approved', approved_by_id = {second}, approved_at = now(), approved_digest = repeat('0', 64)",
        "state = 'published', approved_by_id = {second}, approved_at = now(), approved_digest = digest, shown = '{{}}',"
        " published_at = now(), published_by_id = {second}",
        "authors = ARRAY[{second}]",
    ],
)
def test_no_statement_approves_in_the_authors_place(press: Press, change: str) -> None:
    figure = press.proposed()
    assert refused(
        f"UPDATE insight_figure SET {change.format(second=press.second.pk)} WHERE id = {figure.pk}"
    )


def test_a_statement_that_edits_clears_the_approval_by_itself(press: Press) -> None:
    figure = press.approved()
    assert not refused(
        f"UPDATE insight_figure SET sentence_fa = 'x {{value}}' WHERE id = {figure.pk}"
    )
    figure = Figure.objects.get(pk=figure.pk)
    assert (figure.state, figure.approved_by, figure.approved_digest) == (State.DRAFT, None, "")


def test_no_sequence_of_steps_passes_the_second_officer(press: Press) -> None:
    """25 steps of anybody at random, through the actions and round them: what is public was approved, as it
    stands, by somebody whose hand is not in it."""
    third = a_user("third")
    people = [press.author, press.second, third]
    sentences = st.sampled_from(["{value} بسته", "حتی {value} بسته", "{value}"])
    who = st.integers(0, 1)

    class Officers(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.point = transaction.savepoint()
            self.figure = press.draft()
            self.hands = {press.author.pk}
            self.approved: dict[str, int] = {}  # digest → who, by the plain record of this test

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.point)

        def act(self, step: object, **given: object) -> bool:
            try:
                with transaction.atomic():
                    self.figure = step(Figure.objects.get(pk=self.figure.pk), at=NOW, **given)  # type: ignore[operator]
            except (Refusal, DatabaseError):
                return False
            return True

        @rule(n=who, text=sentences)
        def edit(self, n: int, text: str) -> None:
            before = Figure.objects.get(pk=self.figure.pk).sentence_fa
            if self.act(edit_figure, words=Words(text, "{value}"), by=people[n]) and text != before:
                self.hands.add(people[n].pk)

        @rule(n=who)
        def propose(self, n: int) -> None:
            if self.act(propose_figure, by=people[n]):
                self.hands.add(people[n].pk)

        @rule(n=who)
        def give_back(self, n: int) -> None:
            self.act(return_figure, note="باز", by=people[n])

        @rule(n=who)
        def approve(self, n: int) -> None:
            digest = Figure.objects.get(pk=self.figure.pk).digest
            if self.act(approve_figure, digest=digest, by=people[n]):
                self.approved[digest] = people[n].pk

        @rule(n=who)
        def publish(self, n: int) -> None:
            self.act(publish_figure, by=people[n])

        @rule(column=st.sampled_from(["sentence_fa = sentence_fa || '!'", "value = value + 1", "state = 'approved'",
                                      "approved_by_id = edited_by_id, approved_at = now(), approved_digest = digest",
                                      "state = 'published', published_at = now(), published_by_id = author_id, shown = '{}'",
                                      "authors = ARRAY[author_id], edited_by_id = author_id",
                                      "stage = 1", "embargo_until = now()"]))  # fmt: skip
        def go_round(self, column: str) -> None:
            refused(f"UPDATE insight_figure SET {column} WHERE id = {self.figure.pk}", owner=False)

        @invariant()
        def two_stand_behind_it(self) -> None:
            figure = Figure.objects.get(pk=self.figure.pk)
            if figure.state in (State.APPROVED, State.PUBLISHED):
                assert self.approved.get(figure.digest) == figure.approved_by_id
                assert figure.approved_by_id not in self.hands
                assert figure.digest == rules.fingerprint(figure.content)

    run_state_machine_as_test(
        Officers,
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_an_embargo_is_part_of_what_is_approved(press: Press) -> None:
    later = NOW + timedelta(days=2)
    figure = press.published(Words("{value} بسته", "{value}", embargo_until=later))
    assert not figure.is_public(NOW)
    assert figure.is_public(later)


def test_while_another_sealing_is_at_work_the_officer_is_asked_to_wait(own_press: Press) -> None:
    figure = own_press.draft()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(4022)")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(Refusal) as refused:
            propose_figure(figure, by=own_press.author, at=NOW)
        assert refused.value.status == 503
        assert Figure.objects.get().state == State.DRAFT
    finally:
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert propose_figure(figure, by=own_press.author, at=NOW).state == State.PROPOSED
