/** Each way in which a login ends without a WELCOME, brought about at a real router: what the client reads. */
import { createHash, sign } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { privateKeyOf } from '../../src/auth/ed25519-seed.ts';
import {
  type ClientAuth,
  type ClientSession,
  type ConnectOptions,
  connect,
  createRouter,
  type EmbeddedRouter,
  ticket,
  WampError,
} from '../../src/index.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { RawPeer, temporaryDirectory } from '../transports/rawsocket-harness.ts';

/** What the client reads: URI and text of ABORT. */
export type Refusal = readonly [uri: string, text: string];

type Login = Partial<ConnectOptions>;

const PUBKEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';
/** What `PUBKEY` belongs to. */
const SEED = Buffer.from('4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510', 'hex');
const OTHER = Buffer.alloc(32);
const NONCE = Buffer.alloc(16, 1).toString('base64');
const CRA = { role: 'user', secret: '123secret', salt: 'salt', iterations: 1000, keylen: 32 };
const KEY_HEX = createHash('sha256').update('key').digest('hex');
const SCRAM = {
  role: 'user',
  kdf: 'argon2id-13',
  iterations: 4096,
  memory: 512,
  salt: KEY_HEX,
  'stored-key': KEY_HEX,
  'server-key': KEY_HEX,
};

/** A client that says and answers what it is told to. */
function by(method: string, authextra: Dict = {}, answer: ClientAuth['begin'] | string = ''): { auth: ClientAuth } {
  const begin = typeof answer === 'string' ? () => ({ authextra, answer: () => answer }) : answer;
  return { auth: { method, begin } };
}

const silence = (): Promise<never> => new Promise(() => {});

export class RefusedLogins {
  readonly #remove: () => Promise<void>;
  readonly #directory: string;
  readonly #router: EmbeddedRouter;
  readonly #names: readonly string[];
  readonly #authenticator: ClientSession;
  /** What the authenticator does next. */
  #answer: unknown = 'user';

  private constructor(
    { directory, remove }: Awaited<ReturnType<typeof temporaryDirectory>>,
    router: EmbeddedRouter,
    names: readonly string[],
    authenticator: ClientSession,
  ) {
    this.#directory = directory;
    this.#remove = remove;
    this.#router = router;
    this.#names = names;
    this.#authenticator = authenticator;
  }

