import { execFile } from 'node:child_process';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foreign, isEmpty, writeFormat } from './lmdb-layout.ts';
import { type LmdbDatabase, openLmdb, otherUsers } from './lmdb-module.ts';

const PROBE = fileURLToPath(new URL('./lmdb-probe.js', import.meta.url));
const SOUND = 'sound';
/** Of the first page of a file of LMDB. */
const HEAD = 32;
const MAGIC_AT = 24;
/** In the format of LMDB 0.9, which Crossbar writes. */
const MAGIC_AT_BEFORE = 16;
const MAGIC = 0xbeefc0de;
const VERSION_AT = 28;
const VERSION = 2;
/** Of a process that reads a whole database. */
const PROBE_TIMEOUT = 60_000;

export interface OpenOptions {
  /** Directory of the database, absolute; it is made where it is absent. */
  readonly path: string;
  /** Whether what is written is on the disk before it counts as written. */
  readonly sync: boolean;
  readonly readOnly: boolean;
}

/** Opens the database of an event history. @throws Error one sentence: which database, and why it cannot be used */
export async function openDatabase(options: OpenOptions): Promise<LmdbDatabase> {
  const { path, readOnly } = options;
  try {
    await prepare(path, readOnly);
    return await open(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the event history in ${path} cannot be used: ${why}`, { cause: error });
  }
}

async function prepare(path: string, readOnly: boolean): Promise<void> {
  const head = await headOf(join(path, 'data.mdb'));
  if (head === null) {
    if (readOnly) throw new Error('it does not exist, and is to be read only');
    await fs.mkdir(path, { recursive: true, mode: 0o700 });
    return;
  }
  if (head.length > 0) requireOwnKind(head);
  await probe(path, readOnly);
}

/** @throws Error where it is not of the kind that this LMDB writes */
function requireOwnKind(head: Buffer): void {
  if (head.length === HEAD && head.readUInt32LE(MAGIC_AT) === MAGIC && head.readUInt32LE(VERSION_AT) === VERSION)
    return;
  if (head.length === HEAD && [MAGIC_AT, MAGIC_AT_BEFORE].some((at) => head.readUInt32LE(at) === MAGIC)) {
    throw new Error('it is a database of another kind (those of Crossbar.io cannot be read here)');
  }
  throw new Error('it is no database');
}

/** The first bytes of a file; null where there is none. */
async function headOf(path: string): Promise<Buffer | null> {
  let file: fs.FileHandle;
  try {
    file = await fs.open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function open({ path, sync, readOnly }: OpenOptions): Promise<LmdbDatabase> {
  const database = await openLmdb(path, { sync, readOnly });
  try {
    if (isEmpty(database) && !readOnly) writeFormat(database);
    const why = foreign(database);
    if (why !== null) throw new Error(why);
    // Once more: between the probe and this, somebody may have come.
    const [user] = otherUsers(database);
    if (user !== undefined) throw new Error(`process ${user} uses it`);
    if (!readOnly) for (const file of ['data.mdb', 'lock.mdb']) await fs.chmod(join(path, file), 0o600);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** @throws Error why it cannot be used */
async function probe(path: string, readOnly: boolean): Promise<void> {
  const mode = readOnly ? 'read-only' : 'read-write';
  const answer = await new Promise<string>((resolve) => {
    const options = { timeout: PROBE_TIMEOUT, encoding: 'utf8' } as const;
    execFile(process.execPath, [PROBE, path, mode], options, (error, stdout) =>
      resolve(error === null ? stdout : 'it is damaged: reading it failed'),
    );
  });
  if (answer !== SOUND) throw new Error(answer);
}
