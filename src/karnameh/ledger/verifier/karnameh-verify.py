#!/usr/bin/env python3
"""karnameh-verify: checks a figure or a receipt of Karnameh without asking its server anything.

    python3 karnameh-verify.py BUNDLE.json --key HEX
    python3 karnameh-verify.py BUNDLE.json --key HEX --heads HEADS.json --heads AN-OLDER-BUNDLE.json
    python3 karnameh-verify.py BUNDLE.json --key HEX --leaves LEAVES.txt --trees TREES.txt

It needs Python 3.11 or newer and the package `cryptography`, and shares no code with the product.
What each check means, and what none of them can show, is written in docs/proof.md.

Exit codes: 0 everything holds · 1 something does not hold · 2 the files cannot be read, or carry no
proof · 3 what was checked holds, but no key was pinned, or an older head could not be compared.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Iterator, NamedTuple  # noqa: UP035

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.exit("karnameh-verify needs the package cryptography: pip install cryptography")

FIELDS = 14  # of a tally, 96 bits each: entries, reversals, then seven pairs of plus and minus
DAY = timedelta(days=1)
OK, FAILED, UNREADABLE, RESERVED = 0, 1, 2, 3
WORDS = {
    "fa": {
        "signature": "امضای مُهر درست است",
        "key": "کلید امضا همان کلیدی است که به آن اعتماد دارید",
        "no_key": "کلیدی ندادید (--key)؛ امضا با کلیدی سنجیده شد که خود پرونده آورده است",
        "witness": "گواه این مُهر را امضا کرده است",
        "heads": "با مُهرهای پیشین سازگار است",
        "heads_missing": "با این مُهرهای پیشین سنجیده نشد",
        "totals": "جمع‌ها همان‌اند که مُهر بر آن‌ها زده شده است",
        "covered": "هیچ روزی از این بازه جا نمانده است",
        "sum": "جمع درست است",
        "published": "رقمی که منتشر شده همین عدد است، و همان است که تأیید شد",
        "no_proof": "این پرونده اثبات ندارد: شمار آدم‌ها گرد شده است و جمع دقیقش گفته نمی‌شود",
        "receipt": "این ثبت در دفتر و در همین جمع است",
        "receipt_alone": "این ثبت در دفتر و در جمع روز خود است",
        "leaves": "برگ‌ها همهٔ دفترند، نه کم و نه بیش",
        "leaves_sum": "جمع همهٔ برگ‌ها همین عدد است",
        "passed": "همه چیز درست است.",
        "failed": "درست نیست:",
        "reserved": "آنچه سنجیده شد درست است؛ به هشدارها نگاه کنید.",
        "entries": "شمار ثبت‌ها",
        "quantity": "مقدار",
        "rial": "ریال",
        "qualifiers": "بیش از / حدود / حداکثر / نامعلوم",
        "code": "کد کوتاه مُهر",
        "unreadable": "این پرونده خوانده نشد",
    },
    "en": {
        "signature": "the head's signature is right",
        "key": "it is signed with the key that you trust",
        "no_key": "no key was given (--key): the file's own key was used",
        "witness": "a witness has signed this head",
        "heads": "it continues the older heads",
        "heads_missing": "it was not compared with these older heads",
        "totals": "the sums are those that the head vouches for",
        "covered": "no day of the period is left out",
        "sum": "the sum is right",
        "published": "the published figure says just this number, and is what was approved",
        "no_proof": "this file carries no proof: counts of people are rounded, and their exact sum is not told",
        "receipt": "this entry is in the log and in this very sum",
        "receipt_alone": "this entry is in the log and in the sum of its day",
        "leaves": "the leaves are the whole log, no more and no less",
        "leaves_sum": "all leaves add up to this number",
        "passed": "Everything holds.",
        "failed": "This does not hold:",
        "reserved": "What was checked holds; look at the warnings.",
        "entries": "entries",
        "quantity": "quantity",
        "rial": "rial",
        "qualifiers": "at least / about / at most / unknown",
        "code": "short code of the head",
        "unreadable": "this file cannot be read",
    },
}


class Wrong(Exception):
    """A check that failed; the message says which and why."""


def require(condition: bool, why: str) -> None:
    if not condition:
        raise Wrong(why)


def unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


# --- heads ----------------------------------------------------------------------------------------


def body(head: dict[str, Any]) -> bytes:
    """The lines that are signed."""
    at = datetime.fromisoformat(head["at"].replace("Z", "+00:00"))
    passed = at.astimezone(timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017
    micro = (passed.days * 86400 + passed.seconds) * 1000000 + passed.microseconds
    numbers = "\n".join(str(int(head[name])) for name in ("number", "epoch", "size", "entries"))
    return (
        f"karnameh.head.1\n{head['log']}\n{numbers}\n{head['root']}\n{head['totals']}\n{micro}\n"
        f"{head['previous'] or '-'}\n"
    ).encode()


def digest(head: dict[str, Any]) -> str:
    return sha256(body(head)).hexdigest()


def short_code(head: dict[str, Any]) -> str:
    number = int(digest(head)[:20], 16)
    letters = "".join(
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> s & 31] for s in range(75, -1, -5)
    )
    return "-".join(letters[n : n + 4] for n in range(0, 16, 4))


def signed(public: str, message: bytes, signature: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(unb64(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def trusted(head: dict[str, Any], pinned: str) -> bool:
    """Whether the pinned key signed, or vouches through its successors for the key that did."""
    reached, key = head["public"], head["public"]
    links = {one["public"]: one for one in head.get("keys", [])}
    for _ in range(len(links) + 1):
        if reached == pinned:
            return True
        link = links.get(key, {})
        before, endorsement = link.get("before"), link.get("endorsement")
        if not before or not endorsement:
            return False
        text = f"karnameh.key.1\n{head['log']}\n{before}\n{key}\n".encode()
        require(
            signed(before, text, endorsement), "key: a successor is not endorsed by its forerunner"
        )
        reached = key = before
    return False


def check_head(head: dict[str, Any], pinned: str | None) -> None:
    require(
        signed(head["public"], body(head), head["signature"]),
        "signature: the head was not signed like this",
    )
    if pinned:
        require(
            trusted(head, pinned), "key: the head is signed with another key than the one you trust"
        )


# --- the log's tree (RFC 9162) --------------------------------------------------------------------


def leaf_hash(text: bytes) -> bytes:
    return sha256(b"\x00" + text).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    require(0 <= index < size, "log: there is no such leaf in this log")
    at, last, found = index, size - 1, leaf
    for step in path:
        require(last > 0, "log: the path is too long")
        if at & 1 or at == last:
            found = node(step, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, step)
        at, last = at >> 1, last >> 1
    require(last == 0, "log: the path is too short")
    return found


def consistent(old: dict[str, Any], new: dict[str, Any], path: list[bytes]) -> bool:
    first, second = int(old["size"]), int(new["size"])
    old_root, new_root = bytes.fromhex(old["root"]), bytes.fromhex(new["root"])
    if first == second or first == 0:
        return not path and (first == 0 or old_root == new_root)
    if first > second or not path:
        return False
    steps = list(path) if first & (first - 1) else [old_root, *path]
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    one = two = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            one, two = node(step, one), node(step, two)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            two = node(two, step)
        at, last = at >> 1, last >> 1
    return last == 0 and one == old_root and two == new_root


def root_of(hashes: list[bytes]) -> bytes:
    if not hashes:
        return sha256().digest()
    while len(hashes) > 1:
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [node(a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=False)] + odd
    return hashes[0]


# --- sum trees ------------------------------------------------------------------------------------


class Pair(NamedTuple):
    """A node as its neighbours see it; the tally when it is open."""

    hash: bytes
    seal: bytes
    tally: tuple[int, ...] | None


def tally_of(text: str) -> tuple[int, ...]:
    parts = text.split(",") if text else []
    require(
        len(parts) <= FIELDS and all(part.isdigit() for part in parts),
        "sums: no tally looks like this",
    )
    found = [int(part) for part in parts] + [0] * (FIELDS - len(parts))
    require(all(value < 1 << 96 for value in found), "sums: a number too large for a tally")
    return tuple(found)


def seal(tally: tuple[int, ...], salt: bytes) -> bytes:
    require(
        len(salt) == 16 and all(0 <= value < 1 << 96 for value in tally),
        "sums: no tally looks like this",
    )
    return sha256(b"\x04" + salt + b"".join(value.to_bytes(12, "big") for value in tally)).digest()


def plus(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


class Fact(NamedTuple):
    """What an entry's leaf says about where and how much it counts."""

    axis_nodes: dict[int, str]
    series: str
    day: date
    tally: tuple[int, ...]


