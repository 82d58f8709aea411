"""
Sessions of Autobahn|Python, driven line by line: a JSON object with `id` and `operation` comes in, one with the
same `id` and `result` or `failure` goes out; events go out as they come. Ends with its input.
"""

import asyncio
import itertools
import json
import os
import sys
from urllib.parse import urlsplit

import txaio

txaio.use_asyncio()

from autobahn.asyncio.rawsocket import WampRawSocketClientFactory
from autobahn.asyncio.wamp import ApplicationSession
from autobahn.asyncio.websocket import WampWebSocketClientFactory
from autobahn.wamp import cryptobox
from autobahn.wamp.auth import create_authenticator
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.serializer import CBORSerializer, JsonSerializer, MsgPackSerializer, SERID_TO_SER
from autobahn.wamp.interfaces import IPayloadCodec
from autobahn.wamp.types import (
    CallOptions,
    CallResult,
    ComponentConfig,
    EncodedPayload,
    PublishOptions,
    RegisterOptions,
    SubscribeOptions,
)

SERIALIZERS = {"json": JsonSerializer, "msgpack": MsgPackSerializer, "cbor": CBORSerializer}
if "ubjson" in SERID_TO_SER:
    SERIALIZERS["ubjson"] = SERID_TO_SER["ubjson"]
with open(os.path.join(os.path.dirname(__file__), "principals.json"), encoding="utf8") as file:
    PRINCIPALS = json.load(file)
TICKETS = {"user1": "123secret", "user2": "456secret"}
keys = itertools.count(1)
sessions, registrations, subscriptions = {}, {}, {}
interruptions = 0


# What the procedures do: the same as in behaviours.js.


def authenticate(realm, authid, details):
    if authid not in TICKETS:
        raise ApplicationError("com.example.no_such_user", "there is no such user")
    if details["ticket"] != TICKETS[authid]:
        raise ApplicationError("com.example.invalid_ticket", "the ticket is not valid: ü")
    saw = {
        "realm": realm,
        "session": details["session"],
        "authmethod": details["authmethod"],
        "type": details["transport"]["type"],
        "protocol": details["transport"]["protocol"],
    }
    return {
        "realm": "realm-" + authid,
        "role": "user",
        "extra": {"my-custom-welcome-data": [1, 2, 3], "saw": saw},
    }


def decide(realm, authid, details):
    authmethod = details["authmethod"]
    extra = {"saw": {"authmethod": authmethod, "authid": None if authmethod == "anonymous" else authid}}
    if authmethod == "anonymous":
        return {"role": "user", "extra": extra}
    if authmethod == "tls":
        return by_certificate(authid, details["transport"]["client_cert"], extra)
    if authid not in PRINCIPALS[authmethod]:
        raise ApplicationError("com.example.no_such_user", "there is no such user")
    credentials = dict(PRINCIPALS[authmethod][authid], role="user", extra=extra)
    if authmethod == "ticket" and credentials.pop("ticket") != details["ticket"]:
        raise ApplicationError("com.example.invalid_ticket", "the ticket is not valid: ü")
    return credentials


def by_certificate(authid, certificate, extra):
    if certificate["subject"]["cn"] != authid:
        raise ApplicationError("com.example.no_such_user", "there is no such user")
    return {"role": "user", "extra": extra}


def authorize(session, uri, action, options):
    owner = uri.split(".")[3]
    if owner == "junk":
        return "yes"
    if owner == "raise":
        raise ApplicationError("com.example.no_idea", "internals")
    if owner == "saw":
        return saw(session, uri, action, options)
    if owner == "echo":
        return action == "call"
    return {"allow": owner == session["authid"], "disclose": True, "cache": True}


def saw(session, uri, action, options):
    keys = ["authextra", "authid", "authmethod", "authprovider", "authrole", "realm", "session", "transport"]
    is_pattern = uri.endswith(".saw.") and action == "subscribe" and options.get("match") == "prefix"
    is_all = sorted(session) == keys and session["realm"] == "realm1"
    return is_all and is_pattern and isinstance(session["transport"]["peer"], str)


def echo(*args, **kwargs):
    return CallResult(*args, **kwargs)


