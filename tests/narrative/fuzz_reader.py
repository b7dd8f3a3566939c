"""Feed the reader a great many hostile texts once: it must never fail, never loop, and its spans must be true.

`python tests/narrative/fuzz_reader.py --seed 1405 --first 0 --inputs 125000`: input N of a seed is always the
same text, so a long run is done in parts, and a failure is repeated by its number.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

from karnameh.narrative.reader import read
from karnameh.narrative.reader.lexicon import DEEDS, PREPOSITIONS
from karnameh.narrative.reader.nouns import CLASSIFIERS
from karnameh.narrative.reader.number_words import ORDINALS, SCALES, SMALL, VAGUE
from karnameh.narrative.reader.verbs import VERB_FORMS

GOLD = Path(__file__).parent / "gold"
SLOW = 0.5  # seconds of work for each 1,000 characters; a text of nothing but figures takes 0.2
INVISIBLE = "\u200c\u200d\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad\u0640\u064b\u0651"
MARKS = ".,،؛;:!؟?…/|•*-–—()[]{}«»\"'%٪٫٬_=+#@&\\^~`<>\n\r\t\u00a0\u2028"
HTML = (
    "<p>",
    "</td><td>",
    "<br/>",
    "&nbsp;",
    "&#1777;",
    "&lt;۵",
    "<script>alert('۱۲')</script>",
    "<!-- ۳ خانه -->",
    '<a href="https://a.ir/?n=۴۰">',
    "<table><tr>",
    "]]>",
)
STRANGE = "0٠۰1١۱9٩۹²½Ⅳ①𝟏५௩一\U0001f3e0\ud800\U0010ffff\x00\x1b"


class Feeder:
    """The texts of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        reports = sorted(GOLD.glob("g*.txt"))
        self.reports = [report.read_text(encoding="utf-8") for report in reports]
        self.words = sorted({word for text in self.reports for word in text.split()})
        self.numerals = sorted({*SMALL, *SCALES, *ORDINALS, *VAGUE})
        self.grammar = sorted({*PREPOSITIONS, *DEEDS, *CLASSIFIERS, *VERB_FORMS})

    def text(self, number: int) -> str:
        """Input `number`."""
        chance = random.Random(f"{self.seed}/{number}")
        kinds = (
            self.salad,
            self.salad,
            self.grammar_salad,
            self.numbers,
            self.torn,
            self.glued,
            self.noise,
        )
        if number % 5000 == 0:
            return self.long_line(chance)
        text = chance.choice(kinds)(chance)
        return self.disturbed(chance, text) if chance.random() < 0.3 else text

    def salad(self, chance: random.Random) -> str:
        return " ".join(chance.choices(self.words, k=chance.randint(1, 30)))

    def grammar_salad(self, chance: random.Random) -> str:
        pools = (
            self.grammar,
            self.numerals,
            self.words,
            ["و", "که", "را", "تا", "از", "هر", "این", "است", "،", "."],
        )
        return " ".join(chance.choice(chance.choice(pools)) for _ in range(chance.randint(1, 30)))

    def numbers(self, chance: random.Random) -> str:
        digits = ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")
        parts = []
        for _ in range(chance.randint(1, 8)):
            if chance.random() < 0.5:
                run = "".join(chance.choices(chance.choice(digits), k=chance.randint(1, 9)))
                parts.append(run + chance.choice(["", "", ".", "/", "٬", "،", ":", "-"]) + run[:2])
            parts.append(
                chance.choice(
                    [*self.numerals, "و", "تا", "نفر", "درصد", "ساله", "هزار", "میلیون تومان"]
                )
            )
        return chance.choice([" ", "", "\u200c"]).join(parts)

    def torn(self, chance: random.Random) -> str:
        """A piece of a report, begun and ended anywhere, with some words moved."""
        report = chance.choice(self.reports)
        first = chance.randrange(len(report))
        words = report[first : first + chance.randint(5, 200)].split(" ")
        for _ in range(chance.randint(0, 3)):
            words.insert(chance.randrange(len(words) + 1), chance.choice(self.grammar))
        return " ".join(words)

    def glued(self, chance: random.Random) -> str:
        pool = [
            *chance.choices(self.words, k=4),
            *chance.choices(self.numerals, k=3),
            "۱۲",
            "می",
            "ها",
        ]
        return "".join(
            chance.choice(pool) + chance.choice(["", "", "\u200c", " "])
            for _ in range(chance.randint(1, 15))
        )

    def noise(self, chance: random.Random) -> str:
        pool = MARKS + INVISIBLE + STRANGE + "ابپتیکيكةهءئآ"
        return "".join(chance.choice(pool) for _ in range(chance.randint(0, 80)))

    def disturbed(self, chance: random.Random, text: str) -> str:
        """Invisible characters, marks, remains of a page and other alphabets strewn into a text."""
        pieces = list(text)
        for _ in range(chance.randint(1, 6)):
            found = chance.choice((INVISIBLE, MARKS, STRANGE, HTML))
            pieces.insert(chance.randrange(len(pieces) + 1), chance.choice(found))
        return "".join(pieces)

    def long_line(self, chance: random.Random) -> str:
        unit = chance.choice([self.salad, self.numbers, self.glued, self.noise])(chance) or "۵"
        return (unit + chance.choice(["", " ", "،"])) * (20_000 // len(unit) + 1)


def check(text: str) -> int:
    """What must hold for the mentions of any text; how many there are."""
    last = 0
    mentions = read(text)
    for mention in mentions:
        assert last <= mention.start < mention.end <= len(text), "a span"
        assert text[mention.start : mention.end] == mention.text, "the words of a span"
        assert mention.counted in text, "the counted noun"
        assert 0 < mention.confidence <= 1, "a confidence"
        json.dumps(mention.to_json())
        last = mention.end
    return len(mentions)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1405)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--inputs", type=int, default=10_000)
    chosen = options.parse_args()
    feeder = Feeder(chosen.seed)
    began, characters, mentions, failed, slowest = time.process_time(), 0, 0, 0, 0.0
    for number in range(chosen.first, chosen.first + chosen.inputs):
        text = feeder.text(number)
        characters += len(text)
        before = time.process_time()
        try:
            mentions += check(text)
        except Exception as error:  # whatever it is, it is told with the input that did it
            failed += 1
            print(f"input {number}: {type(error).__name__}: {error}: {text[:300]!a}", flush=True)
        took = (time.process_time() - before) * 1000 / max(len(text), 1000)
        slowest = max(slowest, took)
        if took > SLOW:
            print(
                f"input {number}: {took:.3f} s for 1,000 characters: {text[:200]!a}",
                flush=True,
            )
    seconds = time.process_time() - began
    print(
        f"{chosen.inputs} inputs from {chosen.first} of seed {chosen.seed}: {characters} characters, {mentions} mentions, "
        f"{failed} failed, slowest {slowest * 1000:.1f} ms for 1,000 characters, {seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
