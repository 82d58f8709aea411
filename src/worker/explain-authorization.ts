import type { Action } from '../authorization/authorizer.ts';
import { StaticPermissions } from '../authorization/permissions.ts';
import type { PermissionConfig, RoleConfig } from '../config/schema-permission.ts';
import type { RealmConfig } from '../config/schema-realm.ts';
import type { RouterWorkerConfig } from '../config/schema-worker.ts';
import { isReservedUri, isUri, type Match } from '../wamp/uri.ts';
import { compilePermission } from './compile-authorizer.ts';

/** A place in a configuration. */
type Path = readonly (string | number)[];

export interface Question {
  readonly role: string;
  readonly action: Action;
  readonly uri: string;
  readonly match: Match;
}

/** What a router would say to a request, and what in the configuration makes it say so. */
export interface Verdict {
  /** `asked`: somebody is asked at run time. */
  readonly decision: 'allowed' | 'denied' | 'asked';
  /** One sentence. */
  readonly reason: string;
  /** What decides; its last element may be missing from the file: then what it is missing from. */
  readonly path: Path;
  /** The permission that decides, as it is understood. */
  readonly permission: { readonly uri: string; readonly match: Match; readonly allow: readonly string[] } | null;
  /** Whether the other side learns who it was. */
  readonly disclose: boolean;
}

interface Place {
  readonly worker: RouterWorkerConfig;
  readonly realm: RealmConfig;
  readonly role: RoleConfig;
  /** Of the worker, of the realm and of the role. */
  readonly paths: { readonly worker: Path; readonly realm: Path; readonly role: Path };
}

const EMPTY_COMPONENTS = { exact: 'none', prefix: 'last', wildcard: 'any' } as const;

/** Decides as realm, dealer and authorizers do, in their order; for a role that is at `place`. */
export function explainAuthorization(place: Place, question: Question): Verdict {
  return refusedUri(place, question) ?? refusedOwner(place, question) ?? byRole(place, question);
}

function denied(reason: string, path: Path): Verdict {
  return { decision: 'denied', reason, path, permission: null, disclose: false };
}

function refusedUri({ realm, paths }: Place, { action, uri, match }: Question): Verdict | null {
  const { uri_check: check } = realm.options;
  if ((action === 'register' || action === 'publish') && isReservedUri(uri)) {
    return denied('URIs under "wamp." are the router\'s: clients neither register nor publish there', paths.realm);
  }
  if (isUri(uri, check, EMPTY_COMPONENTS[match])) return null;
  const what = match === 'exact' ? 'URI' : `${match} pattern`;
  return denied(`that is no ${what} (uri_check "${check}")`, [...paths.realm, 'options', 'uri_check']);
}

/** Procedures of authenticators and authorizers belong to the roles that are named with them (K27). */
function refusedOwner(place: Place, { role, action, uri, match }: Question): Verdict | null {
  if (action !== 'register' || match !== 'exact') return null;
  const named = [...ownedProcedures(place)].filter(({ procedure, owner }) => procedure === uri && owner !== undefined);
  const [first] = named;
  if (first === undefined || named.some(({ owner }) => owner === role)) return null;
  const owners = [...new Set(named.map(({ owner }) => `"${owner}"`))];
  const who = owners.length === 1 ? `the role ${owners[0]}` : `the roles ${owners.join(' and ')}`;
  return denied(`the procedure is reserved: only ${who} may register it`, first.path);
}

function* ownedProcedures({ worker, realm, paths }: Place) {
  for (const [index, role] of realm.roles.entries()) {
    if (typeof role.authorizer !== 'string') continue;
    const path = [...paths.realm, 'roles', index, 'authorizer'];
    yield { procedure: role.authorizer, owner: role['authorizer-role'], path };
  }
  for (const { fields, path } of objectsIn(worker.transports, [...paths.worker, 'transports'])) {
    const { type, authenticator, 'authenticator-realm': of, 'authenticator-role': owner } = fields;
    if (type !== 'dynamic' || typeof authenticator !== 'string' || (of ?? realm.name) !== realm.name) continue;
    yield {
      procedure: authenticator,
      // Whoever the router calls it as, it is not the role that registers it.
      owner: typeof owner === 'string' && owner !== 'trusted' ? owner : undefined,
      path: [...path, 'authenticator'],
    };
  }
}

function* objectsIn(value: unknown, path: Path): Generator<{ fields: Readonly<Record<string, unknown>>; path: Path }> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { fields: value as Record<string, unknown>, path };
  for (const [key, member] of Object.entries(value)) {
    yield* objectsIn(member, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function byRole({ role, paths }: Place, question: Question): Verdict {
  if (role.permissions !== undefined) return byPermissions(role.permissions, paths.role, question);
  const { authorizer } = role;
  if (authorizer !== undefined) {
    const registrar = role['authorizer-role'] ?? null;
    const who =
      typeof authorizer !== 'string'
        ? `by the function "${authorizer.create}"`
        : `by the procedure ${authorizer}, which ${registrar === null ? 'whoever may' : `the role "${registrar}" may`} register`;
    const reason = `decided at run time, ${who}`;
    return { decision: 'asked', reason, path: [...paths.role, 'authorizer'], permission: null, disclose: false };
  }
  if (!role['allow-by-default']) return denied('the role has no permissions: it may do nothing', paths.role);
  const path = [...paths.role, 'allow-by-default'];
  return { decision: 'allowed', reason: 'everything is allowed by default', path, permission: null, disclose: false };
}

function byPermissions(permissions: readonly PermissionConfig[], role: Path, question: Question): Verdict {
  const { action, uri, match } = question;
  const compiled = permissions.map(compilePermission);
  const {
    authorization,
    permission: index,
    uri: example,
  } = new StaticPermissions(compiled).explain(action, uri, match);
  const decisive = index === null ? undefined : compiled[index];
  const part = match === 'exact' ? '' : `not all of its URIs are allowed, such as ${example}: `;
  if (index === null || decisive === undefined) {
    return denied(`${part}no permission of the role is for it`, [...role, 'permissions']);
  }
  const allow = Object.entries(decisive.allow).flatMap(([name, allowed]) => (allowed ? [name] : []));
  const reason = authorization.allow
    ? `the permission allows to ${action}`
    : `${part}the permission does not allow to ${action}`;
  return {
    decision: authorization.allow ? 'allowed' : 'denied',
    reason,
    path: [...role, 'permissions', index],
    permission: { uri: decisive.uri, match: decisive.match, allow },
    disclose: authorization.allow && authorization.disclose,
  };
}
