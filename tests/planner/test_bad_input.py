"""Whatever is handed in: a plan, or sentences that say what to mend. Never a traceback."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from karnameh.campaigns.planner import Unusable, check, files, solve
from karnameh.campaigns.planner import __main__ as command
from karnameh.campaigns.planner.faults import Fault
from karnameh.campaigns.planner.shapes import written
from karnameh.campaigns.planner.words import say
from planner.oddities import odd_instance

SCHEMAS = Path(files.__file__).parent / "schemas"
INSTANCE = Draft202012Validator(json.loads((SCHEMAS / "instance.json").read_text("utf-8")))
PLAN = Draft202012Validator(json.loads((SCHEMAS / "plan.json").read_text("utf-8")))


def a_small_one() -> dict[str, Any]:
    return {
        "format": "karnameh-plan-instance/1",
        "days": [{"id": "d1"}],
        "slots": [{"id": "s1"}],
        "provinces": [{"id": "p"}],
        "counties": [{"id": "c", "province": "p"}],
        "venues": [{"id": "v", "county": "c", "seats": 100}],
        "proposals": [{"id": "x", "county": "c", "score": 50, "venues": ["v"], "attendance": 40}],
    }


def codes(value: Any) -> list[str]:
    with pytest.raises(Unusable) as caught:
        files.instance_from(value)
    for one in caught.value.faults:
        for persian in (True, False):
            sentence = say(one.code, one.params, persian=persian)
            assert sentence and "{" not in sentence and one.code not in sentence.split()[0:1]
    return [one.code for one in caught.value.faults]


def test_a_small_instance_is_taken() -> None:
    plan = solve(files.instance_from(a_small_one()), seconds=5)
    assert plan.accepted == {"x"} and plan.status == "optimal"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "else"}, "wrong_value"),
        ({"days": []}, "none_of"),
        ({"days": "d1"}, "wrong_value"),
        ({"days": [{"id": "d1"}, {"id": "d1"}]}, "duplicate_id"),
        ({"days": [{"id": ""}]}, "wrong_value"),
        ({"colour": 1}, "unknown_field"),
        ({"slots": [{"id": "s1", "covers": ["s1"]}]}, "slot_covers"),
        ({"counties": [{"id": "c", "province": "q"}]}, "unknown_reference"),
        ({"counties": [{"id": "c"}]}, "missing_field"),
        ({"venues": [{"id": "v", "county": "c", "halls": -1}]}, "wrong_value"),
        ({"venues": [{"id": "v", "county": "c", "halls": 1.5}]}, "wrong_value"),
        ({"venues": [{"id": "v", "county": "c", "halls": True}]}, "wrong_value"),
        ({"proposals": [{"id": "x", "county": "c", "score": 101}]}, "wrong_value"),
        ({"proposals": [{"id": "x", "county": "c", "cost": 10**16}]}, "wrong_value"),
        ({"proposals": [{"id": "x", "county": "c", "parts": []}]}, "wrong_value"),
        (
            {"proposals": [{"id": "x", "county": "c", "parts": [{}], "days": []}]},
            "part_fields_twice",
        ),
        ({"proposals": [{"id": "x", "county": "c", "teams": ["nobody"]}]}, "unknown_reference"),
        ({"proposals": [{"id": "x", "county": "c"}] * 2}, "duplicate_id"),
        ({"rules": [{"id": "r", "kind": "count"}]}, "rule_without_limit"),
        ({"rules": [{"id": "r", "kind": "share", "least": 50}]}, "share_above_one"),
        ({"rules": [{"id": "r", "kind": "else", "least": 5}]}, "wrong_value"),
        (
            {"rules": [{"id": "r", "kind": "count", "least": 1, "among": {"themes": ["t"]}}]},
            "count_among",
        ),
        ({"pins": [{"proposal": "x"}, {"proposal": "x"}]}, "pinned_twice"),
        ({"pins": [{"proposal": "x", "part": 3}]}, "no_such_part"),
        ({"pins": [{"proposal": "y"}]}, "unknown_reference"),
        ({"weights": {"score": -1}}, "wrong_value"),
        ({"weights": {"score": 10**7}}, "wrong_value"),
        ({"budget": -5}, "wrong_value"),
        ({"provinces": [{"id": "p", "budget": -1}]}, "wrong_value"),
        ({"counties": [{"id": "c", "province": "p", "budget": -1}]}, "wrong_value"),
        ({"days": [{"id": "\ud800"}]}, "wrong_value"),
        ({"\ud800": 1}, "unknown_field"),
        ({"days": [{"id": "d\n1"}]}, "wrong_value"),
        ({"pins": [{"proposal": "x"}, {"proposal": "x", "decision": "decline"}]}, "pinned_twice"),
        ({"themes": ["a"], "days": [{"id": "d1", "themes": ["b"]}]}, "unknown_reference"),
    ],
)
def test_each_fault_is_named(change: dict[str, Any], code: str) -> None:
    assert code in codes({**a_small_one(), **change})


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b'{"format": "karnameh-plan-instance/1", "days": [', "not_json"),
        (b"[1, 2]", "not_object"),
        (b"\xff\xfe\x00", "not_utf8"),
        (b'{"days": NaN}', "not_a_number"),
        (b"[" * 200_000, "too_deep"),
        (b'{"budget": ' + b"9" * 5000 + b"}", "not_a_number"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, raw: bytes, code: str) -> None:
    file = tmp_path / "instance.json"
    file.write_bytes(raw)
    with pytest.raises(Unusable) as caught:
        files.read_instance(file)
    assert caught.value.faults[0].code == code


def test_a_file_of_200_megabytes_is_refused_without_being_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    with file.open("wb") as empty:
        empty.truncate(200 * 1024 * 1024)
    with pytest.raises(Unusable) as caught:
        files.read_instance(file)
    assert caught.value.faults[0].code == "file_too_large"


def test_the_command_answers_bad_files_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "plan.json")
    assert command.main([str(tmp_path / "none.json"), "--out", out]) == 2
    assert command.main([str(tmp_path), "--out", out]) == 2
    said = capsys.readouterr().err
    assert "پیدا نشد" in said and "There is no file" in said and "Traceback" not in said


def test_the_command_names_a_place_where_no_plan_can_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "week.json"
    raw = json.dumps(a_small_one())
    file.write_text(raw, "utf-8")
    for out, words in (
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "plan.json", "There is no file"),
        (file, "is the instance itself"),
    ):
        assert command.main([str(file), "--out", str(out)]) == 2
        assert words in capsys.readouterr().err
    assert file.read_text("utf-8") == raw
    assert command.main([str(file), "--out", str(file), "--before", str(tmp_path / "x")]) == 2


def test_broken_letters_are_said_and_not_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Half a letter in a name or a value: a sentence, not a second fault while saying the first."""
    file = tmp_path / "week.json"
    for raw in ('{"\\ud800": 1}', '{"days": [{"id": "\\ud800"}]}', '{"format": "\\udfff"}'):
        file.write_text(raw, "utf-8")
        assert command.main([str(file), "--out", str(tmp_path / "plan.json")]) == 2
        assert "Traceback" not in capfd.readouterr().err
    assert not (tmp_path / "plan.json").exists()


