import { isDict } from '../wamp/dict.ts';
import { MASKED, masked } from '../wamp/masked.ts';

/** What a value is shown as: masked by its keys, and without the secrets of this login wherever they stand. */
export type Show = (value: unknown) => unknown;

/**
 * Takes secrets out of all texts, also where somebody else put them there: routers and authenticators like to quote
 * what they were sent.
 */
export function showWithout(secrets: readonly string[]): Show {
  // The longest first: what is left of one that holds another would tell of it.
  const all = [...new Set(secrets.flatMap(spellings))]
    .filter((text) => text !== '')
    .sort((a, b) => b.length - a.length);
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return all.reduce((text, secret) => text.replaceAll(secret, MASKED), value);
    if (Array.isArray(value)) return value.map(clean);
    if (!isDict(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [clean(key), clean(member)]));
  };
  return (value) => clean(masked(value));
}

/** As it is, as it stands within JSON, within a URL, and in base64. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(bytes.toString('utf8')),
    bytes.toString('base64').replace(/=+$/, ''),
  ];
}
