/** [WAMP: Session Meta API] */
import { ERRORS, WampError } from '../../wamp/errors.ts';
import type { Member } from '../member.ts';
import { id, optional, requireUri, string, strings } from './parameters.ts';
import { type MetaCall, type MetaProcedure, procedure } from './procedure.ts';
import { sessionDetails } from './session-details.ts';

/** `reason` goes into GOODBYE, `message` into its details. By position as in Crossbar, by name as specified. */
const WHY = [optional(string('reason')), optional(string('message'))] as const;

function withRole({ realm }: MetaCall, authroles: readonly string[] | null): Member[] {
  const members = [...realm.sessions.visible()];
  if (authroles === null) return members;
  const wanted = new Set(authroles);
  return members.filter(({ peer }) => wanted.has(peer.authrole));
}

export function noSuchSession(session: number): WampError {
  return new WampError(ERRORS.noSuchSession.uri, [`no session with ID ${session} exists on this router`]);
}

/** @throws WampError `wamp.error.no_such_session` */
function sessionOf({ realm }: MetaCall, session: number): Member {
  const member = realm.sessions.find(session);
  if (member === undefined) throw noSuchSession(session);
  return member;
}

/** Ends all other sessions that `which` names; returns their ids. */
function kill(
  { realm, caller }: MetaCall,
  which: (member: Member) => boolean,
  reason: string | null,
  message: string | null,
  how: 'goodbye' | 'kill-all' = 'goodbye',
): number[] {
  if (reason !== null) requireUri(reason, 'loose', 'the reason');
  const victims = [...realm.sessions.visible()].filter((member) => member !== caller && which(member));
  for (const victim of victims) realm.expel(victim, how, reason ?? ERRORS.killed.uri, message);
  return victims.map(({ peer }) => peer.session);
}

export const SESSION_PROCEDURES: readonly MetaProcedure[] = [
  procedure(
    'wamp.session.count',
    [optional(strings('filter_authroles'))],
    (call, authroles) => withRole(call, authroles).length,
  ),
  procedure('wamp.session.list', [optional(strings('filter_authroles'))], (call, authroles) =>
    withRole(call, authroles).map(({ peer }) => peer.session),
  ),
  procedure('wamp.session.get', [id('session_id')], (call, session) => sessionDetails(sessionOf(call, session).peer)),
  procedure('wamp.session.kill', [id('session_id'), ...WHY], (call, session, reason, message) => {
    const victim = sessionOf(call, session);
    if (victim === call.caller) throw noSuchSession(session);
    kill(call, (member) => member === victim, reason, message);
    return null;
  }),
  procedure('wamp.session.kill_by_authid', [string('authid'), ...WHY], (call, authid, reason, message) =>
    kill(call, ({ peer }) => peer.authid === authid, reason, message),
  ),
  procedure('wamp.session.kill_by_authrole', [string('authrole'), ...WHY], (call, authrole, reason, message) =>
    kill(call, ({ peer }) => peer.authrole === authrole, reason, message),
  ),
  procedure(
    'wamp.session.kill_all',
    WHY,
    (call, reason, message) => kill(call, () => true, reason, message, 'kill-all').length,
  ),
];