def fact(leaf: str) -> Fact | None:
    part = leaf.split("|")
    if part[0] != "entry.1":
        return None
    require(len(part) == 31, "log: a leaf of another shape")
    kind, coverage, role, qualifier = part[6], part[20], part[21], int(part[19])
    bucket = 3 if coverage != "1" else 2 if part[16] else 1 if role != "1" else 0
    milli, rial = int(part[17] or 0), int(part[18] or 0)
    back = kind == "1"
    tally = [0] * FIELDS
    tally[1 if back else 0] = 1
    tally[2 if milli >= 0 else 3] = abs(milli)
    tally[4 if rial >= 0 else 5] = abs(rial)
    if 2 <= qualifier <= 5:
        tally[2 * qualifier + 2 + (1 if back else 0)] = 1
    return Fact(
        {1: part[7], 2: part[9]},
        f"{part[4]}/{part[5]}/{bucket}",
        date.fromisoformat(part[13]),
        tuple(tally),
    )


def pair(shown: dict[str, Any]) -> Pair:
    """Hash, seal and tally of whatever is shown: a leaf, a labelled node without or with its parts."""
    if "leaf" in shown:
        text = shown["leaf"].encode()
        said = fact(shown["leaf"])
        require(said is not None, "sums: this leaf is no entry")
        own = sha256(b"\x02" + int(shown["index"]).to_bytes(8, "big") + leaf_hash(text)).digest()
        return Pair(own, seal(said.tally, unb64(shown["salt"])), said.tally)  # type: ignore[union-attr]
    core = folded(shown) if "parts" in shown else beside(shown)
    label = shown["label"].encode()
    text = b"\x05" + bytes((len(label),)) + label + int(shown["n"]).to_bytes(8, "big")
    return Pair(sha256(text + core.hash + core.seal).digest(), core.seal, core.tally)