  static async start(): Promise<RefusedLogins> {
    const place = await temporaryDirectory();
    const asking = (procedure: string, more: Dict = {}) => ({
      type: 'dynamic',
      authenticator: `com.example.${procedure}`,
      'authenticator-realm': 'realm-auth',
      'authenticator-wait': 0,
      ...more,
    });
    const main = asking('authenticate');
    const functionFile = path.join(place.directory, 'authenticator.mjs');
    await fs.writeFile(functionFile, 'export const create = () => () => { throw new TypeError("no database"); };');
    const methods = ['anonymous', 'ticket', 'wampcra', 'scram', 'cryptosign', 'tls'];
    const backend = { ...main, proxy_backend: true };
    const required = { ...main, channel_binding: 'required' };
    const places: Readonly<Record<string, Dict>> = {
      main: { auth: Object.fromEntries(methods.map((method) => [method, main])) },
      ticketless: { auth: { anonymous: main } },
      'their own realm': {
        auth: {
          ticket: { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-role': 'caller' },
        },
      },
      absent: { auth: { ticket: asking('absent') } },
      silent: { auth: { ticket: asking('silent', { 'authenticator-timeout': 100 }) } },
      busy: { auth: { ticket: asking('busy', { 'authenticator-timeout': 60_000 }) } },
      limited: { auth: { ticket: asking('limited') } },
      dying: { auth: { ticket: asking('dying') } },
      function: { auth: { ticket: { type: 'function', create: './authenticator.mjs#create' } } },
      bound: { auth: { cryptosign: required } },
      impatient: { auth: { ticket: main }, options: { login_timeout: 1000 } },
      counted: {
        type: 'websocket',
        auth: { ticket: main },
        options: { max_failed_logins: 1, trusted_proxies: ['127.0.0.1'] },
      },
      backend: { endpoint: { type: 'unix', path: 'node.sock' }, auth: { 'anonymous-proxy': backend } },
    };
    const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
    const allowing = { permissions: [{ uri: '*', allow: { register: true } }] };
    const router = await createRouter(
      {
        realms: [
          { name: 'realm1', roles: [{ name: 'user' }, { name: 'caller' }] },
          { name: 'realm2', roles: [{ name: 'user' }] },
          { name: 'realm-auth', roles: [{ name: 'authenticator', ...allowing }] },
        ],
        transports: Object.values(places).map((one) => ({ type: 'rawsocket', endpoint, ...one })),
      },
      { cbdir: place.directory },
    );
    const authenticator = await router.join({ realm: 'realm-auth' });
    const logins = new RefusedLogins(place, router, Object.keys(places), authenticator);
    await authenticator.register('com.example.authenticate', () => {
      const answer = logins.#answer;
      if (answer instanceof Error) throw answer;
      return answer;
    });
    await authenticator.register('com.example.silent', silence);
    await authenticator.register('com.example.busy', silence);
    await authenticator.register('com.example.limited', silence, { concurrency: 1 });
    return logins;
  }

  async stop(): Promise<void> {
    await this.#authenticator.leave();
    await this.#router.close();
    await this.#remove();
  }

  /** All refusals, in the order of the checks. */
  async all(): Promise<Refusal[]> {
    return [
      ...(await this.#ofTheRouter()),
      ...(await this.#ofTheCall()),
      ...(await this.#ofTheAnswer()),
      ...(await this.#ofTheProof()),
      ...(await this.#ofTheRealm()),
    ];
  }

  /** Before the authenticator is asked. */
  async #ofTheRouter(): Promise<Refusal[]> {
    const counted = { headers: { 'X-Forwarded-For': '203.0.113.9' } };
    this.#answer = new WampError('com.example.refused', ['because']);
    await this.#refused('counted', counted);
    const proxied = { proxy_realm: 'realm1', proxy_authid: 'peter', proxy_authrole: 'user' };
    const { proxy_authrole: _, ...halfProxied } = proxied;
    return [
      await this.#refused(
        'impatient',
        by('ticket', {}, () => ({ answer: silence })),
      ),
      await this.#refused('counted', counted),
      await this.#refused('main', { realm: 'no realm' }),
      await this.#refused('main', { authid: 'x'.repeat(256) }),
      await this.#refused('ticketless'),
      await this.#refused('main', by('tls')),
      await this.#refused('main', { ...by('scram'), authid: '' }),
      await this.#refused('main', { ...by('scram'), authid: '\u00ad\uffff' }),
      await this.#refused('main', by('scram')),
      await this.#refused('main', by('scram', { nonce: 'not base64' })),
      await this.#refused('main', by('scram', { nonce: 'c2hvcnQ=' })),
      await this.#refused('bound', by('cryptosign', { pubkey: PUBKEY })),
      await this.#refused('main', by('cryptosign', { pubkey: PUBKEY, channel_binding: 'other' })),
      await this.#refused('main', by('cryptosign', { pubkey: PUBKEY, channel_binding: 'tls-unique' })),
      await this.#refused('main', by('cryptosign', { pubkey: PUBKEY, challenge: 'short' })),
      await this.#refused('backend', by('anonymous-proxy', halfProxied)),
      await this.#refused('backend', by('anonymous-proxy', { ...proxied, proxy_realm: 1 })),
    ];
  }

  async #ofTheCall(): Promise<Refusal[]> {
    const refusals = [
      await this.#refused('their own realm', { realm: 'realm9' }),
      await this.#refused('their own realm', { realm: 'realm2' }),
      await this.#refused('main', by('ticket')),
      await this.#refused('absent'),
      ...(await this.#ofTheBounds()),
      await this.#ofTheDying(),
      await this.#refused('their own realm'),
    ];
    for (const error of [
      new WampError('com.example.refused', ['because', 'more'], { more: true }),
      new WampError('com.example.refused'),
      new WampError('com.example.refused', ['com.example.authenticate says no']),
      new WampError('wamp.close.system_shutdown', ['really']),
      new TypeError('no database'),
    ]) {
      this.#answer = error;
      refusals.push(await this.#refused('main'));
    }
    return [...refusals, await this.#refused('function')];
  }

  async #ofTheBounds(): Promise<Refusal[]> {
    const unanswered = await Promise.all(Array.from({ length: 10 }, () => this.#refused('silent')));
    const brokenOff = await this.#refused('silent');
    const giveUp = new AbortController();
    setMaxListeners(0, giveUp.signal);
    const many = Array.from({ length: 201 }, () => this.#refused('busy', { signal: giveUp.signal }));
    const tooMany = await Promise.race(many);
    giveUp.abort();
    await Promise.all(many);
    const two = [this.#refused('limited'), this.#refused('limited')];
    return [brokenOff, tooMany, await Promise.race(two), ...unanswered.slice(0, 1)];
  }

  async #ofTheDying(): Promise<Refusal> {
    const dying = await this.#router.join({ realm: 'realm-auth' });
    await dying.register('com.example.dying', () => {
      void dying.leave();
      return silence();
    });
    return this.#refused('dying');
  }

  async #ofTheAnswer(): Promise<Refusal[]> {
    const refusals: Refusal[] = [];
    for (const answer of [
      null,
      { role: 'user', challenge: { method: 'totp' } },
      { role: 'user', realm: 1 },
      { role: 'user', authid: 'x'.repeat(256) },
      { role: 'not a role' },
      { role: 'user', extra: [] },
      { role: 'user', realm: null },
      { role: 'user', authid: '' },
      {},
      'trusted',
    ]) {
      this.#answer = answer;
      refusals.push(await this.#refused('main'));
    }
    this.#answer = 'user';
    return [...refusals, await this.#refused('main', by('wampcra'))];
  }

  async #ofTheProof(): Promise<Refusal[]> {
    this.#answer = CRA;
    const wampcra = await this.#refused('main', by('wampcra'));
    this.#answer = SCRAM;
    const scram = await this.#refused('main', by('scram', { nonce: NONCE }));
    this.#answer = { role: 'user', pubkey: PUBKEY };
    const cryptosign = (answer: string) => this.#refused('main', by('cryptosign', { pubkey: PUBKEY }, answer));
    return [
      wampcra,
      scram,
      await cryptosign('signature'),
      await cryptosign('ab'),
      await cryptosign('ab'.repeat(96)),
      await cryptosign(Buffer.concat([sign(null, OTHER, privateKeyOf(SEED)), OTHER]).toString('hex')),
    ];
  }

  async #ofTheRealm(): Promise<Refusal[]> {
    this.#answer = { role: 'user', realm: 'realm9' };
    const realm = await this.#refused('main');
    this.#answer = { role: 'caller', realm: 'realm2' };
    const role = await this.#refused('main');
    this.#answer = 'user';
    return [realm, role, await this.#ofTheSmall()];
  }

  /** A client that takes messages of 512 bytes at most, which RawSocket lets it say. */
  async #ofTheSmall(): Promise<Refusal> {
    const peer = await RawPeer.connect(this.#router.ports[this.#names.indexOf('main')] ?? null);
    const hello = Buffer.from(JSON.stringify([1, 'realm1', { roles: { caller: {} } }]));
    peer.send([0x7f, 0x01, 0, 0], [0, 0, 0, hello.length], hello);
    await peer.gone();
    const [, { message }, uri] = JSON.parse(peer.received.subarray(8).toString());
    return [uri, message];
  }

  /** Of an answer that would do, but for some of its keys, and a client that proves nothing. */
  async ofAnswer(method: string, more: Dict): Promise<Refusal> {
    const good: Dict = method === 'wampcra' ? CRA : method === 'scram' ? SCRAM : { role: 'user', pubkey: PUBKEY };
    this.#answer = { ...good, ...more };
    return this.#refused('main', by(method, { pubkey: PUBKEY, nonce: NONCE }));
  }

  async #refused(place: string, login: Login = {}): Promise<Refusal> {
    const port = this.#router.ports[this.#names.indexOf(place)];
    const scheme = place === 'counted' ? 'ws' : 'rs';
    const url =
      port === null ? `rs+unix://${path.join(this.#directory, 'node.sock')}` : `${scheme}://127.0.0.1:${port}`;
    try {
      const session = await connect({ url, realm: 'realm1', authid: 'peter', auth: ticket('123secret'), ...login });
      await session.leave();
    } catch (error) {
      if (!(error instanceof WampError)) throw error;
      const [text] = error.args;
      return [error.uri, text === undefined ? '–' : String(text).replace(/\(ref [0-9a-f]{8}\)/, '(ref 1a2b3c4d)')];
    }
    throw new Error(`it was let in: ${place}`);
  }
}
