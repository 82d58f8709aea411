import { describe } from 'node:test';
import { PATHS, PERMISSION, RAWSOCKET, REALM, WEBSOCKET, WEBSOCKET_PATH, WORKER } from './example-node.ts';
import { OPTIONS, PROCEDURE, type Row, saysEach, W, WS } from './schema-rows.ts';

const PYTHON_OUTSIDE =
  'run it as a client in a process of its own that connects to a transport of this node (with Autobahn: `autobahn.twisted.component.run`), or port it to a component of type "module"';

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

describe('schema of the configuration: what is not taken', () => saysEach(REFUSED));
