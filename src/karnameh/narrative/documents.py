"""The parent's side of `document_reader`: hands it the bytes, and believes nothing but a text."""

from __future__ import annotations

import json
import logging
import subprocess
from pathlib import PurePath

from django.conf import settings

from karnameh.narrative.models import Kind
from karnameh.narrative.rules import Unreadable
from karnameh.plumbing.confining import start

log = logging.getLogger("karnameh.reading")

KINDS = {
    "txt": Kind.TXT, "text": Kind.TXT, "docx": Kind.DOCX, "pdf": Kind.PDF, "html": Kind.HTML, "htm": Kind.HTML,
}  # fmt: skip
_SECONDS = 45  # by the clock; the child's own limit counts processor time


def kind_of(name: str) -> Kind:
    """What the name of a file says that it is. Raises `Unreadable`."""
    ending = PurePath(name).suffix.casefold().removeprefix(".")
    if ending == "doc":
        raise Unreadable("old_document")
    if ending not in KINDS:
        raise Unreadable("kind_unknown")
    return KINDS[ending]


def text_of(data: bytes, kind: Kind) -> str:
    """The text of a file, read by a child process. Raises `Unreadable`."""
    with start(
        "karnameh.narrative.document_reader", kind.value, source=settings.PACKAGE.parent, stdin=subprocess.PIPE
    ) as child:  # fmt: skip
        try:
            said, _nothing = child.communicate(data, timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            raise Unreadable("takes_too_much") from None
        finally:
            child.kill()
    message = json.loads(said) if said.strip() else {"refused": "takes_too_much"}
    if "text" in message:
        return str(message["text"])
    if "because" in message:
        log.warning("report not understood: %s", message["because"])
    raise Unreadable(message["refused"], message.get("given", ""))