def strange(**changes: Any) -> Any:
    """The plan of a changed small instance, checked; the solver must not stumble."""
    instance = files.instance_from({**a_small_one(), **changes})
    plan = solve(instance, seconds=5)
    if plan.status != "infeasible":
        assert check(instance, plan).is_good
    return plan


def test_nothing_to_plan_is_a_plan() -> None:
    assert strange(proposals=[]).status == "optimal"
    empty = {"format": "karnameh-plan-instance/1", "days": [{"id": "d"}], "slots": [{"id": "s"}]}
    assert solve(files.instance_from(empty), seconds=5).status == "optimal"
    assert "missing_field" in codes({})
    rule = {"id": "r", "kind": "count", "least": 1}
    assert [one.params["rule"] for one in strange(proposals=[], rules=[rule]).conflict] == ["r"]


def test_ids_may_be_any_letters() -> None:
    name = "پیشنهادِ «یک»\u200cنیم‌فاصله 🌿 ‮" + "ا" * 300
    plan = strange(proposals=[{"id": name, "county": "c", "score": 1}])
    assert plan.accepted == {name}


def test_huge_weights_costs_and_crowds() -> None:
    most = 10**15
    many = [
        {"id": f"x{n}", "county": "c", "score": n, "cost": most, "attendance": most}
        for n in range(3)
    ]
    weights = {"score": 1e6, "wish": 1e6, "theme": 0, "travel": 1e6}
    assert len(strange(proposals=many, weights=weights, budget=most).accepted) == 1
    tiny = [{"id": f"y{n}", "county": "c", "score": 1e-9, "cost": 1} for n in range(3)]
    strange(proposals=tiny + many[:1], weights=weights, budget=most)


