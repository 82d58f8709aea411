/** A dynamic authenticator whose tickets are the codes of authenticator apps: each opens the door once. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type ClientSession, type ComponentContext, WampError } from 'turnpike';
import { keyOf, stepOf, totp } from './totp.ts';

/** Steps that the clock of a phone may be off, each way. */
const DRIFT = 1;

/** Checks codes. What it remembers of each user, a service keeps in its database: it has to outlive the process. */
export class OneTimeCodes {
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #now: () => number;
  /** The step of the last code that each user came in by: neither it nor an older one counts again. */
  readonly #used = new Map<string, number>();
  readonly #nobody = randomBytes(20);

  /** @param now milliseconds since 1970, UTC */
  constructor(keys: ReadonlyMap<string, Uint8Array>, now: () => number) {
    this.#keys = keys;
    this.#now = now;
  }

  /** Whether the code is right, and has not been used. A code that is accepted is used. */
  accept(user: string, code: string): boolean {
    const key = this.#keys.get(user);
    const now = stepOf(this.#now());
    let right: number | null = null;
    // All of them, and for those who do not exist too: the time that it takes tells nothing.
    for (let step = now - DRIFT; step <= now + DRIFT; step++) {
      if (isSame(code, totp(key ?? this.#nobody, step))) right = step;
    }
    if (key === undefined || right === null || right <= (this.#used.get(user) ?? -1)) return false;
    this.#used.set(user, right);
    return true;
  }
}

/** Called by the node when it starts: see `components` in `.turnpike/config.yaml`. */
export async function startAuthenticator(session: ClientSession, { extra, log }: ComponentContext): Promise<void> {
  const codes = new OneTimeCodes(keysOf(extra), Date.now);
  await session.register('com.example.authenticate', ([_realm, authid, details]) => {
    const { ticket } = details as { ticket: string };
    if (typeof authid !== 'string' || !codes.accept(authid, ticket)) {
      // The same for everybody: neither who exists is told, nor that a code was right once.
      throw new WampError('com.example.invalid_code', ['unknown user, or a code that is wrong or was used already']);
    }
    log.info('let in', { authid });
    return { role: 'user', realm: 'realm1' };
  });
}

/** @throws Error where the configuration is not what this example needs; the node does not start then */
function keysOf(extra: unknown): ReadonlyMap<string, Uint8Array> {
  const { users } = extra as { users: Record<string, string> };
  return new Map(Object.entries(users).map(([user, base32]) => [user, keyOf(base32)]));
}

function isSame(given: string, right: string): boolean {
  const bytes = Buffer.from(given);
  return bytes.length === right.length && timingSafeEqual(bytes, Buffer.from(right));
}
