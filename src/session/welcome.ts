import type { Accept } from '../auth/outcome.ts';
import type { Prepared } from '../serializers/prepared.ts';
import type { Dict } from '../wamp/dict.ts';

/** Which router a client talks to: `x_cb_*` in WELCOME. */
export interface RouterIdentity {
  readonly node: string;
  readonly worker: string;
  readonly pid: number;
}

/** WELCOME.Details as Crossbar sends them (1.4): its own four keys twice, and over equal-named ones of the authenticator. */
export function welcomeDetails(accept: Accept, identity: RouterIdentity, peer: string, roles: Prepared): Dict {
  const own = { x_cb_node: identity.node, x_cb_worker: identity.worker, x_cb_peer: peer, x_cb_pid: identity.pid };
  return {
    realm: accept.realm,
    authid: accept.authid,
    authrole: accept.authrole,
    authmethod: accept.authmethod,
    authprovider: accept.authprovider,
    authextra: { ...accept.authextra, ...own },
    roles,
    ...own,
  };
}
