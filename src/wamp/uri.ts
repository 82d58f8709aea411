/**
 * [WAMP: URIs] What a URI may look like. Crossbar's `uri_check`: `loose` (its effective default) or `strict`.
 */
import { LIMITS } from './limits.ts';

export type UriCheck = 'loose' | 'strict';

/** How a registered or subscribed URI is compared with that of a call or publication. [WAMP: Pattern-based Registrations] */
export type Match = 'exact' | 'prefix' | 'wildcard';

/** Which components may be empty: none; the last (prefix patterns); any (wildcard patterns). */
export type EmptyComponents = 'none' | 'last' | 'any';

const LOOSE_COMPONENT = /^[^\s.#]+$/u;
const STRICT_COMPONENT = /^[0-9a-z_]+$/;

/** Whether `uri` is a URI of that kind, within the limits of length and number of components. */
export function isUri(uri: string, check: UriCheck, empty: EmptyComponents = 'none'): boolean {
  if (uri.length > LIMITS.uriLength || (uri.length === 0 && empty === 'none')) return false;
  const pattern = check === 'strict' ? STRICT_COMPONENT : LOOSE_COMPONENT;
  const components = uri.split('.');
  if (components.length > LIMITS.uriComponents) return false;
  const last = components.length - 1;
  return components.every((component, at) => {
    if (component.length > 0) return pattern.test(component);
    return empty === 'any' || (empty === 'last' && at === last);
  });
}

/** URIs under `wamp.` are the router's: clients may call them where permitted, but never register or publish there. */
export function isReservedUri(uri: string): boolean {
  return uri.startsWith('wamp.') || uri === 'wamp';
}
