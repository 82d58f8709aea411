import type { Clock } from '../wamp/clock.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Authenticator } from './authenticator.ts';
import type { CallGates } from './authenticators/call-gates.ts';
import { type CallerFor, DynamicAuthenticator, type DynamicAuthenticatorOptions } from './authenticators/dynamic.ts';
import { FunctionAuthenticator } from './authenticators/function.ts';
import type { FunctionAuthenticatorOptions, FunctionLoader } from './authenticators/function-loader.ts';
import { type FindPrincipal, StaticAuthenticator } from './authenticators/static.ts';
import type {
  AuthMethod,
  AuthMethodFactory,
  AuthMethodModule,
  AuthMethodParts,
  StaticParts,
  WallClock,
} from './authmethod.ts';
import { ANONYMOUS } from './authmethods/anonymous.ts';
import { ANONYMOUS_PROXY } from './authmethods/anonymous-proxy.ts';
import { CRYPTOSIGN } from './authmethods/cryptosign.ts';
import { CRYPTOSIGN_PROXY } from './authmethods/cryptosign-proxy.ts';
import { SCRAM } from './authmethods/scram.ts';
import { TICKET } from './authmethods/ticket.ts';
import { TLS } from './authmethods/tls.ts';
import { WAMPCRA } from './authmethods/wampcra.ts';
import type { BindingRule } from './channel-binding.ts';
import { type AskedAuthenticator, checksOf, type LoginTrace, tracedAuthenticator } from './login-trace.ts';
import type { NodeKey } from './node-key.ts';
import { type AssignPrincipal, assignPrincipal } from './principal.ts';

/** All authmethods there are: one row each. */
const AUTHMETHODS = {
  anonymous: ANONYMOUS,
  ticket: TICKET,
  wampcra: WAMPCRA,
  cryptosign: CRYPTOSIGN,
  scram: SCRAM,
  tls: TLS,
  'anonymous-proxy': ANONYMOUS_PROXY,
  'cryptosign-proxy': CRYPTOSIGN_PROXY,
};

export type AuthMethodName = keyof typeof AUTHMETHODS;

/** The static configuration of each authmethod, as its module wants it. */
type StaticOptions = {
  readonly [Name in AuthMethodName]: (typeof AUTHMETHODS)[Name] extends AuthMethodModule<infer Static> ? Static : never;
};

interface Bindable {
  /** `channel_binding` of the authmethods that know it; default `optional`. */
  readonly channelBinding?: BindingRule;
}

interface Asking extends Bindable {
  /** `default-role`: of clients for whom the answer names no role; null: such clients stay out. */
  readonly defaultRole: string | null;
  /** `authenticator-timeout`: milliseconds that one call may take; null: `LIMITS.authenticatorTimeout`. */
  readonly timeout: number | null;
}

/** `auth.<method>` of `type: static`. */
export type StaticEntry<Name extends AuthMethodName> = StaticOptions[Name] & {
  readonly method: Name;
  readonly type: 'static';
  readonly defaultRole: string | null;
} & Bindable;

/** `auth.<method>` of `type: dynamic`. */
export interface DynamicEntry extends DynamicAuthenticatorOptions, Asking {
  readonly method: AuthMethodName;
  readonly type: 'dynamic';
}

/** `auth.<method>` of `type: function`. */
export interface FunctionEntry extends FunctionAuthenticatorOptions, Asking {
  readonly method: AuthMethodName;
  readonly type: 'function';
}

/** One configured authmethod of a transport: authmethod × type. */
export type AuthEntry = { [Name in AuthMethodName]: StaticEntry<Name> }[AuthMethodName] | DynamicEntry | FunctionEntry;

/** What authentication needs of the rest of the worker. `keyDerivation` and `decoys`: shared by all its transports. */
export interface AuthPorts extends StaticParts {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly nodeKey: NodeKey;
  readonly callerFor: CallerFor;
  /** Shared by all transports of a worker. */
  readonly callGates: CallGates;
  /** Shared by all transports of a worker. */
  readonly functions: FunctionLoader;
  /** Told of each step of each login. Default: nobody is. */
  readonly trace?: LoginTrace;
}

/** A procedure that receives credentials: nobody but the authenticator may register it (K27). */
export interface ReservedProcedure {
  /** Where it is called; null: on whatever realm a client asks for, so on all of them. */
  readonly realm: string | null;
  readonly procedure: string;
  /** `authenticator-role`, or null. */
  readonly role: string | null;
}

/** The `auth` of one transport, compiled once. Logins only read it. */
export class AuthPolicy {
  readonly #factories = new Map<string, AuthMethodFactory>();
  readonly #reserved: ReservedProcedure[] = [];
  readonly #functions: FunctionAuthenticatorOptions[] = [];
  readonly #tables: StaticAuthenticator[] = [];
  readonly #ports: AuthPorts;
  readonly #assign: AssignPrincipal;
  /** Whether no authentication is configured at all. */
  readonly open: boolean;