def fail(*args, **kwargs):
    raise ApplicationError("com.example.interop.failed", *args, **kwargs)


def count(to, details):
    for number in range(1, to):
        details.progress(number)
    return to


def never():
    return asyncio.get_running_loop().create_future()


def stoppable():
    # No coroutine: what is interrupted before it began would not learn of it.
    result = asyncio.get_running_loop().create_future()
    result.add_done_callback(count_interruption)
    return result


def count_interruption(_result):
    global interruptions
    interruptions += 1


async def interruptions_so_far():
    # As a coroutine it comes after what was to be called before it.
    return interruptions


def caller(details):
    return [details.caller, details.caller_authid, details.caller_authrole, None]


def procedure(details):
    return details.procedure


def transaction(details):
    return details.transaction_hash


BEHAVIOURS = {
    "authenticate": authenticate,
    "authorize": authorize,
    "caller": caller,
    "decide": decide,
    "count": count,
    "echo": echo,
    "fail": fail,
    "interruptions": interruptions_so_far,
    "never": never,
    "procedure": procedure,
    "stoppable": stoppable,
    "transaction": transaction,
}
WITH_DETAILS = ("caller", "count", "procedure", "transaction")


def behaviour_of(name):
    kind, _, what = name.partition(":")
    return (lambda: what) if kind == "say" else BEHAVIOURS[name]


# What each authmethod calls the secret.
SECRETS = {"ticket": "ticket", "wampcra": "secret", "scram": "password", "cryptosign": "privkey"}


def proof_of(order):
    authmethod = order.get("authmethod", "ticket")
    fields = {"authid": order["authid"]} if "authid" in order else {}
    if authmethod in SECRETS:
        fields[SECRETS[authmethod]] = order["ticket"]
    return create_authenticator(authmethod, **fields)


class Session(ApplicationSession):
    def __init__(self, order, joined):
        ApplicationSession.__init__(self, ComponentConfig(order["realm"]))
        self.order = order
        self.joined = joined
        self.proof = proof_of(order)
        self.left = asyncio.get_running_loop().create_future()

    def onConnect(self):
        extra = self.proof.authextra or None
        self.join(self.order["realm"], [self.proof.name], self.order.get("authid"), authextra=extra)

    def onChallenge(self, challenge):
        signature = self.proof.on_challenge(self, challenge)
        # Of SCRAM it has bytes.
        return signature.decode("ascii") if isinstance(signature, bytes) else signature

    def onWelcome(self, welcome):
        return self.proof.on_welcome(self, welcome.authextra)

    def onJoin(self, details):
        self.joined.set_result(details)

    def onLeave(self, details):
        if not self.joined.done():
            self.joined.set_exception(ApplicationError(details.reason, details.message))
        self.disconnect()

    def onUserError(self, fail, message):
        """What a procedure raises reaches its caller; no need to print it."""

    def onDisconnect(self):
        if not self.joined.done():
            self.joined.set_exception(ConnectionError("disconnected before WELCOME or ABORT"))
        if not self.left.done():
            self.left.set_result(None)


async def join(order):
    loop = asyncio.get_running_loop()
    joined = loop.create_future()
    name, _, batched = order["serializer"].partition(".")
    serializer = SERIALIZERS[name](batched=batched == "batched")
    session = Session(order, joined)
    url = urlsplit(order["url"])
    if url.scheme == "rs":
        factory = WampRawSocketClientFactory(lambda: session, serializer=serializer)
    else:
        factory = WampWebSocketClientFactory(lambda: session, url=order["url"], serializers=[serializer])
    await loop.create_connection(factory, url.hostname, url.port)
    details = await joined
    key = next(keys)
    sessions[key] = session
    return {
        "key": key,
        "session": details.session,
        "realm": details.realm,
        "authid": details.authid,
        "authrole": details.authrole,
        "authextra": details.authextra,
    }


async def register(order):
    key = next(keys)
    session = sessions[order["key"]]
    name = order["behaviour"]
    options = dict(order["options"], **({"details_arg": "details"} if name in WITH_DETAILS else {}))
    registrations[key] = await session.register(behaviour_of(name), order["uri"], RegisterOptions(**options))
    return key


