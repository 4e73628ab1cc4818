"""Where a Redis is, in the one form that a scenario may give: ``redis://[user:password@]host[:port][/db]``."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

DEFAULT_PORT: Final = 6379


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """A Redis: `user_info` as it is written in the URL, with its ``@``; empty where there is none."""

    host: str
    port: int
    db: int
    user_info: str = ""

    @property
    def credentials(self) -> tuple[str, ...]:
        """What follows AUTH: nothing, a password, or a user and a password."""
        user, _, password = self.user_info.removesuffix("@").partition(":")
        return tuple(unquote(word) for word in (user, password) if word)

    @property
    def upstream(self) -> str:
        """Host and port, as Toxiproxy takes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def at(self, host: str, port: int) -> str:
        """The URL of the same database with the same credentials, reached elsewhere."""
        return f"redis://{self.user_info}{host}:{port}/{self.db}"


def store_url(text: str) -> StoreUrl:
    """The Redis at this URL; ValueError says what is wrong with it."""
    parts = _split(text)
    if parts.scheme != "redis":
        raise ValueError("it does not begin with redis://")
    if parts.query or parts.fragment:
        raise ValueError("nothing may follow the number of the database")
    user_info, at, _ = parts.netloc.rpartition("@")
    if at and ":" not in user_info:
        raise ValueError("before the @ there have to be a user and a password, or a colon and a password")
    return StoreUrl(_host(parts), _port(parts), _db(parts.path), user_info + at)


def _split(text: str) -> SplitResult:
    if not text.isascii() or any(not sign.isprintable() or sign.isspace() for sign in text):
        raise ValueError("a URL has no blanks and no letters beyond ASCII")
    return urlsplit(text)


def _host(parts: SplitResult) -> str:
    if not parts.hostname:
        raise ValueError("it names no host")
    return parts.hostname


def _port(parts: SplitResult) -> int:
    try:
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("its port is no number from 1 to 65535")
    return port


def _db(path: str) -> int:
    db = path.removeprefix("/") or "0"
    if not db.isdigit() or len(db) > 4:
        raise ValueError("its database is no whole number")
    return int(db)
