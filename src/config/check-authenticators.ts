/** A dynamic authenticator must be able to come in itself, before anybody else can, and the router must be able to call it. */
import { TRUSTED } from './check-roles.ts';
import { type Finding, warningAt } from './finding.ts';
import { type AuthOutline, type Entrance, type Item, textOf, type WorkerOutline } from './outline.ts';
import { formatPath, quote } from './problem.ts';
import { RoleRights } from './role-rights.ts';

export function checkAuthenticators(worker: WorkerOutline): Finding[] {
  const { transports, components } = worker;
  const entrances = transports.flatMap((transport) => transport.entrances);
  const entries = entrances.flatMap(({ methods }) => methods);
  return [
    ...checkOwners(entries),
    ...entries.flatMap((entry) => {
      const authenticator = askedBy(entry);
      if (authenticator === null) return [];
      const uncallable = checkCaller(entry, authenticator, worker);
      const realm = textOf(entry, 'authenticator-realm');
      const runsInside = components.some((component) => realm === null || textOf(component, 'realm') === realm);
      if (runsInside || entrances.some((entrance) => isOtherWayIn(entrance, authenticator))) return uncallable;
      const where = realm === null ? 'there is no component' : `there is no component on the realm ${quote(realm)}`;
      const message = `nothing can register this procedure: ${where}, and each way into this worker asks it first`;
      return [...uncallable, warningAt([...entry.path, 'authenticator'], message)];
    }),
  ];
}

/** The procedure that is asked at a login by that authmethod, if any is. */
export function askedBy(entry: AuthOutline): string | null {
  return textOf(entry, 'type') === 'dynamic' ? textOf(entry, 'authenticator') : null;
}

/** Whether somebody may come in there without that authenticator being asked. */
function isOtherWayIn({ open, methods }: Entrance, authenticator: string): boolean {
  // By cookie comes back who has come in otherwise.
  return open || methods.some((entry) => entry.method !== 'cookie' && askedBy(entry) !== authenticator);
}

/** `authenticator-role` has to be allowed to call it: else each login fails. */
function checkCaller(entry: AuthOutline, authenticator: string, { realms }: WorkerOutline): Finding[] {
  const name = textOf(entry, 'authenticator-role');
  const on = textOf(entry, 'authenticator-realm');
  const roles = realms
    .filter((realm) => on === null || textOf(realm, 'name') === on)
    .flatMap((realm) => realm.roles.filter((role) => textOf(role, 'name') === name));
  if (name === null || roles.length === 0 || roles.some((role) => mayCall(role, authenticator))) return [];
  const message = `the role ${quote(name)} may not call ${quote(authenticator)}, so no such login succeeds: allow it to "call" that`;
  return [warningAt([...entry.path, 'authenticator-role'], message)];
}

/** Each role that is named with a procedure may register it, and is told what clients show at all places that ask it. */
function checkOwners(entries: readonly AuthOutline[]): Finding[] {
  return entries.flatMap((entry, index) => {
    const owner = ownerOf(entry);
    const other = entries.slice(0, index).find((earlier) => {
      const theirs = ownerOf(earlier);
      return owner !== null && theirs !== null && theirs !== owner && askTheSame(entry, earlier);
    });
    if (other === undefined) return [];
    const there = formatPath([...other.path, 'authenticator-role']);
    const message = `the role ${quote(ownerOf(other) ?? '')} is named for the same procedure at ${there}: whoever has either role may register it, and decides about the logins of both places; name one role, or two procedures`;
    return [warningAt([...entry.path, 'authenticator-role'], message)];
  });
}

/** The role that may register the authenticator of an entry; null: the configuration does not say. */
export function ownerOf(entry: AuthOutline): string | null {
  const role = textOf(entry, 'authenticator-role');
  return role === TRUSTED ? null : role;
}

/** Where no realm is named it is the one that the client asks for: that may be any. */
function askTheSame(one: AuthOutline, other: AuthOutline): boolean {
  const [realm, theirs] = [textOf(one, 'authenticator-realm'), textOf(other, 'authenticator-realm')];
  return askedBy(one) !== null && askedBy(one) === askedBy(other) && (realm ?? theirs) === (theirs ?? realm);
}

/** In doubt it may. */
function mayCall(role: Item, procedure: string): boolean {
  if (!Array.isArray(role.fields['permissions'])) return true;
  return RoleRights.of(role)?.allows('call', procedure) ?? true;
}
