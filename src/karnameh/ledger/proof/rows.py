"""An entry as the database hands it over for the log: one line of text."""

from __future__ import annotations

from typing import NamedTuple

from karnameh.ledger.proof.canonical import commitments, entry_leaf


class Row(NamedTuple):
    """An entry as it is read for the log: its public fields, and what is only committed to."""

    id: bytes
    public: str
    hidden: tuple[bytes, bytes, bytes, bytes]

    def leaf(self, salt: bytes) -> bytes:
        """Its leaf under this salt."""
        return entry_leaf(self.public, commitments(salt, self.hidden))


def row_from(line: bytes) -> Row:
    """Read a line: the public fields of a leaf, who posted it, and three texts in hexadecimal; tabs between."""
    public, by, written, note, digest = line.decode().split("\t")
    texts = (bytes.fromhex(written), bytes.fromhex(note), bytes.fromhex(digest))
    return Row(bytes.fromhex(public[:36].replace("-", "")), public, (by.encode(), *texts))
