/** Roles of a realm: their static permissions, or who decides instead. Crossbar: `check_router_realm_role`. */
import * as z from 'zod';
import { LIMITS } from '../wamp/limits.ts';
import { isUri } from '../wamp/uri.ts';
import {
  type Config,
  flag,
  id,
  integer,
  listOf,
  mapOf,
  moduleExport,
  oneOf,
  refused,
  strict,
  text,
} from './schema-basics.ts';

const URI_PATTERN = 'a URI or URI pattern (components without spaces and #, separated by dots)';

/** In version 1 of the format the permissions stood beside the URI. */
const VERSION_1 = 'this is the form of version 1: it belongs inside of "allow" (`crossbar upgrade` rewrites it)';

const permission = strict('a permission', {
  uri: text(URI_PATTERN)
    .refine((uri) => isUri(uri, 'loose', 'any'), { error: `expected ${URI_PATTERN}` })
    .describe(
      'What the permission is for. Without `match`: no `*` is that URI alone, one `*` at the end a prefix, other stars stand for any one component.',
    ),
  match: oneOf(['exact', 'prefix', 'wildcard'])
    .exactOptional()
    .describe(
      'How `uri` is meant; stars in it are then no longer special. In wildcards an empty component matches any.',
    ),
  allow: strict('what is allowed', {
    call: flag().default(false).describe('Calling the procedure. Default false.'),
    register: flag().default(false).describe('Registering the procedure. Default false.'),
    publish: flag().default(false).describe('Publishing to the topic. Default false.'),
    subscribe: flag().default(false).describe('Subscribing to the topic. Default false.'),
  })
    .prefault({})
    .describe('What sessions of the role may do. Default: nothing.'),
  disclose: strict('what is disclosed', {
    caller: flag().default(false).describe('Callees learn who calls. Default false.'),
    publisher: flag().default(false).describe('Subscribers learn who published. Default false.'),
  })
    .prefault({})
    .describe('Whether the other side learns who it was. Default: no.'),
  cache: flag()
    .default(false)
    .describe('Has no effect here: no static permission is remembered, they cost too little for that. Default false.'),
  validate: refused('payloads cannot be validated: there is no "inventory" of types yet'),
  call: refused(VERSION_1),
  register: refused(VERSION_1),
  publish: refused(VERSION_1),
  subscribe: refused(VERSION_1),
}).meta({ id: 'permission', description: 'What a role may do with some URIs.' });

const PROCEDURE = 'a procedure (a URI of a-z, 0-9 and _ in components separated by dots)';
const AUTHORIZER = `${PROCEDURE}, or an object with "type": "function"`;

const functionAuthorizer = strict('a function authorizer', {
  type: z.literal('function', { error: 'expected "function"' }),
  create: moduleExport('./authorizer.js#create').describe(
    'Export of a JavaScript module, relative to the node directory: called once with `config`, it returns the authorizer.',
  ),
  config: mapOf(z.unknown(), 'anything').exactOptional().describe('What `create` is called with.'),
}).meta({ id: 'functionAuthorizer', description: 'A function in the router process decides. Not in Crossbar.' });

const authorizer = z.union(
  [text(AUTHORIZER).refine((uri) => isUri(uri, 'strict'), { error: `expected ${PROCEDURE}` }), functionAuthorizer],
  { error: `expected ${AUTHORIZER}` },
);

const ROLE_NAME = 'the name of a role (a URI; "trusted" is the router\'s own)';

export const role = strict('a role', {
  id: id('role'),
  name: text(ROLE_NAME)
    .refine((name) => isUri(name, 'loose') && name !== 'trusted', { error: `expected ${ROLE_NAME}` })
    .describe('Name of the role: what authentication assigns. `trusted` is reserved.'),
  permissions: listOf(permission, 'permissions')
    .exactOptional()
    .describe(
      'What the role may do; what no entry allows is denied. Where present, even empty, `allow-by-default` does not count.',
    ),
  authorizer: authorizer
    .exactOptional()
    .describe(
      'Who decides in place of `permissions`: a procedure, called on the realm with (session, uri, action, options), or a function.',
    ),
  'authorizer-timeout': integer(100, 3_600_000, ' (milliseconds)')
    .exactOptional()
    .describe(`How long one decision may take, in milliseconds. Default ${LIMITS.authorizerTimeout}. Not in Crossbar.`),
  'authorizer-role': text('the name of a role')
    .refine((name) => isUri(name, 'loose'), { error: 'expected the name of a role (a URI)' })
    .exactOptional()
    .describe(
      'The one role that may register the procedure. Default: any that may `register` it, first come. Not in Crossbar.',
    ),
  trustlevel: integer(0, Number.MAX_SAFE_INTEGER)
    .exactOptional()
    .describe(
      'What callees and subscribers are told of the trust in calls and events of this role, `trustlevel` in INVOCATION and EVENT: 0 is the lowest, the rest is a matter of the application. Default: 0 on a realm where any role has one, else nothing is told. Not in Crossbar.',
    ),
  'allow-by-default': flag()
    .default(false)
    .describe('Without `permissions` and `authorizer`: whether everything is allowed. Default false.'),
}).meta({ id: 'role', description: 'A role: what its sessions may do on the realm.' });

export type PermissionConfig = Config<typeof permission>;
export type RoleConfig = Config<typeof role>;
