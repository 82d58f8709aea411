import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse, problemsOf } from './example-node.ts';

/** Roles that may do something, so that nothing is said of their rights. */
function roles(...names: string[]): object[] {
  return names.map((name) => ({ name, 'allow-by-default': true }));
}

function realm(name: string, ...names: string[]): object {
  return { name, roles: roles(...names) };
}

function endpoint(more: object = {}): object {
  return { type: 'tcp', port: 8080, interface: '127.0.0.1', ...more };
}

function websocket(auth: object | undefined, more: object = {}): object {
  return { type: 'websocket', endpoint: endpoint(), ...(auth !== undefined && { auth }), ...more };
}

function router(parts: object): object {
  return { type: 'router', ...parts };
}

function node(...workers: object[]): object {
  return { version: 2, workers };
}

function principals(table: object, more: object = {}): object {
  return { ticket: { type: 'static', principals: table, ...more } };
}

function dynamic(more: object = {}): object {
  return { ticket: { type: 'dynamic', authenticator: 'com.example.authenticate', ...more } };
}

const AUTHENTICATOR = { type: 'module', module: './a.js', realm: 'realm-auth', role: 'authenticator' };
const R = 'workers[0].realms';
const T = 'workers[0].transports';

describe('names', () => {
  it('refuses what is given twice', () => {
    const twice = node(
      router({
        id: 'same',
        realms: [
          { ...realm('realm1', 'a', 'b', 'a'), id: 'first' },
          { ...realm('realm1', 'c'), id: 'first' },
        ],
        components: [
          { ...AUTHENTICATOR, id: 'com', realm: 'realm1', role: 'a' },
          { ...AUTHENTICATOR, id: 'com', realm: 'realm1', role: 'trusted' },
        ],
        transports: [
          {
            type: 'web',
            id: 'tra',
            endpoint: endpoint(),
            paths: {
              a: { type: 'nodeinfo', id: 'info' },
              b: { type: 'path', paths: { c: { type: 'nodeinfo', id: 'info' } } },
            },
          },
          {
            type: 'web',
            id: 'tra',
            endpoint: endpoint({ port: 8081 }),
            paths: { a: { type: 'nodeinfo', id: 'info' } },
          },
        ],
      }),
      router({ id: 'same' }),
    );
    assert.deepEqual(problemsOf(twice), [
      `${R}[0].roles[2].name: the role "a" is taken by ${R}[0].roles[0]`,
      `${R}[1].name: the realm "realm1" is taken by ${R}[0]`,
      `${R}[1].id: the id "first" is taken by ${R}[0]`,
      'workers[0].components[1].id: the id "com" is taken by workers[0].components[0]',
      `${T}[0].paths.b.paths.c.id: the id "info" is taken by ${T}[0].paths.a`,
      `${T}[1].id: the id "tra" is taken by ${T}[0]`,
      'workers[1].id: the id "same" is taken by workers[0]',
    ]);
  });

  it('takes equal names of different things', () => {
    const parts = { realms: [realm('realm1', 'a')] };
    assert.deepEqual(problemsOf(node(router({ id: 'one', ...parts }))), []);
    assert.deepEqual(
      problemsOf(node(router({ id: 'one', realms: [{ ...realm('realm1', 'a'), id: 'one' }, realm('realm2', 'a')] }))),
      [],
    );
  });

  it('warns of a realm that two workers have', () => {
    const parts = { realms: [realm('realm1', 'a')] };
    assert.deepEqual(problemsOf(node(router(parts), router(parts))), [
      'warning: workers[1].realms[0].name: workers[0].realms[0] is a realm "realm1" too: the two do not know each other, sessions of one do not reach the other',
    ]);
  });
});

