import { StaticPermissions } from '../src/authorization/permissions.ts';
import type { Member } from '../src/router/member.ts';
import { Realm } from '../src/router/realm.ts';
import { Message } from '../src/serializers/message.ts';
import { serializerById } from '../src/serializers/registry.ts';
import type { Dict } from '../src/wamp/dict.ts';
import { SILENT } from '../src/wamp/log.ts';
import { Msg } from '../src/wamp/messages.ts';
import { SYSTEM_CLOCK } from '../src/wamp/system-clock.ts';
import { randomIds } from '../src/worker/random-ids.ts';
import { URI_PREFIX } from './bench-node.ts';
import { encodeMessage } from './encode-message.ts';
import { type LastSent, SinkPeer } from './sink-peer.ts';

const EVERYTHING = { call: true, register: true, publish: true, subscribe: true };
const ROLE = {
  name: 'anonymous',
  authorizer: new StaticPermissions([
    { uri: URI_PREFIX, match: 'prefix', allow: EVERYTHING, disclose: { caller: false, publisher: false } },
  ]),
};
const IDS = randomIds();
export const SERIALIZER = serializerById('msgpack');

/** What is registered or subscribed, and a URI that leads there and nowhere else. */
interface Entry {
  readonly uri: string;
  readonly options: Dict;
  readonly example: string;
}

/** Exact, prefix and wildcard in turn. */
export function entryOf(number: number): Entry {
  const item = `item${number}`;
  switch (number % 3) {
    case 0:
      return { uri: `${URI_PREFIX}${item}.get`, options: {}, example: `${URI_PREFIX}${item}.get` };
    case 1:
      return { uri: `${URI_PREFIX}${item}.`, options: { match: 'prefix' }, example: `${URI_PREFIX}${item}.a.b.get` };
    default:
      return { uri: `${URI_PREFIX}.${item}`, options: { match: 'wildcard' }, example: `${URI_PREFIX}any.${item}` };
  }
}

export interface GrownSize {
  readonly sessions: number;
  /** Registrations, and as many subscriptions. */
  readonly entries: number;
  /** How many of them messages go to, evenly spread. */
  readonly inUse: number;
}

/** A real realm with sessions that go nowhere, and as many registrations as subscriptions. */
export class GrownRealm {
  readonly realm: Realm;
  readonly size: GrownSize;
  readonly members: readonly Member[];
  /** What was sent last, on any realm. */
  readonly last: LastSent;
  readonly #message = new Message(SERIALIZER);

  constructor(name: string, size: GrownSize, last: LastSent) {
    const { sessions, entries } = size;
    this.size = size;
    this.last = last;
    const ports = { clock: SYSTEM_CLOCK, ids: IDS, log: SILENT };
    this.realm = new Realm({ name, roles: [ROLE], metaApi: true }, ports);
    this.members = Array.from({ length: sessions }, (_, session) => {
      const peer = new SinkPeer(session + 1, name, ROLE, last);
      peer.member = this.realm.join(peer);
      return peer.member;
    });
    for (let entry = 0; entry < entries; entry++) this.#hold(entry);
  }

  /** The nth of the entries that are in use. */
  used(nth: number): number {
    return nth * Math.floor(this.size.entries / this.size.inUse);
  }

  /** Who holds an entry, as a number of a session. */
  holderOf(entry: number): number {
    return entry % this.members.length;
  }

  /** Routes one message of a session, from its bytes. @param first replaces its request id */
  route(member: Member, bytes: Buffer, start: number, end: number, first: number): void {
    const message = this.#message;
    SERIALIZER.read(bytes, start, end, message);
    message.first = first;
    this.realm.process(member, message);
  }

  #hold(number: number): void {
    const { uri, options } = entryOf(number);
    const member = this.members[this.holderOf(number)] as Member;
    for (const code of [Msg.REGISTER, Msg.SUBSCRIBE]) {
      const bytes = encodeMessage(SERIALIZER, code, { id: number + 1, dict: options, text: uri });
      this.route(member, bytes, 0, bytes.length, number + 1);
      const answer = code === Msg.REGISTER ? Msg.REGISTERED : Msg.SUBSCRIBED;
      if (this.last.code !== answer) throw new Error(`the realm refused to take "${uri}"`);
    }
  }
}
