import type { AuthEntry, AuthMethodName } from '../auth/policy.ts';
import type { AuthConfig, DynamicAuthConfig, FunctionAuthConfig } from '../config/schema-auth.ts';
import type { Dict } from '../wamp/dict.ts';

function asking(method: AuthMethodName, config: DynamicAuthConfig | FunctionAuthConfig): AuthEntry {
  const common = { method, defaultRole: config['default-role'] ?? null, timeout: config['authenticator-timeout'] };
  if (config.type === 'function') {
    const { create, expose_controller: exposeController } = config;
    return { ...common, type: 'function', create, config: (config.config ?? null) as Dict | null, exposeController };
  }
  return {
    ...common,
    type: 'dynamic',
    authenticator: config.authenticator,
    realm: config['authenticator-realm'] ?? null,
    // The router itself calls as `trusted`, whether that is said or not.
    role: config['authenticator-role'] === 'trusted' ? null : (config['authenticator-role'] ?? null),
  };
}

/** `auth` of a transport in the terms of `auth/policy.ts`. */
export function compileAuth(config: AuthConfig | undefined): readonly AuthEntry[] {
  const entries: AuthEntry[] = [];
  const { anonymous, ticket } = config ?? {};
  if (anonymous !== undefined) {
    if (anonymous.type !== 'static') entries.push(asking('anonymous', anonymous));
    else {
      const { role, authid = null } = anonymous;
      entries.push({ method: 'anonymous', type: 'static', defaultRole: null, role, authid });
    }
  }
  if (ticket !== undefined) {
    if (ticket.type !== 'static') entries.push(asking('ticket', ticket));
    else {
      const principals = Object.entries(ticket.principals).map(
        ([authid, { ticket: secret, role = null, realm = null }]) => [authid, { ticket: secret, role, realm }] as const,
      );
      const defaultRole = ticket['default-role'] ?? null;
      entries.push({ method: 'ticket', type: 'static', defaultRole, principals: new Map(principals) });
    }
  }
  return entries;
}
