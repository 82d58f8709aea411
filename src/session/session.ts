import type { CookieVisit } from '../auth/cookie-visit.ts';
import { type Accept, type Challenge, type Deny, deny } from '../auth/outcome.ts';
import type { Member } from '../router/member.ts';
import type { Realm } from '../router/realm.ts';
import type { Leave } from '../router/realm-state.ts';
import { Traffic } from '../router/traffic.ts';
import { NO_BATCHING } from '../serializers/batching.ts';
import { borrowMessage, type Message, returnMessage } from '../serializers/message.ts';
import type { Clock, Timer } from '../wamp/clock.ts';
import { type Dict, EMPTY } from '../wamp/dict.ts';
import { ERRORS, ProtocolViolation } from '../wamp/errors.ts';
import type { IdSource } from '../wamp/ids.ts';
import type { Limits } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { messageRow, type SessionState } from '../wamp/message-table.ts';
import { Msg } from '../wamp/messages.ts';
import { checkOptions } from '../wamp/options.ts';
import { marshalTransportDetails } from '../wamp/transport-details.ts';
import type { Admit } from './admission.ts';
import type { Backlog } from './backlog.ts';
import type { CloseReason, Connection, Receiver } from './connection.ts';
import type { Flusher } from './flusher.ts';
import { Handshake } from './handshake.ts';
import { Inbox } from './inbox.ts';
import { Inlet } from './inlet.ts';
import { JoinedPeer } from './joined-peer.ts';
import type { LoginAttempt } from './login-attempt.ts';
import { Outbox } from './outbox.ts';
import { type RouterIdentity, welcomeDetails } from './welcome.ts';
import type { Wire } from './wire.ts';

export interface SessionPorts {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly flusher: Flusher;
  /** Bounds what waits for all clients together. */
  readonly backlog: Backlog;
  readonly limits: Limits;
  readonly identity: RouterIdentity;
  /** Begins a login attempt: one for each HELLO. */
  readonly login: () => LoginAttempt;
  readonly admit: Admit;
  /** What the connection has of cookies; null where there are none. */
  readonly cookie: CookieVisit | null;
  /** Told when a connection begins or ends to be one without a welcomed session: bounds how many there are. */
  readonly onPending: (change: 1 | -1) => void;
  /** Told once, when the connection has gone and nothing of the session is left. */
  readonly onEnd: () => void;
}

type State = SessionState | 'closed';

/** Where a session is while it is established. */
interface Place {
  readonly realm: Realm;
  readonly member: Member;
}

/**
 * The state machine of one connection: bytes in, bytes out. After a GOODBYE of the client the
 * connection stays, and may carry another session. [WAMP: Sessions]
 */
export class Session implements Receiver {
  readonly #connection: Connection;
  readonly #ports: SessionPorts;
  readonly #traffic = new Traffic();
  readonly #outbox: Outbox;
  /** Null where each transport message is one of ours: no batching. */
  readonly #inlet: Inlet | null;
  /** While a client logs in. */
  #handshake: Handshake | null = null;
  /** Made when a message first has to wait for its authorization. */
  #inbox: Inbox | null = null;
  /** Whether its messages are text; null where the transport does not tell: only WebSocket does. */
  readonly #text: boolean | null;
  #state: State = 'establishing';
  #place: Place | null = null;
  /** Runs until WELCOME, absolutely: no traffic refreshes it (K6). Later: until the answer to our GOODBYE. */
  #deadline: Timer | null = null;
  #pending = false;

