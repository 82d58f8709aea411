import { type Dict, isDict } from '../../wamp/dict.ts';
import type { Peer } from '../peer.ts';

/** Names of what may let somebody else in: cookies, headers with credentials, secrets that an authenticator hands out. */
const SECRET =
  /cookie|cbtid|authori[sz]ation|secret|passw|passphrase|ticket|token|credential|private|signature|verifier|api[-_]?key/i;

/** A copy without the values of such names, however deep they are. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isDict(value)) return value;
  const kept: Dict = Object.create(null);
  for (const [name, inner] of Object.entries(value)) if (!SECRET.test(name)) kept[name] = withoutSecrets(inner);
  return kept;
}

/**
 * What the meta API tells of a session. Crossbar: `SessionDetails.marshal`, but whoever may read it cannot
 * use it to be somebody else: cookies and secrets are left out (K17), the ids of cookies are null.
 */
export function sessionDetails(peer: Peer): Dict {
  const { realm, session, authid, authrole, authmethod, authprovider, transport } = peer;
  return {
    realm,
    session,
    authid,
    authrole,
    authmethod,
    authprovider,
    authextra: withoutSecrets(peer.authextra),
    serializer: serializerOf(transport),
    transport: { ...(withoutSecrets(transport) as Dict), http_cbtid: null, cbtid: null },
    resumed: false,
    resumable: false,
    resume_token: null,
  };
}

/** `json.batched` of `wamp.2.json.batched`; null where the transport has none. */
export function serializerOf(transport: Dict): string | null {
  const { protocol } = transport;
  return typeof protocol === 'string' ? protocol.replace(/^wamp\.2\./, '') : null;
}
