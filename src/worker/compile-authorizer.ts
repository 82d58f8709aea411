import type { CallerFor } from '../auth/authenticators/dynamic.ts';
import type { FunctionLoader } from '../auth/authenticators/function-loader.ts';
import { type Ask, AskingAuthorizer } from '../authorization/asking-authorizer.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { type Permission, StaticPermissions, UniformPermissions } from '../authorization/permissions.ts';
import type { PermissionConfig, RoleConfig } from '../config/schema-permission.ts';
import type { Clock } from '../wamp/clock.ts';
import type { Dict } from '../wamp/dict.ts';
import { ERRORS, WampError } from '../wamp/errors.ts';
import { LIMITS } from '../wamp/limits.ts';
import type { Log } from '../wamp/log.ts';
import { parseStarredUri } from '../wamp/pattern-table.ts';

export interface AuthorizerPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly callerFor: CallerFor;
  readonly functions: FunctionLoader<Ask>;
}

/** A realm as its authorizers need it: they are asked for only when it is there. */
export interface AuthorizerRealm {
  readonly name: string;
  /** The id of the registration of a procedure, or null. */
  readonly registrationOf: (procedure: string) => number | null;
}

export interface CompiledAuthorizer {
  readonly authorizer: Authorizer;
  /** What has to be done before anybody may join. @throws TypeError naming what cannot be loaded */
  readonly load: (() => Promise<void>) | null;
  /** A procedure that decides what others may do, and the one role that may register it, or null (K27). */
  readonly reserved: { readonly procedure: string; readonly role: string | null } | null;
}

type Asked = Exclude<RoleConfig['authorizer'], undefined>;

/** Also for `turnpike auth explain`. */
export function compilePermission(config: PermissionConfig): Permission {
  const { uri, match } =
    config.match === undefined ? parseStarredUri(config.uri) : { uri: config.uri, match: config.match };
  return { uri, match, allow: config.allow, disclose: config.disclose };
}

/** Crossbar: `permissions`, even an empty list, makes the role static; else `authorizer` decides, else `allow-by-default`. */
export function compileAuthorizer(
  role: RoleConfig,
  realm: AuthorizerRealm,
  ports: AuthorizerPorts,
): CompiledAuthorizer {
  const fixed = (authorizer: Authorizer): CompiledAuthorizer => ({ authorizer, load: null, reserved: null });
  if (role.permissions !== undefined) return fixed(new StaticPermissions(role.permissions.map(compilePermission)));
  const { authorizer } = role;
  if (authorizer === undefined) return fixed(new UniformPermissions(role['allow-by-default'], false));
  return typeof authorizer === 'string'
    ? procedureOf(authorizer, role, realm, ports)
    : functionOf(authorizer, role, realm, ports);
}

/** The router itself calls it, so that no authorizer is asked about the call. */
function procedureOf(
  procedure: string,
  role: RoleConfig,
  realm: AuthorizerRealm,
  ports: AuthorizerPorts,
): CompiledAuthorizer {
  const ask: Ask = (session, uri, action, options, signal) => {
    const caller = ports.callerFor(realm.name, null);
    if (typeof caller === 'string') throw new WampError(ERRORS.noSuchProcedure.uri);
    return caller.call(procedure, [session, uri, action, options], { signal });
  };
  const incumbent = (): number | null => realm.registrationOf(procedure);
  return {
    authorizer: asking(ask, incumbent, procedure, role, realm, ports),
    load: null,
    reserved: { procedure, role: role['authorizer-role'] ?? null },
  };
}

function functionOf(
  { create, config }: Exclude<Asked, string>,
  role: RoleConfig,
  realm: AuthorizerRealm,
  ports: AuthorizerPorts,
): CompiledAuthorizer {
  let loaded: Ask | null = null;
  const ask: Ask = (...question) => {
    if (loaded === null) throw new TypeError('the authorizer is not loaded yet');
    return loaded(...question);
  };
  const load = async (): Promise<void> => {
    loaded = await ports.functions.load({ create, config: (config ?? null) as Dict | null, exposeController: false });
  };
  return { authorizer: asking(ask, () => 1, create, role, realm, ports), load, reserved: null };
}

function asking(
  ask: Ask,
  incumbent: () => number | null,
  name: string,
  role: RoleConfig,
  realm: AuthorizerRealm,
  { clock, log }: AuthorizerPorts,
): Authorizer {
  const timeout = role['authorizer-timeout'] ?? LIMITS.authorizerTimeout;
  const about = log.with({ realm: realm.name, role: role.name, authorizer: name });
  return new AskingAuthorizer({ clock, log: about, ask, timeout, incumbent });
}
