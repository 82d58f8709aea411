/** A dynamic authenticator must be able to come in itself, before anybody else can, and the router must be able to call it. */
import { type Finding, warningAt } from './finding.ts';
import { type AuthOutline, type Entrance, type Item, textOf, type WorkerOutline } from './outline.ts';
import { quote } from './problem.ts';
import { RoleRights } from './role-rights.ts';

export function checkAuthenticators(worker: WorkerOutline): Finding[] {
  const { transports, components } = worker;
  const entrances = transports.flatMap((transport) => transport.entrances);
  return entrances
    .flatMap(({ methods }) => methods)
    .flatMap((entry) => {
      const authenticator = askedBy(entry);
      if (authenticator === null) return [];
      const uncallable = checkCaller(entry, authenticator, worker);
      const realm = textOf(entry, 'authenticator-realm');
      const runsInside = components.some((component) => realm === null || textOf(component, 'realm') === realm);
      if (runsInside || entrances.some((entrance) => isOtherWayIn(entrance, authenticator))) return uncallable;
      const where = realm === null ? 'there is no component' : `there is no component on the realm ${quote(realm)}`;
      const message = `nothing can register this procedure: ${where}, and each way into this worker asks it first`;
      return [...uncallable, warningAt([...entry.path, 'authenticator'], message)];
    });
}

/** The procedure that is asked at a login by that authmethod, if any is. */
function askedBy(entry: AuthOutline): string | null {
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

/** In doubt it may. */
function mayCall(role: Item, procedure: string): boolean {
  if (!Array.isArray(role.fields['permissions'])) return true;
  return RoleRights.of(role)?.allows('call', procedure) ?? true;
}
