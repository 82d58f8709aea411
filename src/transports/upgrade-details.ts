import type { Duplex } from 'node:stream';
import type { Dict } from '../wamp/dict.ts';
import type { TransportDetails } from '../wamp/transport-details.ts';
import { ownName } from './peer-name.ts';
import { socketDetails } from './tls-peer.ts';
import { joinHeaders } from './websocket-handshake.ts';

/** What an upgrade tells of its connection. */
export interface UpgradeParts
  extends Pick<TransportDetails, 'peer' | 'protocol' | 'extensions' | 'headersSent' | 'cookie'> {
  readonly rawHeaders: readonly string[];
  /** `joinHeaders` of them. */
  readonly headersReceived: Readonly<Record<string, string>>;
}

/** In no header. */
const SEPARATOR = '\0';

/**
 * The details of a WebSocket. The request's headers are looked at when somebody logs in, and hardly ever
 * again; kept as one text they take a tenth of what they take as a dictionary, for each connection.
 */
export class UpgradeDetails implements TransportDetails {
  readonly type = 'websocket';
  readonly secure: boolean;
  readonly peer: string;
  readonly protocol: string;
  readonly serializer = null;
  readonly extensions: readonly Dict[] | null;
  readonly headersSent: Readonly<Record<string, string>> | null;
  readonly cookie: string | null;
  readonly clientCertificate: Dict | null;
  readonly channelIds: TransportDetails['channelIds'];
  readonly channel?: NonNullable<TransportDetails['channel']>;
  readonly #socket: Duplex;
  readonly #rawHeaders: string;
  /** Until they are looked at. */
  #headers: Readonly<Record<string, string>> | null;

  constructor(socket: Duplex, parts: UpgradeParts) {
    const { secure, clientCertificate, channelIds, channel } = socketDetails(socket);
    this.secure = secure;
    this.#socket = socket;
    this.peer = parts.peer;
    this.protocol = parts.protocol;
    this.extensions = parts.extensions;
    this.headersSent = parts.headersSent;
    this.cookie = parts.cookie;
    this.clientCertificate = clientCertificate;
    this.channelIds = channelIds;
    if (channel !== undefined) this.channel = channel;
    this.#rawHeaders = parts.rawHeaders.join(SEPARATOR);
    this.#headers = parts.headersReceived;
  }

  /** Hardly anybody asks, and it is a question to the operating system. */
  get own(): string | null {
    return ownName(this.#socket);
  }

  get headersReceived(): Readonly<Record<string, string>> {
    const headers = this.#headers ?? joinHeaders({ rawHeaders: this.#rawHeaders.split(SEPARATOR) });
    this.#headers = null;
    return headers;
  }
}
