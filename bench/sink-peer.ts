import type { Member } from '../src/router/member.ts';
import type { MessageFormat, Peer } from '../src/router/peer.ts';
import type { Role } from '../src/router/role.ts';
import { type Payload, payloadFor } from '../src/serializers/payload.ts';
import { LENGTH_FRAMING } from '../src/session/length-framing.ts';
import { wireOf } from '../src/session/wire-of.ts';
import { type Dict, EMPTY } from '../src/wamp/dict.ts';

const WIRE = wireOf('wamp.2.msgpack', LENGTH_FRAMING);
/** Where all peers write: what is behind it, the system and the socket, costs the same whatever grows. */
const OUTPUT = Buffer.alloc(64 * 1024);
const NO_FEATURES: ReadonlySet<string> = new Set();

/** What the last message said that a peer of a realm was sent. */
export interface LastSent {
  member: Member | null;
  code: number;
  first: number;
  /** Messages so far. */
  count: number;
}

/** A session without a connection: what it is sent is written as for one, and goes nowhere. */
export class SinkPeer implements Peer {
  readonly session: number;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod = 'anonymous';
  readonly authprovider = 'static';
  readonly authextra = null;
  readonly transport: Dict = EMPTY;
  readonly timeoutUnit = 1;
  readonly features = NO_FEATURES;
  readonly traffic = null;
  readonly format: MessageFormat = WIRE;
  readonly role: Role;
  readonly #last: LastSent;
  member: Member | null = null;

  constructor(session: number, realm: string, role: Role, last: LastSent) {
    this.session = session;
    this.realm = realm;
    this.authid = `user${session}`;
    this.authrole = role.name;
    this.role = role;
    this.#last = last;
  }

  send(code: number, first: number, second: number, dict: Dict, text: string | null, payload: Payload | null): boolean {
    const { serializer } = WIRE;
    const encoded = dict === EMPTY ? null : serializer.encode(dict);
    const own = payload === null ? null : payloadFor(payload, serializer);
    WIRE.writeAt(OUTPUT, 0, code, first, second, encoded, text, own);
    this.#note(code, first);
    return true;
  }

  sendEncoded(frame: Buffer): boolean {
    frame.copy(OUTPUT);
    this.#note(0, 0);
    return true;
  }

  isCongested(): boolean {
    return false;
  }

  goodbye(): void {}

  #note(code: number, first: number): void {
    this.#last.member = this.member;
    this.#last.code = code;
    this.#last.first = first;
    this.#last.count += 1;
  }
}
