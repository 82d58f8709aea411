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

type Row = readonly [path: readonly (string | number)[], value: unknown, problem: string];

const AUTH = [...WEBSOCKET_PATH, 'auth'];
const OPTIONS = [...WEBSOCKET_PATH, 'options'];
const ENDPOINT = [...WEB, 'endpoint'];
const PRINCIPALS = [...WEBSOCKET, 'auth', 'ticket', 'principals'];
const W = 'workers[0]';
const PROCEDURE = 'a procedure (a URI of a-z, 0-9 and _ in components separated by dots)';
const WS = `${W}.transports[0].paths.ws`;
const PYTHON_OUTSIDE =
  'run it as a client in a process of its own that connects to a transport of this node (with Autobahn: `autobahn.twisted.component.run`), or port it to a component of type "module"';

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

/** What Crossbar has and this router does not take. */
const REFUSED: readonly Row[] = [
  ...['manhole'].map(
    (key): Row => [
      ['controller', key],
      {},
      `controller.${key}: Python-only, cannot run here: the manhole is a Python shell`,
    ],
  ),
  ...['connections', 'keyring', 'fabric', 'blockchain', 'enable_docker'].map(
    (key): Row => [['controller', key], {}, `controller.${key}: not supported yet`],
  ),
  ...['container', 'guest', 'proxy', 'hostmonitor', 'xbrmm'].map(
    (type): Row => [['workers', 1], { type }, 'workers[1].type: not supported yet'],
  ),
  [[...WORKER, 'manhole'], {}, `${W}.manhole: Python-only, cannot run here: the manhole is a Python shell`],
  [[...WORKER, 'connections'], [], `${W}.connections: not supported yet`],
  [[...WORKER, 'options', 'expose_controller'], true, `${W}.options.expose_controller: not supported yet`],
  [[...WORKER, 'options', 'expose_shared'], true, `${W}.options.expose_shared: not supported yet`],
  ...['inventory', 'rlinks'].map((key): Row => [[...REALM, key], {}, `${W}.realms[0].${key}: not supported yet`]),
  [[...REALM, 'options', 'bridge_meta_api'], true, `${W}.realms[0].options.bridge_meta_api: not supported yet`],
  [
    [...REALM, 'store'],
    { type: 'memory', 'call-queue': [{ uri: 'com..x' }] },
    `${W}.realms[0].store.call-queue[0].uri: expected a URI, or a pattern as "match" says (components without spaces and #, separated by dots), got "com..x"`,
  ],
  [
    [...PERMISSION, 'validate'],
    {},
    `${W}.realms[0].roles[0].permissions[0].validate: payloads cannot be validated: there is no "inventory" of types yet`,
  ],
  [
    [...REALM, 'roles', 1],
    { name: 'anonymous', authorizer: 'com.X' },
    `${W}.realms[0].roles[1].authorizer: expected ${PROCEDURE}, got "com.X"`,
  ],
  [
    [...REALM, 'roles', 1],
    { name: 'anonymous', authorizer: { type: 'dynamic' } },
    `${W}.realms[0].roles[1].authorizer: expected ${PROCEDURE}, or an object with "type": "function", got an object`,
  ],
  [
    [...REALM, 'roles', 1],
    { name: 'anonymous', authorizer: { type: 'function', create: './a.js#create', extra: 1 } },
    `${W}.realms[0].roles[1].authorizer.extra: unknown key; expected one of type, create, config`,
  ],
  [
    [...WORKER, 'transports', 3],
    { type: 'universal', endpoint: { type: 'tcp', port: 1 } },
    `${W}.transports[3]: needs at least one of "rawsocket", "websocket" and "web"`,
  ],
  [
    [...WORKER, 'transports', 3],
    { type: 'universal', endpoint: { type: 'tcp', port: 1 }, rawsocket: {}, mqtt: {} },
    `${W}.transports[3].mqtt: not supported yet`,
  ],
  [
    [...WORKER, 'transports', 3],
    { type: 'universal', endpoint: { type: 'tcp', port: 1 }, websocket: { ws: { type: 'rawsocket' } } },
    `${W}.transports[3].websocket.ws.type: expected "websocket", got "rawsocket"`,
  ],
  [
    [...WORKER, 'transports', 3],
    { type: 'universal', endpoint: { type: 'tcp', port: 1 }, websocket: { 'a/b': {} } },
    `${W}.transports[3].websocket["a/b"]: expected one component of a path (A-Z, a-z, 0-9, _ and -), or "/"`,
  ],
  ...['mqtt', 'flashpolicy', 'websocket.testee', 'stream.testee'].map(
    (type): Row => [[...WEBSOCKET], { type }, `${W}.transports[1].type: not supported yet`],
  ),
  [[...WEBSOCKET, 'endpoint'], { type: 'onion' }, `${W}.transports[1].endpoint.type: not supported yet`],
  [
    [...WEBSOCKET, 'endpoint'],
    { type: 'twisted' },
    `${W}.transports[1].endpoint.type: Python-only, cannot run here: Twisted's endpoint strings; use "tcp" or "unix"`,
  ],
  ...[
    'publisher',
    'caller',
    'webhook',
    'reverseproxy',
    'websocket-reverseproxy',
    'cgi',
    'archive',
    'wap',
    'catalog',
    'pairme',
  ].map((type): Row => [[...PATHS, 'x'], { type }, `${W}.transports[0].paths.x.type: not supported yet`]),
  [
    [...PATHS, 'x'],
    { type: 'wsgi' },
    `${W}.transports[0].paths.x.type: Python-only, cannot run here: run the WSGI application in a server of its own`,
  ],
  [
    [...PATHS, 'x'],
    { type: 'resource' },
    `${W}.transports[0].paths.x.type: Python-only, cannot run here: run the Twisted resource in a server of its own`,
  ],
  [
    [...PATHS, 'x'],
    { type: 'upload' },
    `${W}.transports[0].paths.x.type: removed from Crossbar.io: there is no such service any more`,
  ],
  [
    [...PATHS, '/', 'package'],
    'x',
    `${W}.transports[0].paths["/"].package: Python-only, cannot run here: files inside of a Python package; give "directory"`,
  ],
  [
    [...WEBSOCKET_PATH, 'cookie'],
    { name: 'Sid' },
    `${WS}.cookie.name: expected a name of a-z, 0-9 and _, beginning with a letter, got "Sid"`,
  ],
  [[...WEBSOCKET_PATH, 'cookie'], { length: 5 }, `${WS}.cookie.length: expected an integer from 6 to 64, got 5`],
  [
    [...WEBSOCKET_PATH, 'cookie'],
    { max_age: 0 },
    `${WS}.cookie.max_age: expected an integer from 1 to 311040000 (seconds), got 0`,
  ],
  [
    [...WEBSOCKET_PATH, 'cookie'],
    { path: 'a;b' },
    `${WS}.cookie.path: expected a path that begins with "/", got "a;b"`,
  ],
  [[...WEBSOCKET_PATH, 'cookie'], { domain: 'a;b' }, `${WS}.cookie.domain: expected the name of a domain, got "a;b"`],
  [
    [...WEBSOCKET_PATH, 'cookie'],
    { store: { type: 'redis' } },
    `${WS}.cookie.store.type: expected one of "memory", "file", "database", got "redis"`,
  ],
  [
    [...WEBSOCKET_PATH, 'cookie'],
    { store: { type: 'file' } },
    `${WS}.cookie.store.filename: expected the path of a file, got nothing`,
  ],
  [[...RAWSOCKET, 'cookie'], {}, `${W}.transports[2].cookie: cookies exist only on WebSocket`],
  [
    [...RAWSOCKET, 'auth', 'ticket', 'expose_controller'],
    true,
    `${W}.transports[2].auth.ticket.expose_controller: not supported yet`,
  ],
  [
    [...WEBSOCKET_PATH, 'serializers', 0],
    'flatbuffers',
    `${WS}.serializers[0]: not supported: Autobahn|Python, the one client that speaks it, loses roles, authmethods, "match", "invoke" and the arguments of errors on the way; use "cbor"`,
  ],
  [
    [...WEBSOCKET_PATH, 'serializers'],
    ['ubjson', 'ubjson12'],
    `${WS}.serializers: "ubjson" and "ubjson12" have one name on the wire: only one of them can be spoken here`,
  ],
  [
    [...OPTIONS, 'enable_flash_policy'],
    true,
    `${WS}.options.enable_flash_policy: removed from Crossbar.io: Flash has gone from browsers`,
  ],
  [
    [...WORKER, 'components', 0],
    { type: 'class', classname: 'a.B', realm: 'realm1' },
    `${W}.components[0].type: Python-only, cannot run here: ${PYTHON_OUTSIDE}`,
  ],
  [
    [...WORKER, 'components', 0],
    { type: 'function', realm: 'realm1', callbacks: {} },
    `${W}.components[0].type: Python-only, cannot run here: ${PYTHON_OUTSIDE}`,
  ],
  [
    [...WORKER, 'components', 0],
    { type: 'wamplet' },
    `${W}.components[0].type: removed from Crossbar.io: ${PYTHON_OUTSIDE}`,
  ],
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

  for (const [path, value, problem] of [...BROKEN, ...REFUSED]) {
    it(`says: ${problem}`, () => {
      const lines = problemsOf(nodeWith([path, value]));
      const told = lines.filter((line) => line === problem || (problem.endsWith(',') && line.startsWith(problem)));
      assert.equal(told.length, 1, lines.join('\n'));
    });
  }

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
