"""Where a Redis is, in the one form that a scenario may give: ``redis://[[user]:***@]host[:port][/db]``.

The password itself is never in it: the three stars say that there is one, and the environment of whoever starts the
run has it under `PASSWORD_VARIABLE`.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

DEFAULT_PORT: Final = 6379
PASSWORD_VARIABLE: Final = "CREDITSTORM_STORE_PASSWORD"  # noqa: S105 - where it is, not what it is
STARS: Final = "***"
"""What stands for a password wherever one could be read."""


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """A Redis: `user_info` as it is written in the URL, with its ``@``; empty where it asks for no password."""

    host: str
    port: int
    db: int
    user_info: str = ""

    @property
    def has_password(self) -> bool:
        """Whether it wants one."""
        return bool(self.user_info)

    @property
    def user(self) -> str | None:
        """Who logs in; None for the user that a Redis takes by default."""
        return unquote(self.user_info.partition(":")[0]) or None

    @property
    def upstream(self) -> str:
        """Host and port, as Toxiproxy takes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def on_this_machine(self) -> bool:
        """Whether its host is this machine by its very name: what only a resolver could tell is another one."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def at(self, host: str, port: int) -> str:
        """The URL of the same database with the same user, reached elsewhere."""
        return f"redis://{self.user_info}{host}:{port}/{self.db}"

    def login(self, password: str | None) -> tuple[str, ...]:
        """What follows AUTH: nothing, a password, or a user and a password."""
        if password is None or not self.has_password:
            return ()
        return (password,) if self.user is None else (self.user, password)

    def password(self, environ: Mapping[str, str]) -> str | None:
        """What these variables say its password is; None where it wants none, LookupError where they do not say."""
        if not self.has_password:
            return None
        if not environ.get(PASSWORD_VARIABLE):
            raise LookupError(PASSWORD_VARIABLE)
        return environ[PASSWORD_VARIABLE]


def without_password(environ: Mapping[str, str]) -> dict[str, str]:
    """These variables for another program, which has no business with the password."""
    return {name: value for name, value in environ.items() if name != PASSWORD_VARIABLE}


class PlainPasswordError(ValueError):
    """A password is written out where everybody who reads the file has it."""


def store_url(text: str) -> StoreUrl:
    """The Redis at this URL; ValueError says what is wrong with it, and never repeats it."""
    parts = _split(text)
    if parts.scheme != "redis":
        raise ValueError("it does not begin with redis://")
    if parts.query or parts.fragment:
        raise ValueError("nothing may follow the number of the database")
    user_info, at, _ = parts.netloc.rpartition("@")
    if at and ":" not in user_info:
        raise ValueError("before the @ there have to be a user and a password, or a colon and a password")
    if at and user_info.partition(":")[2] != STARS:
        raise PlainPasswordError("its password is written out, for everybody who reads it")
    return StoreUrl(_host(parts), _port(parts), _db(parts.path), user_info + at)


_WRITTEN_OUT: Final = re.compile(r"(redis://[^:/@\s]*:)[^/\s]*@")


def starred(text: str) -> str:
    """The text with three stars for each password in a URL of a Redis."""
    return _WRITTEN_OUT.sub(rf"\1{STARS}@", text)


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
