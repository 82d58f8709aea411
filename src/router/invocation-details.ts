import { type Dict, EMPTY } from '../wamp/dict.ts';
import { disclose, isPassthru, passThrough } from './disclosure.ts';
import type { Member } from './member.ts';
import type { Registration } from './registration.ts';
import type { TrustLevels } from './trust-levels.ts';

/** INVOCATION.Details of a call with these options, but for what belongs to one callee or one part of it. */
export function invocationDetails(
  caller: Member,
  options: Dict,
  registration: Registration,
  procedure: string,
  disclosed: boolean,
  trust: TrustLevels,
): Dict {
  const { peer } = caller;
  const trustlevel = trust.of(peer.role);
  let details = options === EMPTY ? EMPTY : detailsFrom(options);
  // [WAMP: Pattern-based Registrations] The callee could not tell else.
  if (registration.match !== 'exact') details = { ...details, procedure };
  if (trustlevel !== undefined) details = { ...details, trustlevel };
  return disclosed ? disclose(details, 'caller', peer) : details;
}

function detailsFrom(options: Dict): Dict {
  const { receive_progress } = options;
  const details = passThrough(options);
  return receive_progress === true ? { ...details, receive_progress } : details;
}

const STREAMING: readonly string[] = ['callee.progressive_call_invocations', 'callee.call_canceling'];
const PASSTHRU: readonly string[] = ['callee.payload_passthru_mode'];
const BOTH: readonly string[] = [...STREAMING, ...PASSTHRU];

/** Features without which no callee can take a call with these options. */
export function neededFeatures(options: Dict): readonly string[] | null {
  const passthru = isPassthru(options);
  if (options['progress'] === true) return passthru ? BOTH : STREAMING;
  return passthru ? PASSTHRU : null;
}
