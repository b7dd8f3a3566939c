"""The one router: an address that is both read and written needs both on the same one."""

from __future__ import annotations

from ninja import Router
from ninja.throttling import AuthRateThrottle

from karnameh.exchange.api.shapes import Refused

READS, WRITES = 300, 60  # a minute
# What every operation may answer besides its success.
NO = dict.fromkeys((400, 401, 403, 404, 409, 422, 429, 503), Refused)

router = Router()


class ReadRate(AuthRateThrottle):
    """Reads of one key."""

    scope = "api_read"


class WriteRate(AuthRateThrottle):
    """Writes of one key: each may carry a thousand entries."""

    scope = "api_write"


READING, WRITING = ReadRate(f"{READS}/min"), WriteRate(f"{WRITES}/min")
