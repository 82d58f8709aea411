import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { KeyMaker } from '../worker/node-key-files.ts';

/** Whoever runs this command, now. */
export function keyMaker(): KeyMaker {
  return { creator: `${userName()}@${hostname()}`, now: Date.now(), random: randomBytes };
}

/** A user id without an entry in the list of users, as in many containers, has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