describe('ids', () => {
  it('are running numbers over the node, and pass over what is taken', () => {
    const web = (port: number): object => ({
      type: 'web',
      endpoint: endpoint({ port }),
      paths: {
        '/': { type: 'nodeinfo' },
        b: { type: 'nodeinfo' },
        a: { type: 'path', paths: { x: { type: 'nodeinfo' } } },
      },
    });
    const disabled = router({ options: { disabled: true }, realms: [realm('realm3', 'r')] });
    const { config } = parse(
      node(
        router({ realms: [realm('realm1', 'r', 's')], transports: [web(1)] }),
        disabled,
        router({ id: 'worker001', realms: [{ ...realm('realm2', 'r'), id: 'realm002' }], transports: [web(2)] }),
      ),
    );
    const ids = JSON.stringify(config)
      .match(/"id":"[^"]+"/g)
      ?.map((id) => id.slice(6, -1));
    assert.deepEqual(ids, [
      ...['worker002', 'realm001', 'role001', 'role002', 'transport001'],
      // In the order of Crossbar: by path, and those that have no id there last.
      ...['webservice005', 'webservice002', 'webservice001', 'webservice006'],
      ...['worker003', 'realm003', 'role004'],
      ...['worker001', 'realm002', 'role003', 'transport002'],
      ...['webservice007', 'webservice004', 'webservice003', 'webservice008'],
    ]);
  });
});

describe('rights', () => {
  const one = (role: object): string[] =>
    problemsOf(node(router({ realms: [{ name: 'realm1', roles: [{ name: 'user', ...role }] }] })));

  it('warns of roles that may do nothing', () => {
    assert.deepEqual(one({}), [
      `warning: ${R}[0].roles[0]: the role has no "permissions": its sessions may do nothing`,
    ]);
    assert.deepEqual(one({ 'allow-by-default': false }), [
      `warning: ${R}[0].roles[0]: the role has no "permissions": its sessions may do nothing`,
    ]);
    assert.deepEqual(one({ permissions: [] }), [
      `warning: ${R}[0].roles[0].permissions: the list is empty: sessions of the role may do nothing`,
    ]);
    assert.deepEqual(one({ permissions: [{ uri: 'a' }], 'allow-by-default': true }), [
      `warning: ${R}[0].roles[0].allow-by-default: has no effect beside "permissions": what they do not allow is denied`,
    ]);
    assert.deepEqual(problemsOf(node(router({ realms: [{ name: 'realm1' }] }))), [
      `warning: ${R}[0]: the realm has no roles: no client can join it`,
    ]);
  });

  it('refuses permissions together with an authorizer', () => {
    assert.deepEqual(one({ permissions: [], authorizer: 'com.authorize' }), [
      `${R}[0].roles[0]: expected either "permissions" or "authorizer", got both`,
      `${R}[0].roles[0].authorizer: not supported yet`,
    ]);
  });

  it('says nothing of a role that may do something', () => {
    assert.deepEqual(one({ permissions: [{ uri: 'a' }] }), []);
    assert.deepEqual(one({ 'allow-by-default': true }), []);
  });
});

