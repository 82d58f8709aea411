/** Authmethods of proxies, of TLS certificates and of bound logins: what the configuration takes, and where. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileAuth } from '../../src/worker/compile-auth.ts';
import { nodeWith, parse, problemsOf, WEBSOCKET } from './example-node.ts';

const AUTH = [...WEBSOCKET, 'auth'];
const ENDPOINT = [...WEBSOCKET, 'endpoint'];
const KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';
const UNIX = { type: 'unix', path: 'backend.sock' };
const TLS = { key: 'k.pem', certificate: 'c.pem' };

function compiled(auth: unknown, endpoint: unknown = UNIX) {
  const { config } = parse(nodeWith([AUTH, auth], [ENDPOINT, endpoint]));
  const [worker] = config.workers;
  assert.ok(worker?.type === 'router');
  const transport = worker.transports[1];
  assert.ok(transport?.type === 'websocket');
  return compileAuth(transport.auth);
}

function problems(auth: unknown, endpoint: unknown = UNIX): string[] {
  return problemsOf(nodeWith([AUTH, auth], [ENDPOINT, endpoint]));
}

function errors(auth: unknown, endpoint: unknown): string[] {
  return problems(auth, endpoint).filter((problem) => !problem.startsWith('warning: '));
}

describe('authmethods of proxies', () => {
  const anonymous = { 'anonymous-proxy': { type: 'static', proxy_backend: true } };
  const principals = { node: { authorized_keys: [KEY], role: 'ignored' } };
  const cryptosign = { 'cryptosign-proxy': { type: 'static', principals, proxy_backend: true } };

  it('need a word that the transport is for proxies only', () => {
    for (const [method, more] of Object.entries({ 'anonymous-proxy': {}, 'cryptosign-proxy': { principals } })) {
      for (const proxy_backend of [undefined, false, 'true']) {
        const problem = problems({ [method]: { type: 'static', ...more, proxy_backend } }).join('\n');
        assert.match(problem, /proxy_backend.*expected "proxy_backend": true\. Whoever reaches this transport/);
      }
    }
  });

  it('[row 56] need an endpoint that only proxies can reach', () => {
    const tcp = { type: 'tcp', port: 8443 };
    const closed = [UNIX, { ...tcp, tls: { ...TLS, ca_certificates: ['ca.pem'] } }];
    const open = [
      tcp,
      { ...tcp, interface: '127.0.0.1' },
      { ...tcp, tls: TLS },
      { ...tcp, tls: { ...TLS, ca_certificates: [] } },
      { ...tcp, tls: { ...TLS, ca_certificates: ['ca.pem'], client_certificates: 'optional' } },
    ];
    for (const auth of [anonymous, cryptosign]) {
      for (const endpoint of closed) assert.deepEqual(errors(auth, endpoint), [], JSON.stringify(endpoint));
      for (const endpoint of open) {
        const problem = problems(auth, endpoint).join('\n');
        assert.match(problem, /-proxy.*needs an endpoint that only proxies can reach: a Unix socket, or "tls"/);
      }
    }
  });

  it('say that a role of a proxy has no effect', () => {
    const warning = /^warning: .*principals\.node\.role: has no effect here: the proxy names the role of its client$/;
    assert.match(problems(cryptosign).join('\n'), warning);
  });

  it('come out as the policy wants them', () => {
    assert.deepEqual(compiled(anonymous), [{ method: 'anonymous-proxy', type: 'static', defaultRole: null }]);
    const [entry] = compiled({
      'cryptosign-proxy': { ...cryptosign['cryptosign-proxy'], channel_binding: 'required' },
    });
    assert.ok(entry?.method === 'cryptosign-proxy' && entry.type === 'static');
    assert.deepEqual([entry.channelBinding, [...entry.principals.keys()]], ['required', ['node']]);
    const dynamic = { type: 'dynamic', authenticator: 'com.example.a', proxy_backend: true };
    for (const method of ['anonymous-proxy', 'cryptosign-proxy']) {
      assert.deepEqual(
        compiled({ [method]: dynamic }).map(({ method, type }) => [method, type]),
        [[method, 'dynamic']],
      );
    }
  });
});

describe('tls: principals', () => {
  const sha1 = Array(20).fill('AA').join(':');
  const sha256 = 'bb'.repeat(32);
  const auth = (principal: unknown) => ({
    tls: { type: 'static', principals: { joe: principal }, 'default-role': 'user' },
  });

  it('are known by certificate or public key', () => {
    const [entry] = compiled(auth({ 'certificate-sha1': sha1, 'certificate-spki': sha256, role: 'authenticator' }));
    assert.ok(entry?.method === 'tls' && entry.type === 'static');
    assert.deepEqual(
      [...entry.principals],
      [['joe', { pins: { sha1: [sha1], sha256: [], spki_sha256: [sha256] }, role: 'authenticator', realm: null }]],
    );
    assert.equal(entry.defaultRole, 'user');
  });

  it('may have several of each', () => {
    const [entry] = compiled(auth({ 'certificate-sha1': [sha1, 'cc'.repeat(20)], role: 'authenticator' }));
    assert.ok(entry?.method === 'tls' && entry.type === 'static');
    assert.deepEqual(entry.principals.get('joe')?.pins, { sha1: [sha1, 'cc'.repeat(20)], sha256: [], spki_sha256: [] });
  });

  it('are told of where they cannot be', () => {
    const rows: [unknown, RegExp][] = [
      [{ 'certificate-sha256': [sha256, sha1] }, /certificate-sha256\[1\]: expected a SHA-256 fingerprint/],
      [{ 'certificate-sha256': [] }, /certificate-sha256: expected at least one fingerprint/],
      [
        { 'certificate-sha256': 7 },
        /certificate-sha256: expected a SHA-256 fingerprint.*, or a list of such, got a number/,
      ],
      [
        { role: 'user' },
        /joe.*expected at least one of "certificate-spki", "certificate-sha256" and "certificate-sha1"/,
      ],
      [{ 'certificate-sha1': sha256 }, /certificate-sha1: expected a SHA-1 fingerprint/],
      [{ 'certificate-sha256': sha1 }, /certificate-sha256: expected a SHA-256 fingerprint/],
      [{ 'certificate-spki': '' }, /certificate-spki: expected a SHA-256 fingerprint/],
      [{ 'certificate-sha2': sha256 }, /did you mean/],
    ];
    for (const [principal, problem] of rows) assert.match(problems(auth(principal)).join('\n'), problem);
  });
});

describe('channel_binding', () => {
  it('is for cryptosign and scram, whoever decides', () => {
    const asking = { type: 'dynamic', authenticator: 'com.example.a', channel_binding: 'required' };
    for (const method of ['cryptosign', 'scram']) {
      const [entry] = compiled({ [method]: asking });
      assert.equal(entry?.channelBinding, 'required');
    }
    const key = { type: 'static', principals: { joe: { authorized_keys: [KEY], role: 'user' } } };
    assert.equal(compiled({ cryptosign: key })[0]?.channelBinding, undefined);
    assert.match(problems({ ticket: asking }).join('\n'), /channel_binding: unknown key/);
    assert.match(problems({ cryptosign: { ...key, channel_binding: 'yes' } }).join('\n'), /"optional", "required"/);
  });
});

describe('tls of an endpoint', () => {
  it('has versions in order', () => {
    const endpoint = (more: object) => ({ type: 'tcp', port: 8443, tls: { ...TLS, ...more } });
    const ticket = { ticket: { type: 'static', principals: {} } };
    assert.deepEqual(problems(ticket, endpoint({ min_version: '1.3' })), []);
    assert.match(
      problems(ticket, endpoint({ min_version: '1.3', max_version: '1.2' })).join('\n'),
      /min_version: expected at most "max_version" \("1\.2"\)/,
    );
    assert.match(
      problems(ticket, endpoint({ min_version: '1.0' })).join('\n'),
      /expected one of "1\.1", "1\.2", "1\.3"/,
    );
  });
});
