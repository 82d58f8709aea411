import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AUTHENTICATOR, dynamic, endpoint, node, principals, R, realm, router, T, websocket } from './config-parts.ts';
import { parse, problemsOf } from './example-node.ts';

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

describe('parts of a universal transport', () => {
  it('are checked as the transports are that they stand for', () => {
    const auth = { anonymous: { type: 'static', role: 'nobody' } };
    const universal = {
      type: 'universal',
      endpoint: endpoint(),
      rawsocket: { auth },
      websocket: { ws: { auth } },
      web: {
        paths: { lp: { type: 'longpoll', auth }, deep: { type: 'path', paths: { ws: { type: 'websocket', auth } } } },
        options: { display_tracebacks: true },
      },
    };
    const said = problemsOf(node(router({ realms: [realm('realm1', 'user')], transports: [universal] })));
    const missing = 'auth.anonymous.role: no realm of this worker has a role "nobody"';
    assert.deepEqual(said.filter((text) => !text.startsWith('warning:')).sort(), [
      `${T}[0].rawsocket.${missing}`,
      `${T}[0].web.paths.deep.paths.ws.${missing}`,
      `${T}[0].web.paths.lp.${missing}`,
      `${T}[0].websocket.ws.${missing}`,
    ]);
    assert.ok(
      said.includes(
        `warning: ${T}[0].web.options.display_tracebacks: has no effect here: errors are logged and never shown`,
      ),
    );
  });
});