describe('realms and roles that are named', () => {
  const entrance = (auth: object | undefined): string[] => {
    const realms = [realm('realm1', 'user'), realm('realm2', 'admin'), realm('realm-auth', 'authenticator')];
    return problemsOf(node(router({ realms, components: [AUTHENTICATOR], transports: [websocket(auth)] })));
  };
  const AUTH = `${T}[0].auth`;

  const rows: readonly (readonly [auth: object | undefined, problems: readonly string[]])[] = [
    [{ anonymous: { type: 'static', role: 'user' } }, []],
    [
      { anonymous: { type: 'static', role: 'usr' } },
      [`${AUTH}.anonymous.role: no realm of this worker has a role "usr"; did you mean "user"?`],
    ],
    [
      { anonymous: { type: 'static', role: 'anonymous' } },
      [`${AUTH}.anonymous.role: no realm of this worker has a role "anonymous"`],
    ],
    [
      { anonymous: { type: 'static', role: 'trusted' } },
      [`${AUTH}.anonymous.role: the role "trusted" is the router's own: no client can have it`],
    ],
    [
      { anonymous: { type: 'static' } },
      [
        `warning: ${AUTH}.anonymous: clients get the role "anonymous" here, which no realm of this worker has: they may do nothing`,
      ],
    ],
    [
      undefined,
      [
        `warning: ${T}[0]: clients get the role "anonymous" here, which no realm of this worker has: they may do nothing`,
      ],
    ],
    [
      {},
      [
        `warning: ${T}[0]: clients get the role "anonymous" here, which no realm of this worker has: they may do nothing`,
      ],
    ],
    [principals({ joe: { ticket: 'x', role: 'user' } }), []],
    [
      principals({ joe: { ticket: 'x', role: 'nobody' } }),
      [`${AUTH}.ticket.principals.joe.role: no realm of this worker has a role "nobody"`],
    ],
    [
      principals({ joe: { ticket: 'x', role: 'trusted' } }),
      [`${AUTH}.ticket.principals.joe.role: the role "trusted" is the router's own: no client can have it`],
    ],
    [principals({ joe: { ticket: 'x', role: 'user', realm: 'realm1' } }), []],
    [
      principals({ joe: { ticket: 'x', role: 'user', realm: 'realm2' } }),
      [`${AUTH}.ticket.principals.joe.role: the realm "realm2" has no role "user"`],
    ],
    [
      principals({ joe: { ticket: 'x', role: 'user', realm: 'realm9' } }),
      [`${AUTH}.ticket.principals.joe.realm: this worker has no realm "realm9"; did you mean "realm1"?`],
    ],
    [
      principals({ joe: { ticket: 'x' } }),
      [`${AUTH}.ticket.principals.joe: the principal has no "role", and there is no "default-role" for it`],
    ],
    [principals({ joe: { ticket: 'x' } }, { 'default-role': 'user' }), []],
    [
      principals({ joe: { ticket: 'x' } }, { 'default-role': 'nobody' }),
      [`${AUTH}.ticket.default-role: no realm of this worker has a role "nobody"`],
    ],
    [dynamic({ 'authenticator-realm': 'realm-auth' }), []],
    [
      dynamic({ 'authenticator-realm': 'realm-aut' }),
      [
        `${AUTH}.ticket.authenticator-realm: this worker has no realm "realm-aut"; did you mean "realm-auth"?`,
        `warning: ${AUTH}.ticket.authenticator: nothing can register this procedure: there is no component on the realm "realm-aut", and each way into this worker asks it first`,
      ],
    ],
    [dynamic({ 'authenticator-realm': 'realm-auth', 'authenticator-role': 'trusted' }), []],
    [dynamic({ 'authenticator-realm': 'realm-auth', 'authenticator-role': 'authenticator' }), []],
    [
      dynamic({ 'authenticator-realm': 'realm-auth', 'authenticator-role': 'user' }),
      [`${AUTH}.ticket.authenticator-role: the realm "realm-auth" has no role "user"`],
    ],
    [dynamic({ 'authenticator-role': 'user' }), []],
    [
      dynamic({ 'authenticator-role': 'nobody' }),
      [`${AUTH}.ticket.authenticator-role: no realm of this worker has a role "nobody"`],
    ],
    [
      dynamic({ 'default-role': 'nobody' }),
      [`${AUTH}.ticket.default-role: no realm of this worker has a role "nobody"`],
    ],
    [
      { ticket: { type: 'function', create: './a.js#b', 'default-role': 'trusted' } },
      [`${AUTH}.ticket.default-role: the role "trusted" is the router's own: no client can have it`],
    ],
  ];
  for (const [auth, problems] of rows) {
    it(`auth ${JSON.stringify(auth)}`, () => {
      assert.deepEqual(entrance(auth).sort(), [...problems].sort());
    });
  }

  it('checks components', () => {
    const components = [
      { ...AUTHENTICATOR, realm: 'realm1', role: 'user' },
      { ...AUTHENTICATOR, realm: 'realm1', role: 'trusted' },
      { ...AUTHENTICATOR, realm: 'realm3', role: 'user' },
      { ...AUTHENTICATOR, realm: 'realm1', role: 'authenticator' },
      { type: 'module', module: './a.js', realm: 'realm1' },
    ];
    assert.deepEqual(problemsOf(node(router({ realms: [realm('realm1', 'user')], components }))), [
      'workers[0].components[2].realm: this worker has no realm "realm3"; did you mean "realm1"?',
      'workers[0].components[3].role: the realm "realm1" has no role "authenticator"',
      'workers[0].components[4].role: the realm "realm1" has no role "anonymous"',
    ]);
  });

  it('looks for them in the same worker', () => {
    const other = router({ realms: [realm('realm2', 'user')] });
    const auth = principals({ joe: { ticket: 'x', role: 'user' } });
    assert.deepEqual(
      problemsOf(node(router({ realms: [realm('realm1', 'admin')], transports: [websocket(auth)] }), other)),
      [`${AUTH}.ticket.principals.joe.role: no realm of this worker has a role "user"`],
    );
  });

  it('warns of static principals that may join several realms', () => {
    const realms = [realm('realm1', 'user'), realm('realm2', 'user', 'admin')];
    const told = (table: object, more?: object): string[] => {
      return problemsOf(node(router({ realms, transports: [websocket(principals(table, more))] })));
    };
    const warning = `warning: ${AUTH}.ticket.principals: principals with the role "user" may join each of the realms "realm1", "realm2": give them a "realm" if that is not meant`;
    assert.deepEqual(told({ joe: { ticket: 'x', role: 'user' }, ann: { ticket: 'y', role: 'user' } }), [warning]);
    assert.deepEqual(told({ joe: { ticket: 'x' } }, { 'default-role': 'user' }), [warning]);
    assert.deepEqual(
      told({ joe: { ticket: 'x', role: 'user', realm: 'realm1' }, ann: { ticket: 'y', role: 'admin' } }),
      [],
    );
  });

  it('is not misled by names that every object has', () => {
    const auth = principals({
      constructor: { ticket: 'x', role: 'constructor' },
      toString: { ticket: 'y', role: 'user' },
    });
    assert.deepEqual(problemsOf(node(router({ realms: [realm('realm1', 'user')], transports: [websocket(auth)] }))), [
      `${AUTH}.ticket.principals.constructor.role: no realm of this worker has a role "constructor"`,
    ]);
  });
});