  constructor(connection: Connection, wire: Wire, ports: SessionPorts) {
    this.#connection = connection;
    this.#ports = ports;
    this.#text = connection.details.type === 'websocket' ? wire.serializer.text : null;
    this.#inlet =
      wire.batching === NO_BATCHING ? null : new Inlet(wire, (bytes, start, end) => this.#next(bytes, start, end));
    this.#outbox = new Outbox(connection, wire, {
      flusher: ports.flusher,
      clock: ports.clock,
      limits: ports.limits,
      traffic: this.#traffic,
      backlog: ports.backlog,
      onOverflow: (reason) => this.#overflow(reason),
    });
    this.#awaitHello(false);
  }

  /** Whether a client is on a realm here. */
  get established(): boolean {
    return this.#state === 'established';
  }

  // What the transport sees of it.

  get maxReceive(): number {
    const { limits } = this.#ports;
    // While the session closes, the client may be in the middle of what it was allowed to send.
    const welcomed = this.#state === 'established' || this.#state === 'closing';
    return welcomed ? limits.message : limits.messageBeforeWelcome;
  }

  receive(bytes: Buffer, start: number, end: number, text: boolean): void {
    if (this.#state === 'closed') return;
    try {
      if (text !== this.#text && this.#text !== null) {
        throw new ProtocolViolation(text ? 'text on a binary subprotocol' : 'binary on a text subprotocol');
      }
      if (this.#inlet === null) this.#next(bytes, start, end);
      else this.#inlet.receive(bytes, start, end);
    } catch (error) {
      this.#failed(error);
    }
  }

  drained(): void {
    this.#outbox.drained();
  }

  disconnected(): void {
    if (this.#state !== 'closed') this.#release();
    this.#outbox.disconnected();
    this.#ports.onEnd();
  }

  // What the worker and the realm ask of it.

  /**
   * GOODBYE of the router. The session is off its realm at once; the connection closes when the client
   * has answered, or after `limits.closeTimeout`.
   */
  goodbye(reason: string, message: string | null): void {
    if (this.#state === 'closed' || this.#state === 'closing') return;
    if (this.#state !== 'established') {
      this.#abort(reason, message, reason === ERRORS.systemShutdown.uri ? 'shutdown' : 'normal');
      return;
    }
    this.#leaveRealm('goodbye');
    this.#state = 'closing';
    const end = (): void => this.#close(reason === ERRORS.systemShutdown.uri ? 'shutdown' : 'normal', reason);
    this.#deadline = this.#ports.clock.setTimer(end, this.#ports.limits.closeTimeout);
    this.#outbox.send(Msg.GOODBYE, 0, 0, message === null ? EMPTY : { message }, reason, null);
    // The client's own GOODBYE may be among what waits.
    this.#inbox?.release();
  }

  /** Ends session and connection at once. */
  destroy(): void {
    if (this.#state !== 'closed') this.#release();
    this.#outbox.disconnected();
    this.#connection.destroy();
  }

  // Its own workings.

  /** Messages are taken in the order they came in: none before those that wait. */
  #next(bytes: Buffer, start: number, end: number): void {
    if (this.#inbox?.waits === true) this.#inbox.push(bytes, start, end);
    else this.#read(bytes, start, end);
  }

  #read(bytes: Buffer, start: number, end: number): void {
    const state = this.#state;
    if (state === 'closed') return;
    this.#traffic.count(end - start);
    if (this.#inlet !== null) this.#outbox.wire = this.#inlet.wire;
    const { serializer } = this.#outbox.wire;
    const message = borrowMessage(serializer);
    try {
      serializer.read(bytes, start, end, message);
      this.#process(message, end - start, state);
    } finally {
      returnMessage(message);
    }
  }

  #process(message: Message, size: number, state: SessionState): void {
    const row = messageRow(message.code);
    if (row === undefined) throw new ProtocolViolation('unknown message');
    if (message.dict !== EMPTY) checkOptions(message.code, row.name, message.dict);
    // What was on its way when the router said GOODBYE is no fault of the client.
    if (state === 'closing' && row.from !== 'router' && message.code !== Msg.GOODBYE) return;
    if (state === 'established' ? !row.legalInEstablished : !row.legalIn.includes(state)) {
      throw new ProtocolViolation(`${row.name}: not allowed while the session is ${state}`);
    }
    if (this.#place === null || message.code === Msg.GOODBYE || message.code === Msg.ABORT) {
      this.#control(message);
      return;
    }
    const pending = this.#place.realm.process(this.#place.member, message);
    if (pending === null) return;
    this.#inbox ??= this.#openInbox();
    this.#inbox.hold(message, size, pending);
  }

  #openInbox(): Inbox {
    return new Inbox({
      connection: this.#connection,
      limits: this.#ports.limits,
      proceed: (message, authorization) =>
        this.#guard(() => this.#place?.realm.proceed(this.#place.member, message, authorization)),
      read: (bytes, start, end) => this.#guard(() => this.#read(bytes, start, end)),
      onOverflow: () =>
        this.#abort(ERRORS.tooManyRequests.uri, 'too many messages wait for their authorization', 'overload'),
    });
  }

  #control(message: Message): void {
    switch (message.code) {
      case Msg.HELLO:
        this.#state = 'authenticating';
        this.#handshake = this.#newHandshake();
        this.#handshake.hello(message);
        return;
      case Msg.AUTHENTICATE:
        this.#state = 'authenticating';
        this.#handshake?.authenticate(message);
        return;
      case Msg.ABORT:
        // Never answered. One attempt for each connection: else a client could have an authenticator called without end.
        this.#close('normal', message.text ?? '');
        return;
      default:
        this.#onGoodbye(message.text ?? '');
    }
  }

  #newHandshake(): Handshake {
    const ports = this.#ports;
    const { details } = this.#connection;
    return new Handshake({
      login: ports.login,
      nextSession: () => ports.ids.next(),
      transport: () => marshalTransportDetails(details, ports.identity.pid),
      channel: details.channel ?? null,
      onAccept: (session, accept, features) => this.#guard(() => this.#accept(session, accept, features)),
      onChallenge: (challenge) => this.#guard(() => this.#challenge(challenge)),
      onDeny: (denied) => this.#guard(() => this.#abort(denied.reason, denied.message, 'policy', denied.details)),
      onFailure: (error) => this.#failed(error),
    });
  }

  #challenge({ authmethod, extra }: Challenge): void {
    this.#state = 'challenging';
    if (!this.#outbox.send(Msg.CHALLENGE, 0, 0, extra, authmethod, null)) this.#refuseSmall();
  }

  #accept(session: number, accept: Accept, features: ReadonlySet<string>): void {
    const admission = this.#ports.admit(accept);
    if (admission.kind === 'deny') {
      this.#deny(admission);
      return;
    }
    this.#ports.cookie?.joined(accept);
    const { identity } = this.#ports;
    const { announced } = admission.realm;
    const details = welcomeDetails(accept, identity, this.#connection.details.peer, announced);
    const peer = new JoinedPeer({
      session,
      accept,
      authextra: details['authextra'] as Dict,
      features,
      role: admission.role,
      timeoutUnit: this.#ports.limits.callTimeoutUnit ?? 1,
      forwarded: accept.transport ?? null,
      details: this.#connection.details,
      pid: identity.pid,
      traffic: this.#traffic,
      outbox: this.#outbox,
      goodbye: (reason, message) => this.goodbye(reason, message),
    });
    this.#deadline?.cancel();
    this.#deadline = null;
    this.#handshake = null;
    this.#setPending(false);
    this.#state = 'established';
    // Before WELCOME is sent: where that ends the session, it ends on the realm too.
    this.#place = { realm: admission.realm, member: admission.realm.join(peer) };
    if (!this.#outbox.send(Msg.WELCOME, session, 0, details, null, null)) {
      this.#refuseSmall();
      return;
    }
    const { realm, authid, authrole, authmethod, authprovider } = accept;
    this.#ports.log.debug('session joined', { session, realm, authid, authrole, authmethod, authprovider });
  }

  /** The client leaves, or answers our GOODBYE. Nothing is sent after a GOODBYE, whichever side began. */
  #onGoodbye(reason: string): void {
    if (this.#state === 'closing') {
      this.#close('normal', ERRORS.goodbyeAndOut.uri);
      return;
    }
    this.#leaveRealm('goodbye');
    const { cookie } = this.#ports;
    const loggingOut = reason === ERRORS.closeLogout.uri && this.#state === 'established';
    if (loggingOut && cookie !== null) this.#logOut(cookie);
    else this.#answerGoodbye();
  }

  /** The answer says that the cookie is no login any more, even after a crash; a disk that hangs delays it for so long only. */
  #logOut(cookie: CookieVisit): void {
    this.#state = 'closing';
    const answer = (): void => {
      if (this.#state !== 'closing' || this.#deadline !== patience) return;
      patience.cancel();
      this.#state = 'established';
      this.#guard(() => this.#answerGoodbye());
    };
    const patience = this.#ports.clock.setTimer(answer, this.#ports.limits.closeTimeout);
    this.#deadline = patience;
    void cookie.logOut().then(answer);
  }

  #answerGoodbye(): void {
    this.#outbox.send(Msg.GOODBYE, 0, 0, EMPTY, ERRORS.goodbyeAndOut.uri, null);
    if (this.#state === 'established') this.#awaitHello(true);
  }

  /** @param again whether a session on this connection is over: a client that begins no other has said its goodbye */
  #awaitHello(again: boolean): void {
    this.#state = 'establishing';
    this.#setPending(true);
    const { clock, limits } = this.#ports;
    this.#deadline = clock.setTimer(() => {
      if (again && this.#state === 'establishing') this.#close('normal', ERRORS.goodbyeAndOut.uri);
      else this.#deny(deny(ERRORS.authenticationFailed.uri, 'the login took too long'));
    }, limits.loginTimeout);
  }

  /** The client announced to take messages so small that it cannot even be welcomed. */
  #refuseSmall(): void {
    this.#deny(deny(ERRORS.payloadSizeExceeded.uri, 'the login needs messages larger than this client takes'));
  }

  #deny(denied: Deny): void {
    const { peer } = this.#connection.details;
    this.#ports.log.info('login denied', { peer, reason: denied.reason, text: denied.message });
    this.#abort(denied.reason, denied.message, 'policy', denied.details);
  }

  /** ABORT, and the end of the connection: one attempt, one challenge, one answer (K4). After a GOODBYE, the end alone. */
  #abort(reason: string, message: string | null, close: CloseReason, more: Readonly<Dict> = EMPTY): void {
    if (this.#state !== 'closing') {
      const sent = this.#outbox.send(Msg.ABORT, 0, 0, message === null ? more : { message, ...more }, reason, null);
      if (!sent) this.#outbox.send(Msg.ABORT, 0, 0, EMPTY, reason, null);
    }
    this.#close(close, reason);
  }

  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const { log } = this.#ports;
    const { peer } = this.#connection.details;
    if (error instanceof ProtocolViolation) {
      log.info('protocol violation', { peer, text: error.message });
      this.#abort(ERRORS.protocolViolation.uri, error.message, 'protocol-error');
    } else {
      log.error('a session failed', { peer, error });
      this.#abort(ERRORS.authenticationFailed.uri, 'internal error of the router', 'internal-error');
    }
  }

  #overflow(reason: string): void {
    const { peer } = this.#connection.details;
    this.#ports.log.warn('a client was too slow and is disconnected', { peer, reason });
    this.destroy();
  }

  #close(reason: CloseReason, text: string): void {
    if (this.#state === 'closed') return;
    this.#outbox.flush();
    this.#release();
    this.#connection.close(reason, text);
  }

  /** Off the realm, out of the handshake, no timer left. */
  #release(): void {
    this.#leaveRealm('lost');
    this.#ports.cookie?.end();
    this.#handshake?.cancel();
    this.#handshake = null;
    this.#deadline?.cancel();
    this.#deadline = null;
    this.#setPending(false);
    this.#state = 'closed';
    this.#inbox?.release();
    this.#outbox.close();
  }

  #leaveRealm(how: Leave): void {
    const place = this.#place;
    if (place === null) return;
    this.#place = null;
    place.realm.leave(place.member, how);
  }

  #setPending(pending: boolean): void {
    if (this.#pending === pending) return;
    this.#pending = pending;
    this.#ports.onPending(pending ? 1 : -1);
  }
}
