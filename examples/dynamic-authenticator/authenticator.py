"""
The authenticator of this example once more, in Python and outside of the node: a client like others, with Autobahn.

    pip install autobahn
    AUTHENTICATOR_TICKET=… python3 examples/dynamic-authenticator/authenticator.py

It comes back by itself when the node was away. Ctrl-C ends it.
"""

import argparse
import hmac
import os

from autobahn.asyncio.component import Component, run
from autobahn.wamp.exception import ApplicationError

# In your application: a database, a directory, another service.
PRINCIPALS = {
    "user1": {"ticket": "123secret", "realm": "realm-user1", "role": "user"},
    "user2": {"ticket": "456secret", "realm": "realm-user2", "role": "user"},
}


def authenticate(realm, authid, details):
    """
    Decides about one client.

    realm: what the client asked for; None where it leaves the choice to us
    authid: who it says it is; None where it does not say
    details: session, transport, authmethod, authextra and, for tickets, "ticket"
    """
    principal = PRINCIPALS.get(authid)
    if principal is None:
        raise ApplicationError("com.example.no_such_user", "there is no such user")
    if not hmac.compare_digest(details["ticket"].encode(), principal["ticket"].encode()):
        raise ApplicationError("com.example.invalid_ticket", "the ticket is not valid")
    if realm not in (None, principal["realm"]):
        raise ApplicationError("com.example.wrong_realm", "this realm is not open to you")
    return {
        "realm": principal["realm"],
        "role": principal["role"],
        "extra": {"my-custom-welcome-data": [1, 2, 3]},
    }


def main():
    parser = argparse.ArgumentParser(description="Decides who may come in.")
    parser.add_argument("--url", default="ws://127.0.0.1:8080/authenticator")
    component = Component(
        transports=[{"type": "websocket", "url": parser.parse_args().url, "max_retries": -1}],
        realm="realm-auth",
        authentication={"ticket": {"authid": "authenticator", "ticket": os.environ["AUTHENTICATOR_TICKET"]}},
    )

    @component.on_join
    async def joined(session, _details):
        await session.register(authenticate, "com.example.authenticate")
        print("authenticator ready", flush=True)

    run([component], log_level="warn")


if __name__ == "__main__":
    main()
