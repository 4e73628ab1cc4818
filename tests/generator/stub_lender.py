"""A tiny lender for the load's own tests: a fixed answer for every applicant, at once. Prints its port."""

from __future__ import annotations

import asyncio
import json
import sys

from aiohttp import web

SERVICES = ("identity", "repayment", "consumption", "bureau", "income", "social", "scoring")
EVIDENCE = {name: {"status": "ok", "age_s": 3600.25, "latency_s": 0.0123, "version": "1"} for name in SERVICES}
TEXT = {"en": "Your limit is ready.", "zh": "您的额度已就绪。"}
COMMON = {"text": TEXT, "strategy_version": "v1", "score": {"mean": 612.5, "sd": 0.0}, "evidence": EVIDENCE}
APPROVED = {"answer": "approved", "limit_cny": 20000, "reason": "granted", "cause": "credit:score", **COMMON}
DENIED = {"answer": "no_credit", "limit_cny": 0, "reason": "C_SCORE", "cause": "late:bureau", **COMMON}
BODIES = {name: json.dumps(body, ensure_ascii=False).encode() for name, body in (("a", APPROVED), ("d", DENIED))}


async def credit_check(request: web.Request) -> web.Response:
    asked = await request.json()
    kind = "a" if request.app["always"] == "approved" or asked["applicant"] % 3 else "d"
    return web.Response(body=BODIES[kind], content_type="application/json")


async def plain(request: web.Request) -> web.Response:
    return web.Response(body=BODIES["a"], content_type="application/json")


async def main(always: str) -> None:
    app = web.Application()
    app["always"] = always
    app.add_routes([web.post("/v1/credit-check", credit_check), web.get("/plain", plain)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "mixed"))