async def unregister(order):
    await registrations.pop(order["registration"]).unregister()


async def call(order):
    progress = []
    options = CallOptions(
        timeout=order.get("timeout"),
        transaction_hash=order.get("transaction_hash"),
        on_progress=progress.append if order.get("progress") else None,
    )
    session = sessions[order["key"]]
    result = await session.call(order["uri"], *order["args"], options=options, **order["kwargs"])
    if isinstance(result, CallResult):
        return {"args": result.results, "kwargs": result.kwresults, "progress": progress}
    return {"args": [] if result is None else [result], "kwargs": {}, "progress": progress}


async def cancel(order):
    pending = sessions[order["key"]].call(order["uri"], *order["args"])
    pending.cancel()
    try:
        await pending
    except asyncio.CancelledError:
        raise ApplicationError(ApplicationError.CANCELED) from None


async def encrypt(order):
    keys = sessions[order["key"]].get_payload_codec() or cryptobox.KeyRing()
    keys.set_key(order["uri"], order["key64"])
    sessions[order["key"]].set_payload_codec(keys)


class Reversed(IPayloadCodec):
    """A payload format of an application: the JSON text of the arguments, backwards."""

    def encode(self, is_originating, uri, args=None, kwargs=None):
        text = json.dumps([args, kwargs])[::-1]
        return EncodedPayload(text.encode("utf8"), "x_reversed", "x_text")

    def decode(self, is_originating, uri, encoded_payload):
        args, kwargs = json.loads(encoded_payload.payload.decode("utf8")[::-1])
        return uri, args, kwargs


async def encode(order):
    sessions[order["key"]].set_payload_codec(Reversed())


async def subscribe(order):
    key = next(keys)

    def on_event(*args, event_details, **kwargs):
        details = {
            "topic": event_details.topic,
            "publication": event_details.publication,
            "retained": event_details.retained is True,
            "transaction": event_details.transaction_hash,
            "by": [
                event_details.publisher,
                event_details.publisher_authid,
                event_details.publisher_authrole,
                None,
            ],
        }
        say({"event": key, "args": args, "kwargs": kwargs, "details": details})

    options = SubscribeOptions(details_arg="event_details", **order["options"])
    subscriptions[key] = await sessions[order["key"]].subscribe(on_event, order["topic"], options=options)
    return key


async def unsubscribe(order):
    await subscriptions.pop(order["subscription"]).unsubscribe()


async def publish(order):
    options = PublishOptions(acknowledge=True, **order["options"])
    session = sessions[order["key"]]
    published = await session.publish(order["topic"], *order["args"], options=options, **order["kwargs"])
    return published.id


async def leave(order):
    session = sessions.pop(order["key"])
    session.leave()
    await session.left


OPERATIONS = {
    "join": join,
    "register": register,
    "unregister": unregister,
    "call": call,
    "cancel": cancel,
    "encode": encode,
    "encrypt": encrypt,
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "publish": publish,
    "leave": leave,
}


async def answer(order):
    try:
        say({"id": order["id"], "result": await OPERATIONS[order["operation"]](order)})
    except ApplicationError as error:
        failure = {"uri": error.error, "args": error.args, "kwargs": error.kwargs}
        say({"id": order["id"], "failure": failure})
    except Exception as error:
        say({"id": order["id"], "failure": {"bug": f"{order['operation']}: {error!r}"}})


def say(line):
    print(json.dumps(line, default=bytes_to_hex), flush=True)


def bytes_to_hex(value):
    # wampy writes bytes as CBOR's array of unsigned octets, and the router leaves an argument as it is.
    if getattr(value, "tag", None) == 64:
        value = value.value
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": bytes(value).hex()}
    raise TypeError(f"cannot tell of a {type(value)}")


def hex_to_bytes(value):
    return bytes.fromhex(value["$bytes"]) if set(value) == {"$bytes"} else value


async def main():
    txaio.config.loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=2**26)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    answers = set()
    while line := await lines.readline():
        task = asyncio.create_task(answer(json.loads(line, object_hook=hex_to_bytes)))
        answers.add(task)
        task.add_done_callback(answers.discard)


asyncio.run(main())
