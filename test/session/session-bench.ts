import assert from 'node:assert/strict';
import { decode, encode } from 'cborg';
import type { Hello } from '../../src/auth/authmethod.ts';
import type { Accept, Deny, Outcome } from '../../src/auth/outcome.ts';
import type { StepSignal } from '../../src/auth/step-signal.ts';
import type { Authorizer } from '../../src/authorization/authorizer.ts';
import { UniformPermissions } from '../../src/authorization/permissions.ts';
import { Realm } from '../../src/router/realm.ts';
import { Router } from '../../src/router/router.ts';
import { admitClients } from '../../src/session/admission.ts';
import { Backlog } from '../../src/session/backlog.ts';
import type { CloseReason, Connection, Framing } from '../../src/session/connection.ts';
import { Flusher } from '../../src/session/flusher.ts';
import { LENGTH_FRAMING } from '../../src/session/length-framing.ts';
import type { LoginAttempt } from '../../src/session/login-attempt.ts';
import { Session } from '../../src/session/session.ts';
import { wireOf } from '../../src/session/wire-of.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { LIMITS, type Limits } from '../../src/wamp/limits.ts';
import type { Log, LogFields } from '../../src/wamp/log.ts';
import { bareDetails, type TransportDetails } from '../../src/wamp/transport-details.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { settle, type WireMessage } from '../support/scripted-peer.ts';
import { countingIds } from '../support/seeded-ids.ts';

export const ACCEPT: Accept = {
  kind: 'accept',
  realm: 'realm1',
  authid: 'user1',
  authrole: 'user',
  authmethod: 'ticket',
  authprovider: 'dynamic',
  authextra: null,
};

/** What the sessions of these tests say first. */
export const HELLO: WireMessage = [1, 'realm1', { roles: { caller: {}, callee: {}, subscriber: {}, publisher: {} } }];

/** A connection that keeps what it is given, and takes it when the test lets it. */
export class BenchConnection implements Connection {
  readonly details: TransportDetails;
  readonly framing: Framing = LENGTH_FRAMING;
  readonly maxSend: number;
  /** Everything written, copied when it was written. */
  bytes = Buffer.alloc(0);
  writes = 0;
  /** Whether writes are taken at once. */
  takes = true;
  pending = 0;
  closedWith: CloseReason | null = null;
  destroyed = false;
  /** Whether it is asked to read nothing more. */
  paused = false;

  constructor(protocol: string, more: { type?: TransportDetails['type']; maxSend?: number } = {}) {
    this.maxSend = more.maxSend ?? Number.POSITIVE_INFINITY;
    const type = more.type ?? 'websocket';
    this.details = bareDetails({ type, secure: false, peer: 'tcp4:127.0.0.1:4711', protocol });
  }

  write(frames: Buffer): boolean {
    assert(this.closedWith === null && !this.destroyed, 'written to after the end');
    this.writes++;
    this.bytes = Buffer.concat([this.bytes, frames]);
    if (!this.takes) this.pending += frames.length;
    return this.takes;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  close(reason: CloseReason): void {
    assert(this.closedWith === null && !this.destroyed, 'closed twice');
    this.closedWith = reason;
  }

  destroy(): void {
    this.destroyed = true;
  }

  /** The messages in the frames written since the last call. */
  takeMessages(): Buffer[] {
    const messages: Buffer[] = [];
    let at = 0;
    while (at < this.bytes.length) {
      const end = at + 4 + this.bytes.readUInt32BE(at);
      assert(end <= this.bytes.length, 'half a frame was written');
      messages.push(this.bytes.subarray(at + 4, end));
      at = end;
    }
    this.bytes = Buffer.alloc(0);
    return messages;
  }
}

/** A step of a login that the test decides about. */
interface Step {
  readonly args: readonly unknown[];
  readonly signal: StepSignal;
  readonly decide: (outcome: Outcome) => void;
  readonly fail: (error: Error) => void;
}

/** One connection with a session on it. */
export class BenchLine {
  readonly session: Session;
  readonly connection: BenchConnection;
  readonly #bench: SessionBench;
  readonly #text: boolean;

  constructor(session: Session, connection: BenchConnection, bench: SessionBench) {
    this.session = session;
    this.connection = connection;
    this.#bench = bench;
    this.#text = connection.details.protocol.includes('json');
  }

  /** The client says a message, in CBOR. */
  say(...message: WireMessage): void {
    this.sayBytes(encode(message));
  }

