import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpoint, node, principals, realm, router, T, websocket } from './config-parts.ts';
import { problemsOf } from './example-node.ts';

describe('endpoints', () => {
  const both = (one: object, other: object): string[] => {
    const realms = [realm('realm1', 'user')];
    const auth = principals({ joe: { ticket: 'x', role: 'user' } });
    const parts = (place: object) => router({ realms, transports: [websocket(auth, { endpoint: place })] });
    return problemsOf(
      node(parts(one), { type: 'websocket-testee', transport: { type: 'websocket', endpoint: other } }),
    );
  };
  const tcp = (port: number | readonly [number, number], more: object = {}): object => {
    return {
      type: 'tcp',
      interface: '127.0.0.1',
      ...(typeof port === 'number' ? { port } : { portrange: port }),
      ...more,
    };
  };
  const AT = 'workers[1].transport.endpoint';
  const TAKEN = `is taken by ${T}[0]`;

  const clashing: readonly (readonly [one: object, other: object, problem: string])[] = [
    [tcp(80), tcp(80), `${AT}.port: the port 80 ${TAKEN}`],
    [
      tcp(80),
      tcp(80, { shared: true }),
      `${AT}.port: the port 80 ${TAKEN}; sharing a port between transports is not supported yet`,
    ],
    [tcp(80), tcp(80, { interface: '0.0.0.0' }), `${AT}.port: the port 80 ${TAKEN}`],
    [tcp(80), tcp(80, { interface: '' }), `${AT}.port: the port 80 ${TAKEN}`],
    [tcp(80), tcp(80, { interface: 'localhost' }), `${AT}.port: the port 80 ${TAKEN}`],
    [tcp(80), tcp(80, { version: 6, interface: '' }), `${AT}.port: the port 80 ${TAKEN}`],
    [
      tcp(80, { version: 6, interface: '::1' }),
      tcp(80, { version: 6, interface: '::' }),
      `${AT}.port: the port 80 ${TAKEN}`,
    ],
    [tcp([80, 90]), tcp(90), `${AT}.port: the port 90 ${TAKEN}`],
    [tcp(90), tcp([80, 90]), `${AT}.portrange: a port of 80 to 90 ${TAKEN}`],
    [tcp([80, 90]), tcp([90, 99]), `${AT}.portrange: a port of 90 to 99 ${TAKEN}`],
    [{ type: 'unix', path: 'a/../b.sock' }, { type: 'unix', path: './b.sock' }, `${AT}.path: this socket ${TAKEN}`],
  ];
  for (const [one, other, problem] of clashing) {
    it(`${JSON.stringify(one)} and ${JSON.stringify(other)} clash`, () => {
      assert.deepEqual(
        both(one, other).filter((line) => !line.startsWith('warning')),
        [problem],
      );
    });
  }

  const apart: readonly (readonly [one: object, other: object])[] = [
    [tcp(80), tcp(81)],
    [tcp(80), tcp(80, { interface: '127.0.0.2' })],
    [tcp(80, { interface: '::1', version: 6 }), tcp(80, { interface: '0.0.0.0' })],
    [tcp(0), tcp(0)],
    [tcp([80, 89]), tcp([90, 99])],
    [tcp(80), { type: 'unix', path: '80' }],
    [
      { type: 'unix', path: 'a' },
      { type: 'unix', path: 'b' },
    ],
  ];
  for (const [one, other] of apart) {
    it(`${JSON.stringify(one)} and ${JSON.stringify(other)} go together`, () => {
      assert.deepEqual(
        both(one, other).filter((line) => !line.startsWith('warning')),
        [],
      );
    });
  }

  it('need a port, in the right order', () => {
    const told = (place: object): string[] => both(place, tcp(1));
    assert.deepEqual(told({ type: 'tcp', interface: '127.0.0.1' }), [
      `${T}[0].endpoint: expected "port" or "portrange", got neither`,
    ]);
    assert.deepEqual(told(tcp(5, { portrange: [8, 9] })), [
      `${T}[0].endpoint: expected either "port" or "portrange", got both`,
    ]);
    assert.deepEqual(told(tcp([9, 8])), [
      `${T}[0].endpoint.portrange: expected the first port not to be above the last, got 9 and 8`,
    ]);
  });

  it('are checked where the rest of them is wrong', () => {
    assert.deepEqual(both(tcp(80), tcp(80, { bcklog: 1 })), [
      `${AT}.port: the port 80 ${TAKEN}`,
      `${AT}.bcklog: unknown key; did you mean "backlog"?`,
    ]);
  });

  it('warn where they are open to the network without TLS', () => {
    const realms = [realm('realm1', 'user', 'anonymous')];
    const told = (place: object, auth?: object): string[] => {
      return problemsOf(node(router({ realms, transports: [websocket(auth, { endpoint: place })] })));
    };
    const advice = 'set "interface" to "127.0.0.1" if it is for this machine only, else "tls"';
    const open = `warning: ${T}[0].endpoint: listens on all interfaces without TLS and lets everybody in: ${advice}`;
    const closed = `warning: ${T}[0].endpoint: listens on all interfaces without TLS: ${advice}`;
    const auth = principals({ joe: { ticket: 'x', role: 'user' } });
    for (const place of [
      { type: 'tcp', port: 1 },
      { type: 'tcp', port: 1, interface: '0.0.0.0' },
      { type: 'tcp', port: 1, version: 6 },
    ]) {
      assert.deepEqual(told(place), [open]);
      assert.deepEqual(told(place, auth), [closed]);
    }
    const tls = { key: 'k', certificate: 'c' };
    for (const place of [
      { type: 'tcp', port: 1, tls },
      { type: 'tcp', port: 1, interface: '10.0.0.1' },
      { type: 'unix', path: 'x' },
    ]) {
      assert.deepEqual(told(place), []);
    }
    const pages = { type: 'web', endpoint: { type: 'tcp', port: 1 }, paths: { '/': { type: 'nodeinfo' } } };
    assert.deepEqual(problemsOf(node(router({ realms, transports: [pages] }))), []);
  });
});

