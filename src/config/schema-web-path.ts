/** Path services of a web transport. Crossbar: `check_web_path_service_*`. */
import * as z from 'zod';
import { notYet, pythonOnly, removed } from './refusals.ts';
import { auth } from './schema-auth.ts';
import { byType, type Config, flag, id, integer, mapOf, nonEmpty, refused, strict, text } from './schema-basics.ts';
import { cookie } from './schema-cookie.ts';
import { websocketKeys } from './schema-websocket.ts';
import { addressBounds, allowedOrigins, callTimeoutUnit, loginTimeout } from './schema-websocket-options.ts';

const PACKAGE = pythonOnly('files inside of a Python package; give "directory"');

const MEBIBYTE = 1024 * 1024;

/** One component of a path, or `/`. */
const PATH = /^(?:[a-z0-9A-Z_-]+|\/)$/;

const websocket = strict('a websocket service', {
  id: id('webservice'),
  type: z.literal('websocket'),
  ...websocketKeys,
}).describe('WAMP over WebSocket on this path.');

const longpoll = strict('a longpoll service', {
  id: id('webservice'),
  type: z.literal('longpoll'),
  auth: auth.exactOptional().describe('Who may log in. Not in Crossbar, where everybody may.'),
  cookie: cookie.exactOptional(),
  options: strict('options of a longpoll service', {
    debug: flag().default(false).describe('Has no effect here: the log level is a matter of the command line.'),
    debug_transport_id: refused('all transports would have one id, and the id is all that it takes to use one'),
    request_timeout: integer(1, 3_600, ' (seconds)')
      .default(10)
      .describe(
        'How long a request to receive waits for a message, in seconds. Default 10. Without effect in Crossbar.',
      ),
    session_timeout: integer(1, 86_400, ' (seconds)')
      .default(30)
      .describe('How long a client may have no request to receive, in seconds, before it counts as gone. Default 30.'),
    queue_limit_bytes: integer(1, 1024 * MEBIBYTE, ' (bytes)')
      .default(131_072)
      .describe(
        'Bytes that may wait for a client, beside one message, before it is disconnected. Default 131072. Without effect in Crossbar.',
      ),
    queue_limit_messages: integer(1, 1_000_000)
      .default(100)
      .describe(
        'Messages that may wait for a client before it is disconnected. Default 100. Without effect in Crossbar.',
      ),
    allowed_origins: allowedOrigins.describe(
      'Origins whose pages may use it, with cookies too; `*` alone lets in pages of all others, without cookies. Default ["*"]. Not in Crossbar, where any page may, with cookies.',
    ),
    login_timeout: loginTimeout,
    call_timeout_unit: callTimeoutUnit,
    ...addressBounds,
  }).prefault({}),
}).describe('WAMP over HTTP long-poll on this path.');

const staticFiles = strict('a static service', {
  id: id('webservice'),
  type: z.literal('static'),
  directory: nonEmpty('the path of a directory').describe(
    'Directory whose files are served, relative to the node directory.',
  ),
  package: refused(PACKAGE),
  resource: refused(PACKAGE),
  options: strict('options of a static service', {
    enable_directory_listing: flag()
      .default(false)
      .describe('List directories that have no index.html. Default false.'),
    mime_types: mapOf(text('a media type'), 'media types by extension')
      .default({})
      .describe('Media types by extension, such as {".md": "text/markdown"}, before the built-in ones.'),
    cache_timeout: z
      .union([integer(0, Number.MAX_SAFE_INTEGER), z.null()], { error: 'expected seconds as an integer, or null' })
      .default(43_200)
      .describe('How long browsers may keep files, in seconds; null says nothing of it. Default 43200.'),
    default_file: nonEmpty('the name of a file')
      .exactOptional()
      .describe('File served for paths that do not exist (single-page applications). Default: 404.'),
  }).prefault({}),
}).describe('Files of a directory.');

const json = strict('a json service', {
  id: id('webservice'),
  type: z.literal('json'),
  value: z
    .unknown()
    .refine((value) => value !== undefined, { error: 'expected any value' })
    .describe('The value that is served.'),
  options: strict('options of a json service', {
    prettify: flag().default(false).describe('Indent it. Default false.'),
    allow_cross_origin: flag().default(true).describe('Let pages of other origins read it (CORS). Default true.'),
    discourage_caching: flag().default(false).describe('Tell browsers not to keep it. Default false.'),
  }).prefault({}),
}).describe('A constant JSON value.');

const redirect = strict('a redirect', {
  id: id('webservice'),
  type: z.literal('redirect'),
  url: nonEmpty('a URL').describe('Where browsers are sent, with status 302.'),
}).describe('A redirection.');

const nodeInfo = strict('a nodeinfo service', {
  id: id('webservice'),
  type: z.literal('nodeinfo'),
}).describe('A page about the node.');

interface PathConfig {
  readonly id: string;
  readonly type: 'path';
  readonly paths: WebPathsConfig;
}

/** A service on a path of a web transport. */
export type WebPathConfig =
  | Config<typeof websocket>
  | Config<typeof longpoll>
  | Config<typeof staticFiles>
  | Config<typeof json>
  | Config<typeof redirect>
  | Config<typeof nodeInfo>
  | PathConfig;

/** Services by path component; `/` is the root, and what answers where nothing else does. */
export type WebPathsConfig = { readonly [path: string]: WebPathConfig };

const path = strict('a path service', {
  id: id('webservice'),
  type: z.literal('path'),
  get paths(): z.ZodType<WebPathsConfig> {
    return webPaths;
  },
}).describe('Services on paths below this one.');

const REFUSED = new Map([
  ...notYet('publisher', 'caller', 'webhook', 'reverseproxy', 'websocket-reverseproxy'),
  ...notYet('cgi', 'archive', 'wap', 'catalog', 'pairme'),
  ['wsgi', pythonOnly('run the WSGI application in a server of its own')] as const,
  ['resource', pythonOnly('run the Twisted resource in a server of its own')] as const,
  ['upload', removed('there is no such service any more')] as const,
  ['schemadoc', removed('there is no such service any more')] as const,
]);

const webPath = byType(
  'a path service',
  ['websocket', 'longpoll', 'static', 'json', 'redirect', 'nodeinfo', 'path'],
  [websocket, longpoll, staticFiles, json, redirect, nodeInfo, path],
  REFUSED,
);

/** Something by path: one component, or `/`. */
export function byPath<Value extends z.ZodType>(value: Value, what: string) {
  return z.record(
    z.string().regex(PATH, { error: 'expected one component of a path (A-Z, a-z, 0-9, _ and -), or "/"' }),
    value,
    { error: ({ code }) => (code === 'invalid_key' ? undefined : `expected ${what}`) },
  );
}

export const webPaths: z.ZodType<WebPathsConfig> = byPath(webPath, 'an object of path services by path').meta({
  id: 'paths',
  description: 'Services by path component; `/` is the root. Deeper paths by the service `path`.',
});
