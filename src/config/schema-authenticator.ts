/** Who says who a client is, whatever the authmethod: the kinds of authenticators, and what principals have in common. */
import * as z from 'zod';
import { LIMITS } from '../wamp/limits.ts';
import { isUri } from '../wamp/uri.ts';
import { NOT_YET } from './refusals.ts';
import { type Config, flag, integer, mapOf, moduleExport, oneOf, strict, text } from './schema-basics.ts';
import { realmName } from './schema-realm.ts';

export const TYPES = ['static', 'dynamic', 'function'];

export const roleName = text('the name of a role').refine((name) => isUri(name, 'loose'), {
  error: 'expected the name of a role (a URI)',
});

export const defaultRole = roleName
  .exactOptional()
  .describe('Role for whoever is let in without one being named for it. Default: none, such a login fails.');

const authenticatorTimeout = integer(100, 3_600_000, ' (milliseconds)')
  .default(LIMITS.authenticatorTimeout)
  .describe(
    `How long one login may wait for the authenticator, in milliseconds. Default ${LIMITS.authenticatorTimeout}. Not in Crossbar.`,
  );

const authenticatorWait = integer(0, 5_000, ' (milliseconds)')
  .default(LIMITS.authenticatorWait)
  .describe(
    `How long a login waits for the procedure to be registered, where it is not yet, in milliseconds. Default ${LIMITS.authenticatorWait}. Not in Crossbar, where such logins fail at once.`,
  );

const STRICT_URI = 'a URI of a-z, 0-9 and _ in components separated by dots';

const DYNAMIC = {
  type: z.literal('dynamic'),
  authenticator: text(STRICT_URI)
    .refine((uri) => isUri(uri, 'strict'), { error: `expected ${STRICT_URI}` })
    .describe('Procedure that is called on each login attempt with (realm, authid, details).'),
  'authenticator-realm': realmName
    .exactOptional()
    .describe('Realm on which it is called. Default: the realm that the client asks for.'),
  'authenticator-role': roleName
    .exactOptional()
    .describe("Role with which it is called. Default: the router's own, which may call everything."),
  'default-role': defaultRole,
  'authenticator-timeout': authenticatorTimeout,
  'authenticator-wait': authenticatorWait,
};

const DYNAMIC_META = { description: 'A WAMP procedure says who the client is.' };

export const dynamic = strict('a dynamic authenticator', DYNAMIC).meta({ id: 'dynamicAuthenticator', ...DYNAMIC_META });

const FUNCTION = {
  type: z.literal('function'),
  create: moduleExport('./authenticator.js#create').describe(
    'Export of a JavaScript module, relative to the node directory: called once with `config`, it returns the authenticator.',
  ),
  config: mapOf(z.unknown(), 'anything').exactOptional().describe('What `create` is called with.'),
  expose_controller: flag()
    .refine((wanted) => !wanted, { error: NOT_YET })
    .default(false)
    .describe('Hand the node controller to `create`. Only false is supported yet.'),
  'default-role': defaultRole,
  'authenticator-timeout': authenticatorTimeout,
};

const FUNCTION_META = { description: 'A function in the router process says who the client is.' };

export const viaFunction = strict('a function authenticator', FUNCTION).meta({
  id: 'functionAuthenticator',
  ...FUNCTION_META,
});

/** Both, with keys that the authmethod has besides. */
export function askingWith<const Shape extends z.ZodRawShape>(shape: Shape) {
  return [
    strict('a dynamic authenticator', { ...DYNAMIC, ...shape }).meta(DYNAMIC_META),
    strict('a function authenticator', { ...FUNCTION, ...shape }).meta(FUNCTION_META),
  ] as const;
}

export const principalRole = roleName
  .exactOptional()
  .describe('Role that the client gets. Default: the `default-role` of the entry.');

export const principalRealm = realmName
  .exactOptional()
  .describe('The only realm that this principal may join. Default: any that has the role. Not in Crossbar.');

/** For authmethods that can be bound to the TLS session that they run in. */
export const channelBinding = oneOf(['optional', 'required'])
  .default('optional')
  .describe(
    'Whether logins must be bound to their TLS session: "required" refuses clients that do not ask for it. Default "optional". Not in Crossbar.',
  );

export type DynamicAuthConfig = Config<typeof dynamic>;
export type FunctionAuthConfig = Config<typeof viaFunction>;
