import type { Authorizer } from '../authorization/authorizer.ts';
import {
  type Permission,
  parseStarredUri,
  StaticPermissions,
  UniformPermissions,
} from '../authorization/permissions.ts';
import type { PermissionConfig, RoleConfig } from '../config/schema-permission.ts';
import type { RealmConfig } from '../config/schema-realm.ts';
import { Realm, type RealmPorts } from '../router/realm.ts';

function compilePermission(config: PermissionConfig): Permission {
  const { uri, match } =
    config.match === undefined ? parseStarredUri(config.uri) : { uri: config.uri, match: config.match };
  return { uri, match, allow: config.allow, disclose: config.disclose };
}

/** Crossbar: `permissions`, even an empty list, makes the role static; else `allow-by-default` decides. */
function compileAuthorizer(role: RoleConfig): Authorizer {
  if (role.permissions !== undefined) return new StaticPermissions(role.permissions.map(compilePermission));
  return new UniformPermissions(role['allow-by-default'], false);
}

export function compileRealm(config: RealmConfig, ports: RealmPorts): Realm {
  const roles = config.roles.map((role) => ({ name: role.name, authorizer: compileAuthorizer(role) }));
  const { uri_check: uriCheck, enable_meta_api: metaApi } = config.options;
  return new Realm({ name: config.name, roles, uriCheck, metaApi }, ports);
}
