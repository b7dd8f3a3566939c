"""What a phone loads of the app: one script, one sheet, and a page that strangers can use at once."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from builders import World
from karnameh.field import shipping

APP = settings.PACKAGE / "field" / "static" / "field"
SITE = settings.PACKAGE / "ui" / "static" / "ui" / "karnameh.css"


def test_the_script_holds_every_module_once_behind_those_that_it_imports() -> None:
    text = shipping.script()
    made = re.findall(r"^const the_(\w+) = \(\(\) => \{$", text, re.M)
    assert sorted(made) == sorted(file.stem for file in APP.glob("*.js")) and made[-1] == "app"
    for name, inside in re.findall(r"^const the_(\w+) = (.*?)^\}\)\(\);$", text, re.M | re.S):
        for other in re.findall(r"= the_(\w+);", inside):
            assert made.index(other) < made.index(name), (name, other)
    assert not re.search(r"^(import|export)\b|import\(", text, re.M)


@pytest.mark.parametrize(
    "line",
    ['import x from "./store.js";', "export default 1;", 'const y = await import("./x.js");'],
)
def test_what_cannot_be_put_into_one_file_is_named(line: str) -> None:
    with pytest.raises(
        shipping.Unshippable,
        match=re.escape(line[line.find("import(") :] if "import(" in line else line),
    ):
        shipping._shipped("planted.js", f"const a = 1;\n{line}\n")


def test_two_modules_that_import_each_other_are_named() -> None:
    sources = {"app.js": 'import * as b from "./b.js";', "b.js": 'import * as app from "./app.js";'}
    with pytest.raises(shipping.Unshippable, match=r"app\.js imports itself"):
        shipping._order(sources)


def classes(text: str) -> set[str]:
    return set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", text, flags=re.S)))


def test_the_sheet_has_what_the_app_names_and_little_else() -> None:
    sheet, site = shipping.styles(), SITE.read_text(encoding="utf-8")
    spoken = (APP.parents[1] / "templates" / "field" / "app.html").read_text(encoding="utf-8")
    spoken += "".join(file.read_text(encoding="utf-8") for file in APP.glob("*.js"))
    named = {
        one
        for said in re.findall(r'class(?:Name)?[:=] ?["`]([^"`]+)["`]', spoken)
        for one in said.split()
        if "$" not in one
    }
    named |= {f"{kind}-{tone}" for kind in ("badge", "notice") for tone in ("good", "warn", "bad")}
    assert len(named) > 60 and named & classes(site) <= classes(sheet)
    assert classes((APP / "field.css").read_text(encoding="utf-8")) & named <= classes(sheet)
    for other in ("table", "menu-pop", "dialog", "tiles", "figures"):
        assert other in classes(site) and other not in classes(sheet)
    assert sheet.count("{") == sheet.count("}") and "prefers-color-scheme:dark" in sheet
    assert len(gzip.compress(sheet.encode())) < 8_000


def test_a_font_of_the_sheet_is_where_it_says(client: Client) -> None:
    fonts = re.findall(r'url\("([^"]+\.woff2)"\)', shipping.styles())
    assert len(fonts) == 2
    for address in fonts:
        assert Path(settings.PACKAGE, "ui", "static", address.removeprefix("/static/")).exists()


def test_the_app_is_kept_for_ever_under_the_mark_of_its_content(db: None) -> None:
    client = Client()
    page = client.get("/field/").content.decode()
    for kind in ("js", "css"):
        [address] = set(re.findall(rf"/field/app-[0-9a-f]{{12}}\.{kind}", page))
        assert "immutable" in client.get(address)["Cache-Control"]
        other = client.get(f"/field/app-{'0' * 12}.{kind}")
        assert other.status_code == 200 and other["Cache-Control"] == "no-cache"
        assert address in client.get("/field/worker.js").content.decode()


def test_a_stranger_finds_the_way_in_before_any_script_and_a_kept_page_knows_nobody(
    world: World,
) -> None:
    stranger, leader = Client(), Client()
    leader.force_login(world.people["leader"])
    door = 'href="/accounts/login/?next=/field/">'
    assert door in stranger.get("/field/").content.decode()
    kept = [
        one.get("/field/", headers={"X-Kept": "1"}).content.decode() for one in (stranger, leader)
    ]
    plain = [re.sub(r'nonce="[^"]+"', "", one) for one in kept]
    assert plain[0] == plain[1] and door not in plain[0]
    mine = leader.get("/field/")
    [offer] = re.findall(
        r'<script id="offer" type="application/json">(.+?)</script>', mine.content.decode()
    )
    assert json.loads(offer)["office"] == world.people["leader"].office
    assert mine["Cache-Control"] == "no-store" and 'id="offer"' not in kept[0] + kept[1]
    assert {"Cookie", "X-Kept"} <= set(stranger.get("/field/")["Vary"].split(", "))
