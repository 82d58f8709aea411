/** `turnpike auth test`: each authmethod, good and bad, by a configuration and at a running router. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createRouter, type EmbeddedRouter } from '../../src/index.ts';
import { type Dict, isDict } from '../../src/wamp/dict.ts';
import { type Certificates, hasOpenssl, makeCertificates } from '../transports/endpoint-certificates.ts';
import { type Outcome, piped, turnpike } from './terminal.ts';

const SECRET = 'canary-7d"41\\é';
const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
const PUBLIC_KEY = '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d';
const SCRAM = ['auth', 'hash', 'scram', '--authid', 'joe', '--role', 'user', '--kdf', 'pbkdf2', '--iterations', '4096'];

/** An authenticator that behaves by the authid, and tells everybody what it was sent. */
const AUTHENTICATOR = `export default async (session) => {
  await session.register('com.example.authenticate', ([realm, authid, { ticket }]) => {
    if (authid === 'rubbish') return 42;
    if (authid === 'roleless') return {};
    if (authid === 'misfit') return 'usr';
    if (authid === 'stray') return { realm: 'realm-auht', role: 'user' };
    if (authid === 'refused') throw new Error('no: ' + JSON.stringify({ ticket }) + ticket);
    return { role: 'user', extra: { seen: ticket, ['as key ' + ticket]: encodeURIComponent(ticket) } };
  });
};
export const create = () => (realm, authid, { ticket }) => {
  if (authid === 'broken') throw new TypeError('cannot read ' + ticket);
  return 'user';
};
`;

let cwd = '';
let worker: { realms: object[]; components: object[]; transports: object[] };

before(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'turnpike-auth-test-'));
  mkdirSync(join(cwd, '.turnpike'));
  const { out } = await turnpike([...SCRAM, '--format', 'json'], cwd, {}, piped(SECRET));
  const asking = { type: 'dynamic', authenticator: 'com.example.authenticate', 'authenticator-realm': 'realm-auth' };
  const absent = { ...asking, authenticator: 'com.example.absent', 'authenticator-wait': 0 };
  const tables = {
    anonymous: { type: 'static', role: 'user' },
    ticket: { type: 'static', principals: { joe: { ticket: SECRET, role: 'user' } } },
    wampcra: { type: 'static', users: { joe: { secret: SECRET, role: 'user' } } },
    scram: { type: 'static', principals: JSON.parse(out) },
    cryptosign: { type: 'static', principals: { joe: { authorized_keys: [PUBLIC_KEY], role: 'user' } } },
  };
  const work = { kdf: 'argon2id-13', iterations: 1_000_000, memory: 1_048_576 };
  const heavy = { joe: { ...JSON.parse(out).joe, ...work } };
  const store = { type: 'file', filename: 'cookies.dat' };
  worker = {
    realms: [
      { name: 'realm1', roles: [{ name: 'user', 'allow-by-default': true }], store: { type: 'cfxdb', path: 'events' } },
      {
        name: 'realm-auth',
        roles: [{ name: 'authenticator', permissions: [{ uri: '*', allow: { register: true } }] }],
      },
    ],
    components: [{ type: 'module', module: './authenticator.js', realm: 'realm-auth', role: 'authenticator' }],
    transports: [
      {
        type: 'web',
        endpoint: { type: 'tcp', interface: '127.0.0.1', port: 0 },
        paths: {
          '/': { type: 'json', value: {} },
          tables: { type: 'websocket', auth: { ...tables, cookie: {} }, cookie: { store } },
          asking: { type: 'websocket', auth: { ticket: asking } },
          absent: { type: 'websocket', auth: { ticket: absent } },
          function: {
            type: 'websocket',
            auth: { ticket: { type: 'function', create: './authenticator.js#create' } },
          },
          open: { type: 'websocket' },
          heavy: { type: 'websocket', auth: { scram: { type: 'static', principals: heavy } } },
        },
      },
    ],
  };
  const node = { version: 2, workers: [{ type: 'router', ...worker }] };
  writeFileSync(join(cwd, '.turnpike', 'config.json'), JSON.stringify(node), { mode: 0o600 });
  writeFileSync(join(cwd, '.turnpike', 'authenticator.js'), AUTHENTICATOR);
  writeFileSync(join(cwd, '.turnpike', 'package.json'), '{"type": "module"}');
  writeFileSync(join(cwd, 'joe.key'), `key\n\nprivate-key-ed25519: ${SEED}\n`, { mode: 0o600 });
  writeFileSync(join(cwd, 'other.key'), 'ab'.repeat(32), { mode: 0o600 });
});
after(() => rmSync(cwd, { recursive: true }));

