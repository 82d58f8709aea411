/** Finds and reads the file, within bounds. */
import { promises } from 'node:fs';
import path from 'node:path';
import { ConfigError } from './problem.ts';

/** Bytes of a configuration file. */
export const MAX_SIZE: number = 1024 * 1024;

/** In this order, as in Crossbar. */
const DEFAULT_FILES = ['config.yaml', 'config.json'];

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such file'],
  ['EACCES', 'the file may not be read by this user'],
  ['EPERM', 'the file may not be read by this user'],
  ['EISDIR', 'this is a directory'],
]);

export interface ConfigFile {
  readonly text: string;
  /** Whether others than its owner and group may read it. */
  readonly openToAll: boolean;
}

/**
 * @param file relative to the node directory; without it `config.yaml`, else `config.json`
 * @throws ConfigError where there is none
 */
export async function findConfigFile(cbdir: string, file?: string): Promise<string> {
  if (file !== undefined) return path.resolve(cbdir, file);
  for (const name of DEFAULT_FILES) {
    const found = path.resolve(cbdir, name);
    if (await isThere(found)) return found;
  }
  throw unreadable(
    cbdir,
    `there is no ${DEFAULT_FILES.join(' or ')} in this directory; \`turnpike init\` makes one to begin with`,
  );
}

/** @throws ConfigError where the name ends in something else */
export function formatOf(file: string): 'json' | 'yaml' {
  const extension = path.extname(file).toLowerCase();
  if (extension === '.json') return 'json';
  if (extension === '.yaml' || extension === '.yml') return 'yaml';
  throw unreadable(file, 'expected a file whose name ends in .json, .yaml or .yml');
}

/** @throws ConfigError where it cannot be read, is too large, or is not UTF-8 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  const { bytes, mode } = await read(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(
      file,
      REASONS.get(error.code ?? '') ?? `the file cannot be read (${error.code ?? 'unknown error'})`,
      error,
    );
  });
  if (bytes.length > MAX_SIZE) throw unreadable(file, `the file is larger than ${MAX_SIZE} bytes`);
  // Windows has no such bits: there every file looks open.
  const openToAll = process.platform !== 'win32' && (mode & 0o004) !== 0;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), openToAll };
  } catch (error) {
    throw unreadable(file, 'the file is not text in UTF-8', error);
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await promises.stat(file);
    return true;
  } catch (error) {
    // What is there and cannot be looked at must not be passed over: reading it will say why.
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

async function read(file: string): Promise<{ bytes: Buffer; mode: number }> {
  const handle = await promises.open(file, 'r');
  try {
    const { mode } = await handle.stat();
    return { bytes: await readBounded(handle), mode };
  } finally {
    await handle.close();
  }
}

/** One byte more than allowed at most: pipes and devices have no size to be asked for. */
async function readBounded(handle: promises.FileHandle): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(MAX_SIZE + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function unreadable(file: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError([{ severity: 'error', file, path: '', line: null, column: null, message }], { cause });
}
