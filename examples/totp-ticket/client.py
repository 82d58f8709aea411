"""
Logs in by the code of an authenticator app, with Autobahn|Python.

    pip install autobahn
    python3 examples/totp-ticket/client.py user1 123456
    python3 examples/totp-ticket/client.py user1 --key BASE32     computes the code as an app does

Exit codes: 0 welcome, 1 the router kept us out or something failed, 2 wrong usage.
"""

import argparse
import asyncio
import base64
import hmac
import struct
import sys
import time

from autobahn.asyncio.wamp import ApplicationRunner, ApplicationSession


def totp(key, now):
    """RFC 6238, with what apps use: SHA-1, six digits, half a minute."""
    digest = hmac.digest(base64.b32decode(key), struct.pack(">Q", int(now) // 30), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 0xF)
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


class Client(ApplicationSession):
    welcomed = False

    def onConnect(self):
        self.join("realm1", ["ticket"], self.config.extra["user"])

    def onChallenge(self, challenge):
        return self.config.extra["code"]

    def onJoin(self, details):
        Client.welcomed = True
        print(f"WELCOME  session {details.session}, {details.authid} on {details.realm} as {details.authrole}")
        self.leave()

    def onLeave(self, details):
        if not Client.welcomed:
            print(f"ABORT    {details.reason}: {details.message}", file=sys.stderr)
        self.disconnect()

    def onDisconnect(self):
        asyncio.get_running_loop().stop()


def main():
    parser = argparse.ArgumentParser(description="Logs in by the code of an authenticator app.")
    parser.add_argument("user")
    parser.add_argument("code", nargs="?")
    parser.add_argument("--key", help="the key that the app has, in base32: computes the code")
    parser.add_argument("--url", default="ws://127.0.0.1:8080/ws")
    options = parser.parse_args()
    if (options.code is None) == (options.key is None):
        parser.error("either CODE or --key")
    code = options.code or totp(options.key, time.time())
    runner = ApplicationRunner(options.url, "realm1", extra={"user": options.user, "code": code})
    try:
        runner.run(Client, log_level="error")
    except OSError as error:
        print(f"no connection: {error}", file=sys.stderr)
    sys.exit(0 if Client.welcomed else 1)


if __name__ == "__main__":
    main()