async function run(args: readonly string[], secret = SECRET): Promise<Outcome> {
  const outcome = await turnpike(['auth', 'test', ...args], cwd, {}, piped(secret));
  const all = outcome.out + outcome.err;
  for (const spelling of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), SEED]) {
    assert.ok(!all.includes(spelling), `a secret is shown: ${all}`);
  }
  return outcome;
}

/** At an entrance of the configuration, as `joe`. */
function configured(path: string, args: readonly string[], secret = SECRET): Promise<Outcome> {
  return run(['--path', path, '--realm', 'realm1', ...args], secret);
}

function lastLines({ out }: Outcome): string[] {
  const lines = out.trimEnd().split('\n');
  return lines.slice(lines.lastIndexOf('') + 1);
}

interface Told {
  readonly result: string;
  readonly reason: string | null;
  readonly seen: string;
  readonly steps: readonly Dict[];
  readonly advice: readonly string[];
}

function told({ out }: Outcome): Told {
  return JSON.parse(out);
}

const METHODS: readonly (readonly [method: string, right: readonly string[], wrong: readonly string[]])[] = [
  ['ticket', [], []],
  ['wampcra', [], []],
  ['scram', [], []],
  ['cryptosign', ['--key-file', 'joe.key'], ['--key-file', 'other.key']],
];

