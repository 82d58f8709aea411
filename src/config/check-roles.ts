/** Realms and roles that are named must exist, and those that clients get must be for clients. */
import { errorAt, type Finding, warningAt } from './finding.ts';
import { KnownRealms } from './known-realms.ts';
import {
  type AuthOutline,
  type Entrance,
  type Item,
  itemAt,
  membersOf,
  textOf,
  type WorkerOutline,
} from './outline.ts';
import { type Path, quote } from './problem.ts';

/** The router's own role: it exists on each realm, and may do everything. */
export const TRUSTED = 'trusted';

/** Where the static configuration of an authmethod lists who may come in. */
export const TABLES: ReadonlyMap<string, string> = new Map([
  ['ticket', 'principals'],
  ['wampcra', 'users'],
  ['cryptosign', 'principals'],
  ['scram', 'principals'],
  ['tls', 'principals'],
]);

/** Crossbar's role for whoever says nothing of who they are. */
export const ANONYMOUS = 'anonymous';

const NO_ANONYMOUS = `clients get the role "${ANONYMOUS}" here, which no realm of this worker has: they may do nothing`;

export function checkRoles(worker: WorkerOutline): Finding[] {
  const realms = new KnownRealms(worker);
  return [
    ...worker.components.flatMap((component) => checkComponent(component, realms)),
    ...worker.transports.flatMap(({ entrances }) => entrances.flatMap((entrance) => checkEntrance(entrance, realms))),
  ];
}

function checkComponent(component: Item, realms: KnownRealms): Finding[] {
  const realm = textOf(component, 'realm');
  const role = textOf(component, 'role') ?? ANONYMOUS;
  if (realm === null) return [];
  return [
    ...realms.checkRealm(realm, [...component.path, 'realm']),
    ...(role === TRUSTED ? [] : realms.checkRole(role, realm, [...component.path, 'role'])),
  ];
}

function checkEntrance({ path, open, methods }: Entrance, realms: KnownRealms): Finding[] {
  if (open) return realms.having(ANONYMOUS).length > 0 ? [] : [warningAt(path, NO_ANONYMOUS)];
  return methods.flatMap((entry) => {
    const type = textOf(entry, 'type');
    const authenticator = type === 'dynamic' ? checkAuthenticator(entry, realms) : [];
    if (type !== 'static') return [...authenticator, ...checkDefaultRole(entry, realms)];
    if (entry.method === 'anonymous') return checkAnonymous(entry, realms);
    const table = TABLES.get(entry.method);
    // Proxies say the roles of their clients themselves.
    return table === undefined ? [] : checkPrincipals(entry, table, realms);
  });
}

function checkAnonymous(entry: AuthOutline, realms: KnownRealms): Finding[] {
  if (entry.fields['role'] === undefined && realms.having(ANONYMOUS).length === 0) {
    return [warningAt(entry.path, NO_ANONYMOUS)];
  }
  return checkClientRole(textOf(entry, 'role'), null, [...entry.path, 'role'], realms);
}

function checkAuthenticator(entry: AuthOutline, realms: KnownRealms): Finding[] {
  const realm = textOf(entry, 'authenticator-realm');
  const role = textOf(entry, 'authenticator-role') ?? TRUSTED;
  return [
    ...(realm === null ? [] : realms.checkRealm(realm, [...entry.path, 'authenticator-realm'])),
    ...(role === TRUSTED ? [] : realms.checkRole(role, realm, [...entry.path, 'authenticator-role'])),
  ];
}

function checkPrincipals(entry: AuthOutline, key: string, realms: KnownRealms): Finding[] {
  const table = itemAt(entry, key);
  if (table === null) return checkDefaultRole(entry, realms);
  return [
    ...membersOf(table).flatMap((principal) => checkPrincipal(principal, entry, realms)),
    ...checkDefaultRole(entry, realms),
    ...warnOfWandering(table, entry, realms),
  ];
}

function checkPrincipal(principal: Item, { fields }: AuthOutline, realms: KnownRealms): Finding[] {
  const { path } = principal;
  if (principal.fields['role'] === undefined && fields['default-role'] === undefined) {
    return [errorAt(path, 'the principal has no "role", and there is no "default-role" for it')];
  }
  const realm = textOf(principal, 'realm');
  return [
    ...(realm === null ? [] : realms.checkRealm(realm, [...path, 'realm'])),
    ...checkClientRole(textOf(principal, 'role'), realm, [...path, 'role'], realms),
  ];
}

function checkDefaultRole(entry: AuthOutline, realms: KnownRealms): Finding[] {
  return checkClientRole(textOf(entry, 'default-role'), null, [...entry.path, 'default-role'], realms);
}

function checkClientRole(role: string | null, realm: string | null, path: Path, realms: KnownRealms): Finding[] {
  if (role === null) return [];
  if (role === TRUSTED) return [errorAt(path, `the role "${TRUSTED}" is the router's own: no client can have it`)];
  return realms.checkRole(role, realm, path);
}

/** A static principal is bound to a role, not to a realm: it may join wherever a role of that name exists. */
function warnOfWandering(table: Item, entry: AuthOutline, realms: KnownRealms): Finding[] {
  const free = membersOf(table).filter((principal) => principal.fields['realm'] === undefined);
  const roles = new Set(free.flatMap((principal) => textOf(principal, 'role') ?? textOf(entry, 'default-role') ?? []));
  return [...roles].flatMap((role) => {
    const common = realms.having(role);
    if (common.length < 2) return [];
    const message = `${table.path.at(-1)} with the role ${quote(role)} may join each of the realms ${common.map(quote).join(', ')}: give them a "realm" if that is not meant`;
    return [warningAt(table.path, message)];
  });
}
