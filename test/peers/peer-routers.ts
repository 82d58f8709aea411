/** The routers that are compared with ours, as processes of their own that are started again where they ended. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type Launch, ListeningProcess } from '../../bench/listening-process.ts';
import { LOGIN_METHODS } from '../../src/conformance/login.ts';
import type { TriedSerializer } from '../../src/conformance/tried-connection.ts';
import { AUTH, RESTRICTED } from '../conformance/conformance-fixture.ts';
import { installCrossbar } from '../differential/routers.ts';
import { repositoryRoot } from '../support/repository-root.ts';

export const PEER_NAMES = ['Crossbar.io', 'nexus'] as const;
export type PeerName = (typeof PEER_NAMES)[number];

/** Both alike, in each router. */
export const REALMS = ['realm1', 'realm2'] as const;

/** One kind of connection. */
export interface Pair {
  readonly transport: 'WebSocket' | 'RawSocket';
  readonly serializer: TriedSerializer;
}

interface Peer {
  /** Installs it where it is not. @returns its program */
  install(): Promise<string>;
  readonly pairs: readonly Pair[];
  /** What scenarios need, and it is set up for. */
  readonly given: readonly string[];
  launch(program: string, ports: Ports): Launch;
}

interface Ports {
  readonly websocket: number;
  readonly rawsocket: number;
}

const FOLDER = join(repositoryRoot(), 'test', 'peers');

function pairs(transport: Pair['transport'], ...serializers: readonly TriedSerializer[]): Pair[] {
  return serializers.map((serializer) => ({ transport, serializer }));
}

const CROSSBAR: Peer = {
  install: installCrossbar,
  // Its long-poll lets nobody join: "unexpected router transport type".
  pairs: [
    ...pairs('WebSocket', 'json', 'msgpack', 'cbor', 'ubjson'),
    ...pairs('WebSocket', 'json.batched', 'msgpack.batched', 'cbor.batched', 'ubjson.batched'),
    ...pairs('RawSocket', 'json', 'msgpack', 'cbor', 'ubjson'),
  ],
  given: ['disclosure', 'history', 'rights', ...LOGIN_METHODS],
  launch(program, ports) {
    const directory = mkdtempSync(join(tmpdir(), 'peers-crossbar-'));
    writeFileSync(join(directory, 'config.json'), JSON.stringify(crossbarConfig(ports)));
    return {
      command: { file: program, args: ['start', '--cbdir', directory], cwd: directory },
      ports: [ports.websocket, ports.rawsocket],
      // Where it was killed, it may be writing still.
      cleanUp: () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }),
    };
  },
};

function crossbarConfig({ websocket, rawsocket }: Ports): object {
  const endpoint = (port: number): object => ({ type: 'tcp', interface: '127.0.0.1', port });
  const serializers = ['json', 'msgpack', 'cbor', 'ubjson'];
  const uri = 'turnpike.conformance.history';
  const allow = { call: true, register: true, publish: true, subscribe: true };
  const permission = { uri: '', match: 'prefix', allow, disclose: { caller: true, publisher: true } };
  // It wants `memory` of PBKDF2 too, which has no use for it.
  const joe = { ...AUTH.scram.principals.joe, memory: 4096 };
  const auth = { ...AUTH, scram: { ...AUTH.scram, principals: { joe } } };
  const realms = REALMS.map((name) => ({
    name,
    store: { type: 'memory', 'event-history': ['exact', 'prefix'].map((match) => ({ uri, match })) },
    roles: [{ name: 'anonymous', permissions: [permission] }, ...RESTRICTED],
  }));
  const transports = [
    { type: 'websocket', endpoint: endpoint(websocket), serializers, auth },
    { type: 'rawsocket', endpoint: endpoint(rawsocket), serializers, auth },
  ];
  return { version: 2, workers: [{ type: 'router', realms, transports }] };
}

const NEXUS: Peer = {
  async install() {
    const program = join(FOLDER, '.build', 'nexus');
    execFileSync('go', ['build', '-o', program, '.'], { cwd: join(FOLDER, 'nexus'), stdio: 'inherit' });
    return program;
  },
  pairs: [...pairs('WebSocket', 'json', 'msgpack', 'cbor'), ...pairs('RawSocket', 'json', 'msgpack', 'cbor')],
  given: ['disclosure', 'history'],
  launch: (program, { websocket, rawsocket }) => ({
    command: { file: program, args: [`127.0.0.1:${websocket}`, `127.0.0.1:${rawsocket}`], cwd: FOLDER },
    ports: [websocket, rawsocket],
    cleanUp: () => {},
  }),
};

const PEERS: Readonly<Record<PeerName, Peer>> = { 'Crossbar.io': CROSSBAR, nexus: NEXUS };

/** One of them, running. */
export class PeerRouter {
  readonly pairs: readonly Pair[];
  readonly given: readonly string[];
  readonly #peer: Peer;
  readonly #program: string;
  readonly #ports: Ports;
  #process: ListeningProcess | null = null;

  private constructor(peer: Peer, program: string, ports: Ports) {
    this.pairs = peer.pairs;
    this.given = peer.given;
    this.#peer = peer;
    this.#program = program;
    this.#ports = ports;
  }

  /** @param program where it is installed; undefined: installs it, in this repository alone */
  static async start(name: PeerName, program: string | undefined): Promise<PeerRouter> {
    const peer = PEERS[name];
    const [websocket = 0, rawsocket = 0] = await freePorts(2);
    const router = new PeerRouter(peer, program ?? (await peer.install()), { websocket, rawsocket });
    await router.restart();
    return router;
  }

  url({ transport }: Pair): string {
    const { websocket, rawsocket } = this.#ports;
    return transport === 'WebSocket' ? `ws://127.0.0.1:${websocket}/` : `rs://127.0.0.1:${rawsocket}`;
  }

  /** Starts it anew, on the same ports. */
  async restart(): Promise<void> {
    await this.#process?.stop();
    this.#process = await ListeningProcess.start(this.#peer.launch(this.#program, this.#ports), null);
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }
}
