/** A router with an authenticator for each authmethod on each transport that writes down what it is called with. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import {
  anonymous,
  type ClientAuth,
  type ClientSession,
  type ConnectOptions,
  connect,
  createRouter,
  cryptosign,
  type EmbeddedRouter,
  scram,
  ticket,
  tls,
  wampcra,
} from '../../src/index.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { type Certificates, makeCertificates } from '../transports/endpoint-certificates.ts';
import { ask, openTransport } from '../transports/longpoll-client.ts';
import { temporaryDirectory } from '../transports/rawsocket-harness.ts';

export interface Recorded {
  readonly realm: unknown;
  readonly authid: unknown;
  readonly details: Dict;
  readonly kwargs: Dict;
  readonly callerAuthid: string | undefined;
  /** null where the client was not let in. */
  readonly welcome: Dict | null;
}

const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const PUBLIC_KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';

/** What the authenticator answers, by authmethod, so that the client is let in. */
const ANSWERS: ReadonlyMap<unknown, Dict> = new Map<unknown, Dict>([
  ['wampcra', { secret: '123secret' }],
  ['cryptosign', { pubkey: PUBLIC_KEY }],
  ['cryptosign-proxy', { pubkey: PUBLIC_KEY }],
  [
    'scram',
    {
      kdf: 'pbkdf2',
      iterations: 4096,
      salt: '8e1f0b5c6a7d4f3290c1e2d3b4a59687',
      'stored-key': createHash('sha256').update('stored').digest('hex'),
      'server-key': createHash('sha256').update('server').digest('hex'),
    },
  ],
]);

const PROXIED = { proxy_realm: 'realm1', proxy_authid: 'peter', proxy_authrole: 'user' };

/** How a client logs in, by authmethod. Whether it is let in in the end does not matter here. */
const LOGINS: Readonly<Record<string, Partial<ConnectOptions> & { readonly auth: ClientAuth }>> = {
  anonymous: { auth: anonymous() },
  ticket: { auth: ticket('123secret') },
  wampcra: { auth: wampcra('123secret') },
  scram: { auth: scram('123secret') },
  cryptosign: { auth: cryptosign(SEED) },
  tls: { auth: tls() },
  'anonymous-proxy': { auth: { ...anonymous(), method: 'anonymous-proxy' }, authextra: PROXIED },
  'cryptosign-proxy': { auth: { ...cryptosign(SEED), method: 'cryptosign-proxy' }, authextra: PROXIED },
};

export const AUTHMETHODS: readonly string[] = Object.keys(LOGINS);

export type Carrier = 'websocket' | 'rawsocket' | 'longpoll' | 'websocket over TLS' | 'Unix socket';

export class RecordedLogins {
  readonly #directory: string;
  readonly #remove: () => Promise<void>;
  readonly #certificates: Certificates;
  readonly #router: EmbeddedRouter;
  readonly #authenticator: ClientSession;
  #last: Recorded | null = null;

  private constructor(
    { directory, remove }: Awaited<ReturnType<typeof temporaryDirectory>>,
    certificates: Certificates,
    router: EmbeddedRouter,
    authenticator: ClientSession,
  ) {
    this.#directory = directory;
    this.#remove = remove;
    this.#certificates = certificates;
    this.#router = router;
    this.#authenticator = authenticator;
  }

  static async start(): Promise<RecordedLogins> {
    const place = await temporaryDirectory();
    const certificates = makeCertificates(place.directory);
    const { serverKey: key, serverCertificate: certificate, intermediate, ca } = certificates;
    const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
    const secure = { key, certificate, chain_certificates: [intermediate], ca_certificates: [ca] };
    const asking = { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm-auth' };
    const backend = { ...asking, proxy_backend: true };
    const auth = Object.fromEntries(
      AUTHMETHODS.filter((name) => !name.endsWith('-proxy')).map((name) => [name, asking]),
    );
    const proxies = { 'anonymous-proxy': backend, 'cryptosign-proxy': backend };
    const cookie = { store: { type: 'memory' } };
    const paths = { '/': { type: 'websocket', auth, cookie }, lp: { type: 'longpoll', auth } };
    const router = await createRouter(
      {
        realms: [
          { name: 'realm1', roles: [{ name: 'user' }] },
          { name: 'realm-auth', roles: [] },
        ],
        transports: [
          { type: 'web', endpoint, paths },
          { type: 'rawsocket', endpoint, auth },
          { type: 'websocket', endpoint: { ...endpoint, tls: secure }, auth },
          { type: 'rawsocket', endpoint: { type: 'unix', path: 'node.sock' }, auth: { ...auth, ...proxies } },
        ],
      },
      { cbdir: place.directory },
    );
    const authenticator = await router.join({ realm: 'realm-auth' });
    const logins = new RecordedLogins(place, certificates, router, authenticator);
    await authenticator.register('com.example.authenticate', ([realm, authid, details], kwargs, { callerAuthid }) => {
      logins.#last = { realm, authid, details: details as Dict, kwargs: kwargs ?? {}, callerAuthid, welcome: null };
      const { authmethod } = details as Dict;
      return { role: 'user', ...ANSWERS.get(authmethod) };
    });
    return logins;
  }

  async stop(): Promise<void> {
    await this.#authenticator.leave();
    await this.#router.close();
    await this.#remove();
  }

  /** What the authenticator was called with at a login. */
  async record(authmethod: string, carrier: Carrier, more: Partial<ConnectOptions> = {}): Promise<Recorded> {
    this.#taken();
    let welcome: Dict | null = null;
    if (carrier === 'longpoll') await this.#byLongPoll();
    else {
      const { ca, clientKey: key, clientCertificate: certificate } = this.#certificates;
      const files = carrier === 'websocket over TLS' ? { tls: { caCertificates: [ca], key, certificate } } : {};
      const login = {
        realm: 'realm1',
        authid: 'peter',
        serializers: ['json'] as const,
        ...LOGINS[authmethod],
        ...more,
      };
      const joining = connect({ url: this.#url(carrier), ...login, ...files });
      const session = await joining.catch(() => null);
      await session?.leave();
      welcome = session?.details ?? null;
    }
    const recorded = this.#taken();
    if (recorded === null) throw new Error(`nobody was asked about a login by ${authmethod}, ${carrier}`);
    return { ...recorded, welcome };
  }

  #taken(): Recorded | null {
    const last = this.#last;
    this.#last = null;
    return last;
  }

  #url(carrier: Carrier): string {
    const [web, raw, secure] = this.#router.ports;
    if (carrier === 'rawsocket') return `rs://127.0.0.1:${raw}`;
    if (carrier === 'websocket over TLS') return `wss://localhost:${secure}/`;
    if (carrier === 'Unix socket') return `rs+unix://${path.join(this.#directory, 'node.sock')}`;
    return `ws://127.0.0.1:${web}/`;
  }

  async #byLongPoll(): Promise<void> {
    const base = `http://127.0.0.1:${this.#router.ports[0]}/lp`;
    const transport = `${base}/${await openTransport(base, 'wamp.2.json')}`;
    const details = { roles: { caller: {} }, authmethods: ['ticket'], authid: 'peter' };
    await ask(`${transport}/send`, JSON.stringify([1, 'realm1', details]));
    await ask(`${transport}/receive`, null);
    await ask(`${transport}/send`, JSON.stringify([5, '123secret', {}]));
    await ask(`${transport}/receive`, null);
    await ask(`${transport}/close`, null);
  }
}
