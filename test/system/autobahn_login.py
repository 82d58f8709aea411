"""
One login with Autobahn|Python: reads a JSON object with `url`, `serializer`, `realm`, `authmethod` and `authentication` from its input, writes
one with `welcome` or `failure`.
"""

import json
import sys

import txaio

txaio.use_asyncio()

import asyncio

from autobahn.asyncio.component import Component

order = json.load(sys.stdin)
outcome = {}
component = Component(
    transports=[
        {"type": "websocket", "url": order["url"], "serializers": [order["serializer"]], "max_retries": 0}
    ],
    realm=order["realm"],
    authentication={order["authmethod"]: order["authentication"]},
)


@component.on_join
async def joined(session, details):
    outcome["welcome"] = {
        "realm": details.realm,
        "authid": details.authid,
        "authrole": details.authrole,
        "authmethod": details.authmethod,
        "authprovider": details.authprovider,
    }
    session.leave()


@component.on_leave
def left(session, details):
    if "welcome" not in outcome:
        outcome.setdefault("failure", [details.reason, details.message])


async def main():
    try:
        await component.start(asyncio.get_running_loop())
    except Exception as error:
        if "welcome" not in outcome:
            outcome.setdefault("failure", [type(error).__name__, str(error)])


asyncio.run(main())
print(json.dumps(outcome))
