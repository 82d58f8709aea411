import type { AnonymousStatic } from '../auth/authmethods/anonymous.ts';
import type { CryptosignStatic } from '../auth/authmethods/cryptosign-static.ts';
import type { ScramStatic } from '../auth/authmethods/scram-static.ts';
import type { TicketStatic } from '../auth/authmethods/ticket.ts';
import type { WampCraStatic } from '../auth/authmethods/wampcra-static.ts';
import type { AuthEntry, AuthMethodName } from '../auth/policy.ts';
import type {
  AnonymousAuthConfig,
  AuthConfig,
  CryptosignAuthConfig,
  DynamicAuthConfig,
  FunctionAuthConfig,
  ScramAuthConfig,
  TicketAuthConfig,
  WampCraAuthConfig,
} from '../config/schema-auth.ts';
import type { Dict } from '../wamp/dict.ts';

/** `auth.<method>` where it is of `type: static`. */
type Static<Entry extends { readonly type: string }> = Extract<Entry, { readonly type: 'static' }>;

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

function tableOf<From, To>(from: Readonly<Record<string, From>>, compile: (from: From) => To): ReadonlyMap<string, To> {
  return new Map(Object.entries(from).map(([authid, member]) => [authid, compile(member)]));
}

function anonymousOf({ role, authid }: Static<AnonymousAuthConfig>): AnonymousStatic {
  return { role, authid: authid ?? null };
}

function ticketOf({ principals }: Static<TicketAuthConfig>): TicketStatic {
  return { principals: tableOf(principals, ({ ticket, role = null, realm = null }) => ({ ticket, role, realm })) };
}

function wampCraOf({ users }: Static<WampCraAuthConfig>): WampCraStatic {
  const absent = { role: null, realm: null, salt: null, iterations: null, keylen: null };
  return { users: tableOf(users, (user) => ({ ...absent, ...user })) };
}

function cryptosignOf({ principals }: Static<CryptosignAuthConfig>): CryptosignStatic {
  return {
    principals: tableOf(principals, ({ authorized_keys: authorizedKeys, role, realm }) => {
      return { authorizedKeys, role: role ?? null, realm: realm ?? null };
    }),
  };
}

function scramOf({ principals }: Static<ScramAuthConfig>): ScramStatic {
  return {
    principals: tableOf(principals, ({ role, realm, ...credentials }) => {
      return { credentials, role: role ?? null, realm: realm ?? null };
    }),
  };
}

/** `auth` of a transport in the terms of `auth/policy.ts`. */
export function compileAuth(config: AuthConfig | undefined): readonly AuthEntry[] {
  const entries: AuthEntry[] = [];
  const { anonymous, ticket, wampcra, cryptosign, scram } = config ?? {};
  if (anonymous !== undefined) {
    if (anonymous.type !== 'static') entries.push(asking('anonymous', anonymous));
    else entries.push({ method: 'anonymous', type: 'static', defaultRole: null, ...anonymousOf(anonymous) });
  }
  if (ticket !== undefined) {
    const defaultRole = ticket['default-role'] ?? null;
    if (ticket.type !== 'static') entries.push(asking('ticket', ticket));
    else entries.push({ method: 'ticket', type: 'static', defaultRole, ...ticketOf(ticket) });
  }
  if (wampcra !== undefined) {
    const defaultRole = wampcra['default-role'] ?? null;
    if (wampcra.type !== 'static') entries.push(asking('wampcra', wampcra));
    else entries.push({ method: 'wampcra', type: 'static', defaultRole, ...wampCraOf(wampcra) });
  }
  if (cryptosign !== undefined) {
    const defaultRole = cryptosign['default-role'] ?? null;
    if (cryptosign.type !== 'static') entries.push(asking('cryptosign', cryptosign));
    else entries.push({ method: 'cryptosign', type: 'static', defaultRole, ...cryptosignOf(cryptosign) });
  }
  if (scram !== undefined) {
    const defaultRole = scram['default-role'] ?? null;
    if (scram.type !== 'static') entries.push(asking('scram', scram));
    else entries.push({ method: 'scram', type: 'static', defaultRole, ...scramOf(scram) });
  }
  return entries;
}
