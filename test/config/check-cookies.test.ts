import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpoint, node, principals, realm, router } from './config-parts.ts';
import { problemsOf } from './example-node.ts';

const TICKET = principals({ peter: { ticket: 'secret', role: 'user' } });
const T = 'workers[0].transports[0]';

function withCookies(cookie: object | undefined, auth: object): object {
  const transport = { type: 'websocket', endpoint: endpoint(), auth, ...(cookie !== undefined && { cookie }) };
  return node(router({ realms: [realm('realm1', 'user')], transports: [transport] }));
}

describe('cookies in a configuration', () => {
  it('are taken as Crossbar has them', () => {
    const cookie = {
      name: 'cbtid',
      length: 24,
      max_age: 86_400,
      store: { type: 'file', filename: 'cookies.dat', purge_on_startup: true },
      secure: true,
      http_strict: true,
      same_site: 'None',
    };
    assert.deepEqual(problemsOf(withCookies(cookie, { cookie: { anything: 1 }, ...TICKET })), []);
    const store = { type: 'database', path: '.cookies', maxsize: 1_048_576, readonly: false, sync: true };
    assert.deepEqual(problemsOf(withCookies({ store }, { cookie: {}, ...TICKET })), []);
  });

  it('are warned of where they cannot do what they are meant for', () => {
    const warnings = (cookie: object | undefined, auth: object) => problemsOf(withCookies(cookie, auth)).join('\n');
    assert.match(warnings(undefined, { cookie: {}, ...TICKET }), /auth\.cookie: .*nobody has a cookie here/);
    assert.match(warnings({}, { cookie: {} }), /nobody can log in here for the first time/);
    assert.match(warnings({ length: 8 }, TICKET), /cookie\.length: .*ids have 22 characters here/);
    assert.match(warnings({ same_site: 'None' }, TICKET), /cookie\.same_site: .*browsers drop a cookie of "None"/);
    assert.doesNotMatch(warnings({ length: 22, same_site: 'Lax' }, { cookie: {}, ...TICKET }), /cookie/);
  });

  it('of two workers are not in one file', () => {
    const transport = (port: number, filename: string) => ({
      type: 'websocket',
      endpoint: endpoint({ port }),
      auth: TICKET,
      cookie: { store: { type: 'file', filename } },
    });
    const parts = (...transports: object[]) => router({ realms: [realm('realm1', 'user')], transports });
    const two = node(parts(transport(1, 'a'), transport(2, './a')), parts(transport(3, 'x/../a'), transport(4, 'b')));
    const problems = problemsOf(two).filter((problem) => problem.includes('cookie'));
    assert.deepEqual(problems, [
      `workers[1].transports[0].cookie.store.filename: another worker keeps its cookies there: ${T}.cookie.store.filename`,
    ]);
  });
});
