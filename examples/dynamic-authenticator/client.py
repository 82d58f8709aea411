"""
Logs in with a ticket, shows the WELCOME, and sends a call and an event round, with Autobahn|Python.

    pip install autobahn
    python3 examples/dynamic-authenticator/client.py user1 123secret [realm]

Exit codes: 0 it all worked, 1 the router kept us out or something failed, 2 wrong usage.
"""

import argparse
import asyncio
import json
import sys
import time

from autobahn.asyncio.wamp import ApplicationRunner, ApplicationSession
from autobahn.wamp.types import PublishOptions


class Client(ApplicationSession):
    succeeded = False
    reported = False

    def onConnect(self):
        # Without a realm (None) the authenticator says which.
        self.join(self.config.realm, ["ticket"], self.config.extra["authid"])

    def onChallenge(self, challenge):
        if challenge.method != "ticket":
            raise RuntimeError(f"cannot answer a challenge of method {challenge.method}")
        return self.config.extra["ticket"]

    async def onJoin(self, details):
        print(f"WELCOME  session {details.session}")
        print(f"realm    {details.realm}")
        print(f"authid   {details.authid}")
        print(f"role     {details.authrole}")
        for key, value in (details.authextra or {}).items():
            # The router's own additions, known from Crossbar.io, are left out.
            if not key.startswith("x_cb_"):
                print(f"custom   {key}: {json.dumps(value)}")
        try:
            await self.call_round(details.session)
            await self.event_round(details.session)
            Client.succeeded = True
        except Exception as error:
            self.report(f"failed   {error}")
        self.leave()

    async def call_round(self, session):
        procedure = f"com.example.try.{session}.add2"
        await self.register(lambda a, b: a + b, procedure)
        started = time.perf_counter()
        result = await self.call(procedure, 2, 3)
        print(f"call     2 + 3 = {result}, in {milliseconds(started)}")

    async def event_round(self, session):
        received = asyncio.get_running_loop().create_future()

        def on_note(text, sender):
            if sender == session and not received.done():
                received.set_result(text)

        await self.subscribe(on_note, "com.example.note")
        started = time.perf_counter()
        # Usually publishers do not get their own events.
        self.publish("com.example.note", "hello", session, options=PublishOptions(exclude_me=False))
        print(f"event    {json.dumps(await received)}, in {milliseconds(started)}")

    def onLeave(self, details):
        if not Client.succeeded:
            self.report(f"ABORT    {details.reason}: {details.message}")
        self.disconnect()

    def onDisconnect(self):
        asyncio.get_running_loop().stop()

    def report(self, problem):
        if not Client.reported:
            Client.reported = True
            print(problem, file=sys.stderr)


def milliseconds(started):
    return f"{(time.perf_counter() - started) * 1000:.1f} ms"


def main():
    parser = argparse.ArgumentParser(description="Logs in with a ticket; sends a call and an event round.")
    parser.add_argument("user")
    parser.add_argument("ticket")
    parser.add_argument("realm", nargs="?", help="default: the authenticator says which")
    parser.add_argument("--url", default="ws://127.0.0.1:8080/ws")
    arguments = parser.parse_args()
    runner = ApplicationRunner(
        arguments.url, arguments.realm, extra={"authid": arguments.user, "ticket": arguments.ticket}
    )
    try:
        runner.run(Client, log_level="error")
    except OSError as error:
        print(f"no connection: {error}", file=sys.stderr)
    sys.exit(0 if Client.succeeded else 1)


if __name__ == "__main__":
    main()
