/** A router with everything that has a part in a login, on real sockets, in time that passes when the test says so. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientSession } from '../../src/client/client-session.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { RouterWorkerConfig } from '../../src/config/schema-worker.ts';
import { randomIds } from '../../src/worker/random-ids.ts';
import { RouterWorker } from '../../src/worker/router-worker.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type Certificates, makeCertificates } from '../transports/endpoint-certificates.ts';
import { temporaryDirectory } from '../transports/rawsocket-harness.ts';
import { LogLines } from './log-lines.ts';
import {
  authOf,
  type Judgement,
  KINDS,
  type Kind,
  METHODS,
  type Method,
  procedureOf,
  type Shown,
} from './login-clients.ts';
import { type Address, connectPeer, type Peer, type PeerTls } from './raw-peer.ts';

export type Carrier =
  | 'websocket'
  | 'rawsocket'
  | 'longpoll'
  | 'unix socket'
  | 'websocket over TLS'
  | 'rawsocket over TLS'
  | 'rawsocket of proxies over TLS';

/** What there is of clients and logins at a time. */
export interface Left {
  readonly connections: number;
  readonly timers: number;
  /** Calls of the authenticator that are neither answered nor cancelled. */
  readonly calls: number;
  readonly sessions: number;
}

export const NOTHING: Left = { connections: 0, timers: 0, calls: 0, sessions: 0 };

/** How often a test looks, at most, before it gives up: turns of the event loop. */
const TURNS = 100_000;

const TRANSPORTS_OF_A_KIND = 5;

export class LoginBench {
  readonly clock: FakeClock;
  readonly lines: LogLines;
  /** What an authenticator does, whichever its kind. */
  judge: Judgement = () => null;
  /** All that others were told of sessions: meta events, and what `wamp.session.get` says. */
  readonly told: string[] = [];
  readonly #worker: RouterWorker;
  readonly #place: Awaited<ReturnType<typeof temporaryDirectory>>;
  readonly #tls: Readonly<Record<Shown, PeerTls>>;
  /** SHA-256 of the certificate that everybody knows, and SHA-1 of the one that nobody does. */
  readonly listed: string;
  readonly unlisted: string;
  readonly #observers: ClientSession[] = [];
  readonly #peers = new Set<Peer>();
  #authenticator: ClientSession | null = null;
  #calls = 0;
  #timers = 0;