def beside(shown: dict[str, Any]) -> Pair:
    """The core of a labelled node whose parts are not shown."""
    if "tally" in shown:
        tally = tally_of(shown["tally"])
        return Pair(unb64(shown["core"]), seal(tally, unb64(shown["salt"])), tally)
    return Pair(unb64(shown["core"]), unb64(shown["seal"]), None)


def folded(shown: dict[str, Any]) -> Pair:
    """Join the parts of a list as it was joined: in open lists every sum is added up again."""
    size, at = int(shown["n"]), [int(n) for n in shown["at"]]
    require(at == sorted(set(at)) and all(0 <= n < size for n in at), "sums: parts in no order")
    require(len(at) == len(shown["parts"]), "sums: parts are missing")
    if size == 0:
        return Pair(bytes(32), bytes(32), (0,) * FIELDS)
    known = dict(zip(at, (pair(one) for one in shown["parts"]), strict=True))
    is_open = "open" in shown
    rest: Iterator[list[str]] = iter(shown["beside"])
    joints: Iterator[str] = iter(shown["open"] if is_open else shown["closed"])

    def passed() -> Pair:
        one = next(rest)
        if is_open:
            tally = tally_of(one[1])
            return Pair(unb64(one[0]), seal(tally, unb64(one[2])), tally)
        return Pair(unb64(one[0]), unb64(one[1]), None)

    def walk(low: int, high: int) -> Pair:
        if not any(low <= n < high for n in at):
            return passed()
        if high - low == 1:
            return known[low]
        middle = low + (1 << ((high - low - 1).bit_length() - 1))
        left, right = walk(low, middle), walk(middle, high)
        own = sha256(b"\x03" + left.hash + left.seal + right.hash + right.seal).digest()
        joint = unb64(next(joints))
        if not is_open:
            return Pair(own, joint, None)
        require(
            left.tally is not None and right.tally is not None,
            "sums: a closed node in an open list",
        )
        tally = plus(left.tally or (), right.tally or ())
        return Pair(own, seal(tally, joint), tally)

    try:
        found = walk(0, size)
    except StopIteration:
        raise Wrong("sums: nodes are missing") from None
    require(next(rest, None) is None and next(joints, None) is None, "sums: nodes too many")
    return found


