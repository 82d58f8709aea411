/**
 * [WAMP: URIs] What a URI may look like. Crossbar's `uri_check`: `loose` (its effective default) or `strict`.
 */
import { LIMITS } from './limits.ts';

export type UriCheck = 'loose' | 'strict';

/** How a registered or subscribed URI is compared with that of a call or publication. [WAMP: Pattern-based Registrations] */
export type Match = 'exact' | 'prefix' | 'wildcard';

/** Which components may be empty: none; the last (prefix patterns); any (wildcard patterns). */
export type EmptyComponents = 'none' | 'last' | 'any';

const LOOSE = /^[^\s.#]+(?:\.[^\s.#]+)*$/u;
const STRICT = /^[0-9a-z_]+(?:\.[0-9a-z_]+)*$/;
/** With components that may be empty. */
const LOOSE_PATTERN = /^[^\s#]*$/u;
const STRICT_PATTERN = /^[0-9a-z_.]*$/;

/** Whether `uri` is a URI of that kind, within the limits of length and number of components. */
export function isUri(uri: string, check: UriCheck, empty: EmptyComponents = 'none'): boolean {
  if (uri.length > LIMITS.uriLength || hasTooManyComponents(uri)) return false;
  const whole = check === 'strict' ? STRICT : LOOSE;
  if (empty === 'none') return whole.test(uri);
  if (empty === 'any') return (check === 'strict' ? STRICT_PATTERN : LOOSE_PATTERN).test(uri);
  return uri === '' || whole.test(uri.endsWith('.') ? uri.slice(0, -1) : uri);
}

function hasTooManyComponents(uri: string): boolean {
  if (uri.length < LIMITS.uriComponents) return false;
  let components = 1;
  for (let at = uri.indexOf('.'); at >= 0; at = uri.indexOf('.', at + 1)) components++;
  return components > LIMITS.uriComponents;
}

/** URIs under `wamp.` are the router's: clients may call them where permitted, but never register or publish there. */
export function isReservedUri(uri: string): boolean {
  return uri.startsWith('wamp.') || uri === 'wamp';
}
