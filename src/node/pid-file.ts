import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processCommand, processExists, processIdentity } from './process-identity.ts';

/** [Crossbar: node.pid] What the file in the node directory says of the process that runs the node. */
export interface PidRecord {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly options: { readonly [name: string]: unknown };
  /** Tells the process from a later one of the same id. A file of Crossbar's has none. */
  readonly identity?: string;
}

/** Another process runs a node from this directory. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
  readonly pid: number;

  constructor(cbdir: string, pid: number) {
    super(`a node is already running from ${cbdir} (PID ${pid})`);
    this.pid = pid;
  }
}

/** A claim of a node directory. */
export interface PidFile {
  /** Removes the file, unless it is another process's by now. */
  release(): void;
}

/** One try more than two starters that race for the same stale file need. */
const TRIES = 5;

/**
 * Claims a node directory for this process, atomically: of several that try, one succeeds.
 * The file of a process that is gone is replaced.
 * @throws AlreadyRunningError when a node runs from there; a system error when the directory cannot be written.
 */
export function claimPidFile(cbdir: string, argv: readonly string[], options: PidRecord['options']): PidFile {
  const path = pidFilePath(cbdir);
  const identity = processIdentity(process.pid);
  const record: PidRecord = { pid: process.pid, argv, options, ...(identity !== null && { identity }) };
  const content = `${JSON.stringify(record, null, 4)}\n`;
  for (let tries = 0; tries < TRIES; tries++) {
    if (createWhole(path, content)) return { release: () => removeIf(path, content) };
    const found = readContent(path);
    if (found === null) continue;
    const running = parseRunning(found);
    if (running !== null && !isOwnLeftover(running)) throw new AlreadyRunningError(cbdir, running.pid);
    removeIf(path, found);
  }
  throw new Error(`${path} changes hands all the time: is something starting this node over and over?`);
}

/** The process that runs a node from this directory, or `null`. Changes nothing. */
export function findRunning(cbdir: string): PidRecord | null {
  const content = readContent(pidFilePath(cbdir));
  return content === null ? null : parseRunning(content);
}

/** Removes the file of a process that is gone, as after a kill; one of a running node stays. */
export function removeStalePidFile(cbdir: string): void {
  const path = pidFilePath(cbdir);
  const content = readContent(path);
  if (content !== null && parseRunning(content) === null) removeIf(path, content);
}

/** Whether the process that wrote this record still runs. */
export function isRunning({ pid, identity }: PidRecord): boolean {
  if (!processExists(pid)) return false;
  if (identity !== undefined) {
    const current = processIdentity(pid);
    return current === null || current === identity;
  }
  const command = processCommand(pid);
  return command === null || /crossbar|turnpike/i.test(command);
}

export function pidFilePath(cbdir: string): string {
  return join(cbdir, 'node.pid');
}

function parseRunning(content: string): PidRecord | null {
  const record = parseRecord(content);
  return record !== null && isRunning(record) ? record : null;
}

/** In a container, Crossbar's process of the last run had the id that this one has now. */
function isOwnLeftover({ pid, identity }: PidRecord): boolean {
  return pid === process.pid && identity === undefined;
}

/** A file that is no record was not written by a node; nothing runs because of it. */
function parseRecord(content: string): PidRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { pid, argv, options, identity } = value as { [name: string]: unknown };
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return null;
  return {
    pid,
    argv: Array.isArray(argv) ? argv.map(String) : [],
    options: typeof options === 'object' && options !== null ? { ...options } : {},
    ...(typeof identity === 'string' && { identity }),
  };
}

/**
 * Creates a file with its content or not at all, so that nobody ever reads a half-written one.
 * @returns false when there is such a file
 */
function createWhole(path: string, content: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, content, { flag: 'wx', mode: 0o644 });
    return tryCreate(() => linkSync(draft, path)) ?? createPlainly(path, content);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** For file systems without hard links. */
function createPlainly(path: string, content: string): boolean {
  const created = tryCreate(() => writeFileSync(path, content, { flag: 'wx', mode: 0o644 }));
  if (created === null) throw new Error(`cannot create ${path}`);
  return created;
}

/** @returns false when the file exists, null when the file system cannot do it this way */
function tryCreate(create: () => void): boolean | null {
  try {
    create();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS' || code === 'EMLINK') return null;
    throw error;
  }
}

/**
 * Removes the file if its content is this. It is moved aside first and looked at there: between reading and removing,
 * another starter may have put its own in the place, and that one is put back.
 */
function removeIf(path: string, content: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readContent(aside) === content) {
    rmSync(aside, { force: true });
    return;
  }
  try {
    linkSync(aside, path);
  } catch {
    renameSync(aside, path);
    return;
  }
  rmSync(aside, { force: true });
}

function readContent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
