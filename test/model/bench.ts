import assert from 'node:assert/strict';
import { UniformPermissions } from '../../src/authorization/permissions.ts';
import type { Member } from '../../src/router/member.ts';
import type { Peer } from '../../src/router/peer.ts';
import { Realm } from '../../src/router/realm.ts';
import { Router } from '../../src/router/router.ts';
import type { Serializer } from '../../src/serializers/serializer.ts';
import { admitClients } from '../../src/session/admission.ts';
import { Backlog } from '../../src/session/backlog.ts';
import { Flusher } from '../../src/session/flusher.ts';
import { Session } from '../../src/session/session.ts';
import { wireOf } from '../../src/session/wire-of.ts';
import { type Dict, isDict } from '../../src/wamp/dict.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { messageRow } from '../../src/wamp/message-table.ts';
import { Msg } from '../../src/wamp/messages.ts';
import { ACCEPT, BenchConnection } from '../session/session-bench.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { Sent } from '../support/recording-peer.ts';
import { QUEUE_LIMIT, QUEUED } from './dealer-model.ts';

const PROTOCOLS = ['wamp.2.json', 'wamp.2.msgpack', 'wamp.2.cbor'] as const;

/** All that changes what the router sends. */
const FEATURES: Dict = {
  caller: { features: { progressive_call_invocations: true } },
  callee: {
    features: {
      progressive_call_invocations: true,
      call_canceling: true,
      call_reroute: true,
      call_timeout: true,
      registration_revocation: true,
    },
  },
  subscriber: {},
  publisher: {},
};
/** Without `progressive_call_invocations` of callers it may not even ask, so both kinds have that. */
const PLAIN: Dict = {
  caller: { features: { progressive_call_invocations: true } },
  callee: {},
  subscriber: {},
  publisher: {},
};

/** A client's end of a connection: messages are bytes in its serializer on the way in and on the way out. */
export class Client {
  readonly #session: Session;
  readonly #connection: BenchConnection;
  readonly #serializer: Serializer;
  readonly #turn: () => void;

  constructor(session: Session, connection: BenchConnection, serializer: Serializer, turn: () => void) {
    this.#session = session;
    this.#connection = connection;
    this.#serializer = serializer;
    this.#turn = turn;
  }

  /** Whether the router has closed the connection. */
  get closed(): boolean {
    return this.#connection.closedWith !== null;
  }

  say(...message: readonly unknown[]): void {
    const bytes = this.#serializer.encode(message);
    this.#session.receive(bytes, 0, bytes.length, this.#serializer.text);
    // A transport reuses its read buffer: nothing may depend on it later.
    bytes.fill(0xff);
  }

  /** HELLO, and in. Returns the session's id. */
  async join(authid: string, able: boolean): Promise<number> {
    this.say(Msg.HELLO, 'realm1', { roles: able ? FEATURES : PLAIN, authid });
    for (let turn = 0; !this.#session.established; turn++) {
      assert(turn < 10, 'a login goes on at once');
      await null;
    }
    const [welcome, ...more] = this.heard();
    assert.equal(welcome?.name, 'WELCOME');
    assert.equal(more.length, 0, 'nothing but WELCOME');
    return welcome.first;
  }

  /** What the router has sent since the last call. */
  heard(): Sent[] {
    this.#turn();
    return this.#connection.takeMessages().map((bytes) => {
      return read(this.#serializer.decode(bytes, 0, bytes.length) as unknown[]);
    });
  }

  /** The connection breaks: nothing may be written from now on. */
  lose(): void {
    this.#connection.destroyed = true;
    this.#session.disconnected();
  }
}

/** A realm that shows who is, and was, on it. */
class WatchedRealm extends Realm {
  readonly members = new Map<number, Member>();

  override join(peer: Peer): Member {
    const member = super.join(peer);
    this.members.set(peer.session, member);
    return member;
  }
}

/** A realm with real sessions, broker, dealer and meta API; time, ids and connections are the test's. */
export class ModelBench {
  readonly clock = new FakeClock();
  readonly realm: WatchedRealm;
  readonly #router = new Router();
  readonly #flushes: (() => void)[] = [];
  readonly #flusher = new Flusher((flush) => this.#flushes.push(flush));
  readonly #ids: { next(): number };
  #connections = 0;

  /** @param seed of the ids, and so of what is drawn */
  constructor(seed: number) {
    this.#ids = scatteredIds(seed);
    const roles = [{ name: 'user', authorizer: new UniformPermissions(true, false) }];
    const callQueues = [{ uri: QUEUED, match: 'prefix', limit: QUEUE_LIMIT }] as const;
    this.realm = new WatchedRealm(
      { name: 'realm1', roles, metaApi: true, callQueues },
      { clock: this.clock, ids: this.#ids, log: SILENT },
    );
    this.#router.add(this.realm);
  }

  connect(): Client {
    const protocol = PROTOCOLS[this.#connections++ % PROTOCOLS.length] ?? PROTOCOLS[0];
    const connection = new BenchConnection(protocol);
    const wire = wireOf(protocol, connection.framing);
    const session = new Session(connection, wire, {
      clock: this.clock,
      ids: this.#ids,
      log: SILENT,
      flusher: this.#flusher,
      backlog: new Backlog(LIMITS.outboxes),
      limits: LIMITS,
      identity: { node: 'node1', worker: 'worker1', pid: 4711 },
      login: () => ({
        hello: async ({ authid }) => ({ ...ACCEPT, authid: authid ?? '' }),
        authenticate: () => Promise.reject(new Error('nobody is challenged')),
      }),
      admit: admitClients(this.#router),
      cookie: null,
      onPending: () => {},
      onEnd: () => {},
    });
    return new Client(session, connection, wire.serializer, () => {
      for (const flush of this.#flushes.splice(0)) flush();
    });
  }
}

/** Ids that differ, in no order that broker or dealer could depend on. */
function scatteredIds(seed: number): { next(): number } {
  let last = seed;
  return {
    // All numbers below 2^31, each once: the factor is odd, and so is what is added. Shifted, since the lowest bits alternate.
    next: () => {
      last = (Math.imul(last, 1_103_515_245) + 12_345) & 0x7fffffff;
      return 1 + (((last >>> 16) | (last << 15)) & 0x7fffffff);
    },
  };
}

function read([code, ...elements]: readonly unknown[]): Sent {
  const row = messageRow(Number(code));
  assert(row !== undefined, `${code} is a message`);
  const own = elements.slice(0, row.fields.length);
  const [first = 0, second = 0] = own.filter((element) => typeof element === 'number');
  const [text = null] = own.filter((element) => typeof element === 'string');
  const dict = own.find(isDict) ?? {};
  return { name: row.name, first, second, dict, text, payload: elements.slice(row.fields.length) };
}
