"""
Logs in by one authmethod, and shows the WELCOME, with Autobahn|Python.

    pip install autobahn[encryption,scram]
    python3 examples/authmethods/client.py METHOD

METHOD: anonymous, ticket, wampcra, scram, cryptosign, tls, cookie, anonymous-proxy or cryptosign-proxy.
Exit codes: 0 welcome, 1 the router kept us out or something failed, 2 wrong usage.
"""

import argparse
import asyncio
import json
import os
import re
import ssl
import sys

from autobahn.asyncio.rawsocket import WampRawSocketClientFactory
from autobahn.asyncio.wamp import ApplicationRunner, ApplicationSession
from autobahn.wamp import auth
from autobahn.wamp.types import ComponentConfig

HERE = os.path.dirname(os.path.abspath(__file__))
UNIX = "rs+unix://"


# How a client proves who it is, by authmethod: Autobahn has code for each but `tls` and `cookie`, which prove it
# by what the connection brings.


def anonymous(options):
    return auth.create_authenticator("anonymous")


def ticket(options):
    return auth.create_authenticator("ticket", authid=options.user, ticket=options.password)


def wampcra(options):
    return auth.create_authenticator("wampcra", authid=options.user, secret=options.password)


def scram(options):
    return auth.create_authenticator("scram", authid=options.user, password=options.password)


def cryptosign_by_key(options):
    return auth.create_authenticator("cryptosign", authid=options.user, privkey=private_key(options.key))


def private_key(file_name):
    with open(file_name) as file:
        return re.search("^private-key-ed25519: ([0-9a-f]{64})$", file.read(), re.MULTILINE)[1]


def nothing(options):
    return None


# What a proxy says of a client that it has let in.


def anonymous_proxy(options):
    return auth.create_authenticator("anonymous-proxy", authextra=client_of_proxy(options))


def cryptosign_proxy(options):
    privkey = private_key(options.key)
    return auth.create_authenticator("cryptosign-proxy", privkey=privkey, authextra=client_of_proxy(options))


def client_of_proxy(options):
    return {"proxy_realm": "realm1", "proxy_authid": options.user, "proxy_authrole": "user"}


METHODS = {
    "anonymous": anonymous,
    "ticket": ticket,
    "wampcra": wampcra,
    "scram": scram,
    "cryptosign": cryptosign_by_key,
    "tls": nothing,
    "cookie": nothing,
    "anonymous-proxy": anonymous_proxy,
    "cryptosign-proxy": cryptosign_proxy,
}


class Client(ApplicationSession):
    welcomed = False
    cookie = None

    def onConnect(self):
        self.prover = self.config.extra["prover"]
        authextra = None if self.prover is None else self.prover.authextra
        self.join("realm1", self.config.extra["authmethods"], self.config.extra["authid"], authextra=authextra)

    def onChallenge(self, challenge):
        return self.prover.on_challenge(self, challenge)

    def onWelcome(self, message):
        # With `scram` the router has to prove itself, too.
        return None if self.prover is None else self.prover.on_welcome(self, message.authextra)

    def onJoin(self, details):
        Client.welcomed = True
        Client.cookie = getattr(self._transport, "http_headers", {}).get("set-cookie")
        print(f"WELCOME       session {details.session}")
        for name in ["realm", "authid", "authrole", "authmethod", "authprovider"]:
            print(f"{name:12}  {getattr(details, name)}")
        for key, value in (details.authextra or {}).items():
            # The router's own additions, known from Crossbar.io, are left out.
            if not key.startswith("x_cb_"):
                print(f"custom        {key}: {json.dumps(value)}")
        self.leave()

    def onLeave(self, details):
        if not Client.welcomed:
            print(f"ABORT         {details.reason}: {details.message}", file=sys.stderr)
        self.disconnect()

    def onDisconnect(self):
        asyncio.get_running_loop().stop()


def tls_context(directory):
    context = ssl.create_default_context(cafile=os.path.join(directory, "authority.pem"))
    context.load_cert_chain(os.path.join(directory, "user1.pem"), os.path.join(directory, "user1.key"))
    return context


def log_in(options, authmethods, prover, headers=None):
    """Whether the router has let us in."""
    Client.welcomed = False
    # A proxy goes by its own name; user is its client.
    authid = "proxy1" if authmethods[0].endswith("-proxy") else options.user
    extra = {"authmethods": authmethods, "prover": prover, "authid": authid}
    context = tls_context(options.certificates) if "tls" in authmethods else None
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        if options.url.startswith(UNIX):
            factory = WampRawSocketClientFactory(lambda: Client(ComponentConfig("realm1", extra)))
            loop.run_until_complete(loop.create_unix_connection(factory, options.url[len(UNIX) :]))
            loop.run_forever()
        else:
            runner = ApplicationRunner(options.url, "realm1", extra=extra, ssl=context, headers=headers)
            runner.run(Client, log_level="error")
    except OSError as error:
        print(f"no connection: {error}", file=sys.stderr)
    return Client.welcomed


def default_url(method):
    if method.endswith("-proxy"):
        return UNIX + os.path.join(HERE, ".turnpike", "static.sock")
    return "wss://localhost:8443/static" if method == "tls" else f"ws://127.0.0.1:8080/{method}"


def main():
    parser = argparse.ArgumentParser(description="Logs in by one authmethod, and shows the WELCOME.")
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("--url", help="default: ws://127.0.0.1:8080/METHOD, for tls wss://localhost:8443/static, for proxies static.sock")
    parser.add_argument("--user", help="default: user1; for scram user2")
    parser.add_argument("--password", help="default: 123secret; for scram 456secret")
    parser.add_argument("--key", default=os.path.join(HERE, "user1.key"))
    parser.add_argument("--certificates", default=os.path.join(HERE, "certificates"))
    options = parser.parse_args()
    method = options.method
    # Of the two key derivations of SCRAM, Autobahn|Python can do Argon2id only, which is what user2 has.
    options.user = options.user or ("user2" if method == "scram" else "user1")
    options.password = options.password or ("456secret" if method == "scram" else "123secret")
    options.url = options.url or default_url(method)
    if method == "cookie":
        # An earlier login, which the cookie is kept for. `cookie` is offered already then.
        welcomed = log_in(options, ["cookie", "ticket"], ticket(options))
        headers = {"Cookie": Client.cookie.split(";")[0]} if Client.cookie else {}
        welcomed = welcomed and log_in(options, ["cookie"], None, headers)
    else:
        welcomed = log_in(options, [method], METHODS[method](options))
    sys.exit(0 if welcomed else 1)


if __name__ == "__main__":
    main()
