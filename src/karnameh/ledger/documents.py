"""The documents that entries came with. Contexts above register who can say more about a batch.

An entry knows only the id of its document. Whoever keeps documents (spreadsheets, reports in prose)
registers a resolver when the product starts; the page of an entry asks them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from karnameh.ledger.models import Entry
from karnameh.people.public import User


@dataclass(frozen=True)
class Document:
    """Where an entry came from: what it is called, the words it was made of, its page if it may be seen."""

    label: str
    words: str = ""
    url: str = ""


# Takes the reader and entries that he may see; answers for those it knows.
Resolver = Callable[[User, Sequence[Entry]], Mapping[UUID, Document]]
_RESOLVERS: list[Resolver] = []


def register_documents(resolver: Resolver) -> None:
    """Called once by each context that keeps documents, when it is loaded."""
    if resolver not in _RESOLVERS:
        _RESOLVERS.append(resolver)


def documents_of(reader: User, entries: Sequence[Entry]) -> dict[UUID, Document]:
    """The document of each entry that has one, one question for each kind of document."""
    batched = [entry for entry in entries if entry.batch is not None]
    found: dict[UUID, Document] = {}
    if batched:
        for resolver in _RESOLVERS:
            found.update(resolver(reader, batched))
    return found