  /**
   * @param entries none, and no cookie either: everybody joins as `anonymous`, as Crossbar has it
   * @param cookie whether `auth.cookie` is there: sessions that a cookie brings back (`CookieVisit.restore`)
   * @throws TypeError where an entry cannot be used; the message names its place, and no secret
   */
  constructor(entries: readonly AuthEntry[], ports: AuthPorts, cookie = false) {
    this.#ports = ports;
    this.#assign = assigning(ports.trace);
    this.open = entries.length === 0 && !cookie;
    for (const entry of entries) {
      const place = `auth.${entry.method}`;
      if (this.#factories.has(entry.method)) throw new TypeError(`${place}: configured twice`);
      const authenticator = this.#traced(this.#authenticator(entry, place), entry);
      const parts = this.#parts(authenticator, entry.defaultRole, entry.channelBinding);
      const { start } = AUTHMETHODS[entry.method];
      this.#factories.set(entry.method, () => start(parts));
    }
  }

  /**
   * Begins the login attempt that everybody has where nothing is configured.
   * @param authid by which the client is known again, or null for a random one. Crossbar: the cookie's id
   */
  openDoor(authid: string | null): AuthMethod {
    const answer = authid === null ? { role: 'anonymous' } : { role: 'anonymous', authid };
    this.#ports.trace?.({ kind: 'method', name: ANONYMOUS.name, found: 'open', configured: [] });
    return ANONYMOUS.start(this.#parts(new StaticAuthenticator(() => answer), null));
  }

  /** Begins a login attempt with one authmethod; null where this transport does not configure it. */
  start(authmethod: string): AuthMethod | null {
    const method = this.#factories.get(authmethod)?.() ?? null;
    const found = method === null ? 'not configured' : 'chosen';
    this.#ports.trace?.({ kind: 'method', name: authmethod, found, configured: [...this.#factories.keys()] });
    return method;
  }

  /**
   * Loads what `function` authenticators name, and prepares tables. To be awaited before the transport
   * listens. @throws TypeError naming what cannot be loaded
   */
  async load(): Promise<void> {
    for (const options of this.#functions) await this.#ports.functions.load(options);
    for (const table of this.#tables) await table.prepare();
  }

  /** The procedures that are called as authenticators, for the router to guard. */
  reservedProcedures(): readonly ReservedProcedure[] {
    return this.#reserved;
  }

  #parts(
    authenticator: Authenticator,
    defaultRole: string | null,
    channelBinding: BindingRule = 'optional',
  ): AuthMethodParts {
    const { random, keyDerivation, wallClock, nodeKey } = this.#ports;
    return {
      authenticator,
      assign: this.#assign,
      defaultRole,
      random,
      keyDerivation,
      wallClock,
      nodeKey,
      channelBinding,
    };
  }

  #traced(authenticator: Authenticator, entry: AuthEntry): Authenticator {
    const { trace } = this.#ports;
    return trace === undefined ? authenticator : tracedAuthenticator(authenticator, describe(entry), trace);
  }

  #authenticator(entry: AuthEntry, place: string): Authenticator {
    if (entry.type === 'static') {
      const table = new StaticAuthenticator(findPrincipal(entry, this.#ports));
      this.#tables.push(table);
      return table;
    }
    const { clock, callGates: gates, callerFor, functions } = this.#ports;
    const timeout = timeoutOf(entry);
    if (!(timeout > 0)) throw new TypeError(`${place}.authenticator-timeout: must be more than 0`);
    if (entry.type === 'function') {
      this.#functions.push(entry);
      return new FunctionAuthenticator(entry, functions, { clock, timeout, gate: gates.of(entry.create) });
    }
    this.#reserved.push({ realm: entry.realm, procedure: entry.authenticator, role: entry.role });
    return new DynamicAuthenticator(entry, { callerFor, gates, clock, timeout });
  }
}

function timeoutOf({ timeout }: Asking): number {
  return timeout ?? LIMITS.authenticatorTimeout;
}

function assigning(trace: LoginTrace | undefined): AssignPrincipal {
  if (trace === undefined) return assignPrincipal;
  const onCheck = checksOf(trace);
  return (answer, asked) => assignPrincipal(answer, asked, onCheck);
}

function describe(entry: AuthEntry): AskedAuthenticator {
  if (entry.type === 'static') return { type: 'static', table: `auth.${entry.method}`, names: namesIn(entry) };
  const timeout = timeoutOf(entry);
  if (entry.type === 'function') return { type: 'function', create: entry.create, timeout };
  const { authenticator: procedure, realm, role, wait } = entry;
  return { type: 'dynamic', procedure, realm, role, wait, timeout };
}

function namesIn(entry: Extract<AuthEntry, { type: 'static' }>): readonly string[] | null {
  if ('users' in entry) return [...entry.users.keys()];
  return 'principals' in entry ? [...entry.principals.keys()] : null;
}

function findPrincipal<Name extends AuthMethodName>(entry: StaticEntry<Name>, parts: StaticParts): FindPrincipal {
  const modules: { readonly [Each in AuthMethodName]: AuthMethodModule<StaticOptions[Each]> } = AUTHMETHODS;
  return modules[entry.method].compileStatic(entry, parts);
}