describe('turnpike auth test, by a configuration', { timeout: 60_000 }, () => {
  for (const [method, right, wrong] of METHODS) {
    it(`${method}: logs in`, async () => {
      const args = ['--authid', 'joe', '--authmethod', method];
      const outcome = await configured('/tables', [...args, ...right]);
      assert.equal(outcome.code, 0, outcome.out + outcome.err);
      assert.match(outcome.out, new RegExp(`^    method "${method}": chosen$`, 'm'));
      assert.match(outcome.out, new RegExp(`^    asked: auth.${method} of the configuration$`, 'm'));
      assert.match(outcome.out, /^← WELCOME \d+ \{"realm":"realm1","authid":"joe","authrole":"user"/m);
      assert.deepEqual(lastLines(outcome), ['logged in']);
    });

    it(`${method}: tells a wrong secret from an unknown name, as clients cannot`, async () => {
      const outcome = await configured('/tables', ['--authid', 'joe', '--authmethod', method, ...wrong], 'wrong-5a');
      assert.equal(outcome.code, 1, outcome.out + outcome.err);
      const [result = '', ...advice] = lastLines(outcome);
      assert.match(result, /^refused: wamp\.error\.not_authorized "/);
      assert.deepEqual(advice, [`  the client's secret or key is not the one that auth.${method} has for "joe"`]);

      const unknown = await configured('/tables', ['--authid', 'jole', '--authmethod', method, ...wrong], 'wrong-5a');
      assert.equal(unknown.code, 1);
      assert.match(unknown.out, new RegExp(`auth.${method} of the configuration, which has nobody of that name$`, 'm'));
      assert.deepEqual(lastLines(unknown), [result, `  auth.${method} has nobody called "jole"; did you mean joe?`]);
    });
  }

  it('anonymous: logs in, where it is configured and where nothing is', async () => {
    const outcome = await configured('/tables', []);
    assert.equal(outcome.code, 0);
    const open = await configured('/open', []);
    assert.equal(open.code, 1);
    assert.match(open.out, /^ {4}no authentication is configured: everybody joins as "anonymous"$/m);
    assert.match(open.out, /^ {4}FAILED {2}the realm has the role: "anonymous"$/m);
  });

  it('tells why a method was passed over, and which there are', async () => {
    const outcome = await configured('/asking', ['--authid', 'joe', '--authmethod', 'scram,wampcra']);
    assert.equal(outcome.code, 1);
    const passed = 'passed over, it is not among those of this transport (ticket)';
    assert.ok(outcome.out.includes(`\n    method "scram": ${passed}\n    method "wampcra": ${passed}\n`), outcome.out);
    assert.deepEqual(lastLines(outcome).slice(1), [
      '  try --authmethod ticket, or configure auth.wampcra on the transport',
    ]);
  });

  it('shows what a dynamic authenticator is asked, what it answers, and each check in its order', async () => {
    const outcome = await configured('/asking', ['--authid', 'joe', '--authmethod', 'ticket', '--output', 'json']);
    assert.equal(outcome.code, 0);
    const { result, seen, steps } = told(outcome);
    assert.deepEqual([result, seen], ['welcomed', 'router']);
    const kinds = steps.map(({ step }) => step);
    const order = ['sent', 'method', 'decided', 'received', 'sent', 'asked', 'answered', 'check'];
    assert.deepEqual(kinds.slice(0, order.length), order);
    const [asked] = steps.filter(({ step }) => step === 'asked');
    assert.deepEqual(asked?.['authenticator'], {
      type: 'dynamic',
      procedure: 'com.example.authenticate',
      realm: 'realm-auth',
      role: null,
      wait: 3000,
      timeout: 5000,
    });
    assert.deepEqual([asked?.['realm'], asked?.['authid']], ['realm1', 'joe']);
    assert.ok(isDict(asked?.['details']) && asked['details']['ticket'] === '‹masked›');
    const [answered] = steps.filter(({ step }) => step === 'answered');
    const extra = { seen: '‹masked›', 'as key ‹masked›': '‹masked›' };
    assert.deepEqual(answered?.['answer'], { role: 'user', extra });
    const checks = steps.filter(({ step }) => step === 'check');
    assert.ok(checks.every(({ passed }) => passed === true));
    assert.deepEqual(
      checks.map(({ what }) => what),
      [
        'the answer is a role or a dictionary',
        'the realm can be one',
        'the authid can be one',
        'the role can be one',
        '"extra" is a dictionary of plain data, or absent',
        'a realm is assigned',
        'an authid is assigned',
        'a role is assigned',
        "the role is not the router's own",
        'the realm exists',
        'the realm has the role',
      ],
    );
  });

  const BAD_ANSWERS: readonly (readonly [authid: string, check: string, reason: string, advice: RegExp])[] = [
    ['rubbish', 'the answer is a role or a dictionary', 'wamp.error.authentication_failed', /dynamic-authenticator/],
    ['roleless', 'a role is assigned', 'wamp.error.no_such_role', /"default-role"/],
    ['misfit', 'the realm has the role', 'wamp.error.no_such_role', /are: user; did you mean user\?/],
    ['stray', 'the realm exists', 'wamp.error.no_such_realm', /realm1, realm-auth; did you mean realm-auth\?/],
  ];
  for (const [authid, failing, reason, advice] of BAD_ANSWERS) {
    it(`an answer that does not do: ${failing}`, async () => {
      const args = ['--authid', authid, '--authmethod', 'ticket', '--output', 'json'];
      const outcome = await configured('/asking', args);
      assert.equal(outcome.code, 1);
      const { steps, ...end } = told(outcome);
      assert.equal(end.reason, reason);
      assert.match(end.advice[0] ?? '', advice);
      const checks = steps.filter(({ step }) => step === 'check');
      assert.deepEqual(
        checks.filter(({ passed }) => passed !== true).map(({ what }) => what),
        [failing],
      );
      assert.equal(checks.at(-1)?.['what'], failing);
    });
  }

  it('shows what an authenticator raises, without the secret that it quotes', async () => {
    const outcome = await configured('/asking', ['--authid', 'refused', '--authmethod', 'ticket']);
    assert.equal(outcome.code, 1);
    assert.match(outcome.out, /^ {6}it raised: "wamp\.error\.runtime_error" \["no: .*‹masked›.*‹masked›"\] \{\}$/m);
  });

  it('an authenticator that is not there', async () => {
    const outcome = await configured('/absent', ['--authid', 'joe', '--authmethod', 'ticket']);
    assert.equal(outcome.code, 1);
    assert.deepEqual(lastLines(outcome), [
      'refused: wamp.error.no_such_procedure "no authenticator is available"',
      '  nobody has registered com.example.absent on realm realm-auth: components of the configuration do so when they start',
      '  an authenticator outside of the node is not here: try the running node with --url',
    ]);
  });

  it('a function that fails: where, which its clients do not learn', async () => {
    const args = ['--authid', 'broken', '--authmethod', 'ticket'];
    const outcome = await configured('/function', args);
    assert.equal(outcome.code, 1);
    assert.match(
      outcome.out,
      /^ {4}asked: the function "\.\/authenticator\.js#create"; waits 5000 ms for its answer$/m,
    );
    assert.match(
      outcome.out,
      /^ {4}it failed, after \d+ ms: "TypeError: cannot read ‹masked›" at ".*authenticator\.js/m,
    );
    assert.match(
      lastLines(outcome)[0] ?? '',
      /^refused: wamp\.error\.authentication_failed "authentication failed \(ref /,
    );
  });

  it('a router from which the client turns away', async () => {
    const outcome = await configured('/heavy', ['--authid', 'joe', '--authmethod', 'scram']);
    assert.equal(outcome.code, 1);
    const why = 'the challenge \\"scram\\" could not be answered: the router asks for too much work';
    assert.deepEqual(lastLines(outcome), [`the client gave up: wamp.error.authentication_failed "${why}"`]);
  });

  it('writes nothing into the node directory', () => {
    const files = ['authenticator.js', 'config.json', 'package.json'];
    assert.deepEqual(readdirSync(join(cwd, '.turnpike')).sort(), files);
  });

  const UNTRIED: readonly (readonly [args: readonly string[], message: string])[] = [
    [[], 'which path? --path says it: /tables, /asking, /absent, /function, /open, /heavy'],
    [
      ['--path', '/no'],
      'nobody can log in at the path /no; paths: /tables, /asking, /absent, /function, /open, /heavy',
    ],
    [['--transport', 'x'], 'there is no transport "x"; there are: transport001 (web)'],
    [['--config', 'no.json'], 'the configuration has a problem, see above'],
  ];
  for (const [args, message] of UNTRIED) {
    it(`exit code 2: ${JSON.stringify(args)}`, async () => {
      const outcome = await run(args);
      assert.equal(outcome.code, 2);
      assert.equal(outcome.out, '');
      assert.equal(outcome.err.trimEnd().split('\n').at(-1), `turnpike auth test: ${message}`);
    });
  }
});

describe('turnpike auth test, at a running router', { timeout: 60_000 }, () => {
  let router: EmbeddedRouter;
  let base = '';
  before(async () => {
    const realms = worker.realms.map((realm) => ({ ...realm, store: { type: 'memory' } }));
    const { transports, components } = worker;
    router = await createRouter({ realms, transports, components }, { cbdir: join(cwd, '.turnpike') });
    base = `ws://127.0.0.1:${router.ports[0]}`;
  });
  after(() => router.close());

  function at(path: string, args: readonly string[], secret = SECRET): Promise<Outcome> {
    return run(['--url', `${base}${path}`, '--realm', 'realm1', ...args], secret);
  }

  for (const [method, right, wrong] of METHODS) {
    it(`${method}: good and bad`, async () => {
      const args = ['--authid', 'joe', '--authmethod', method];
      const good = await at('/tables', [...args, ...right]);
      assert.equal(good.code, 0, good.out + good.err);
      assert.match(good.out, new RegExp(`^← CHALLENGE "${method}" `, 'm'));
      assert.match(good.out, /^→ AUTHENTICATE "‹masked›" /m);
      assert.match(good.out, /^← WELCOME /m);
      assert.doesNotMatch(good.out, /^ {4}/m);
      const bad = await at('/tables', [...args, ...wrong], 'wrong-5a');
      assert.equal(bad.code, 1);
      const [result = '', advice] = lastLines(bad);
      assert.match(result, /^refused: wamp\.error\.not_authorized /);
      assert.equal(advice, '  the secret is wrong, or nobody has that authid: routers do not tell which');
    });
  }

  it('scram: what is wrong, in the words of RFC 5802, of somebody and of nobody alike', async () => {
    for (const authid of ['joe', 'nobody']) {
      const { out } = await at('/tables', ['--authid', authid, '--authmethod', 'scram'], 'wrong-5a');
      assert.match(out, /^← ABORT \{"message":"SCRAM authentication failed","scram":"invalid-proof"\} /m);
    }
  });

  it('anonymous, and a router that quotes the secret', async () => {
    assert.equal((await at('/tables', [])).code, 0);
    assert.equal((await at('/asking', ['--authid', 'refused', '--authmethod', 'ticket'])).code, 1);
    const { code, out } = await at('/asking', ['--authid', 'joe', '--authmethod', 'ticket', '--output', 'json']);
    assert.equal(code, 0);
    assert.equal(JSON.parse(out).seen, 'client');
  });

  it('cookie: comes back by the one in a file, and shows nothing of it', async () => {
    const { connect, CookieKeeper, ticket } = await import('../../src/index.ts');
    const cookies = new CookieKeeper();
    const url = `${base}/tables`;
    const session = await connect({ url, realm: 'realm1', authid: 'joe', auth: ticket(SECRET), cookies });
    const header = cookies.header() ?? '';
    writeFileSync(join(cwd, 'cookie.txt'), `${header}\n`);
    const outcome = await at('/tables', ['--authmethod', 'cookie', '--cookie-file', 'cookie.txt']);
    assert.equal(outcome.code, 0, outcome.out + outcome.err);
    assert.match(outcome.out, /"authid":"joe",.*"authprovider":"cookie"/);
    assert.ok(!outcome.out.includes(header.split('=')[1] ?? ''));
    await session.leave();
  });

  it('exit code 2 where nobody listens, and where it is no URL of a router', async () => {
    const outcome = await run(['--url', 'ws://127.0.0.1:1/', '--realm', 'realm1']);
    assert.equal(outcome.code, 2);
    assert.match(outcome.out, /^not tried: wamp\.error\.network_failure ".*nobody listens there/m);
    for (const url of ['http://127.0.0.1/', 'ws://joe:canary-pw@127.0.0.1/']) {
      const { code, out, err } = await run(['--url', url]);
      assert.equal(code, 2);
      assert.match(err, /^turnpike auth test: --url: /);
      assert.doesNotMatch(out + err, /canary/);
    }
  });
});

const NO_OPENSSL = hasOpenssl() ? false : 'no openssl on this machine';

describe('turnpike auth test, over TLS', { skip: NO_OPENSSL, timeout: 60_000 }, () => {
  let router: EmbeddedRouter;
  let files: Certificates;
  before(async () => {
    files = makeCertificates(cwd);
    const args = ['x509', '-in', files.clientCertificate, '-noout', '-fingerprint', '-sha256'];
    const sha256 = execFileSync('openssl', args, { encoding: 'utf8' }).trim().split('=')[1];
    const { serverKey: key, serverCertificate: certificate, intermediate, ca } = files;
    const tls = { key, certificate, chain_certificates: [intermediate], ca_certificates: [ca] };
    const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0, tls };
    const auth = {
      tls: { type: 'static', principals: { joe: { 'certificate-sha256': sha256, role: 'user' } } },
      cryptosign: { type: 'static', principals: { joe: { authorized_keys: [PUBLIC_KEY], role: 'user' } } },
    };
    router = await createRouter({
      realms: [{ name: 'realm1', roles: [{ name: 'user', 'allow-by-default': true }] }],
      transports: [{ type: 'rawsocket', endpoint, auth }],
    });
  });
  after(() => router.close());

  it('tls: by the certificate; and cryptosign bound to the TLS session', async () => {
    const at = ['--url', router.addresses[0] ?? '', '--realm', 'realm1', '--tls-ca', files.ca];
    const own = ['--tls-cert', files.clientCertificate, '--tls-key', files.clientKey];
    const outcome = await run([...at, ...own, '--authmethod', 'tls']);
    assert.equal(outcome.code, 0, outcome.out + outcome.err);
    assert.match(outcome.out, /"authid":"joe","authrole":"user","authmethod":"tls"/);
    const key = ['--key-file', 'joe.key', '--channel-binding', 'tls-exporter'];
    const bound = await run([...at, ...own, '--authmethod', 'cryptosign', ...key]);
    assert.equal(bound.code, 0, bound.out + bound.err);
    const untrusted = await run(['--url', router.addresses[0] ?? '', ...own, '--authmethod', 'tls']);
    assert.equal(untrusted.code, 2);
    const without = await run([...at, '--authmethod', 'tls']);
    assert.equal(without.code, 2);
    assert.match(without.err, /a login by tls needs --tls-cert FILE and --tls-key FILE/);
  });
});
