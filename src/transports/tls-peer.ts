import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TlsChannel } from '../wamp/tls-channel.ts';
import type { TransportDetails } from '../wamp/transport-details.ts';
import { describeCertificate } from './certificate.ts';

/** [RFC 9266, 2] */
const EXPORTER_LABEL = 'EXPORTER-Channel-Binding';
const EXPORTER_SIZE = 32;

/** Of all connections without TLS. */
const PLAIN: SocketDetails = Object.freeze({ secure: false, clientCertificate: null, channelIds: Object.freeze({}) });

/** What the socket of a connection tells of it. */
export type SocketDetails = Pick<TransportDetails, 'secure' | 'clientCertificate' | 'channelIds' | 'channel'>;

/**
 * What a socket tells of TLS, with the client's certificate where there is one. What a
 * login may be bound to is computed when asked for: few ask.
 */
export function socketDetails(socket: unknown): SocketDetails {
  if (!(socket instanceof TLSSocket)) return PLAIN;
  const certificate = socket.getPeerX509Certificate();
  const channel = new SocketChannel(socket, 'server');
  return {
    secure: true,
    clientCertificate: certificate === undefined ? null : describeCertificate(certificate, Date.now()),
    channelIds: channelIdsOf(channel),
    channel,
  };
}

/** What the client's end of a connection knows of TLS; nothing without it. */
export function clientChannel(socket: Socket): Pick<TransportDetails, 'channel'> {
  return socket instanceof TLSSocket ? { channel: new SocketChannel(socket, 'client') } : {};
}

/** The ids by type, 32 bytes each, as Crossbar has them: `tls-unique` is SHA-256 of the client's Finished message. */
function channelIdsOf(channel: SocketChannel): TransportDetails['channelIds'] {
  const unique = {
    get 'tls-unique'(): Uint8Array | null {
      const finished = channel.finished();
      return finished === null ? null : createHash('sha256').update(finished.client).digest();
    },
  };
  if (channel.version !== 'TLSv1.3') return unique;
  return Object.defineProperty(unique, 'tls-exporter', { get: () => channel.exporter(), enumerable: true });
}

class SocketChannel implements TlsChannel {
  readonly version: string;
  readonly #socket: TLSSocket;
  readonly #end: 'client' | 'server';
  #exported: Uint8Array | null = null;

  /** @param end which of the two ends this is */
  constructor(socket: TLSSocket, end: 'client' | 'server') {
    this.#socket = socket;
    this.#end = end;
    this.version = socket.getProtocol() ?? 'unknown';
  }

  finished(): { readonly client: Uint8Array; readonly server: Uint8Array } | null {
    // After a resumption it would be the other end's that came first. We never resume; who does, has none.
    if (this.#socket.isSessionReused()) return null;
    const own = this.#socket.getFinished();
    const peer = this.#socket.getPeerFinished();
    if (own === undefined || peer === undefined) return null;
    return this.#end === 'server' ? { client: peer, server: own } : { client: own, server: peer };
  }

  exporter(): Uint8Array | null {
    if (this.version !== 'TLSv1.3') return null;
    try {
      this.#exported ??= this.#socket.exportKeyingMaterial(EXPORTER_SIZE, EXPORTER_LABEL, Buffer.alloc(0));
    } catch {
      // The connection has gone, and its keys with it.
    }
    return this.#exported;
  }
}
