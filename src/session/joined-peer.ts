import type { Accept } from '../auth/outcome.ts';
import type { MessageFormat, Peer } from '../router/peer.ts';
import type { Role } from '../router/role.ts';
import type { Traffic } from '../router/traffic.ts';
import type { Payload } from '../serializers/payload.ts';
import type { Dict } from '../wamp/dict.ts';
import { marshalTransportDetails, type TransportDetails } from '../wamp/transport-details.ts';
import type { Outbox } from './outbox.ts';

export interface Joined {
  readonly session: number;
  readonly accept: Accept;
  /** WELCOME.Details.authextra. */
  readonly authextra: Dict;
  readonly features: ReadonlySet<string>;
  readonly role: Role;
  readonly timeoutUnit: number;
  /** The client's connection to the proxy that it comes through, as that tells it; null: it comes by itself. */
  readonly forwarded: Dict | null;
  readonly details: TransportDetails;
  readonly pid: number;
  readonly traffic: Traffic;
  readonly outbox: Outbox;
  readonly goodbye: (reason: string, message: string | null) => void;
}

/** A session as realm, broker and dealer see it, from WELCOME to the end: who it is never changes. */
export class JoinedPeer implements Peer {
  readonly session: number;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
  readonly authextra: Dict;
  readonly features: ReadonlySet<string>;
  readonly role: Role;
  readonly timeoutUnit: number;
  readonly traffic: Traffic;
  readonly goodbye: (reason: string, message: string | null) => void;
  readonly #forwarded: Dict | null;
  readonly #details: TransportDetails;
  readonly #pid: number;
  readonly #outbox: Outbox;

  constructor(joined: Joined) {
    const { accept } = joined;
    this.session = joined.session;
    this.realm = accept.realm;
    this.authid = accept.authid;
    this.authrole = accept.authrole;
    this.authmethod = accept.authmethod;
    this.authprovider = accept.authprovider;
    this.authextra = joined.authextra;
    this.features = joined.features;
    this.role = joined.role;
    this.timeoutUnit = joined.timeoutUnit;
    this.#forwarded = joined.forwarded;
    this.#details = joined.details;
    this.#pid = joined.pid;
    this.traffic = joined.traffic;
    this.goodbye = joined.goodbye;
    this.#outbox = joined.outbox;
  }

  /** Made anew each time: it is seldom asked for, and large. */
  get transport(): Dict {
    return this.#forwarded ?? marshalTransportDetails(this.#details, this.#pid);
  }

  get format(): MessageFormat {
    return this.#outbox.wire;
  }

  send(code: number, first: number, second: number, dict: Dict, text: string | null, payload: Payload | null): boolean {
    return this.#outbox.send(code, first, second, dict, text, payload);
  }

  sendEncoded(frame: Buffer): boolean {
    return this.#outbox.sendEncoded(frame);
  }

  isCongested(size: number): boolean {
    return this.#outbox.isCongested(size);
  }
}
