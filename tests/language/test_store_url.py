"""The URL of a Redis, taken apart and put together elsewhere."""

from __future__ import annotations

import pytest
from creditstorm.language.store_url import PASSWORD_VARIABLE, StoreUrl, store_url
from creditstorm.scenario.text.loader import loads
from tests.scenario.bad_scenarios import FAULT, GOOD

STORE = "{missing: {kind: last_known_good, store: redis://:***@r.example/2}}"


@pytest.mark.parametrize(
    ("text", "url", "login", "upstream", "elsewhere"),
    [
        ("redis://h", StoreUrl("h", 6379, 0), (), "h:6379", "redis://p:1/0"),
        ("redis://127.0.0.1:7/2", StoreUrl("127.0.0.1", 7, 2), (), "127.0.0.1:7", "redis://p:1/2"),
        ("redis://:***@h/", StoreUrl("h", 6379, 0, ":***@"), ("s@",), "h:6379", "redis://:***@p:1/0"),
        (
            "redis://u%40:***@[::1]:7",
            StoreUrl("::1", 7, 0, "u%40:***@"),
            ("u@", "s@"),
            "[::1]:7",
            "redis://u%40:***@p:1/0",
        ),
    ],
)
def test_a_url_in_its_parts(text: str, url: StoreUrl, login: tuple[str, ...], upstream: str, elsewhere: str) -> None:
    """Database and credentials stay what they are behind another host and port."""
    found = store_url(text)
    password = found.password({PASSWORD_VARIABLE: "s@"})
    assert (found, found.login(password), found.upstream, found.at("p", 1)) == (url, login, upstream, elsewhere)


def test_the_system_knows_its_store() -> None:
    """A fault may sit on it, and is called after it."""
    text = GOOD.replace("policy: fail-closed", f"policy: {STORE}")
    asked = loads(text.replace(FAULT, "{kind: latency, target: store, at: 10s, for: 5s, latency: 1s}"), name="x.yaml")
    assert asked.system.store == StoreUrl("r.example", 6379, 2, ":***@")
    assert asked.faults[0].name == "store"


def test_a_system_without_a_store() -> None:
    """In process by default, and none at all where the policy remembers nothing."""
    for policy in ("fail-closed", "last-known-good", "tri-state-shed"):
        assert loads(GOOD.replace("fail-closed", policy), name="x.yaml").system.store is None