def test_venues_and_people_without_room() -> None:
    for venue, code in (
        ({"halls": 0}, "never_open"),
        ({"seats": 0}, "no_seats"),
        ({"closed": [{}]}, "never_open"),
    ):
        plan = strange(venues=[{"id": "v", "county": "c", **venue}])
        assert not plan.accepted and plan.declined[0].reason.code == code
    person = {"id": "t", "at_once": 0}
    one = {"id": "x", "county": "c", "score": 5, "needs": ["t"]}
    assert strange(people=[person], proposals=[one]).declined[0].reason.code == "never_open"


def test_everything_pinned() -> None:
    many = [{"id": f"x{n}", "county": "c", "score": n} for n in range(4)]
    pins = [{"proposal": f"x{n}", "day": "d1", "slot": "s1"} for n in range(4)]
    assert len(strange(proposals=many, pins=pins).accepted) == 4
    out = [{"proposal": f"x{n}", "decision": "decline"} for n in range(4)]
    assert not strange(proposals=many, pins=out).accepted


def test_pins_that_conflict_are_named() -> None:
    both = [{"id": f"x{n}", "county": "c", "score": 9, "venues": ["v"]} for n in range(3)]
    pins = [{"proposal": "x0"}, {"proposal": "x2"}]
    plan = strange(proposals=both, pins=pins)
    assert {one.params["proposal"] for one in plan.conflict} == {"x0", "x2"}
    plan = strange(proposals=both, pins=[{"proposal": "x0"}], budget=0)
    assert plan.accepted  # what costs nothing needs no budget
    dear = [{**both[0], "cost": 5}]
    plan = strange(proposals=dear, pins=[{"proposal": "x0"}], budget=4)
    assert {one.code for one in plan.conflict} == {"pin", "budget_limit"}


def test_many_faults_are_cut() -> None:
    many = [{"id": f"x{n}", "county": "nowhere"} for n in range(1000)]
    assert len(codes({**a_small_one(), "proposals": many})) == 20


@pytest.mark.parametrize("seed", range(40))
def test_loader_and_schema_take_the_same_instances(seed: int) -> None:
    value = {"format": "karnameh-plan-instance/1", **written(odd_instance(seed))}
    INSTANCE.validate(value)
    assert files.instance_from(json.loads(json.dumps(value))) == odd_instance(seed)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_loader_and_schema_refuse_the_same_shapes(data: st.DataObject) -> None:
    """One value somewhere is replaced: both refuse it, or both take its shape."""
    value = {
        "format": "karnameh-plan-instance/1",
        **written(odd_instance(data.draw(st.integers(0, 60)))),
    }
    value = json.loads(json.dumps(value))
    where, key = data.draw(st.sampled_from(list(_places(value))))
    odd = st.sampled_from(
        [None, True, -1, 0, 2.5, 10**18, "", "d0", [], {}, ["d0"], [None], {"x": 1}]
    )
    where[key] = copy.deepcopy(data.draw(odd))
    by_schema = INSTANCE.is_valid(value)
    try:
        files.instance_from(value)
        shape_is_good = True
    except Unusable as unusable:
        structural = {
            "wrong_value",
            "unknown_field",
            "missing_field",
            "part_fields_twice",
            "not_object",
        }
        shape_is_good = not any(one.code in structural for one in unusable.faults)
    assert shape_is_good == by_schema


def _places(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


@pytest.mark.parametrize("seed", range(8))
def test_plans_keep_their_schema_and_come_back_the_same(seed: int, tmp_path: Path) -> None:
    plan = solve(odd_instance(seed), seconds=10)
    files.write_plan(plan, tmp_path / "plan.json")
    PLAN.validate(json.loads((tmp_path / "plan.json").read_text("utf-8")))
    assert files.read_plan(tmp_path / "plan.json") == plan


def test_a_code_without_words_is_still_said() -> None:
    assert "strange" in say(Fault("strange").code, {}, persian=True)
