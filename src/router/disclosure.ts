import { type Dict, EMPTY } from '../wamp/dict.ts';
import { TRANSPARENT_KEYS } from '../wamp/options.ts';
import type { Peer } from './peer.ts';

/** Details of a forwarded message: what passes through from the sender's options, and nothing else. */
export function passThrough(options: Dict): Dict {
  if (options === EMPTY) return EMPTY;
  let details: Dict = EMPTY;
  for (const key of TRANSPARENT_KEYS) {
    const value = options[key];
    if (value === undefined || value === null) continue;
    if (details === EMPTY) details = {};
    details[key] = value;
  }
  return details;
}

/** [WAMP: Payload Passthru Mode] Whether options say that the payload is opaque. */
export function isPassthru(options: Dict): boolean {
  return options !== EMPTY && typeof options['ppt_scheme'] === 'string';
}

/** [WAMP: Caller Identification, Publisher Identification] `{caller, caller_authid, caller_authrole}`. */
export function disclose(
  details: Dict,
  as: 'caller' | 'publisher',
  peer: Pick<Peer, 'session' | 'authid' | 'authrole'>,
): Dict {
  return {
    ...details,
    [as]: peer.session,
    [`${as}_authid`]: peer.authid,
    [`${as}_authrole`]: peer.authrole,
  };
}
