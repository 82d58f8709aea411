import type { Dict } from '../wamp/dict.ts';

/**
 * Keys of `authextra` that mean something when the router writes them: who may be believed about the
 * transport, the node, and the client behind a proxy. From a client or an authenticator they are
 * dropped (K15: in Crossbar, `transport` there replaces what others are told of the session).
 */
function isReserved(key: string): boolean {
  return key === 'transport' || key.startsWith('x_cb_') || key.startsWith('proxy_');
}

/** A copy without reserved keys and without a prototype, so that a `__proto__` of the peer's stays data. */
export function withoutReservedKeys(extra: Readonly<Dict>): Dict {
  const kept = Object.create(null) as Dict;
  for (const key of Object.keys(extra)) {
    if (!isReserved(key)) kept[key] = extra[key];
  }
  return kept;
}
