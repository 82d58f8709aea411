import { randomBytes } from 'node:crypto';
import type { CookieJar } from '../auth/cookie-jar.ts';
import type { CookieVisit } from '../auth/cookie-visit.ts';
import { Login } from '../auth/login.ts';
import { checksOf, type LoginTrace } from '../auth/login-trace.ts';
import type { AuthPolicy } from '../auth/policy.ts';
import type { Realm } from '../router/realm.ts';
import { type Role, TRUSTED } from '../router/role.ts';
import type { Router } from '../router/router.ts';
import { type Admit, admitClients } from '../session/admission.ts';
import { Backlog } from '../session/backlog.ts';
import type { Accept, Connection, Greet, Newcomer } from '../session/connection.ts';
import type { Flusher } from '../session/flusher.ts';
import { grantedLogin, type LoginAttempt } from '../session/login-attempt.ts';
import { Session, type SessionPorts } from '../session/session.ts';
import { tracedLogin } from '../session/traced-login.ts';
import type { RouterIdentity } from '../session/welcome.ts';
import { wireOf } from '../session/wire-of.ts';
import type { Clock } from '../wamp/clock.ts';
import { ERRORS } from '../wamp/errors.ts';
import type { IdSource } from '../wamp/ids.ts';
import { LIMITS, type Limits } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { Roster } from '../wamp/roster.ts';
import { type AddressRules, Doorkeeper } from './doorkeeper.ts';

/** How long a client may take to answer GOODBYE at shutdown, in milliseconds. `turnpike stop` loses patience after 5 s. */
const SHUTDOWN_GRACE = 2_000;

export interface HostPorts {
  readonly router: Router;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly flusher: Flusher;
  readonly log: Log;
  readonly identity: RouterIdentity;
  /** Connections of clients at a time. */
  readonly maxConnections: number;
  /** Bytes that may wait for all of them together. */
  readonly maxOutboxes: number;
  /** Told of each step of each login of a client. Default: nobody is. */
  readonly trace?: LoginTrace;
}

/** Who a session of the router's own, or of a component, is. */
export interface LocalPrincipal {
  readonly realm: Realm;
  readonly role: Role;
  readonly authid: string;
}

/** Where the connections of one transport come in. */
export interface Door {
  readonly accept: Accept;
  /** For those that come over HTTP; null: by `accept`, as any other. */
  readonly greet: Greet | null;
  /** Whether one more may come in. */
  readonly admit: (newcomer: Newcomer) => boolean;
}

/** What is not the same for all sessions of a worker. */
type OwnPorts = Pick<SessionPorts, 'login' | 'admit' | 'limits' | 'onPending' | 'cookie'>;

/** What a transport says of its clients. */
export interface DoorConfig {
  readonly policy: AuthPolicy;
  readonly limits: Limits;
  readonly cookies: CookieJar | null;
  readonly addresses: AddressRules;
}

/** Makes the sessions of a worker, counts those that are not welcomed yet, and ends them all. */
export class SessionHost {
  readonly #ports: HostPorts;
  readonly #sessions = new Roster<Session>();
  /** Of the router's own: they end last. */
  readonly #local = new Roster<Session>();
  readonly #doorkeeper: Doorkeeper;
  readonly #backlog: Backlog;
  #onEmpty: (() => void) | null = null;

  constructor(ports: HostPorts) {
    this.#ports = ports;
    this.#doorkeeper = new Doorkeeper(ports.maxConnections, ports);
    this.#backlog = new Backlog(ports.maxOutboxes);
  }

  /** Sessions of clients, welcomed or not. */
  get size(): number {
    return this.#sessions.size;
  }

  /** For the connections of one transport: its authentication, its limits, its cookies. */
  clients({ policy, limits, cookies, addresses }: DoorConfig): Door {
    const { router, log, trace } = this.#ports;
    const admit = trace === undefined ? admitClients(router) : admitClients(router, checksOf(trace));
    const watched = (attempt: LoginAttempt) => (trace === undefined ? attempt : tracedLogin(attempt, trace));
    const lane = this.#doorkeeper.lane(addresses, () => this.#sessions.size);
    const accept = (cookie: CookieVisit | null): Accept => {
      return (connection, protocol) => {
        const { onPending, counted } = lane.enter(connection.details);
        const login = (): LoginAttempt => watched(counted(new Login(policy, { random: randomBytes, log, cookie })));
        const own = { login, admit, limits, onPending, cookie };
        const session = this.#open(this.#sessions, connection, protocol, own);
        cookie?.begin(() => session.goodbye(ERRORS.closeLogout.uri, 'the login has ended elsewhere'));
        return session;
      };
    };
    if (cookies === null) return { accept: accept(null), greet: null, admit: lane.admit };
    const greet: Greet = (arrival) => {
      const visit = cookies.visit(arrival);
      const headers = visit.setCookie === null ? {} : { 'Set-Cookie': visit.setCookie };
      return { headers, cookie: visit.id, accept: accept(visit) };
    };
    return { accept: accept(null), greet, admit: lane.admit };
  }

  /** For a connection inside the process, whose other end is who we say. */
  local(principal: LocalPrincipal): Accept {
    const { realm, role, authid } = principal;
    const login = (): LoginAttempt => grantedLogin({ realm: realm.name, authid, authrole: role.name });
    const admit: Admit = () => ({ kind: 'admission', realm, role });
    const own: OwnPorts = { login, admit, limits: LIMITS, onPending: () => {}, cookie: null };
    return (connection, protocol) => this.#open(this.#local, connection, protocol, own);
  }

  /** GOODBYE to all clients; resolves when they are gone, those that do not answer after `SHUTDOWN_GRACE`. The router's own sessions end afterwards. */
  async close(): Promise<void> {
    for (const session of this.#sessions.all()) session.goodbye(ERRORS.systemShutdown.uri, 'the router shuts down');
    if (this.#sessions.size > 0) {
      const emptied = new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
      const grace = this.#ports.clock.setTimer(() => {
        for (const session of this.#sessions.all()) session.destroy();
      }, SHUTDOWN_GRACE);
      await emptied;
      grace.cancel();
    }
    for (const session of this.#local.all()) session.goodbye(ERRORS.systemShutdown.uri, null);
  }

  #open(among: Roster<Session>, connection: Connection, protocol: string, own: OwnPorts): Session {
    const { clock, ids, log, flusher, identity } = this.#ports;
    const onEnd = (): void => {
      among.leave(seat);
      if (this.#sessions.size === 0) this.#onEmpty?.();
    };
    const ports = { clock, ids, log, flusher, backlog: this.#backlog, identity, onEnd, ...own };
    const session = new Session(connection, wireOf(protocol, connection.framing), ports);
    const seat = among.enter(session);
    return session;
  }
}

/** The role of that name on a realm; `trusted` is on each, for the router itself. */
export function roleOn(realm: Realm, name: string): Role | undefined {
  return name === TRUSTED.name ? TRUSTED : realm.role(name);
}
