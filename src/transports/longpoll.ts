import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { protocolByName } from '../serializers/protocols.ts';
import type { FormatId } from '../serializers/serializer.ts';
import type { Accept, Greet, Newcomer } from '../session/connection.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Log } from '../wamp/log.ts';
import { LongPollConnection, type LongPollOptions, type LongPollProtocol } from './longpoll-connection.ts';
import { ownName, peerName, remoteAddress } from './peer-name.ts';
import { socketDetails } from './tls-peer.ts';
import { joinHeaders } from './websocket-handshake.ts';
import { cookiesCount, type OriginRules } from './websocket-origin.ts';

export interface LongPollListenerPorts {
  /** The subprotocols spoken, such as `wamp.2.cbor.batched`, in the order in which refusals name them. */
  readonly protocols: readonly string[];
  readonly accept: Accept;
  /** Whether one more connection may come in. */
  readonly admit: (newcomer: Newcomer) => boolean;
  /** How an `/open` is let in. Default: by `accept`, with nothing besides. */
  readonly greet?: Greet;
  /** Whose pages may use it, and whose may with cookies. */
  readonly origins: OriginRules;
  /** Makes the id of a transport, which is all that it takes to use it: not to be guessed. */
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
  /** Runs a function in a later turn; `setImmediate` but in tests. */
  readonly schedule?: (run: () => void) => void;
}

/** What an `/open` led to. */
export type Opening =
  | {
      readonly kind: 'opened';
      readonly transport: string;
      readonly protocol: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'no-protocol'; readonly text: string }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed' };

/** Autobahn's media types. */
const MEDIA_TYPES: Readonly<Record<FormatId, string>> = {
  json: 'application/json; charset=utf-8',
  msgpack: 'application/x-msgpack',
  cbor: 'application/cbor',
  ubjson: 'application/ubjson',
  ubjson12: 'application/ubjson',
};

function formOf(name: string): LongPollProtocol {
  const { serializer = 'json', batched = false } = protocolByName(name) ?? {};
  return { batched, text: serializer === 'json', mediaType: MEDIA_TYPES[serializer] };
}

/** A long-poll endpoint. It listens nowhere: a path service (`webservice/longpoll.ts`) hands it the requests. */
export class LongPollListener {
  readonly #options: LongPollOptions;
  readonly #ports: LongPollListenerPorts;
  readonly #transports = new Map<string, LongPollConnection>();
  #whenEmpty: (() => void)[] = [];
  #closing = false;

  constructor(options: LongPollOptions, ports: LongPollListenerPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Whose pages may use it. */
  get origins(): OriginRules {
    return this.#ports.origins;
  }

  /** How many transports are open. */
  get size(): number {
    return this.#transports.size;
  }

  /** The transport of that id, or undefined where there is none (any more). */
  find(id: string): LongPollConnection | undefined {
    return this.#transports.get(id);
  }

  /** Opens a transport that speaks the first of the client's protocols that is spoken here. Crossbar: 3.14 */
  open(request: IncomingMessage, offered: readonly string[]): Opening {
    const { protocols, admit, log } = this.#ports;
    const headers = joinHeaders(request);
    if (this.#closing || !admit({ address: remoteAddress(request.socket), headers })) return { kind: 'busy' };
    const protocol = offered.find((name) => protocols.includes(name));
    if (protocol === undefined) {
      return { kind: 'no-protocol', text: `This server only speaks the subprotocols ${protocols.join(', ')}` };
    }
    try {
      return this.#accept(request, headers, protocol);
    } catch (error) {
      log.error('a long-poll transport could not be opened', { error });
      return { kind: 'failed' };
    }
  }

  /** Opens no more, closes what is open, and resolves when all of it is gone: within the closing timeout. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#transports.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#whenEmpty.push(resolve);
    });
    for (const connection of this.#transports.values()) connection.close('shutdown');
    await emptied;
  }

  #accept({ socket }: IncomingMessage, headers: Readonly<Record<string, string>>, protocol: string): Opening {
    const { greet, accept, origins } = this.#ports;
    const secure = socket instanceof TLSSocket;
    const greeting = greet?.({ headers, cookiesCount: cookiesCount(headers, origins, secure) });
    const headersSent = greeting?.headers ?? {};
    const transport = this.#ports.newId();
    // Its messages come by many connections, so none of them is one that a login could be bound to.
    const { channel: _channel, ...known } = socketDetails(socket);
    const details = {
      type: 'longpoll',
      ...known,
      own: ownName(socket),
      channelIds: {},
      peer: peerName(socket),
      protocol,
      serializer: null,
      extensions: null,
      headersReceived: headers,
      headersSent,
      cookie: greeting?.cookie ?? null,
    } as const;
    const connection = new LongPollConnection(details, formOf(protocol), this.#options, {
      clock: this.#ports.clock,
      log: this.#ports.log,
      schedule: this.#ports.schedule ?? setImmediate,
      onEnd: () => this.#forget(transport),
    });
    this.#transports.set(transport, connection);
    try {
      connection.seat((greeting?.accept ?? accept)(connection, protocol));
    } catch (error) {
      connection.destroy();
      throw error;
    }
    return { kind: 'opened', transport, protocol, headers: headersSent };
  }

  #forget(transport: string): void {
    this.#transports.delete(transport);
    if (this.#transports.size === 0) for (const tell of this.#whenEmpty.splice(0)) tell();
  }
}