# --- what a bundle says ---------------------------------------------------------------------------

_FIRST, _LAST = date(1800, 1, 1), date(2200, 1, 1)


def span(label: str) -> tuple[date, date]:
    first, _, last = label.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def order(label: str) -> tuple[int, ...]:
    return tuple(int(part) for part in label.split("/"))


def labelled(shown: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    return list(zip(shown["at"], shown["parts"], strict=True))


def is_absent(shown: dict[str, Any], label: str) -> bool:
    """Whether two neighbours show that nothing of this label stands between them."""
    parts = labelled(shown)
    if not parts:
        return int(shown["n"]) == 0
    before = [(n, one) for n, one in parts if order(one["label"]) < order(label)]
    after = [(n, one) for n, one in parts if order(one["label"]) > order(label)]
    low = before[-1][0] if before else -1
    high = after[0][0] if after else int(shown["n"])
    return high == low + 1 and len(before) + len(after) == len(parts)


def found_in(shown: dict[str, Any], line: list[str]) -> tuple[int, ...]:
    """The tally of the node at the end of `line`; zeros when it can be seen that it is not there."""
    for label in line:
        require("parts" in shown, "sums: the way to the unit is not shown")
        part = next((one for _n, one in labelled(shown) if one.get("label") == label), None)
        if part is None:
            require(is_absent(shown, label), f"sums: it is not shown whether {label} is there")
            return (0,) * FIELDS
        shown = part
    require("tally" in shown, "sums: the unit's sum is not opened")
    return tally_of(shown["tally"])


class Found:
    """Which days have been accounted for, and with what."""

    def __init__(self) -> None:
        self.covered: list[tuple[date, date]] = []
        self.answers: list[tuple[tuple[date, date], tuple[int, ...]]] = []

    def list_of_days(
        self, shown: dict[str, Any], bounds: tuple[date, date], line: list[str], by_days: bool
    ) -> None:
        """A list of months or days: what is opened, and the gaps between neighbours."""
        reached, position = bounds[0] - DAY, -1
        for n, part in labelled(shown):
            first, last = span(part["label"])
            require(reached < first <= last <= bounds[1], "sums: days in no order")
            if n == position + 1:
                self.covered.append((reached + DAY, first - DAY))
            if "parts" in part and by_days and first != last:
                self.list_of_days(part, (first, last), line, by_days)
            elif "parts" in part:
                self.answers.append(((first, last), found_in(part, line)))
                self.covered.append((first, last))
            reached, position = last, n
        if position == int(shown["n"]) - 1:
            self.covered.append((reached + DAY, bounds[1]))

    def check(self, start: date, end: date) -> tuple[int, ...]:
        total: tuple[int, ...] = (0,) * FIELDS
        used: list[tuple[date, date]] = sorted(one for one, _tally in self.answers)
        require(
            all(start <= a <= b <= end for a, b in used),
            "covered: days outside the period were counted",
        )
        require(all(a[1] < b[0] for a, b in pairwise(used)), "covered: a day was counted twice")
        reached = start
        for first, last in sorted(one for one in self.covered if one[0] <= one[1]):
            if first > reached:
                break
            reached = max(reached, last + DAY)
        require(reached > end, "covered: a part of the period is not accounted for")
        for _span, tally in self.answers:
            total = plus(total, tally)
        return total


def asked_series(asked: dict[str, Any]) -> str:
    return "/".join(str(int(asked[name])) for name in ("axis", "indicator", "stage", "bucket"))


def check_figure(bundle: dict[str, Any]) -> tuple[int, ...]:
    """The sum that the opened totals show for the bundle's own question."""
    asked, totals = bundle["question"], bundle["totals"]
    require(
        pair(totals).hash.hex() == bundle["head"]["totals"],
        "totals: these sums are not those of the head",
    )
    require(str(asked["node"]) == asked["line"][-1], "sums: the question names another unit")
    start, end = date.fromisoformat(asked["start"]), date.fromisoformat(asked["end"])
    series = asked_series(asked)
    found = Found()
    for grain in (0, 1):
        label = f"{series}/{grain}"
        part = next((one for _n, one in labelled(totals) if one["label"] == label), None)
        if part is not None and "parts" in part:
            found.list_of_days(part, (_FIRST, _LAST), asked["line"], grain == 0)
        elif part is None and grain == 0 and is_absent(totals, label):
            found.covered.append((_FIRST, _LAST))
    total = found.check(start, end)
    require(total == tally_of(bundle["answer"]), "sum: the parts do not add up to the answer")
    return total


STAGES = {"pledged": 1, "reported": 2, "verified": 3}


def check_published(bundle: dict[str, Any], total: tuple[int, ...]) -> str:
    """That the words published around a sum are about this sum; the English or Persian sentences as they stand."""
    published, asked = bundle["published"], bundle["question"]
    figure, content = published["figure"], published["content"]
    require(
        sha256(content.encode()).hexdigest() == published["digest"],
        "published: the fingerprint is not that of the approved content",
    )
    approved = content.split("\x1f")
    require(approved[0] == figure["code"], "published: another figure was approved")
    require(
        int(approved[5]) == STAGES[figure["stage"]] == int(asked["stage"]),
        "published: the proof is of another stage",
    )
    require(int(approved[6]) == int(asked["bucket"]), "published: the proof is of other work")
    for day, limit in ((approved[7], asked["start"]), (approved[8], asked["end"])):
        require(day in ("", limit), "published: the proof is of other days")
    require(approved[18] == bundle["head"]["root"], "published: another head was approved")
    for said in (approved[16], figure["totals"][figure["stage"]][0]):
        require(
            Decimal(said) * 1000 == total[2] - total[3],
            "published: it says another number than the sum",
        )
    return " · ".join(figure["sentence"][language] for language in ("fa", "en"))


def way(shown: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """The labels from the totals down to the one leaf that is shown."""
    labels = []
    while "leaf" not in shown:
        labels.append(shown["label"])
        require(len(shown.get("parts", [])) == 1, "receipt: more than one way is shown")
        shown = shown["parts"][0]
    return labels, shown


def check_receipt(receipt: dict[str, Any], bundle: dict[str, Any]) -> Fact:
    head, asked = bundle["head"], bundle["question"]
    require(
        pair(receipt["totals"]).hash.hex() == head["totals"],
        "receipt: its sums are not those of the head",
    )
    labels, leaf = way(receipt["totals"])
    require(leaf["index"] == receipt["index"], "receipt: two different leaves")
    path = [unb64(one) for one in receipt["path"]]
    reached = root_by_path(
        leaf_hash(leaf["leaf"].encode()), int(leaf["index"]), int(head["size"]), path
    )
    require(reached.hex() == head["root"], "receipt: this entry is not in the log of the head")
    said = fact(leaf["leaf"])
    assert said is not None
    series = f"{asked['axis']}/{said.series}"
    require(series == asked_series(asked), "receipt: another sum")
    _root, own_series, month, *rest, own = labels
    if own_series == f"{series}/1":  # month, root, office, day, office …
        day, line = rest[2] if len(rest) > 2 else "", [rest[0], *rest[3:]]
    else:
        require(own_series == f"{series}/0", "receipt: its entry stands in another series")
        day, line = rest[0], rest[1:]
    require(
        day == said.day.isoformat() and span(month)[0] <= said.day <= span(month)[1],
        "receipt: another day",
    )
    require(own == "0" and line[-1] == said.axis_nodes[int(asked["axis"])], "receipt: another unit")
    require(
        str(asked["node"]) in line, "receipt: its entry is not beneath the unit of the question"
    )
    start, end = date.fromisoformat(asked["start"]), date.fromisoformat(asked["end"])
    require(start <= said.day <= end, "receipt: its day is not in the period")
    return said


# --- older heads ----------------------------------------------------------------------------------


def check_heads(head: dict[str, Any], files: list[dict[str, Any]], pinned: str | None) -> list[str]:
    """Compare with heads from elsewhere. What could not be compared is named; what contradicts is Wrong."""
    chains = [file["heads"] for file in files if "heads" in file]
    singles = [file["head"] for file in files if "head" in file]
    by_number: dict[int, dict[str, Any]] = {}
    for one in [head, *(h for chain in chains for h in chain), *singles]:
        require(one["log"] == head["log"], "heads: another log")
        check_head(one, pinned)
        other = by_number.setdefault(int(one["number"]), one)
        if digest(other) != digest(one):
            restored = other["epoch"] != one["epoch"]
            raise Wrong(
                f"heads: there are two heads {one['number']}: "
                + (
                    "a backup was restored and what came after it is gone"
                    if restored
                    else "the log was forked"
                )
            )
    linked: set[int] = set()
    for chain in chains:
        for older, newer in pairwise(chain):
            check_step(older, newer)
            linked |= {int(older["number"]), int(newer["number"])}
    numbers = sorted(by_number)
    for before, after in pairwise(numbers):
        one, two = by_number[before], by_number[after]
        backwards = (
            two["size"] < one["size"] or two["at"] < one["at"] or two["epoch"] < one["epoch"]
        )
        require(not backwards, f"heads: head {after} is older than head {before}")
        if after == before + 1:
            require(
                two["previous"] == digest(one), f"heads: head {after} does not follow head {before}"
            )
    if int(head["number"]) not in linked:
        return [str(n) for n in numbers if n != int(head["number"])]
    return [str(n) for n in numbers if n not in linked]


def check_step(older: dict[str, Any], newer: dict[str, Any]) -> None:
    which = f"heads: head {newer['number']}"
    require(int(newer["number"]) == int(older["number"]) + 1, f"{which} does not come next")
    require(newer["previous"] == digest(older), f"{which} does not follow head {older['number']}")
    path = [unb64(one) for one in newer.get("consistency", [])]
    require(
        consistent(older, newer, path),
        f"{which}: its log is not the older one with something added",
    )


# --- the whole log --------------------------------------------------------------------------------


def check_leaves(bundle: dict[str, Any], leaves: list[str], trees: list[str]) -> None:
    """Every leaf of the log, and where every unit stands: adds everything up again."""
    head, asked = bundle["head"], bundle["question"]
    require(len(leaves) >= int(head["size"]), "leaves: some are missing")
    mine = leaves[: int(head["size"])]
    require(
        root_of([leaf_hash(one.encode()) for one in mine]).hex() == head["root"],
        "leaves: this is another log",
    )
    lines = {
        (int(a), node_id): set(line.split("/"))
        for a, node_id, line in (one.split() for one in trees)
    }
    start, end = date.fromisoformat(asked["start"]), date.fromisoformat(asked["end"])
    series = f"{asked['indicator']}/{asked['stage']}/{asked['bucket']}"
    axis = int(asked["axis"])
    total: tuple[int, ...] = (0,) * FIELDS
    for said in (fact(one) for one in mine):
        if said is None or said.series != series or not start <= said.day <= end:
            continue
        if str(asked["node"]) in lines[axis, said.axis_nodes[axis]]:
            total = plus(total, said.tally)
    require(total == tally_of(bundle["answer"]), "leaves: they add up to another number")


# --- the command ----------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    reader = argparse.ArgumentParser(
        prog="karnameh-verify", description=(__doc__ or "").splitlines()[0]
    )
    reader.add_argument("bundle")
    reader.add_argument(
        "--key", help="the log's public key, from somewhere you trust (64 hexadecimal digits)"
    )
    reader.add_argument(
        "--heads", action="append", default=[], metavar="FILE", help="heads or older bundles"
    )
    reader.add_argument("--leaves", help="every leaf of the log, one a line")
    reader.add_argument("--trees", help="where every unit and place stands")
    reader.add_argument("--lang", choices=["fa", "en"])
    given = reader.parse_args(arguments)
    words = WORDS[given.lang or ("fa" if os.environ.get("LANG", "").startswith("fa") else "en")]
    try:
        bundle, files = read(given.bundle), [read(one) for one in given.heads]
        texts = [
            Path(one).read_text(encoding="utf-8").splitlines() if one else []
            for one in (given.leaves, given.trees)
        ]
    except (OSError, ValueError) as trouble:
        print(f"? {words['unreadable']}: {trouble}", file=sys.stderr)
        return UNREADABLE
    if "format" not in bundle and "published" in bundle:
        print(f"? {words['no_proof']}", file=sys.stderr)
        return UNREADABLE
    try:
        return run(bundle, files, given.key.lower() if given.key else None, texts, words)
    except Wrong as wrong:
        print(f"✗ {words['failed']} {wrong}")
    except (
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        OverflowError,
        AttributeError,
        RecursionError,
        InvalidOperation,
    ) as trouble:
        print(f"✗ {words['failed']} shape: {trouble!r}")
    return FAILED


def read(path: str) -> dict[str, Any]:
    found = json.loads(Path(path).read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError("no bundle")
    return found


def run(
    bundle: dict[str, Any],
    files: list[dict[str, Any]],
    pinned: str | None,
    texts: list[list[str]],
    words: dict[str, str],
) -> int:
    """All checks; Wrong at the first that fails."""
    reserved = not pinned
    head = bundle["head"]
    require(bundle.get("format") == "karnameh.bundle.1", "shape: no bundle of this kind")
    check_head(head, pinned)
    print(f"✓ {words['signature']}")
    print(f"✓ {words['key']}" if pinned else f"! {words['no_key']}: {head['public']}")
    for one in head.get("witnesses", []):
        text = b"karnameh.witness.1\n" + body(head)
        require(signed(one["public"], text, one["signature"]), "witness: a signature is not his")
        print(f"✓ {words['witness']}: {one['name']} {one['public'][:16]}…")
    if files:
        missing = check_heads(head, files, pinned)
        reserved = reserved or bool(missing)
        print(
            f"✓ {words['heads']}"
            if not missing
            else f"! {words['heads_missing']}: {', '.join(missing)}"
        )
    if "totals" in bundle:
        total = check_figure(bundle)
        for word in ("totals", "covered", "sum"):
            print(f"✓ {words[word]}")
        describe(total, words)
        if "published" in bundle:
            sentence = check_published(bundle, total)
            print(f"✓ {words['published']}\n  {sentence}")
    for receipt in bundle.get("receipts", []):
        said = check_receipt(receipt, bundle)
        print(
            f"✓ {words['receipt' if 'totals' in bundle else 'receipt_alone']}: {receipt['index']}"
        )
        describe(said.tally, words)
    require("totals" in bundle or bool(bundle.get("receipts")), "shape: there is nothing to check")
    if texts[0]:
        check_leaves(bundle, *texts)
        print(f"✓ {words['leaves']}\n✓ {words['leaves_sum']}")
    print(f"  {words['code']}: {short_code(head)}")
    print(words["reserved" if reserved else "passed"])
    return RESERVED if reserved else OK


def describe(tally: tuple[int, ...], words: dict[str, str]) -> None:
    milli = tally[2] - tally[3]
    whole, part = divmod(abs(milli), 1000)
    number = f"{'-' if milli < 0 else ''}{whole:,}" + (f".{part:03d}".rstrip("0") if part else "")
    marks = " / ".join(str(tally[n] - tally[n + 1]) for n in (6, 8, 10, 12))
    print(
        f"  {words['quantity']}: {number}   {words['entries']}: {tally[0] - tally[1]}   {words['qualifiers']}: {marks}"
    )
    if tally[4] or tally[5]:
        print(f"  {words['rial']}: {tally[4] - tally[5]:,}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
