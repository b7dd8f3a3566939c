"""What contexts above show beside an entry: its photos, a question about it.

Whoever has something to show registers a maker when the product starts; the page of an entry asks
them all. A maker judges itself what its reader may see.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString

from karnameh.ledger.models import Entry

Maker = Callable[[HttpRequest, Entry], SafeString]
_MAKERS: list[Maker] = []


def register_beside(maker: Maker) -> None:
    """Called once by each context that has something to show, when it is loaded."""
    if maker not in _MAKERS:
        _MAKERS.append(maker)


def beside(request: HttpRequest, entry: Entry) -> list[SafeString]:
    """Sections for the page of an entry that the reader may see."""
    return [made for maker in _MAKERS if (made := maker(request, entry))]