describe('keys without effect', () => {
  it('are named', () => {
    const options = { python: '/usr/bin/python', pythonpath: ['..'], cpu_affinity: [0] };
    const auth = { anonymous: { type: 'static', realm: 'realm1' } };
    const web = {
      type: 'web',
      endpoint: endpoint({ shared: true, user_timeout: 5 }),
      options: { display_tracebacks: true },
      paths: { ws: { type: 'websocket', debug: true, auth, options: { flash_policy: '' } } },
    };
    const chunky = { ...realm('realm1', 'anonymous'), options: { event_dispatching_chunk_size: 10 } };
    const silent = {
      ...realm('realm2', 'anonymous'),
      options: { enable_meta_api: false },
      stats: { trigger_after_duration: 60 },
    };
    assert.deepEqual(problemsOf(node(router({ options, realms: [chunky, silent], transports: [web] }))), [
      'warning: workers[0].options.python: has no effect here: this is no Python',
      'warning: workers[0].options.pythonpath: has no effect here: this is no Python',
      'warning: workers[0].options.cpu_affinity: has no effect here: processes are not bound to processors',
      'warning: workers[0].realms[0].options.event_dispatching_chunk_size: has no effect here: events are written in batches',
      'warning: workers[0].realms[1].stats: has no effect here: "enable_meta_api" is false',
      `warning: ${T}[0].endpoint.shared: has no effect here: each port belongs to one transport`,
      `warning: ${T}[0].endpoint.user_timeout: has no effect here: keep-alive of TCP finds peers that vanished`,
      `warning: ${T}[0].options.display_tracebacks: has no effect here: errors are logged and never shown`,
      `warning: ${T}[0].paths.ws.debug: has no effect here: the log level is a matter of the command line`,
      `warning: ${T}[0].paths.ws.auth.anonymous.realm: has no effect here: clients join the realm that they ask for, as in Crossbar`,
      `warning: ${T}[0].paths.ws.options.flash_policy: has no effect here: Flash has gone from browsers`,
    ]);
  });

  it('of permissions once for all of them, since Crossbar has it in each', () => {
    const permission = { uri: 'com.example.a', allow: { call: true } };
    const permissions = [
      permission,
      { ...permission, uri: 'b', cache: true },
      { ...permission, uri: 'c', cache: true },
    ];
    const realms = [{ name: 'realm1', roles: [{ name: 'user', permissions }] }];
    assert.deepEqual(problemsOf(node(router({ realms }))), [
      'warning: workers[0].realms[0].roles[0].permissions[1].cache: has no effect here: no static permission is remembered, they cost too little for that',
    ]);
    const off = [{ name: 'realm1', roles: [{ name: 'user', permissions: [{ ...permission, cache: false }] }] }];
    assert.deepEqual(problemsOf(node(router({ realms: off }))), []);
  });

  it('are not, where they are switched off', () => {
    const web = {
      type: 'web',
      endpoint: endpoint({ shared: false }),
      options: { display_tracebacks: false },
      paths: { ws: { type: 'websocket', debug: false } },
    };
    assert.deepEqual(problemsOf(node(router({ realms: [realm('realm1', 'anonymous')], transports: [web] }))), []);
  });
});
