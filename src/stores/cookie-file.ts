import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { CookieRecord } from '../auth/cookie-store.ts';
import { readCookieLine } from './cookie-line.ts';

export interface CookieFile {
  /** The last of each cookie, the oldest first. */
  readonly records: Iterable<CookieRecord>;
  readonly lines: number;
  /** Whether the last line ends as a line does, so that another may follow. */
  readonly ended: boolean;
  /** Whether the last line is incomplete, as a crash leaves it: it is not among `records`. */
  readonly cut: boolean;
}

/**
 * Reads a cookie file, Crossbar's or ours.
 * @throws Error where a line is no cookie: what it said may have been that somebody logged out
 */
export async function readCookieFile(file: FileHandle, path: string): Promise<CookieFile> {
  const records = new Map<string, CookieRecord>();
  const { size } = await file.stat();
  if (size === 0) return { records: [], lines: 0, ended: true, cut: false };
  const ended = await endsWithLine(file, size);
  let lines = 0;
  let unreadable = 0;
  // By its name: a stream of the handle would close it.
  const input = createReadStream(path, 'utf8');
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    lines += 1;
    if (unreadable > 0) break;
    const read = readCookieLine(line);
    if (read === null) {
      unreadable = lines;
      continue;
    }
    records.delete(read.record.id);
    if (!read.deleted) records.set(read.record.id, read.record);
  }
  input.destroy();
  const cut = !ended && lines > 0 && unreadable === lines;
  if (unreadable > 0 && !cut) {
    throw new Error(
      `${path}:${unreadable}: this line is no cookie; mend it, or move the file away to begin without cookies`,
    );
  }
  return { records: records.values(), lines, ended, cut };
}

async function endsWithLine(file: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}
