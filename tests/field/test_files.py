"""Photos and voice notes: in parts, once, made anew, without a place, and nothing that is no photo."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from builders import NOW, World
from field.conftest import a_phone
from field.sending import Sender, a_quantity, milliseconds
from karnameh.catalog.public import Indicator
from karnameh.field.models import Evidence, StoredFile
from karnameh.field.rules import CHUNK, PHOTO
from karnameh.field.storing import forget_parts, path_of


@pytest.fixture(autouse=True)
def _uploads(settings: object, tmp_path: Path) -> None:
    settings.UPLOADS = tmp_path  # type: ignore[attr-defined]


def a_photo(size: tuple[int, int] = (900, 600), kind: str = "JPEG", **more: object) -> bytes:
    """A picture with noise in it, so that it does not shrink to nothing."""
    image = Image.effect_noise(size, 80).convert("RGB")
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def with_place() -> bytes:
    """A photo of a phone: with its position, its maker and a comment."""
    image = Image.effect_noise((400, 300), 50).convert("RGB")
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "CANARY-MAKER", 6  # maker; turned by a quarter
    exif.get_ifd(0x8825)[2] = (29.0, 35.0, 30.0)
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"CANARY-COMMENT")
    return out.getvalue()


def named(data: bytes, kind: str = "photo") -> dict[str, object]:
    return {
        "sha256": hashlib.sha256(data).hexdigest(), "kind": kind, "size": len(data),
        "taken": milliseconds(NOW), "consent": True,
    }  # fmt: skip


def test_a_photo_arrives_in_parts_and_is_shown_with_its_entry(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    photo = a_photo()
    assert len(photo) > 2 * CHUNK
    item = a_quantity(world.local, indicator, files=[named(photo)])
    response = phone.batch([item]).json()
    sha256 = hashlib.sha256(photo).hexdigest()
    assert response["wanted"] == [sha256]
    officer, page = Client(), f"/entries/{item['id']}/"
    officer.force_login(world.people["officer"])
    assert "در راه" in officer.get(page).content.decode()
    assert phone.upload(photo).json()["done"] is True
    assert phone.batch([item]).json()["wanted"] == []
    evidence = Evidence.objects.get()
    assert f"/field/evidence/{evidence.pk}/" in officer.get(page).content.decode()
    shown = officer.get(f"/field/evidence/{evidence.pk}/")
    assert shown["Content-Type"] == "image/jpeg" and shown["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(b"".join(shown))).size == (900, 600)


def test_parts_may_come_again_and_the_phone_may_ask_how_far_it_is(phone: Sender) -> None:
    photo = a_photo()
    sha256, size = hashlib.sha256(photo).hexdigest(), len(photo)
    for _time in range(2):
        assert phone.part(sha256, photo[:CHUNK], size=size).json()["here"] == CHUNK
    assert (
        phone.client.get(f"/field/api/files/{sha256}/", headers=phone.headers).json()["here"]
        == CHUNK
    )
    ahead = phone.part(sha256, photo[2 * CHUNK : 3 * CHUNK], size=size, offset=2 * CHUNK)
    assert ahead.status_code == 409, "a part that leaves a hole"
    assert phone.upload(photo).json()["done"] is True
    assert phone.upload(photo).json()["done"] is True
    assert StoredFile.objects.count() == 1


def test_nothing_but_the_picture_survives(phone: Sender) -> None:
    photo = with_place()
    assert b"CANARY-MAKER" in photo
    assert phone.upload(photo).status_code == 200
    stored = path_of(StoredFile.objects.get()).read_bytes()
    assert b"CANARY" not in stored and b"Exif" not in stored
    again = Image.open(io.BytesIO(stored))
    assert not again.getexif() and again.size == (300, 400), "turned upright before its exif goes"


def test_files_lie_outside_the_site_under_names_that_tell_nothing(phone: Sender) -> None:
    photo = a_photo((200, 200))
    phone.upload(photo)
    file = StoredFile.objects.get()
    path = path_of(file)
    assert file.sha256 not in str(path) and path.stat().st_mode & 0o077 == 0
    assert Client().get(f"/static/{path.name}").status_code == 404


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_of_pictures_become_jpeg(phone: Sender, kind: str) -> None:
    assert phone.upload(a_photo((300, 200), kind)).json()["done"] is True
    assert path_of(StoredFile.objects.get()).read_bytes().startswith(b"\xff\xd8\xff")


def test_a_large_picture_is_made_smaller(phone: Sender) -> None:
    phone.upload(a_photo((3000, 2000), quality=40))
    file = StoredFile.objects.get()
    assert (file.width, file.height) == (1600, 1067)


def a_bomb(edge: int = 60_000) -> bytes:
    """A small PNG that unpacks to gigabytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    rows = zlib.compress(b"\0" * (edge // 8 + 1) * 4000, 9)
    head = struct.pack(">IIBBBBB", edge, edge, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg with a declaration": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "html behind the first bytes of a photo": b"\xff\xd8\xff\xe0"
    + b"<script>alert(1)</script>" * 50,
    "gif with a script": b"GIF89a/*" + b"\0" * 50 + b"*/=1;alert(1)//",
    "bomb": a_bomb(),
    "half a photo": a_photo((300, 300))[:3000],
    "pdf": b"%PDF-1.7\n" + b"0" * 100,
    "zip": b"PK\x03\x04" + b"0" * 100,
    "nothing": b"\0" * 64,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_is_no_photo_is_refused_by_a_sentence_and_kept_nowhere(
    phone: Sender, tmp_path: Path, name: str
) -> None:
    response = phone.upload(HOSTILE[name])
    assert response.status_code == 400 and response.json()["sentence"]
    assert StoredFile.objects.count() == 0
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_a_page_hidden_behind_a_true_photo_is_gone_in_what_is_shown(phone: Sender) -> None:
    polyglot = a_photo((300, 200)) + b"<script>alert(document.cookie)</script>"
    assert phone.upload(polyglot).json()["done"] is True
    assert b"<script" not in path_of(StoredFile.objects.get()).read_bytes()


def test_a_hundred_megabytes_are_refused_before_they_are_read(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    sha256 = "ab" * 32
    assert phone.part(sha256, b"x" * 100, size=100_000_000).status_code == 413
    assert phone.part(sha256, b"x" * (CHUNK + 2), size=PHOTO).status_code == 413
    [said] = phone.send(
        a_quantity(
            world.local, indicator, files=[{"sha256": sha256, "kind": "photo", "size": 100_000_000}]
        )
    )
    assert said["verdict"] == "refused" and said["mend"] == "files"


@pytest.mark.parametrize(
    ("size", "offset", "data"), [(10, -1, b"x"), (10, 5, b"123456"), (0, 0, b""), (10, 99, b"x")]
)
def test_a_part_that_does_not_fit_is_refused(
    phone: Sender, size: int, offset: int, data: bytes
) -> None:
    assert phone.part("ab" * 32, data, size=size, offset=offset).status_code in (400, 409, 413)


def test_a_file_that_is_not_what_its_name_says_is_refused(phone: Sender) -> None:
    response = phone.part("ab" * 32, b"0123456789", size=10)
    assert response.status_code == 409 and response.json()["error"] == "file_damaged"


def test_an_account_cannot_fill_the_disk_with_beginnings(phone: Sender) -> None:
    statuses = [phone.part(f"{n:064x}", b"x", size=100).status_code for n in range(30)]
    assert statuses.count(200) == 24 and statuses[-1] == 429


def test_what_was_never_finished_is_thrown_away_after_a_week(phone: Sender, tmp_path: Path) -> None:
    import os

    phone.part("ab" * 32, b"x", size=100)
    [part] = [one for one in tmp_path.rglob("*") if one.is_file()]
    forget_parts(at=NOW)
    assert part.exists()
    os.utime(part, (0, 0))
    forget_parts(at=NOW)
    assert not part.exists()


def test_a_voice_note_is_sound_or_nothing(phone: Sender) -> None:
    note = b"\x1a\x45\xdf\xa3" + b"\0" * 20 + b"webm" + b"\0" * 40 + b"A_OPUS" + b"\0" * 400
    assert phone.upload(note, "voice").json()["done"] is True
    for bad in (b"<html>", note.replace(b"A_OPUS", b"V_VP8x"), b"OggS" + b"0" * 100):
        assert phone.upload(bad, "voice").status_code == 400


def test_a_photo_is_seen_by_those_who_may_see_its_entry(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    photo = a_photo((200, 100))
    phone.send(a_quantity(world.local, indicator, files=[named(photo)]))
    phone.upload(photo)
    address = f"/field/evidence/{Evidence.objects.get().pk}/"
    for who, status in (("leader", 200), ("fars", 200), ("officer", 200), ("stranger", 404)):
        client = Client()
        client.force_login(world.people[who])
        assert client.get(address).status_code == status, who
    assert Client().get(address).status_code == 302


def test_knowing_the_name_of_anothers_photo_shows_nothing_of_it(
    world: World, phone: Sender, indicator: Indicator
) -> None:
    photo = a_photo((200, 100))
    phone.upload(photo)
    thief = a_phone(world, "fars", "shiraz")
    sha256 = hashlib.sha256(photo).hexdigest()
    assert thief.client.get(f"/field/api/files/{sha256}/", headers=thief.headers).json() | {"epoch": 0, "now": 0} == {
        "done": False, "here": 0, "epoch": 0, "now": 0,
    }  # fmt: skip
    thief.send(a_quantity(world.local, indicator, files=[named(photo)]))
    client = Client()
    client.force_login(world.people["fars"])
    assert client.get(f"/field/evidence/{Evidence.objects.get().pk}/").status_code == 404
