"""
One login over TLS, bound to the session: reads a JSON object from its input, writes one with `welcome` or `failure`.

`client` says who logs in: "autobahn" is Autobahn|Python with its own channel binding; "raw" speaks RawSocket over pyOpenSSL and computes
the id of the channel by `binding`: "finished" is SHA-256 of the server's Finished message, as Autobahn before 2026 has it; "exporter" is
`tls-exporter` [RFC 9266]; "none" asks for a binding and signs without. Both check the router's proof for a challenge of their own.
"""

import asyncio
import hashlib
import json
import os
import socket
import ssl
import struct
import sys

VERSIONS = {"1.2": "TLSv1_2", "1.3": "TLSv1_3"}


def autobahn(order):
    import txaio

    txaio.use_asyncio()
    from autobahn.asyncio.component import Component

    context = ssl.create_default_context(cafile=order["ca"])
    context.load_cert_chain(order["certificate"], order["key"])
    context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, VERSIONS[order["version"]])
    outcome = {}
    url = f"wss://localhost:{order['port']}/"
    endpoint = {"type": "tcp", "host": "localhost", "port": order["port"], "tls": context}
    transport = {"type": "websocket", "url": url, "endpoint": endpoint, "serializers": ["json"], "max_retries": 0}
    authentication = {order["authmethod"]: order["authentication"]}
    component = Component(transports=[transport], realm="realm1", authentication=authentication)

    @component.on_join
    async def joined(session, details):
        outcome["welcome"] = [details.authid, details.authrole, details.authmethod]
        session.leave()

    @component.on_leave
    def left(session, details):
        outcome.setdefault("failure", [details.reason, details.message])

    async def main():
        try:
            await component.start(asyncio.get_running_loop())
        except Exception as error:
            outcome.setdefault("failure", [type(error).__name__, str(error)])

    asyncio.run(main())
    return {"welcome": outcome["welcome"]} if "welcome" in outcome else outcome


def xor(left, right):
    return bytes(a ^ b for a, b in zip(left, right))


def raw(order):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from OpenSSL import SSL

    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    version = {"1.2": SSL.TLS1_2_VERSION, "1.3": SSL.TLS1_3_VERSION}[order["version"]]
    context.set_min_proto_version(version)
    context.set_max_proto_version(version)
    context.load_verify_locations(order["ca"])
    context.set_verify(SSL.VERIFY_PEER)
    context.use_certificate_file(order["certificate"])
    context.use_privatekey_file(order["key"])
    connection = SSL.Connection(context, socket.create_connection(("127.0.0.1", order["port"])))
    connection.set_connect_state()
    connection.do_handshake()
    connection.sendall(bytes([0x7F, 0xF1, 0, 0]))

    def exactly(size):
        data = b""
        while len(data) < size:
            data += connection.recv(size - len(data))
        return data

    def send(message):
        data = json.dumps(message).encode()
        connection.sendall(struct.pack(">I", len(data)) + data)

    def receive():
        return json.loads(exactly(struct.unpack(">I", exactly(4))[0]))

    exactly(4)
    binding = order["binding"]
    finished = hashlib.sha256(connection.get_peer_finished()).digest()
    exported = connection.export_keying_material(b"EXPORTER-Channel-Binding", 32, b"")
    channel = {"finished": finished, "exporter": exported, "none": bytes(32)}[binding]
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(order["seed"]))
    pubkey = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    own = os.urandom(32)
    asked = "tls-exporter" if binding == "exporter" else "tls-unique"
    authextra = {"pubkey": pubkey, "channel_binding": asked, "challenge": own.hex()}
    hello = {"roles": {"caller": {}}, "authmethods": ["cryptosign"], "authextra": authextra}
    send([1, "realm1", hello])
    code, *rest = receive()
    if code != 4:
        return {"failure": [rest[1], rest[0].get("message")]}
    extra = rest[1]
    proof = bytes.fromhex(extra["signature"])
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(extra["pubkey"])).verify(proof[:64], proof[64:])
    if binding == "exporter":
        assert proof[64:] == xor(own, channel), "the router is on another TLS session"
    message = xor(bytes.fromhex(extra["challenge"]), channel)
    send([5, (key.sign(message) + message).hex(), {}])
    code, *rest = receive()
    if code != 2:
        return {"failure": [rest[1], rest[0].get("message")]}
    details = rest[1]
    return {"welcome": [details["authid"], details["authrole"], details["authmethod"]], "router": extra["pubkey"]}


request = json.load(sys.stdin)
print(json.dumps({"autobahn": autobahn, "raw": raw}[request["client"]](request)))
