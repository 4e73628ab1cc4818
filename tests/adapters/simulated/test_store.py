"""The Redis of a simulated run: it keeps what is written, a path away that can be dark."""

import pytest
from creditstorm.adapters.simulated.store import StoreOfRun
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.language.store_url import store_url
from creditstorm.scenario.faults import Down
from mock_services.cache.redis_client import StoreClientError

URL = store_url("redis://127.0.0.1:6379/0")
DOWN = Down(name="f", target="store", at_s=1.0, for_s=5.0)


def test_what_is_written_is_read_by_every_client_of_the_run() -> None:
    """Generations know nothing of each other; a round trip takes its time."""
    loop = VirtualLoop(0.0)  # type: ignore[abstract]
    store = StoreOfRun.behind(loop, one_way_s=0.5, seed=1)

    async def story() -> tuple[object, object]:
        await store.client(URL, "").write(0, {7: {b"income": b"1"}})
        other = store.client(URL, "")
        return await other.read(0, 7), await other.read(1, 7)

    assert loop.run_until_complete(story()) == ({b"income": b"1"}, {})
    assert loop.time() == 3.0


def test_a_store_that_is_down_fails_and_forgets_nothing() -> None:
    """The lender is told in the client's own error."""
    loop = VirtualLoop(0.0)  # type: ignore[abstract]
    store = StoreOfRun.behind(loop, one_way_s=0.5, seed=1)
    client = store.client(URL, "")

    async def story() -> object:
        await client.write(0, {7: {b"income": b"1"}})
        store.path.put(DOWN)
        with pytest.raises(StoreClientError):
            await client.read(0, 7)
        with pytest.raises(StoreClientError):
            await client.write(0, {7: {b"income": b"2"}})
        store.path.remove(DOWN)
        return await client.read(0, 7)

    assert loop.run_until_complete(story()) == {b"income": b"1"}
