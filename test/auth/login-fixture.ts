import { randomBytes } from 'node:crypto';
import { CallGates } from '../../src/auth/authenticators/call-gates.ts';
import type { CallerFor } from '../../src/auth/authenticators/dynamic.ts';
import { FunctionLoader } from '../../src/auth/authenticators/function-loader.ts';
import type { AuthMethodParts, Hello, StaticParts } from '../../src/auth/authmethod.ts';
import type { CookieVisit } from '../../src/auth/cookie-visit.ts';
import { Decoys } from '../../src/auth/decoys.ts';
import { KeyDerivation } from '../../src/auth/key-derivation.ts';
import { Login } from '../../src/auth/login.ts';
import { NodeKey } from '../../src/auth/node-key.ts';
import type { Accept, Deny, Outcome } from '../../src/auth/outcome.ts';
import { type AuthEntry, AuthPolicy } from '../../src/auth/policy.ts';
import { assignPrincipal } from '../../src/auth/principal.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import type { Log, LogFields } from '../../src/wamp/log.ts';
import { marshalTransportDetails } from '../../src/wamp/transport-details.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** What an authenticator was called with. */
export interface AuthenticatorCall {
  readonly args: readonly unknown[];
  readonly signal: AbortSignal;
  /** Of a dynamic one: the procedure, and the realm and role that it was called on and by. */
  readonly procedure?: string;
  readonly realm?: string;
  readonly role?: string | null;
}

/** What a client answers to CHALLENGE.Extra. */
type Answer = string | ((extra: Dict) => string);

/** An authenticator's behaviour, whatever its kind. */
export type Behaviour = (args: readonly unknown[], signal: AbortSignal) => unknown;

/** The wall clock of these tests. */
export const NOW = Date.UTC(2026, 0, 31, 12, 34, 56, 789);

export const NODE_KEY = new NodeKey(Buffer.alloc(32, 8));

export const STATIC_PARTS: StaticParts = {
  random: randomBytes,
  keyDerivation: new KeyDerivation(),
  decoys: new Decoys(Buffer.alloc(32, 7)),
};

/** What an authmethod is given, but its authenticator. */
export const METHOD_PARTS: Omit<AuthMethodParts, 'authenticator'> = {
  random: randomBytes,
  keyDerivation: STATIC_PARTS.keyDerivation,
  assign: assignPrincipal,
  defaultRole: null,
  wallClock: () => NOW,
  nodeKey: NODE_KEY,
  channelBinding: 'optional',
};

export const TRANSPORT = marshalTransportDetails(
  {
    type: 'websocket',
    secure: false,
    own: null,
    peer: 'tcp4:127.0.0.1:17185',
    protocol: 'wamp.2.msgpack.batched',
    serializer: null,
    extensions: null,
    headersReceived: { upgrade: 'WebSocket', host: 'localhost:8080', 'user-agent': 'AutobahnPython/0.11.0' },
    headersSent: {},
    cookie: null,
    clientCertificate: null,
    channelIds: {},
  },
  4711,
);

export function helloOf(more: Partial<Hello> = {}): Hello {
  return {
    realm: 'realm1',
    authmethods: ['ticket'],
    authid: 'user1',
    authrole: null,
    authextra: null,
    session: 508715025212448,
    transport: TRANSPORT,
    channel: null,
    ...more,
  };
}

/** A worker's side of logins: its realms, its clock, its log, and one authenticator that behaves as told. */
export class LoginFixture {
  readonly clock = new FakeClock();
  readonly lines: { level: string; text: string; fields: LogFields }[] = [];
  readonly calls: AuthenticatorCall[] = [];
  readonly budget: CallGates;
  readonly imported: string[] = [];
  /** The realms that run, each with the roles that may call an authenticator. */
  readonly realms = new Map<string, readonly string[]>([
    ['realm1', []],
    ['realm-auth', ['auth-caller']],
  ]);
  behaviour: Behaviour = () => 'user';
  readonly policy: AuthPolicy;

  constructor(entries: readonly AuthEntry[], budget = 200) {
    this.budget = new CallGates(budget, this.clock, this.#logWith({}));
    const functions = new FunctionLoader(async (specifier) => {
      this.imported.push(specifier);
      return {
        create:
          () =>
          (...args: unknown[]) => {
            const [realm, authid, details, signal] = args;
            this.calls.push({ args: [realm, authid, details], signal: signal as AbortSignal });
            return this.behaviour([realm, authid, details], signal as AbortSignal);
          },
      };
    });
    const { clock, budget: callGates } = this;
    this.policy = new AuthPolicy(entries, {
      ...STATIC_PARTS,
      clock,
      wallClock: () => NOW,
      nodeKey: NODE_KEY,
      callGates,
      functions,
      callerFor: this.#callerFor,
    });
  }

  login(cookie: CookieVisit | null = null): Login {
    return new Login(this.policy, { random: randomBytes, log: this.#logWith({}), cookie });
  }

  /** A whole login: HELLO, and the answer if there is a challenge. */
  async run(hello: Hello, answer: Answer = '', signal: AbortSignal = new AbortController().signal): Promise<Outcome> {
    const login = this.login();
    const outcome = await login.hello(hello, signal);
    if (outcome.kind !== 'challenge') return outcome;
    const signature = typeof answer === 'string' ? answer : answer(outcome.extra);
    return login.authenticate(signature, {}, signal);
  }

  /** As `run`, for logins that end at once. */
  async decide(hello: Hello, answer: Answer = ''): Promise<Accept | Deny> {
    const outcome = await this.run(hello, answer);
    if (outcome.kind === 'challenge') throw new Error('challenged twice');
    return outcome;
  }

  get logged(): string {
    return JSON.stringify(this.lines);
  }

  readonly #callerFor: CallerFor = (realm, role) => {
    const roles = this.realms.get(realm);
    if (roles === undefined) return 'no such realm';
    if (role !== null && !roles.includes(role)) return 'no such role';
    return {
      call: async (procedure, args, options) => {
        const signal = options?.signal;
        if (signal === undefined) throw new Error('called without a signal');
        this.calls.push({ procedure, args, realm, role, signal });
        return this.behaviour(args, signal);
      },
    };
  };

  #logWith(always: LogFields): Log {
    const at = (level: string) => (text: string, fields?: LogFields) => {
      this.lines.push({ level, text, fields: { ...always, ...fields } });
    };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: (fields) => this.#logWith({ ...always, ...fields }),
    };
  }
}

/** Lets everything go on that does not wait for a clock. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A callee that never answers. */
export function silence(): Promise<never> {
  return new Promise(() => {});
}
