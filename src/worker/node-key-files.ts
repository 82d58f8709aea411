/**
 * `key.priv` and `key.pub` of a node directory: lines of text before an empty one, then `tag: value`.
 * Crossbar: "node key"; it reads ours, and we read its.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeKey } from '../auth/node-key.ts';

const PRIVATE = 'key.priv';
const PUBLIC = 'key.pub';

/** Who makes a key, and when: what its file tells besides. */
export interface KeyMaker {
  /** `user@host`. */
  readonly creator: string;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
  readonly random: (size: number) => Uint8Array;
}

/** The node key of a directory; null where there is none. @throws Error one sentence: a file that cannot be used, and why */
export function readNodeKey(cbdir: string): NodeKey | null {
  const path = join(cbdir, PRIVATE);
  if (!existsSync(path)) return null;
  checkMode(path);
  const key = keyOf(path);
  const publicPath = join(cbdir, PUBLIC);
  if (existsSync(publicPath) && readTags(publicPath).get('public-key-ed25519')?.toLowerCase() !== key.publicKey) {
    throw new Error(`${publicPath} does not belong to ${path}: remove it, it is written anew`);
  }
  return key;
}

/**
 * The node key of a directory, made where there is none.
 * @throws Error one sentence: a file that cannot be read, used or written, and why
 */
export function ensureNodeKey(cbdir: string, maker: KeyMaker): { readonly key: NodeKey; readonly created: boolean } {
  const path = join(cbdir, PRIVATE);
  const publicPath = join(cbdir, PUBLIC);
  const known = readNodeKey(cbdir);
  if (known === null && existsSync(publicPath)) {
    throw new Error(`${publicPath} is there without ${path}: restore that, or remove it for a new key`);
  }
  const key = known ?? writeKey(path, 'Turnpike node private key - KEEP THIS SAFE!', maker);
  if (!existsSync(publicPath)) {
    const tags = tagsOf(key, maker);
    writeFileSync(publicPath, textOf('Turnpike node public key', tags), { flag: 'wx', mode: 0o644 });
  }
  return { key, created: known === null };
}

/**
 * Makes the key pair of a client, in the form that `CryptosignKey.from_keyfile` of Autobahn|Python reads.
 * @returns the public key. @throws Error where the file is there already, or cannot be written
 */
export function writeClientKey(path: string, maker: KeyMaker): string {
  return writeKey(path, 'Cryptosign private key - KEEP THIS SAFE!', maker).publicKey;
}

function writeKey(path: string, title: string, maker: KeyMaker): NodeKey {
  const seed = maker.random(32);
  const key = new NodeKey(seed);
  const secret = ['private-key-ed25519', Buffer.from(seed).toString('hex')] as const;
  // Made with its mode, and never through a file or a link that is there already.
  writeFileSync(path, textOf(title, [...tagsOf(key, maker), secret]), { flag: 'wx', mode: 0o600 });
  return key;
}

type Tags = readonly (readonly [tag: string, value: string])[];

/** Crossbar wants all of these. What it has of Ethereum it adds by itself. */
function tagsOf(key: NodeKey, { creator, now }: KeyMaker): Tags {
  return [
    ['creator', creator],
    ['created-at', new Date(now).toISOString()],
    ['machine-id', 'unknown'],
    ['public-key-ed25519', key.publicKey],
  ];
}

function textOf(title: string, tags: Tags): string {
  return `${title}\n\n${tags.map(([tag, value]) => `${tag}: ${value}\n`).join('')}`;
}

function checkMode(path: string): void {
  if (process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return;
  throw new Error(`the node key ${path} can be read or changed by others than its owner: chmod 600 ${path}`);
}

function keyOf(path: string): NodeKey {
  const tags = readTags(path);
  const secret = tags.get('private-key-ed25519') ?? '';
  if (!/^[0-9a-f]{64}$/i.test(secret))
    throw new Error(`${path} holds no "private-key-ed25519" of 64 hexadecimal digits`);
  const key = new NodeKey(Buffer.from(secret, 'hex'));
  if (tags.get('public-key-ed25519')?.toLowerCase() === key.publicKey) return key;
  throw new Error(`${path} is damaged: its "public-key-ed25519" does not belong to its private key`);
}

function readTags(path: string): ReadonlyMap<string, string> {
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  const from = lines.findIndex((line) => line.trim() === '');
  const tags = new Map<string, string>();
  for (const line of from < 0 ? [] : lines.slice(from)) {
    const colon = line.indexOf(':');
    if (colon > 0) tags.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return tags;
}
