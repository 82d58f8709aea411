import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  nodeWith,
  PATHS,
  PERMISSION,
  parse,
  problemsOf,
  RAWSOCKET,
  REALM,
  ROLE,
  TESTEE,
  WEB,
  WEBSOCKET,
  WEBSOCKET_PATH,
  WORKER,
} from './example-node.ts';
import { OPTIONS, type Row, saysEach, W, WS } from './schema-rows.ts';

const AUTH = [...WEBSOCKET_PATH, 'auth'];
const ENDPOINT = [...WEB, 'endpoint'];
const PRINCIPALS = [...WEBSOCKET, 'auth', 'ticket', 'principals'];

/** Wrong types, wrong values, unknown keys: what is put where, and the line that it gives. */
const BROKEN: readonly Row[] = [
  [['contoller'], {}, 'contoller: unknown key; did you mean "controller"?'],
  [['processes'], [], 'processes: unknown key; expected one of $schema, version, controller, workers'],
  [['version'], 3, 'version: expected 2, got 3'],
  [['version'], '2', 'version: expected 2, got "2"'],
  [['workers'], {}, 'workers: expected a list of workers, got an object'],
  [['controller'], [], 'controller: expected the controller (an object), got a list'],
  [
    ['controller', 'id'],
    'Node',
    'controller.id: expected an id of 3 to 64 characters from a-z, 0-9 and _, beginning with a letter, got "Node"',
  ],
  [
    ['controller', 'options', 'shutdown'],
    'never',
    'controller.options.shutdown: expected one or a list of "shutdown_on_shutdown_requested", "shutdown_on_worker_exit", "shutdown_on_worker_exit_with_error", "shutdown_on_last_worker_exit", got "never"',
  ],
  [[...WORKER, 'type'], 'routr', `${W}.type: expected one of "router", "websocket-testee", got "routr"`],
  [[...WORKER, 'type'], undefined, `${W}.type: expected one of "router", "websocket-testee", got nothing`],
  [
    [...WORKER, 'id'],
    'w1',
    `${W}.id: expected an id of 3 to 64 characters from a-z, 0-9 and _, beginning with a letter, got "w1"`,
  ],
  [
    [...WORKER, 'options', 'reactor'],
    'x',
    `${W}.options.reactor: unknown key; expected one of title, python, pythonpath, cpu_affinity, env, max_connections, max_outboxes_size, disabled, expose_controller, expose_shared, extra`,
  ],
  [
    [...WORKER, 'options', 'env', 'inherit'],
    [1],
    `${W}.options.env.inherit: expected true, false or a list of names of variables, got a list`,
  ],
  [[...WORKER, 'options', 'env', 'vars', 'A'], 1, `${W}.options.env.vars.A: expected a string, got a number`],
  [
    [...REALM, 'name'],
    '1x',
    `${W}.realms[0].name: expected the name of a realm (3 to 255 characters from A-Z, a-z, 0-9, _, -, @ and ., beginning with a letter), got "1x"`,
  ],
  [
    [...REALM, 'name'],
    'realm1\n',
    `${W}.realms[0].name: expected the name of a realm (3 to 255 characters from A-Z, a-z, 0-9, _, -, @ and ., beginning with a letter), got "realm1\\n"`,
  ],
  [
    [...REALM, 'options', 'uri_check'],
    'lax',
    `${W}.realms[0].options.uri_check: expected one of "loose", "strict", got "lax"`,
  ],
  [
    [...REALM, 'stats'],
    { trigger_on_join: true },
    `${W}.realms[0].stats: needs "trigger_after_rated_messages" or "trigger_after_duration" above 0`,
  ],
  [
    [...REALM, 'stats'],
    { rated_message_size: 511, trigger_after_duration: 1 },
    `${W}.realms[0].stats.rated_message_size: must be even`,
  ],
  [
    [...REALM, 'stats'],
    { trigger_after_duration: 0.5 },
    `${W}.realms[0].stats.trigger_after_duration: expected an integer from 0 to 2147483, got 0.5`,
  ],
  [
    [...REALM, 'options', 'event_dispatching_chunk_size'],
    0,
    `${W}.realms[0].options.event_dispatching_chunk_size: expected an integer of at least 1, got 0`,
  ],
  [
    [...ROLE, 'name'],
    'a b',
    `${W}.realms[0].roles[0].name: expected the name of a role (a URI; "trusted" is the router's own), got "a b"`,
  ],
  [
    [...ROLE, 'name'],
    'trusted',
    `${W}.realms[0].roles[0].name: expected the name of a role (a URI; "trusted" is the router's own), got "trusted"`,
  ],
  [
    [...PERMISSION, 'match'],
    'regex',
    `${W}.realms[0].roles[0].permissions[0].match: expected one of "exact", "prefix", "wildcard", got "regex"`,
  ],
  [
    [...PERMISSION, 'uri'],
    'com.#',
    `${W}.realms[0].roles[0].permissions[0].uri: expected a URI or URI pattern (components without spaces and #, separated by dots), got "com.#"`,
  ],
  [
    [...PERMISSION, 'allow', 'cal'],
    true,
    `${W}.realms[0].roles[0].permissions[0].allow.cal: unknown key; did you mean "call"?`,
  ],
  [
    [...PERMISSION, 'allow', 'call'],
    1,
    `${W}.realms[0].roles[0].permissions[0].allow.call: expected true or false, got 1`,
  ],
  [
    [...PERMISSION, 'publish'],
    true,
    `${W}.realms[0].roles[0].permissions[0].publish: this is the form of version 1: it belongs inside of "allow" (\`crossbar upgrade\` rewrites it)`,
  ],
  [[...ENDPOINT, 'port'], 65_536, `${W}.transports[0].endpoint.port: expected an integer from 0 to 65535, got 65536`],
  [[...ENDPOINT, 'port'], '8080', `${W}.transports[0].endpoint.port: expected an integer from 0 to 65535, got "8080"`],
  [[...ENDPOINT, 'version'], 5, `${W}.transports[0].endpoint.version: expected 4 or 6, got 5`],
  [[...ENDPOINT, 'backlog'], 0, `${W}.transports[0].endpoint.backlog: expected an integer from 1 to 65535, got 0`],
  [
    [...WEB, 'endpoint'],
    undefined,
    `${W}.transports[0].endpoint: expected an endpoint (an object with "type"), got nothing`,
  ],
  [
    [...WEBSOCKET, 'endpoint', 'tls', 'key'],
    7,
    `${W}.transports[1].endpoint.tls.key: expected the path of a file, got a number`,
  ],
  [
    [...WEBSOCKET, 'endpoint', 'portrange'],
    [1],
    `${W}.transports[1].endpoint.portrange: expected a list of two ports, got a list`,
  ],
  [
    [...PATHS, 'a/b'],
    { type: 'nodeinfo' },
    `${W}.transports[0].paths["a/b"]: expected one component of a path (A-Z, a-z, 0-9, _ and -), or "/"`,
  ],
  [
    [...PATHS, 'x'],
    {},
    `${W}.transports[0].paths.x.type: expected one of "websocket", "longpoll", "static", "json", "redirect", "nodeinfo", "path", got nothing`,
  ],
  [
    [...PATHS, 'x'],
    { type: 'static' },
    `${W}.transports[0].paths.x.directory: expected the path of a directory, got nothing`,
  ],
  [[...PATHS, 'x'], { type: 'json' }, `${W}.transports[0].paths.x.value: expected any value, got nothing`],
  [
    [...PATHS, 'x'],
    { type: 'longpoll', options: { request_timeout: 0 } },
    `${W}.transports[0].paths.x.options.request_timeout: expected an integer from 1 to 3600 (seconds), got 0`,
  ],
  [
    [...PATHS, 'x'],
    { type: 'longpoll', options: { call_timeout_unit: 'seconds' } },
    `${W}.transports[0].paths.x.options.call_timeout_unit: expected one of "ms", "s", got "seconds"`,
  ],
  [
    [...PATHS, 'x'],
    { type: 'longpoll', options: { debug_transport_id: 'kjmd3sBLOUnb3Fyr' } },
    `${W}.transports[0].paths.x.options.debug_transport_id: all transports would have one id, and the id is all that it takes to use one`,
  ],
  [
    [...PATHS, 'more', 'paths', 'deep', 'paths', 'x'],
    { type: 'nodinfo' },
    `${W}.transports[0].paths.more.paths.deep.paths.x.type: expected one of "websocket", "longpoll", "static", "json", "redirect", "nodeinfo", "path", got "nodinfo"`,
  ],
  [
    [...WEB, 'options', 'client_timeout'],
    0,
    `${W}.transports[0].options.client_timeout: expected an integer from 1 to 86400, got 0`,
  ],
  [
    [...WEBSOCKET_PATH, 'url'],
    'http://x',
    `${WS}.url: expected a URL such as "ws://example.com:8080/ws", got "http://x"`,
  ],
  [
    [...WEBSOCKET_PATH, 'serializers', 0],
    'xml',
    `${WS}.serializers[0]: expected one of "cbor", "msgpack", "ubjson", "json", "ubjson12", got "xml"`,
  ],
  [
    [...OPTIONS, 'max_message_size'],
    -1,
    `${WS}.options.max_message_size: expected an integer from 0 to 67108864 (bytes), got -1`,
  ],
  [
    [...OPTIONS, 'auto_ping_interval'],
    10,
    `${WS}.options.auto_ping_interval: expected milliseconds as an integer: 0 for off, or at least 1000, got 10`,
  ],
  [[...OPTIONS, 'auto_ping_size'], 11, `${WS}.options.auto_ping_size: expected an integer from 12 to 125, got 11`],
  [[...OPTIONS, 'max_conections'], 1, `${WS}.options.max_conections: unknown key; expected one of allowed_origins,`],
  [
    [...OPTIONS, 'compression', 'deflate', 'memory_level'],
    10,
    `${WS}.options.compression.deflate.memory_level: expected an integer from 1 to 9, got 10`,
  ],
  [
    [...OPTIONS, 'compression', 'deflate', 'request_max_window_bits'],
    7,
    `${WS}.options.compression.deflate.request_max_window_bits: expected 0 or an integer from 8 to 15, got 7`,
  ],
  [
    [...OPTIONS, 'login_timeout'],
    0,
    `${WS}.options.login_timeout: expected an integer from 100 to 3600000 (milliseconds), got 0`,
  ],
  [
    [...RAWSOCKET, 'options', 'max_message_size'],
    511,
    `${W}.transports[2].options.max_message_size: expected an integer from 512 to 16777216 (bytes), got 511`,
  ],
  [[...RAWSOCKET, 'serializer'], 'json', `${W}.transports[2].serializer: unknown key; did you mean "serializers"?`],
  [[...AUTH, 'tickets'], {}, `${WS}.auth.tickets: unknown key; did you mean "ticket"?`],
  [
    [...AUTH, 'ticket', 'type'],
    'dynamc',
    `${WS}.auth.ticket.type: expected one of "static", "dynamic", "function", got "dynamc"`,
  ],
  [
    [...AUTH, 'ticket', 'authenticator'],
    undefined,
    `${WS}.auth.ticket.authenticator: expected a URI of a-z, 0-9 and _ in components separated by dots, got nothing`,
  ],
  [
    [...AUTH, 'ticket', 'authenticator'],
    'Com.x',
    `${WS}.auth.ticket.authenticator: expected a URI of a-z, 0-9 and _ in components separated by dots, got "Com.x"`,
  ],
  [
    [...AUTH, 'ticket', 'authenticator_realm'],
    'x',
    `${WS}.auth.ticket.authenticator_realm: unknown key; did you mean "authenticator-realm"?`,
  ],
  [
    [...AUTH, 'ticket', 'authenticator-timeout'],
    5,
    `${WS}.auth.ticket.authenticator-timeout: expected an integer from 100 to 3600000 (milliseconds), got 5`,
  ],
  [
    [...PRINCIPALS, 'joe', 'ticket'],
    '',
    `${W}.transports[1].auth.ticket.principals.joe.ticket: expected a ticket that is not empty, got an empty string`,
  ],
  [
    [...RAWSOCKET, 'auth', 'ticket', 'create'],
    'create',
    `${W}.transports[2].auth.ticket.create: expected a module and its export, such as "./authenticator.js#create", got "create"`,
  ],
  [
    [...WORKER, 'components', 0, 'module'],
    undefined,
    `${W}.components[0].module: expected the path of a JavaScript module, got nothing`,
  ],
  [[...TESTEE, 'type'], 'rawsocket', 'workers[1].transport.type: expected "websocket", got "rawsocket"'],
];

