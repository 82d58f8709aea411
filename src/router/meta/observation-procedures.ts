/**
 * What the Registration and the Subscription Meta API have in common: registrations with their callees, and
 * subscriptions with their subscribers. Texts: Crossbar.
 */
import { type CatalogueEntry, ERRORS, WampError } from '../../wamp/errors.ts';
import type { Match } from '../../wamp/uri.ts';
import { isReservedUri } from '../../wamp/uri.ts';
import type { Member } from '../member.ts';
import type { RealmState } from '../realm-state.ts';
import { dict, id, optional, string } from './parameters.ts';
import { type MetaCall, type MetaProcedure, procedure } from './procedure.ts';
import { noSuchSession } from './session-procedures.ts';

const MATCHES: readonly Match[] = ['exact', 'prefix', 'wildcard'];

/** A registration or a subscription. */
interface Observation {
  readonly id: number;
  readonly match: Match;
}

/** How registrations differ from subscriptions. */
export interface ObservationKind<Thing extends Observation> {
  readonly word: 'registration' | 'subscription';
  /** What a URI is to it. */
  readonly noun: 'procedure' | 'topic';
  readonly holder: 'callee' | 'subscriber';
  /** Who keeps them, in error texts. */
  readonly keeper: 'dealer' | 'broker';
  /** What a session did that is a holder, in error texts. */
  readonly done: 'registered' | 'subscribed';
  readonly noSuch: CatalogueEntry;
  find(realm: RealmState, id: number): Thing | undefined;
  lookUp(realm: RealmState, match: Match, uri: string): Thing | undefined;
  list(realm: RealmState, match: Match): Iterable<Thing>;
  heldBy(member: Member): Iterable<Thing>;
  uriOf(thing: Thing): string;
  /** Result of `get`, and argument of `on_create`. */
  detailsOf(thing: Thing): unknown;
  holdersOf(thing: Thing): Iterable<Member>;
  /** Returns false where the member is no holder. */
  remove(realm: RealmState, thing: Thing, member: Member, reason: string | null): boolean;
}

/** URIs of the router's own are nobody's business but its own. */
export function isProtectedUri(uri: string): boolean {
  return isReservedUri(uri) || uri.startsWith('crossbar.');
}

function maySee({ caller }: MetaCall, uri: string): boolean {
  return caller.trusted || !isProtectedUri(uri);
}

function matchOf(options: Readonly<Record<string, unknown>> | null): Match {
  const match = MATCHES.find((known) => known === (options?.['match'] ?? 'exact'));
  if (match !== undefined) return match;
  throw new WampError(ERRORS.invalidArgument.uri, [`options: "match" must be one of ${MATCHES.join(', ')}`]);
}

/** @throws WampError where it is not there, or is the router's own. @param verb what the caller wants, in the refusal */
function find<Thing extends Observation>(
  call: MetaCall,
  kind: ObservationKind<Thing>,
  thingId: number,
  verb: string,
): Thing {
  const thing = kind.find(call.realm, thingId);
  if (thing === undefined) {
    throw new WampError(kind.noSuch.uri, [`no ${kind.word} with ID ${thingId} exists on this ${kind.keeper}`]);
  }
  const uri = kind.uriOf(thing);
  if (maySee(call, uri)) return thing;
  throw new WampError(ERRORS.notAuthorized.uri, [`not authorized to ${verb} for protected URI "${uri}"`]);
}

function idsByMatch<Thing extends Observation>(
  call: MetaCall,
  kind: ObservationKind<Thing>,
  session: number | null,
): Record<Match, number[]> {
  const member = session === null ? null : call.realm.sessions.find(session);
  if (member === undefined) throw noSuchSession(Number(session));
  const ids: Record<Match, number[]> = { exact: [], prefix: [], wildcard: [] };
  for (const match of MATCHES) {
    const things = member === null ? kind.list(call.realm, match) : kind.heldBy(member);
    for (const thing of things) {
      if (thing.match === match && maySee(call, kind.uriOf(thing))) ids[match].push(thing.id);
    }
  }
  return ids;
}

function removeHolder<Thing extends Observation>(
  call: MetaCall,
  kind: ObservationKind<Thing>,
  thingId: number,
  session: number,
  reason: string | null,
): void {
  const member = call.realm.sessions.find(session);
  if (member === undefined) throw noSuchSession(session);
  const thing = find(call, kind, thingId, `remove ${kind.holder}`);
  if (kind.remove(call.realm, thing, member, reason)) return;
  const text = `session ${session} is not ${kind.done} on ${kind.word} ${thingId} on this ${kind.keeper}`;
  throw new WampError(kind.noSuch.uri, [text]);
}

/** All but `match`, which a dealer answers otherwise than a broker. */
export function observationProcedures<Thing extends Observation>(kind: ObservationKind<Thing>): MetaProcedure[] {
  const { word, noun, holder } = kind;
  const thing = id(`${word}_id`);
  return [
    procedure(`wamp.${word}.list`, [optional(id('session_id'))], (call, session) => idsByMatch(call, kind, session)),
    procedure(`wamp.${word}.lookup`, [string(noun), optional(dict('options'))], (call, uri, options) => {
      const found = maySee(call, uri) ? kind.lookUp(call.realm, matchOf(options), uri) : undefined;
      return found?.id ?? null;
    }),
    procedure(`wamp.${word}.get`, [thing], (call, thingId) => kind.detailsOf(find(call, kind, thingId, `get ${word}`))),
    procedure(`wamp.${word}.list_${holder}s`, [thing], (call, thingId) =>
      [...kind.holdersOf(find(call, kind, thingId, `list ${holder}s`))].map(({ peer }) => peer.session),
    ),
    procedure(
      `wamp.${word}.count_${holder}s`,
      [thing],
      (call, thingId) => [...kind.holdersOf(find(call, kind, thingId, `count ${holder}s`))].length,
    ),
    procedure(
      `wamp.${word}.remove_${holder}`,
      [thing, id(`${holder}_id`), optional(string('reason'))],
      (call, thingId, session, reason) => {
        removeHolder(call, kind, thingId, session, reason);
        return null;
      },
    ),
  ];
}
