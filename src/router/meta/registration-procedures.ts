/** [WAMP: Registration Meta API] */
import { ERRORS } from '../../wamp/errors.ts';
import type { Registration } from '../registration.ts';
import { isProtectedUri, type ObservationKind, observationProcedures } from './observation-procedures.ts';
import { string } from './parameters.ts';
import { type MetaProcedure, procedure } from './procedure.ts';

export const REGISTRATIONS: ObservationKind<Registration> = {
  word: 'registration',
  noun: 'procedure',
  holder: 'callee',
  keeper: 'dealer',
  done: 'registered',
  noSuch: ERRORS.noSuchRegistration,
  find: ({ dealer }, id) => dealer.registrations.get(id),
  lookUp: ({ dealer }, match, uri) => dealer.registrations.lookUp(match, uri),
  list: ({ dealer }, match) => dealer.registrations.list(match),
  heldBy: (member) => member.registrations.values(),
  uriOf: ({ uri }) => uri,
  detailsOf: ({ id, created, uri, match, invoke }) => ({ id, created: created.toISOString(), uri, match, invoke }),
  holdersOf: ({ callees }) => callees.map(({ member }) => member),
  remove: ({ dealer }, { id }, { peer }, reason) => dealer.registrations.removeCallee(id, peer.session, reason),
};

export const REGISTRATION_PROCEDURES: readonly MetaProcedure[] = [
  ...observationProcedures(REGISTRATIONS),
  procedure('wamp.registration.match', [string('procedure')], ({ realm, caller }, uri) => {
    const found = realm.dealer.registrations.resolve(uri);
    return found === undefined || (isProtectedUri(found.uri) && !caller.trusted) ? null : found.id;
  }),
];
