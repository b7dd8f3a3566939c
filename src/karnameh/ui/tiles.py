"""The 31 provinces of Iran as a grid of equal tiles, by rough geography. Own layout, no borders."""

from __future__ import annotations

from dataclasses import dataclass

from karnameh.kernel.text import compact_form

COLUMNS, ROWS = 7, 6


@dataclass(frozen=True, slots=True)
class Tile:
    """One province: where it stands (column from the west, row from the north) and its short names."""

    column: int
    row: int
    name_fa: str
    name_en: str
    short_fa: str
    short_en: str


TILES: tuple[Tile, ...] = (
    Tile(0, 0, "آذربایجان غربی", "West Azerbaijan", "آ. غربی", "W. Azer."),
    Tile(1, 0, "آذربایجان شرقی", "East Azerbaijan", "آ. شرقی", "E. Azer."),
    Tile(2, 0, "اردبیل", "Ardabil", "اردبیل", "Ardabil"),
    Tile(0, 1, "کردستان", "Kurdistan", "کردستان", "Kurdist."),
    Tile(1, 1, "زنجان", "Zanjan", "زنجان", "Zanjan"),
    Tile(2, 1, "گیلان", "Gilan", "گیلان", "Gilan"),
    Tile(3, 1, "مازندران", "Mazandaran", "مازندران", "Mazand."),
    Tile(4, 1, "گلستان", "Golestan", "گلستان", "Golestan"),
    Tile(5, 1, "خراسان شمالی", "North Khorasan", "خ. شمالی", "N. Khor."),
    Tile(0, 2, "کرمانشاه", "Kermanshah", "کرمانشاه", "Kerm’sh."),
    Tile(1, 2, "همدان", "Hamadan", "همدان", "Hamadan"),
    Tile(2, 2, "قزوین", "Qazvin", "قزوین", "Qazvin"),
    Tile(3, 2, "البرز", "Alborz", "البرز", "Alborz"),
    Tile(4, 2, "تهران", "Tehran", "تهران", "Tehran"),
    Tile(5, 2, "سمنان", "Semnan", "سمنان", "Semnan"),
    Tile(6, 2, "خراسان رضوی", "Razavi Khorasan", "خ. رضوی", "R. Khor."),
    Tile(0, 3, "ایلام", "Ilam", "ایلام", "Ilam"),
    Tile(1, 3, "لرستان", "Lorestan", "لرستان", "Lorestan"),
    Tile(2, 3, "مرکزی", "Markazi", "مرکزی", "Markazi"),
    Tile(3, 3, "قم", "Qom", "قم", "Qom"),
    Tile(4, 3, "اصفهان", "Isfahan", "اصفهان", "Isfahan"),
    Tile(5, 3, "یزد", "Yazd", "یزد", "Yazd"),
    Tile(6, 3, "خراسان جنوبی", "South Khorasan", "خ. جنوبی", "S. Khor."),
    Tile(1, 4, "خوزستان", "Khuzestan", "خوزستان", "Khuzest."),
    Tile(2, 4, "چهارمحال و بختیاری", "Chaharmahal and Bakhtiari", "چهارمحال", "Chaharm."),
    Tile(3, 4, "کهگیلویه و بویراحمد", "Kohgiluyeh and Boyer-Ahmad", "کهگیلویه", "Kohgil."),
    Tile(4, 4, "فارس", "Fars", "فارس", "Fars"),
    Tile(5, 4, "کرمان", "Kerman", "کرمان", "Kerman"),
    Tile(6, 4, "سیستان و بلوچستان", "Sistan and Baluchestan", "سیستان", "Sistan"),
    Tile(3, 5, "بوشهر", "Bushehr", "بوشهر", "Bushehr"),
    Tile(4, 5, "هرمزگان", "Hormozgan", "هرمزگان", "Hormoz."),
)

_BY_NAME = {compact_form(name): tile for tile in TILES for name in (tile.name_fa, tile.name_en)}


def tile_of(name: str) -> Tile | None:
    """The tile of a province named in Persian or English; also «استان …» and "… Province"."""
    bare = name.removeprefix("استان ").removesuffix(" Province")
    return _BY_NAME.get(compact_form(bare))