describe('rights', () => {
  const those = (...roles: readonly object[]): string[] =>
    problemsOf(node(router({ realms: [{ name: 'realm1', roles }] })));
  const one = (role: object): string[] => those({ name: 'user', ...role });

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
    ]);
  });

  it('wants who may register an authorizer to exist, and not to wait for itself', () => {
    const user = { name: 'user', authorizer: 'com.authorize' };
    const at = `${R}[0].roles[0].authorizer-role`;
    const self = 'its sessions may only register it if it allows that itself, which it cannot do before';
    for (const [role, told] of [
      ['trusted', []],
      ['decider', []],
      ['decidre', [`${at}: the realm "realm1" has no role "decidre"; did you mean "decider"?`]],
      ['user', [`warning: ${at}: the role "user" has the same authorizer: ${self}`]],
    ] as const) {
      const decider = { name: 'decider', permissions: [{ uri: 'a' }] };
      assert.deepEqual(those({ ...user, 'authorizer-role': role }, decider), told);
    }
    const noProcedure = `warning: ${at}: has no effect: there is no "authorizer" that is a procedure`;
    assert.deepEqual(one({ 'allow-by-default': true, 'authorizer-role': 'user' }), [noProcedure]);
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

describe('[row 128] authenticators that cannot come in', () => {
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

describe('authenticators that several roles may register', () => {
  const told = (...entries: readonly object[]): string[] => {
    const roles = ['authenticator', 'one', 'two'].map((name) => ({ name, 'allow-by-default': true }));
    const realms = ['realm1', 'realm-auth', 'realm-other'].map((name) => ({ name, roles }));
    const transports = entries.map((more, at) => websocket(dynamic(more), { endpoint: endpoint({ port: 8080 + at }) }));
    const components = [
      AUTHENTICATOR,
      { ...AUTHENTICATOR, realm: 'realm1' },
      { ...AUTHENTICATOR, realm: 'realm-other' },
    ];
    return problemsOf(node(router({ realms, components, transports })));
  };
  const by = (role: string | undefined, realm: string | undefined = 'realm-auth', more: object = {}) => ({
    'authenticator-realm': realm,
    ...(role !== undefined && { 'authenticator-role': role }),
    ...more,
  });
  const path = (at: number) => `${T}[${at}].auth.ticket.authenticator-role`;

  it('are warned of, with both places', () => {
    const warning = `warning: ${path(1)}: the role "one" is named for the same procedure at ${path(0)}: whoever has either role may register it, and decides about the logins of both places; name one role, or two procedures`;
    assert.deepEqual(told(by('one'), by('two')), [warning]);
    const { 'authenticator-realm': _, ...anywhere } = by('two');
    assert.deepEqual(told(by('one'), anywhere), [warning]);
  });

  it('but not where it is one role, or two procedures, or none is named', () => {
    assert.deepEqual(told(by('one'), by('one')), []);
    assert.deepEqual(told(by('one'), by(undefined), by('trusted')), []);
    assert.deepEqual(told(by('one'), by('two', 'realm-other')), []);
    assert.deepEqual(told(by('one'), by('two', 'realm-auth', { authenticator: 'com.example.other' })), []);
  });
});

describe('authenticators that nobody may call', () => {
  const told = (role: object, more: object = { 'authenticator-realm': 'realm-auth' }): string[] => {
    const caller = { name: 'caller', ...role };
    const realms = [realm('realm1', 'user'), { name: 'realm-auth', roles: [{ name: 'authenticator' }, caller] }];
    const auth = dynamic({ 'authenticator-role': 'caller', ...more });
    const problems = problemsOf(node(router({ realms, components: [AUTHENTICATOR], transports: [websocket(auth)] })));
    return problems.filter((problem) => problem.includes('authenticator-role'));
  };
  const allowing = (uri: string, more: object = {}, allow: object = { call: true }) => {
    return { permissions: [{ uri, allow, ...more }] };
  };
  const warning = `warning: ${T}[0].auth.ticket.authenticator-role: the role "caller" may not call "com.example.authenticate", so no such login succeeds: allow it to "call" that`;

  it('warns where the permissions of its role lack the procedure', () => {
    for (const role of [
      { permissions: [] },
      allowing('com.example.authenticate', {}, { register: true }),
      allowing('com.example.other'),
      allowing('com.example.', { match: 'exact' }),
      allowing('com.other.', { match: 'prefix' }),
      allowing('com.other.*'),
    ]) {
      assert.deepEqual(told(role), [warning], JSON.stringify(role));
      assert.deepEqual(told(role, {}), [warning], JSON.stringify(role));
    }
  });

  it('does not where they have it, or may', () => {
    for (const role of [
      { 'allow-by-default': true },
      { authorizer: 'com.example.authorize' },
      allowing('com.example.authenticate'),
      allowing('com.example.authenticate', { match: 'exact' }),
      allowing('com.example.', { match: 'prefix' }),
      allowing('com..authenticate', { match: 'wildcard' }),
      allowing('*'),
      allowing('com.example.*'),
      allowing('com.*.authenticate'),
    ]) {
      assert.deepEqual(told(role), [], JSON.stringify(role));
    }
    assert.deepEqual(told({ permissions: [] }, { 'authenticator-role': 'trusted' }), []);
  });
});

describe('roles and realms of authmethods other than ticket', () => {
  const told = (auth: object): string[] =>
    problemsOf(node(router({ realms: [realm('realm1', 'user')], transports: [websocket(auth)] })));

  it('tls: those of principals, and of an authenticator', () => {
    const pin = { 'certificate-sha256': 'ab'.repeat(32) };
    assert.deepEqual(told({ tls: { type: 'static', principals: { joe: { ...pin, role: 'nobody' } } } }), [
      `${T}[0].auth.tls.principals.joe.role: no realm of this worker has a role "nobody"`,
    ]);
    assert.deepEqual(told({ tls: { type: 'static', principals: { joe: pin } } }), [
      `${T}[0].auth.tls.principals.joe: the principal has no "role", and there is no "default-role" for it`,
    ]);
    const asking = { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm-auth' };
    for (const method of ['tls', 'anonymous']) {
      const problems = told({ [method]: { ...asking, 'default-role': 'nobody' } }).join('\n');
      assert.match(problems, new RegExp(`${method}.authenticator-realm: this worker has no realm "realm-auth"`));
      assert.match(problems, new RegExp(`${method}.default-role: no realm of this worker has a role "nobody"`));
    }
  });
});