describe('schema of the configuration', () => {
  it('takes one of everything, without a word', () => {
    assert.deepEqual(problemsOf(nodeWith()), []);
  });

  it('takes the least there can be', () => {
    const { config } = parse({ version: 2 });
    assert.deepEqual(JSON.parse(JSON.stringify(config)), {
      version: 2,
      controller: { options: { enable_parallel_worker_start: false } },
      workers: [],
    });
    assert.deepEqual(problemsOf({ $schema: 'anything', version: 2, workers: [{ type: 'router' }] }), []);
  });

  saysEach(BROKEN);

  it('tells all of it in one run, in the order of the file, each at its place', () => {
    // What changes the structure would hide others; these stand side by side.
    const rows = BROKEN.filter(([path]) => !['version', 'workers', 'type', 'controller'].includes(String(path.at(-1))));
    const seen = new Set<string>();
    const apart = rows.filter(([path, value]) => {
      const key = JSON.stringify(path);
      if (seen.has(key) || value === undefined) return false;
      seen.add(key);
      return true;
    });
    assert.ok(apart.length > 25);
    const lines = problemsOf(nodeWith(...apart.map(([path, value]) => [path, value] as const)));
    for (const [, , problem] of apart) {
      assert.ok(
        lines.some((line) => line === problem || (problem.endsWith(',') && line.startsWith(problem))),
        `not told: ${problem}\n${lines.join('\n')}`,
      );
    }
  });

  it('names twenty unknown keys of one object, and counts the rest', () => {
    const unknown = Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`zzzzzzzz${at}`, 1]));
    const lines = problemsOf({ version: 2, ...unknown });
    assert.equal(lines.length, 21);
    assert.equal(lines[0], '5 more unknown keys');
  });

  it('refuses version 1 and tells how to come from there, and nothing else', () => {
    const hint = '`crossbar upgrade` rewrites the file';
    assert.deepEqual(problemsOf({ processes: [] }), [
      `version: expected "version" 2, got no "version", which means 1: ${hint}`,
    ]);
    assert.deepEqual(problemsOf({ version: 1, workers: 7 }), [
      `version: expected "version" 2, got "version" 1: ${hint}`,
    ]);
  });

  for (const value of [null, [], 'text', 7, true]) {
    it(`refuses ${JSON.stringify(value)} as a whole`, () => {
      assert.match(problemsOf(value)[0] ?? '', /^expected the configuration of a node \(an object\), got /);
    });
  }
});
