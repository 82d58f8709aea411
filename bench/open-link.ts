import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { parseRouterUrl, type RouterAddress } from '../src/client/router-url.ts';
import { RAWSOCKET_NUMBERS } from '../src/serializers/protocols.ts';
import { serializerById } from '../src/serializers/registry.ts';
import type { SerializerId } from '../src/serializers/serializer.ts';
import { MAX_FRAME } from '../src/transports/rawsocket-framing.ts';
import { HANDSHAKE_LENGTH, MAGIC, readReply, sizeExponent } from '../src/transports/rawsocket-handshake.ts';
import type { Door, RouterUrls } from './doors.ts';
import { Link, type LinkHandler } from './link.ts';
import { type LinkFraming, RAWSOCKET, WEBSOCKET } from './link-framing.ts';

/** One buffer for all links: what is in it is used up before the next read. */
export const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);
const MAX_ANSWER = 16 * 1024;
const CONNECT_TIMEOUT = 10_000;
const END_OF_HEADERS = '\r\n\r\n';

/** @throws RangeError for URLs that the bench cannot use */
export function loadAddress(url: string): RouterAddress {
  const address = parseRouterUrl(url);
  const secure =
    address.transport === 'websocket' ? address.url.startsWith('wss:') : 'secure' in address && address.secure;
  if (secure) throw new RangeError('the bench has no TLS: it would measure OpenSSL');
  return address;
}

/** Where a door of a router is. */
export function addressFor(urls: RouterUrls, door: Door): RouterAddress {
  const url = urls[door];
  if (url === null) throw new RangeError(`there is no URL for ${door}`);
  return loadAddress(url);
}

function connecting(address: RouterAddress): NetConnectOpts {
  if ('socketPath' in address && address.socketPath !== null) return { path: address.socketPath };
  if (address.transport === 'rawsocket' && 'port' in address) return { host: address.host, port: address.port };
  const url = new URL((address as { readonly url: string }).url);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80) };
}

/** The client's half of the handshake, and what becomes of the answer. */
interface Opening {
  readonly request: Buffer | string;
  /** Where the answer ends in `bytes`; 0: it is not there as a whole. @throws Error where the router refuses */
  answered(bytes: Buffer): number;
}

function webSocketOpening(url: URL, serializer: SerializerId): Opening {
  const protocol = `wamp.2.${serializer}`;
  /** An answer that was found to be good: routers say the same each time, and logins are measured. */
  let good = Buffer.alloc(0);
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    // The same each time: nothing caches the answers of a router that is measured.
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Protocol: ${protocol}`,
  ];
  return {
    request: lines.join('\r\n') + END_OF_HEADERS,
    answered(bytes) {
      if (good.length > 0 && bytes.length >= good.length && good.equals(bytes.subarray(0, good.length)))
        return good.length;
      const end = bytes.indexOf(END_OF_HEADERS);
      if (end === -1) return 0;
      const head = bytes.toString('latin1', 0, end);
      const [status = ''] = head.split('\r\n', 1);
      if (!/^HTTP\/1\.1 101 /.test(status)) throw new Error(`${url.href}: no WebSocket there, but "${status}"`);
      const chosen = /^sec-websocket-protocol:\s*(\S+)/im.exec(head)?.[1];
      if (chosen !== protocol) throw new Error(`${url.href}: ${protocol} is not spoken there`);
      good = Buffer.from(bytes.subarray(0, end + END_OF_HEADERS.length));
      return good.length;
    },
  };
}

function rawSocketOpening(serializer: SerializerId): Opening {
  const octets = [MAGIC, (sizeExponent(MAX_FRAME) << 4) | RAWSOCKET_NUMBERS[serializer], 0, 0];
  return {
    request: Buffer.from(octets),
    answered(bytes) {
      if (bytes.length < HANDSHAKE_LENGTH) return 0;
      if (bytes[0] !== MAGIC) throw new Error('the router does not speak RawSocket');
      const reply = readReply(bytes.subarray(0, HANDSHAKE_LENGTH), serializer);
      if (typeof reply === 'string') throw new Error(reply);
      return HANDSHAKE_LENGTH;
    },
  };
}

/** Where to connect, what is said first, and how then. */
export interface Way {
  readonly to: NetConnectOpts;
  readonly isUnix: boolean;
  readonly opening: Opening;
  readonly framing: LinkFraming;
}

export function wayTo(address: RouterAddress, serializer: SerializerId): Way {
  const to = connecting(address);
  const isUnix = 'path' in to;
  if (address.transport !== 'websocket')
    return { to, isUnix, opening: rawSocketOpening(serializer), framing: RAWSOCKET };
  return { to, isUnix, opening: webSocketOpening(new URL(address.url), serializer), framing: WEBSOCKET };
}

/** Gathers the answer of a router; afterwards what it sends goes to the link. */
class Dialling {
  readonly #opening: Opening;
  #answer: Buffer = Buffer.alloc(0);
  #link: Link | null = null;

  constructor(opening: Opening) {
    this.#opening = opening;
  }

  /** @param open makes the link, once the router has agreed */
  read(bytes: Buffer, length: number, open: () => Link): void {
    if (this.#link !== null) {
      this.#link.read(bytes, 0, length);
      return;
    }
    this.#answer = Buffer.concat([this.#answer, bytes.subarray(0, length)]);
    if (this.#answer.length > MAX_ANSWER) throw new Error('the router answers the handshake with too much');
    const used = this.#opening.answered(this.#answer);
    if (used === 0) return;
    this.#link = open();
    if (used < this.#answer.length) this.#link.read(this.#answer, used, this.#answer.length);
  }

  /** @returns whether there was a link to tell it to */
  ended(reason: string): boolean {
    this.#link?.closed(reason);
    return this.#link !== null;
  }
}

/**
 * Connects to a router and agrees on a serializer.
 * @param createHandler makes what sits on the link, before anything is read from it; it is what comes back
 * @throws Error saying why there is no connection
 */
export function openLink<Handler extends LinkHandler>(
  address: RouterAddress,
  serializerId: SerializerId,
  createHandler: (link: Link) => Handler,
): Promise<Handler> {
  const serializer = serializerById(serializerId);
  const { to, opening, framing } = wayTo(address, serializerId);
  const dialling = new Dialling(opening);
  return new Promise((resolve, reject) => {
    let socket: Socket;
    const fail = (error: Error): void => {
      if (!dialling.ended(error.message)) reject(error);
      socket.destroy();
    };
    const timer = setTimeout(() => fail(new Error('the router did not answer the handshake')), CONNECT_TIMEOUT);
    const open = (): Link => {
      clearTimeout(timer);
      return new Link(socket, serializer, framing, (link) => {
        const handler = createHandler(link);
        resolve(handler);
        return handler;
      });
    };
    const callback = (length: number): boolean => {
      try {
        dialling.read(READ_BUFFER, length, open);
      } catch (error) {
        fail(error as Error);
      }
      return true;
    };
    socket = connect({ ...to, noDelay: true, onread: { buffer: READ_BUFFER, callback } });
    socket.on('error', fail);
    socket.on('close', () => {
      clearTimeout(timer);
      fail(new Error('the router ended the connection'));
    });
    socket.write(opening.request);
  });
}
