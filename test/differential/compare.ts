/** Two transcripts, difference by difference. */
import { isDict } from '../../src/wamp/dict.ts';
import type { Entry, Transcript } from './visit.ts';

/** One place where the routers differ. Values are JSON; `absent` where there is none. */
export interface Difference {
  readonly id: string;
  /** `course`, or `MESSAGE.key.key`. */
  readonly at: string;
  readonly crossbar: string;
  readonly turnpike: string;
}

/** What happened, in a line: where the lines differ, details cannot be compared. */
function courseOf(transcript: Transcript): string {
  return transcript.map(({ name, value }) => (name === 'ABORT' ? `ABORT ${value['reason']}` : name)).join(', ');
}

function flatten(value: unknown, at: string, into: Map<string, string>): void {
  const isBranch = (isDict(value) && Object.keys(value).length > 0) || (Array.isArray(value) && value.length > 0);
  if (!isBranch) {
    into.set(at, JSON.stringify(value) ?? 'undefined');
    return;
  }
  for (const [key, item] of Object.entries(value as object)) flatten(item, `${at}.${key}`, into);
}

function flat({ name, value }: Entry): Map<string, string> {
  const into = new Map<string, string>();
  flatten(value, name, into);
  return into;
}

/** @returns all differences of two normalised transcripts of one case */
export function compare(id: string, crossbar: Transcript, turnpike: Transcript): Difference[] {
  const courses = [courseOf(crossbar), courseOf(turnpike)] as const;
  if (courses[0] !== courses[1]) return [{ id, at: 'course', crossbar: courses[0], turnpike: courses[1] }];
  const found: Difference[] = [];
  for (const [index, entry] of crossbar.entries()) {
    const theirs = flat(entry);
    const ours = flat(turnpike[index] as Entry);
    for (const at of new Set([...theirs.keys(), ...ours.keys()])) {
      const [their, our] = [theirs.get(at) ?? 'absent', ours.get(at) ?? 'absent'];
      if (their !== our) found.push({ id, at, crossbar: their, turnpike: our });
    }
  }
  return found;
}
