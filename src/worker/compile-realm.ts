import type { Authorizer } from '../authorization/authorizer.ts';
import {
  type Permission,
  parseStarredUri,
  StaticPermissions,
  UniformPermissions,
} from '../authorization/permissions.ts';
import type { PermissionConfig, RoleConfig } from '../config/schema-permission.ts';
import type { RealmConfig } from '../config/schema-realm.ts';
import type { EventHistory } from '../router/event-history.ts';
import { Realm, type RealmPorts } from '../router/realm.ts';
import type { StatsOptions } from '../router/session-stats.ts';

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

function compileStats(stats: RealmConfig['stats']): StatsOptions | null {
  if (stats === undefined) return null;
  return {
    ratedMessageSize: stats.rated_message_size,
    afterRatedMessages: stats.trigger_after_rated_messages,
    afterDuration: stats.trigger_after_duration * 1_000,
    onJoin: stats.trigger_on_join,
    onLeave: stats.trigger_on_leave,
  };
}

export function compileRealm(config: RealmConfig, history: EventHistory | null, ports: RealmPorts): Realm {
  const roles = config.roles.map((role) => ({ name: role.name, authorizer: compileAuthorizer(role) }));
  const { uri_check: uriCheck, enable_meta_api: metaApi } = config.options;
  const stats = compileStats(config.stats);
  return new Realm({ name: config.name, roles, uriCheck, metaApi, stats, history }, ports);
}