  private constructor(
    place: Awaited<ReturnType<typeof temporaryDirectory>>,
    files: Certificates,
    { worker, clock, lines }: { worker: RouterWorker; clock: FakeClock; lines: LogLines },
  ) {
    this.#place = place;
    this.#worker = worker;
    this.clock = clock;
    this.lines = lines;
    const pem = (...names: readonly string[]) => Buffer.concat(names.map((name) => readFileSync(name)));
    const ca = pem(files.ca);
    this.#tls = {
      listed: { ca, cert: pem(files.clientCertificate), key: pem(files.clientKey) },
      // Of the same authority, but of nobody whom the configuration knows.
      unlisted: { ca, cert: pem(files.serverCertificate, files.intermediate), key: pem(files.serverKey) },
    };
    this.listed = new X509Certificate(readFileSync(files.clientCertificate)).fingerprint256;
    this.unlisted = new X509Certificate(readFileSync(files.serverCertificate)).fingerprint;
  }

  static async start(): Promise<LoginBench> {
    const place = await temporaryDirectory();
    const { directory } = place;
    const files = makeCertificates(directory);
    writeFileSync(
      join(directory, 'auth.mjs'),
      'export const create = ({ key, method }) => (...call) => globalThis[key](method, ...call);',
    );
    const clock = new FakeClock();
    const lines = new LogLines();
    const node = { version: 2, workers: [{ type: 'router', ...routerOf(directory, files) }] };
    const { config } = parseConfig(JSON.stringify(node), { file: 'configuration', env: {} });
    const [router] = config.workers as [RouterWorkerConfig];
    // A router imports its functions as it starts, before there is a bench to ask.
    const benches: LoginBench[] = [];
    Object.assign(globalThis, {
      [directory]: (method: Method, realm: unknown, authid: unknown, details: unknown, signal: AbortSignal) =>
        benches[0]?.asked(method, [realm, authid, details], signal),
    });
    const ports = { clock, ids: randomIds(), log: lines.log };
    const worker = await RouterWorker.start(router, { node: 'node1', cbdir: directory, nodeKey: null }, ports);
    const bench = new LoginBench(place, files, { worker, clock, lines });
    benches.push(bench);
    await bench.#observe();
    await bench.openAuthenticator();
    bench.#timers = clock.pending;
    return bench;
  }

  async stop(): Promise<void> {
    this.cutAll();
    await this.closeAuthenticator();
    for (const observer of this.#observers) await observer.leave();
    await this.#worker.stop();
    Reflect.deleteProperty(globalThis, this.#place.directory);
    await this.#place.remove();
  }

  async connect(
    kind: Kind,
    carrier: Carrier,
    { shown = 'listed', cookie = null }: { shown?: Shown; cookie?: string | null } = {},
  ): Promise<Peer> {
    const peer = await connectPeer(this.#address(kind, carrier, shown), cookie);
    this.#peers.add(peer);
    return peer;
  }

  /** All clients are gone, those of a test that failed too. */
  cutAll(): void {
    for (const peer of this.#peers) peer.cut();
    this.#peers.clear();
  }

  /** The authenticator joins, and registers a procedure for each authmethod. */
  async openAuthenticator(): Promise<void> {
    const session = await this.#worker.join('realm-auth', 'authenticator', 'authenticator');
    this.#authenticator = session;
    for (const method of METHODS) {
      await session.register(procedureOf(method), (args, _kwargs, { signal }) => this.asked(method, args, signal));
    }
  }

  async closeAuthenticator(): Promise<void> {
    await this.#authenticator?.leave();
    this.#authenticator = null;
  }

  async asked(method: Method, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    this.#calls++;
    let over = false;
    const end = (): void => {
      if (!over) this.#calls--;
      over = true;
    };
    signal.addEventListener('abort', end);
    try {
      return await this.judge(method, args);
    } finally {
      end();
    }
  }

  get calls(): number {
    return this.#calls;
  }

  left(): Left {
    const count = (realm: string): number => (this.#worker.router.realm(realm)?.counts.sessions ?? 0) - 1;
    return {
      connections: this.#worker.sessions,
      timers: this.clock.pending - this.#timers,
      calls: this.#calls,
      sessions: count('realm1') + count('realm2'),
    };
  }

  /** Waits until nothing is left of any client. */
  async cleared(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) {
      const left = this.left();
      if (Object.values(left).every((count) => count === 0)) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(this.left(), NOTHING);
  }

  /** What others may know of a session that is there. */
  async sessionDetails(session: unknown): Promise<void> {
    this.told.push(JSON.stringify(await this.#observers[0]?.call('wamp.session.get', [session])));
  }

  async #observe(): Promise<void> {
    for (const realm of ['realm1', 'realm2']) {
      const observer = await this.#worker.join(realm, 'trusted', 'observer');
      this.#observers.push(observer);
      const note = (...event: readonly unknown[]) => void this.told.push(JSON.stringify(event.slice(0, 2)));
      await observer.subscribe('wamp.', note, { match: 'prefix' });
    }
  }

  #address(kind: Kind, carrier: Carrier, shown: Shown): Address {
    const first = KINDS.indexOf(kind) * TRANSPORTS_OF_A_KIND;
    const [web, raw, , secureWeb, secureRaw] = this.#worker.ports.slice(first);
    const proxies = this.#worker.ports[KINDS.length * TRANSPORTS_OF_A_KIND + KINDS.indexOf(kind)];
    const tls = this.#tls[shown];
    switch (carrier) {
      case 'websocket':
        return { type: 'websocket', port: web ?? 0 };
      case 'rawsocket':
        return { type: 'rawsocket', port: raw ?? 0 };
      case 'longpoll':
        return { type: 'longpoll', base: `http://127.0.0.1:${web}/lp` };
      case 'unix socket':
        return { type: 'unix', path: join(this.#place.directory, `${kind}.sock`) };
      case 'websocket over TLS':
        return { type: 'websocket', port: secureWeb ?? 0, tls };
      case 'rawsocket over TLS':
        return { type: 'rawsocket', port: secureRaw ?? 0, tls };
      default:
        return { type: 'rawsocket', port: proxies ?? 0, tls };
    }
  }
}

/** Turns of the event loop until something is so. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    if (holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail('it did not come about');
}

function routerOf(directory: string, files: Certificates): object {
  const { serverKey: key, serverCertificate: certificate, intermediate, ca } = files;
  const tls = { key, certificate, chain_certificates: [intermediate], ca_certificates: [ca] };
  const tcp = { type: 'tcp', interface: '127.0.0.1', port: 0 };
  const secure = { ...tcp, tls };
  const options = { max_failed_logins: 0 };
  const cookie = { store: { type: 'memory' } };
  const transportsOf = (kind: Kind): readonly object[] => {
    const open = authOf(kind, directory, files, (method) => !method.endsWith('-proxy'));
    const all = authOf(kind, directory, files, () => true);
    const auth = { ...open, cookie: {} };
    return [
      {
        type: 'web',
        endpoint: tcp,
        paths: {
          '/': { type: 'websocket', auth, cookie, options },
          lp: { type: 'longpoll', auth, cookie, options },
        },
      },
      { type: 'rawsocket', endpoint: tcp, auth: open, options },
      { type: 'rawsocket', endpoint: { type: 'unix', path: `${kind}.sock` }, auth: all, options },
      { type: 'websocket', endpoint: secure, auth, cookie, options },
      { type: 'rawsocket', endpoint: secure, auth: open, options },
    ];
  };
  const ofProxies = (kind: Kind): object => {
    const auth = authOf(kind, directory, files, (method) => method.endsWith('-proxy'));
    return { type: 'rawsocket', endpoint: secure, auth, options };
  };
  return {
    realms: [
      { name: 'realm1', roles: [{ name: 'user' }] },
      { name: 'realm2', roles: [{ name: 'other' }] },
      {
        name: 'realm-auth',
        roles: [{ name: 'authenticator', permissions: [{ uri: '*', allow: { register: true } }] }],
      },
    ],
    transports: [...KINDS.flatMap(transportsOf), ...KINDS.map(ofProxies)],
  };
}
