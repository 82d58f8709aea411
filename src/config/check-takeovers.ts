/**
 * Procedures of authenticators and authorizers for which no role is named: the first who may register them decides. That
 * must not be somebody who says nothing of who he is.
 */
import { askedBy, ownerOf } from './check-authenticators.ts';
import { anonymousRole } from './check-downgrades.ts';
import { ANONYMOUS, TRUSTED } from './check-roles.ts';
import { type Finding, warningAt } from './finding.ts';
import { type RealmOutline, type TransportOutline, textOf, type WorkerOutline } from './outline.ts';
import { type Path, quote } from './problem.ts';
import { RoleRights } from './role-rights.ts';

export function checkTakeovers(worker: WorkerOutline): Finding[] {
  const strangers = new Set(worker.transports.filter(isReachable).flatMap(rolesOfStrangers));
  return [...authenticatorsOf(worker), ...authorizersOf(worker)].flatMap(({ procedure, path, realms, key }) => {
    const role = realms
      .flatMap((realm) => realm.roles)
      .find((item) => {
        const name = textOf(item, 'name');
        return name !== null && strangers.has(name) && RoleRights.of(item)?.allows('register', procedure) === true;
      });
    if (role === undefined) return [];
    const name = quote(textOf(role, 'name') ?? '');
    const message = `clients that say nothing of who they are have the role ${name}, which may register this procedure: whoever registers it first decides. Name the one role that may in ${quote(key)}, or do not allow it to ${name}`;
    return [warningAt(path, message)];
  });
}

/** A procedure that any role may register which has the permission. */
interface Unguarded {
  readonly procedure: string;
  readonly path: Path;
  /** Where it is called. */
  readonly realms: readonly RealmOutline[];
  /** What would name its role. */
  readonly key: string;
}

/** Whoever reaches a Unix socket is on this machine, and has been let in by its file. */
function isReachable({ endpoint }: TransportOutline): boolean {
  return endpoint === null || textOf(endpoint, 'type') !== 'unix';
}

function rolesOfStrangers({ entrances }: TransportOutline): string[] {
  return entrances.flatMap(({ open, methods }) => {
    if (open) return [ANONYMOUS];
    return methods.flatMap((entry) => (entry.method === ANONYMOUS ? (anonymousRole(entry) ?? []) : []));
  });
}

function authenticatorsOf({ realms, transports }: WorkerOutline): Unguarded[] {
  const entries = transports.flatMap(({ entrances }) => entrances.flatMap(({ methods }) => methods));
  return entries.flatMap((entry) => {
    const procedure = askedBy(entry);
    if (procedure === null || ownerOf(entry) !== null) return [];
    const on = textOf(entry, 'authenticator-realm');
    const where = realms.filter((realm) => on === null || textOf(realm, 'name') === on);
    return [{ procedure, path: [...entry.path, 'authenticator'], realms: where, key: 'authenticator-role' }];
  });
}

function authorizersOf({ realms }: WorkerOutline): Unguarded[] {
  return realms.flatMap((realm) =>
    realm.roles.flatMap((role) => {
      const procedure = textOf(role, 'authorizer');
      if (procedure === null || (textOf(role, 'authorizer-role') ?? TRUSTED) !== TRUSTED) return [];
      return [{ procedure, path: [...role.path, 'authorizer'], realms: [realm], key: 'authorizer-role' }];
    }),
  );
}
