import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SerializerId } from '../src/serializers/serializer.ts';
import { type Door, doors, type RouterUrls } from './doors.ts';
import type { Command, Launch } from './listening-process.ts';

export const PEER_NAMES = ['nexus', 'crossbar', 'xconn', 'fox-wamp'] as const;
export type PeerName = (typeof PEER_NAMES)[number];

/** Their configurations, beside the sources: what is built from them is in a folder that git ignores. */
const FOLDER = fileURLToPath(new URL('../../bench/peers', import.meta.url));

/** Where a file of a peer is. */
function at(...path: readonly string[]): string {
  return join(FOLDER, ...path);
}

/** How to start a peer, and where it will be. */
export interface PeerLaunch extends Launch {
  readonly urls: RouterUrls;
}

/** Another router of WAMP, as the bench knows it. */
export interface Peer {
  /** A file that is there when it is installed. */
  readonly installed: string;
  readonly install: readonly Command[];
  readonly serializers: readonly SerializerId[];
  /** Why there are doors that it has not. */
  readonly missing: Partial<Readonly<Record<Door, string>>>;
  /** @param websocket a free port @param rawsocket another one */
  launch(websocket: number, rawsocket: number): PeerLaunch;
}

function nothing(): void {}

/** One that is a program of ours around a library in Go, and takes its two addresses as arguments. */
function inGo(name: PeerName, path: string): Peer {
  const program = at('.build', name, 'router');
  return {
    installed: program,
    install: [{ file: 'go', args: ['build', '-o', program, '.'], cwd: at(name) }],
    serializers: ['json', 'msgpack', 'cbor'],
    missing: { dynamic: 'has no dynamic authenticators' },
    launch(websocket, rawsocket) {
      const url = `ws://127.0.0.1:${websocket}${path}`;
      return {
        command: { file: program, args: [`127.0.0.1:${websocket}`, `127.0.0.1:${rawsocket}`], cwd: at(name) },
        urls: doors({ websocket: url, rawsocket: `rs://127.0.0.1:${rawsocket}`, ticket: url, wampcra: url }),
        ports: [websocket, rawsocket],
        cleanUp: nothing,
      };
    },
  };
}

interface CrossbarConfig {
  readonly workers: readonly { readonly transports: readonly { readonly endpoint: { port: number } }[] }[];
}

const CROSSBAR: Peer = {
  installed: at('.build', 'crossbar', 'bin', 'crossbar'),
  install: [
    { file: 'python3', args: ['-m', 'venv', '--clear', at('.build', 'crossbar')], cwd: FOLDER },
    {
      file: at('.build', 'crossbar', 'bin', 'pip'),
      args: ['install', '--quiet', '--no-deps', '-r', at('crossbar', 'requirements.txt')],
      cwd: FOLDER,
    },
  ],
  serializers: ['json', 'msgpack', 'cbor'],
  missing: {},
  launch(websocket, rawsocket) {
    const config = JSON.parse(readFileSync(at('crossbar', 'config.json'), 'utf8')) as CrossbarConfig;
    const ports = [websocket, rawsocket];
    for (const [index, { endpoint }] of (config.workers[0]?.transports ?? []).entries()) {
      endpoint.port = ports[index] ?? endpoint.port;
    }
    const directory = mkdtempSync(join(tmpdir(), 'bench-crossbar-'));
    writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
    const url = `ws://127.0.0.1:${websocket}`;
    return {
      command: { file: this.installed, args: ['start', '--cbdir', directory], cwd: directory },
      urls: doors({
        websocket: `${url}/ws`,
        rawsocket: `rs://127.0.0.1:${rawsocket}`,
        ticket: `${url}/ticket`,
        wampcra: `${url}/wampcra`,
        dynamic: `${url}/dynamic`,
      }),
      ports,
      // Where it was killed, it may be writing still.
      cleanUp: () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }),
    };
  },
};

const FOX_WAMP: Peer = {
  installed: at('fox-wamp', 'node_modules', 'fox-wamp', 'package.json'),
  install: [{ file: 'npm', args: ['ci', '--silent', '--no-audit', '--no-fund'], cwd: at('fox-wamp') }],
  serializers: ['json'],
  missing: {
    rawsocket: 'has no RawSocket',
    ticket: 'knows nobody by name',
    wampcra: 'knows nobody by name',
    dynamic: 'has no dynamic authenticators',
  },
  launch(websocket) {
    return {
      command: { file: process.execPath, args: [at('fox-wamp', 'router.cjs'), String(websocket)], cwd: at('fox-wamp') },
      urls: doors({ websocket: `ws://127.0.0.1:${websocket}/ws` }),
      ports: [websocket],
      cleanUp: nothing,
    };
  },
};

export const PEERS: Readonly<Record<PeerName, Peer>> = {
  nexus: inGo('nexus', '/'),
  crossbar: CROSSBAR,
  xconn: inGo('xconn', '/ws'),
  'fox-wamp': FOX_WAMP,
};
