import { randomFillSync } from 'node:crypto';
import type { IdSource } from '../wamp/ids.ts';

const BYTES_PER_ID = 7;
const POOL = 512;

/**
 * Ids of global scope, uniform over 1..2^53, from the system's secure source: a session id must not
 * be guessable. Drawn from a pool, because one draw per publication would cost more than the routing.
 * [WAMP: IDs, global scope]
 */
export function randomIds(): IdSource {
  const pool = Buffer.alloc(BYTES_PER_ID * POOL);
  let at = pool.length;
  return {
    next() {
      if (at === pool.length) {
        randomFillSync(pool);
        at = 0;
      }
      const high = (pool[at] ?? 0) & 0x1f;
      const id = high * 2 ** 48 + pool.readUIntBE(at + 1, 6) + 1;
      at += BYTES_PER_ID;
      return id;
    },
  };
}
