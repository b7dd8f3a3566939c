"""Structured logs without personal data: one JSON object a line, scrubbed."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

_EMAIL = re.compile(r"[^\s@\"'<>]+@[^\s@\"'<>]+\.\w+")
# Nine digits or more with what people put between them; a date, a time and an id have fewer in a row.
_DATE = r"(?:1[2-5]|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LONG_DIGITS = re.compile(rf"({_UUID}|{_DATE})|\+?\(?\d(?:[ ().-]{{0,2}}\d){{8,}}")
_SECRET = re.compile(r"(/feeds/)[\w-]{16,}")  # who knows the address of a calendar can read it
_EXTRA = ("request_id", "method", "path", "status", "ms", "user", "queries")


def scrub(text: str) -> str:
    """`text` without e-mail addresses, secret addresses, and numbers as long as a phone's."""
    text = _SECRET.sub(r"\1[secret]", _EMAIL.sub("[email]", text))
    return _LONG_DIGITS.sub(lambda found: found[1] or "[number]", text)


class JsonLines(logging.Formatter):
    """One JSON object a record; only known extra fields are written."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrub(record.getMessage()),
        }
        extra = {name: getattr(record, name) for name in _EXTRA if hasattr(record, name)}
        line |= {
            name: scrub(value) if isinstance(value, str) else value for name, value in extra.items()
        }
        if record.exc_info and record.exc_info[0] is not None:
            # The message of an exception may quote a row; its type and place never do.
            trace = self.formatException(record.exc_info).splitlines()
            line["error"] = record.exc_info[0].__name__
            line["trace"] = [scrub(part.strip()) for part in trace if part.startswith("  File")]
        return json.dumps(line, ensure_ascii=False)
