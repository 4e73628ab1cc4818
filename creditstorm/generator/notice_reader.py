"""Asks for the notifications of all people, again and again, beside the load."""

from collections.abc import Callable
from typing import Final

import gevent
from geventhttpclient.response import HTTPParseError
from creditstorm.credit.oracle import Oracle
from creditstorm.generator.notices import LOOK_S, PAGE_SIZE, LoadTime, NoticeRows
from creditstorm.generator.replies import Reply

PAGE: Final = "/v1/notifications"


def page_after(cursor: int) -> str:
    """The path of the page behind this cursor."""
    return f"{PAGE}?after={cursor}&limit={PAGE_SIZE}"


class NoticeReader(NoticeRows):
    """Reads pages with `fetch`, and keeps the rows that are in them."""

    def __init__(
        self, worker: int, fetch: Callable[[int], Reply], clock: LoadTime, oracle: Oracle | None = None
    ) -> None:
        super().__init__(worker, clock, oracle)
        self._fetch = fetch

    def read(self) -> None:
        """Look again and again, until killed."""
        while True:
            gevent.sleep(LOOK_S)
            while self.look() == PAGE_SIZE:
                gevent.sleep(0)

    def look(self) -> int:
        """Read one page; returns how many notices were on it."""
        try:
            return self.take(self._fetch(self.cursor))
        except (gevent.Timeout, OSError, HTTPParseError):
            return 0
