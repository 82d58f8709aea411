import { inspect } from 'node:util';
import { isDict } from '../wamp/dict.ts';
import { MASKED, masked, secretTexts } from '../wamp/masked.ts';
import { SecretFinder } from './secret-finder.ts';

/** Characters of a secret that is known by its key alone: a shorter one would be found within words that are none. */
const SHORTEST_LEARNED = 6;

/**
 * Takes secrets out of all that is shown: what stands under a secret's key, and the secrets of this login wherever
 * they stand, also where somebody else put them. Routers and authenticators like to quote what they were sent, and
 * what they compare it with.
 */
export class Redaction {
  readonly #finder = new SecretFinder();

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) this.#add(secret);
  }

  /** Knows the secrets within a value from here on. */
  learn(value: unknown): void {
    for (const secret of secretTexts(value)) {
      if (secret.length >= SHORTEST_LEARNED && secret !== MASKED) this.#add(secret);
    }
  }

  /** What a value is shown as. */
  show(value: unknown): unknown {
    return this.clean(masked(value));
  }

  /** What was shown before, without what has been learned since. */
  clean(value: unknown): unknown {
    if (typeof value === 'string') return this.#finder.mask(value);
    if (Array.isArray(value)) return value.map((member) => this.clean(member));
    if (!isDict(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [this.clean(key), this.clean(member)]));
  }

  #add(secret: string): void {
    for (const text of spellings(secret)) this.#finder.add(text);
  }
}

/** As it is, as it stands within JSON and within what `console.log` makes of a dictionary, within a URL, and in base64. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    inspect(secret, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: null }).slice(1, -1),
    encodeURIComponent(bytes.toString('utf8')),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}
