import type { AnonymousStatic } from '../auth/authmethods/anonymous.ts';
import type { CryptosignStatic } from '../auth/authmethods/cryptosign-static.ts';
import type { ScramStatic } from '../auth/authmethods/scram-static.ts';
import type { TicketStatic } from '../auth/authmethods/ticket.ts';
import type { TlsStatic } from '../auth/authmethods/tls.ts';
import type { WampCraStatic } from '../auth/authmethods/wampcra-static.ts';
import type { BindingRule } from '../auth/channel-binding.ts';
import type { AuthEntry, AuthMethodName } from '../auth/policy.ts';
import type {
  AnonymousAuthConfig,
  AuthConfig,
  ScramAuthConfig,
  TicketAuthConfig,
  WampCraAuthConfig,
} from '../config/schema-auth.ts';
import type { DynamicAuthConfig, FunctionAuthConfig } from '../config/schema-authenticator.ts';
import type { CryptosignAuthConfig } from '../config/schema-cryptosign.ts';
import type { TlsAuthConfig } from '../config/schema-tls-auth.ts';
import type { Dict } from '../wamp/dict.ts';

/** `auth.<method>` where it is of `type: static`. */
type Static<Entry extends { readonly type: string }> = Extract<Entry, { readonly type: 'static' }>;

type AskingConfig = (DynamicAuthConfig | FunctionAuthConfig) & { readonly channel_binding?: BindingRule };

function asking(method: AuthMethodName, config: AskingConfig): AuthEntry {
  const { 'default-role': defaultRole = null, 'authenticator-timeout': timeout } = config;
  const common = { method, defaultRole, timeout, ...boundBy(config) };
  if (config.type === 'function') {
    const { create, expose_controller: exposeController } = config;
    return { ...common, type: 'function', create, config: (config.config ?? null) as Dict | null, exposeController };
  }
  return {
    ...common,
    type: 'dynamic',
    authenticator: config.authenticator,
    realm: config['authenticator-realm'] ?? null,
    wait: config['authenticator-wait'],
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

function cryptosignOf({ principals }: Pick<Static<CryptosignAuthConfig>, 'principals'>): CryptosignStatic {
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

function allOf(oneOrMore: string | readonly string[] = []): readonly string[] {
  return typeof oneOrMore === 'string' ? [oneOrMore] : oneOrMore;
}

function tlsOf({ principals }: Static<TlsAuthConfig>): TlsStatic {
  return {
    principals: tableOf(principals, ({ role = null, realm = null, ...certificate }) => {
      const pins = {
        spki_sha256: allOf(certificate['certificate-spki']),
        sha256: allOf(certificate['certificate-sha256']),
        sha1: allOf(certificate['certificate-sha1']),
      };
      return { pins, role, realm };
    }),
  };
}

/** Of methods that can be bound to the TLS session. */
function boundBy({ channel_binding: rule }: { readonly channel_binding?: BindingRule }): {
  readonly channelBinding?: BindingRule;
} {
  return rule === 'required' ? { channelBinding: rule } : {};
}

/** The entry of one authmethod, if it is configured. */
function entryOf<Entry extends { readonly type: 'static' } | AskingConfig>(
  method: AuthMethodName,
  config: Entry | undefined,
  compile: (table: Static<Entry>) => AuthEntry,
): readonly AuthEntry[] {
  if (config === undefined) return [];
  return [config.type === 'static' ? compile(config as Static<Entry>) : asking(method, config)];
}

function listed(config: { readonly 'default-role'?: string; readonly channel_binding?: BindingRule }) {
  return { type: 'static', defaultRole: config['default-role'] ?? null, ...boundBy(config) } as const;
}

/** `auth` of a transport in the terms of `auth/policy.ts`. */
export function compileAuth(config: AuthConfig = {}): readonly AuthEntry[] {
  return [
    ...entryOf('anonymous', config.anonymous, (it) => ({ method: 'anonymous', ...listed({}), ...anonymousOf(it) })),
    ...entryOf('ticket', config.ticket, (it) => ({ method: 'ticket', ...listed(it), ...ticketOf(it) })),
    ...entryOf('wampcra', config.wampcra, (it) => ({ method: 'wampcra', ...listed(it), ...wampCraOf(it) })),
    ...entryOf('cryptosign', config.cryptosign, (it) => ({ method: 'cryptosign', ...listed(it), ...cryptosignOf(it) })),
    ...entryOf('scram', config.scram, (it) => ({ method: 'scram', ...listed(it), ...scramOf(it) })),
    ...entryOf('tls', config.tls, (it) => ({ method: 'tls', ...listed(it), ...tlsOf(it) })),
    // The proxy names its client's role, so there is no default.
    ...entryOf('anonymous-proxy', config['anonymous-proxy'], () => ({ method: 'anonymous-proxy', ...listed({}) })),
    ...entryOf('cryptosign-proxy', config['cryptosign-proxy'], (it) => {
      return { method: 'cryptosign-proxy', ...listed(it), ...cryptosignOf(it) };
    }),
  ];
}