describe('authenticators that cannot come in', () => {
  const realms = [realm('realm1', 'user', 'anonymous'), realm('realm-auth', 'authenticator')];
  const told = (transports: object[], components: object[] = []): string[] =>
    problemsOf(node(router({ realms, components, transports })));
  const guarded = dynamic({ 'authenticator-realm': 'realm-auth' });
  const warning = `warning: ${T}[0].auth.ticket.authenticator: nothing can register this procedure: there is no component on the realm "realm-auth", and each way into this worker asks it first`;

  it('warns where each way in asks it', () => {
    assert.deepEqual(told([websocket(guarded)]), [warning]);
    assert.deepEqual(told([websocket(dynamic())]), [
      `warning: ${T}[0].auth.ticket.authenticator: nothing can register this procedure: there is no component, and each way into this worker asks it first`,
    ]);
    const elsewhere = { type: 'module', module: './a.js', realm: 'realm1', role: 'user' };
    assert.deepEqual(told([websocket(guarded)], [elsewhere]), [warning]);
  });

  it('says nothing where it is a component, or has another way in', () => {
    const inside = { endpoint: endpoint({ port: 8081 }) };
    assert.deepEqual(told([websocket(guarded)], [AUTHENTICATOR]), []);
    assert.deepEqual(told([websocket(guarded), websocket(undefined, inside)]), []);
    assert.deepEqual(told([websocket({ ...guarded, anonymous: { type: 'static' } })]), []);
    assert.deepEqual(
      told([websocket(guarded), websocket(principals({ a: { ticket: 'x', role: 'authenticator' } }), inside)]),
      [],
    );
  });
});

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
    assert.deepEqual(problemsOf(node(router({ options, realms: [chunky], transports: [web] }))), [
      'warning: workers[0].options.python: has no effect here: this is no Python',
      'warning: workers[0].options.pythonpath: has no effect here: this is no Python',
      'warning: workers[0].options.cpu_affinity: has no effect here: processes are not bound to processors',
      'warning: workers[0].realms[0].options.event_dispatching_chunk_size: has no effect here: events are written in batches',
      `warning: ${T}[0].endpoint.shared: has no effect here: each port belongs to one transport`,
      `warning: ${T}[0].endpoint.user_timeout: has no effect here: keep-alive of TCP finds peers that vanished`,
      `warning: ${T}[0].options.display_tracebacks: has no effect here: errors are logged and never shown`,
      `warning: ${T}[0].paths.ws.debug: has no effect here: the log level is a matter of the command line`,
      `warning: ${T}[0].paths.ws.auth.anonymous.realm: has no effect here: clients join the realm that they ask for, as in Crossbar`,
      `warning: ${T}[0].paths.ws.options.flash_policy: has no effect here: Flash has gone from browsers`,
    ]);
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