  /** The client says bytes, as one message of the transport. */
  sayBytes(bytes: Uint8Array, text = this.#text): void {
    const received = Buffer.from(bytes);
    this.session.receive(received, 0, received.length, text);
    // A transport reuses its read buffer: nothing may depend on it later.
    received.fill(0xff);
  }

  /** What the client hears, by the end of this turn. */
  heard(): WireMessage[] {
    return this.heardBytes().map((bytes) => decode(bytes) as WireMessage);
  }

  heardBytes(): Buffer[] {
    this.#bench.turn();
    return this.connection.takeMessages();
  }

  /** HELLO, and in. @returns the session's id */
  async join(accept: Partial<Accept> = {}): Promise<number> {
    this.say(...HELLO);
    await this.#bench.decide({ ...ACCEPT, ...accept });
    const [welcome] = this.heard();
    assert.equal(welcome?.[0], 2, `got ${JSON.stringify(welcome)}`);
    return Number(welcome?.[1]);
  }

  /** The connection is gone, as the transport tells it. */
  lose(): void {
    this.session.disconnected();
  }
}

interface LineOptions {
  readonly protocol?: string;
  readonly type?: TransportDetails['type'];
  readonly maxSend?: number;
  readonly limits?: Partial<Limits>;
  /** Default: the test decides, by `decide`. */
  readonly login?: () => LoginAttempt;
  /** Default: the bench's own. */
  readonly router?: Pick<Router, 'realm'>;
}

/** Sessions without sockets: the realm is real, logins and connections are the test's. */
export class SessionBench {
  readonly clock = new FakeClock();
  readonly router = new Router();
  readonly realm: Realm;
  readonly lines: { level: string; text: string; fields: LogFields | undefined }[] = [];
  /** Login steps that wait for the test's decision. */
  readonly steps: Step[] = [];
  pending = 0;
  ended = 0;
  readonly #ids = countingIds();
  readonly #scheduled: (() => void)[] = [];
  readonly #flusher = new Flusher((flush) => this.#scheduled.push(flush));
  readonly #log: Log;

  constructor(authorizer: Authorizer = new UniformPermissions(true, true), metaApi = false) {
    const at = (level: string) => (text: string, fields?: LogFields) => void this.lines.push({ level, text, fields });
    const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), with: () => log };
    this.#log = log;
    const role = { name: 'user', authorizer };
    this.realm = new Realm({ name: 'realm1', roles: [role], metaApi }, { clock: this.clock, ids: this.#ids, log });
    this.router.add(this.realm);
  }

  connect(more: LineOptions = {}): BenchLine {
    const protocol = more.protocol ?? 'wamp.2.cbor';
    const connection = new BenchConnection(protocol, more);
    const session = new Session(connection, wireOf(protocol, connection.framing), {
      clock: this.clock,
      ids: this.#ids,
      log: this.#log,
      flusher: this.#flusher,
      backlog: new Backlog(LIMITS.outboxes),
      limits: { ...LIMITS, ...more.limits },
      identity: { node: 'node1', worker: 'worker1', pid: 4711 },
      login: more.login ?? (() => this.#login()),
      admit: admitClients(more.router ?? this.router),
      cookie: null,
      onPending: (change) => {
        this.pending += change;
      },
      onEnd: () => {
        this.ended++;
      },
    });
    return new BenchLine(session, connection, this);
  }

  /** The end of a turn of the event loop: what was written goes out. */
  turn(): void {
    for (const flush of this.#scheduled.splice(0)) flush();
  }

  /** Decides about the login step that waits longest. */
  async decide(outcome: Outcome): Promise<void> {
    const step = this.steps.shift();
    assert(step !== undefined, 'no login waits');
    step.decide(outcome);
    await settle();
  }

  /** Nothing is left of any session. */
  assertClean(): void {
    this.turn();
    assert.deepEqual(this.realm.counts, { sessions: 0, subscriptions: 0, registrations: 0 });
    assert.equal(this.pending, 0, 'connections that wait for WELCOME');
    assert.equal(this.clock.pending, 0, 'timers');
  }

  #login(): LoginAttempt {
    const step = <Decision>(args: readonly unknown[], signal: StepSignal): Promise<Decision> =>
      new Promise((resolve, reject) => {
        const decide = (outcome: Outcome) => resolve(outcome as Decision);
        this.steps.push({ args, signal, decide, fail: reject });
      });
    return {
      hello: (hello: Hello, signal) => step<Outcome>([hello], signal),
      authenticate: (signature: string, extra: Dict, signal) => step<Accept | Deny>([signature, extra], signal),
    };
  }
}
