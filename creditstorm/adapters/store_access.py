"""Whether a run may use the store that its scenario names: its password is at hand, and its host was agreed to."""

import os
from collections.abc import Collection, Mapping

from creditstorm.errors import HarnessError, UsageError
from creditstorm.language.store_url import PASSWORD_VARIABLE, StoreUrl


def require_store_access(
    url: StoreUrl | None, allowed_hosts: Collection[str], environ: Mapping[str, str] = os.environ
) -> None:
    """UsageError where the store is on another machine that nobody agreed to, HarnessError where its password lacks.

    Whoever runs the scenario of somebody else would else write keys, and send a password, to a machine of their choice.
    """
    if url is None:
        return
    if not url.on_this_machine and url.host not in {host.lower() for host in allowed_hosts}:
        raise UsageError(
            f"the store is on another machine, {url.host}, where this run would write keys\n"
            f"if that is meant, say so: --allow-host {url.host}"
        )
    password_of(url, environ)


def password_of(url: StoreUrl, environ: Mapping[str, str]) -> str | None:
    """The password of the store, None where it wants none; HarnessError where the environment does not have it."""
    try:
        return url.password(environ)
    except LookupError:
        raise HarnessError(
            f"the store at {url.upstream} wants a password, and {PASSWORD_VARIABLE} is not set\n"
            f"put the password into that variable, or take the user and the stars out of the URL"
        ) from None
