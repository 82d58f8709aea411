/** docs/dynamic-authenticator.md, held equal to what real logins are asked, answered and refused with. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CRA_BOUNDS } from '../../src/auth/authmethods/wampcra-secret.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { type Dict, isDict } from '../../src/wamp/dict.ts';
import { ERRORS } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { hasOpenssl } from '../transports/endpoint-certificates.ts';
import { exampleOf, hasPart, Page } from './page.ts';
import { AUTHMETHODS, type Carrier, RecordedLogins } from './recorded-logins.ts';
import { type Refusal, RefusedLogins } from './refused-logins.ts';

const PAGE = new Page('docs/dynamic-authenticator.md');
const SKIP = hasOpenssl() ? false : 'no openssl on this machine';

/** The transport by which each method is tried. */
function carrierOf(authmethod: string): Carrier {
  if (authmethod === 'tls') return 'websocket over TLS';
  return authmethod.endsWith('-proxy') ? 'Unix socket' : 'websocket';
}

function methodsIn(cell: string): readonly string[] {
  return cell === 'all' ? AUTHMETHODS : cell.replaceAll('`', '').split(', ');
}

/** Fields by authmethod, of a table of fields with their types and methods. */
function fieldsOf(heading: string, at = 0): Map<string, Map<string, string>> {
  const fields = new Map(AUTHMETHODS.map((authmethod) => [authmethod, new Map<string, string>()]));
  for (const [field = '', type = '', methods = ''] of PAGE.table(heading, at)) {
    for (const authmethod of methodsIn(methods)) fields.get(authmethod)?.set(field, type);
  }
  return fields;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  return isDict(value) ? 'dict' : typeof value;
}

function assertTypes(values: Dict, types: ReadonlyMap<string, string>): void {
  for (const [key, type] of types) {
    if (key in values) assert.ok(type.split(' or ').includes(typeOf(values[key])), `${key}: ${type}`);
  }
}

describe('docs/dynamic-authenticator.md: the call', { skip: SKIP, timeout: 60_000 }, () => {
  let logins: RecordedLogins;

  before(async () => {
    logins = await RecordedLogins.start();
  });

  after(() => logins.stop());

  const documented = fieldsOf('details');

  for (const authmethod of AUTHMETHODS) {
    it(`${authmethod}: the fields of details, and no other`, async () => {
      const { details, kwargs } = await logins.record(authmethod, carrierOf(authmethod));
      const types = documented.get(authmethod) ?? new Map();
      assert.deepEqual(Object.keys(details).sort(), [...types.keys()].sort());
      assertTypes(details, types);
      assert.equal(details['authmethod'], authmethod);
      assert.deepEqual({ ...kwargs }, {});
    });
  }

  it('who calls, and what the other arguments are', async () => {
    const { callerAuthid, realm, authid } = await logins.record('ticket', 'websocket');
    assert.match(callerAuthid ?? '', /^routerworker-.+-realm-realm002-serviceagent$/);
    assert.deepEqual([realm, authid], ['realm1', 'peter']);
    const nobody = await logins.record('ticket', 'websocket', { realm: null, authid: undefined as never });
    assert.deepEqual([nobody.realm, nobody.authid], [null, null]);
    const { authid: random } = await logins.record('anonymous', 'websocket');
    assert.match(String(random), /^(?:[A-Z0-9]{4}-){5}[A-Z0-9]{4}$/);
  });

  it('whose names the arguments are where a proxy logs in', async () => {
    const authextra = { proxy_realm: 'realm2', proxy_authid: 'client', proxy_authrole: 'user' };
    const login = { authid: 'proxy', authextra };
    const plain = await logins.record('anonymous-proxy', 'Unix socket', login);
    assert.deepEqual([plain.realm, plain.authid, plain.details['authid']], ['realm2', 'client', 'client']);
    const signing = await logins.record('cryptosign-proxy', 'Unix socket', login);
    assert.deepEqual([signing.realm, signing.authid, signing.details['authid']], ['realm2', 'proxy', 'proxy']);
  });

  it('what the methods themselves put into authextra, and that what is the router’s is dropped', async () => {
    const own = fieldsOf('details', 1);
    for (const authmethod of AUTHMETHODS) {
      const forged = { transport: {}, x_cb_peer: 'forged', proxy_authextra: { mine: 1 }, mine: 1 };
      const carrier = carrierOf(authmethod);
      const proxied = { proxy_realm: 'realm1', proxy_authid: 'peter', proxy_authrole: 'user' };
      const isProxy = authmethod.endsWith('-proxy');
      const more = { authextra: { ...forged, ...(isProxy ? proxied : {}) } };
      const { details } = await logins.record(authmethod, carrier, more);
      const { mine, ...extra } = details['authextra'] as Dict;
      assert.equal(mine, 1);
      if (isProxy) for (const key of ['transport', 'x_cb_peer']) delete extra[key];
      const types = own.get(authmethod) ?? new Map();
      for (const key of Object.keys(extra)) assert.ok(types.has(key), `${authmethod}: ${key}`);
      const optional = ['channel_binding', 'challenge'];
      for (const key of types.keys()) assert.ok(key in extra || optional.includes(key), `${authmethod}: ${key}`);
      assertTypes(extra, types);
    }
  });

  it('the fields of transport, and no other: each with an example of its kind', async () => {
    for (const [at, carrier] of (['websocket', 'rawsocket', 'longpoll'] as const).entries()) {
      const { details } = await logins.record('ticket', carrier);
      const transport = details['transport'] as Dict;
      const rows = PAGE.table('details.transport');
      assert.deepEqual(Object.keys(transport).sort(), rows.map(([field]) => field).sort());
      for (const [field = '', ...examples] of rows) {
        assert.equal(shapeOf(transport[field]), shapeOf(JSON.parse(examples[at] ?? '')), `${carrier}: ${field}`);
      }
    }
  });

  it('over TLS', async () => {
    const { details } = await logins.record('tls', 'websocket over TLS');
    const transport = details['transport'] as Dict;
    assert.deepEqual([transport['channel_type'], transport['is_secure']], ['tls', true]);
    assert.deepEqual(Object.keys(transport['channel_id'] as Dict).sort(), ['tls-exporter', 'tls-unique']);
    const certificate = transport['peer_cert'] as Dict;
    assert.deepEqual(transport['client_cert'], certificate);
    const types = new Map(PAGE.table('details.transport.peer_cert').map(([field = '', type = '']) => [field, type]));
    assert.deepEqual(Object.keys(certificate).sort(), [...types.keys()].sort());
    assertTypes(certificate, types);
  });

  it('on a Unix socket', async () => {
    const { details } = await logins.record('ticket', 'Unix socket');
    const { peer, own } = details['transport'] as Dict;
    assert.deepEqual([peer, own], ['unix', null]);
  });

  it('the keys of WELCOME', async () => {
    const { welcome } = await logins.record('ticket', 'websocket');
    assert.deepEqual(
      Object.keys(welcome ?? {}).sort(),
      PAGE.table('WELCOME')
        .map(([key]) => key)
        .sort(),
    );
  });
});

/** What two values of a kind have in common: of texts all but digits and cookies, of numbers their sign. */
function shapeOf(value: unknown): string {
  if (typeof value === 'number') return value < 0 ? 'negative' : 'number';
  if (isDict(value)) return 'dict';
  if (typeof value !== 'string') return String(value);
  return /^[\w-]{24}$/.test(value) ? 'cookie' : value.replace(/(?<=^tcp4:127\.0\.0\.1:)\d+$/, '1');
}

describe('docs/dynamic-authenticator.md: refusals', { timeout: 60_000 }, () => {
  let logins: RefusedLogins;
  let refusals: readonly Refusal[];

  before(async () => {
    logins = await RefusedLogins.start();
    refusals = await logins.all();
  });

  after(() => logins.stop());

  it('what clients read, in the order of the checks', () => {
    const documented = PAGE.table('What clients read').map(([, uri, text]) => [uri, text]);
    assert.deepEqual(
      documented,
      refusals.map((refusal) => [...refusal]),
    );
  });

  it('all URIs that authentication has, and none that the catalogue does not know', () => {
    const catalogue = new Map(Object.entries(ERRORS).map(([name, { uri }]) => [name, uri]));
    // An authenticator cannot use it, which the page says elsewhere.
    const used = new Set(sources().flatMap((text) => [...text.matchAll(/ERRORS\.(\w+)/g)].map(([, name]) => name)));
    used.delete('protocolViolation');
    const documented = new Set(refusals.map(([uri]) => uri));
    for (const name of used) assert.ok(documented.has(catalogue.get(name ?? '') ?? ''), `${name} is not on the page`);
    const named = [...PAGE.text.matchAll(/\b(?:wamp|crossbar)\.error\.\w+/g)].map(([uri]) => uri);
    for (const uri of named) assert.ok([...catalogue.values()].includes(uri as never), uri);
  });

  it('all URIs that are no guess', () => {
    const text = readFileSync(join(repositoryRoot(), 'src', 'session', 'counted-login.ts'), 'utf8');
    const list = text.slice(text.indexOf('NO_GUESSES'), text.indexOf(']);'));
    const uris = [...list.matchAll(/ERRORS\.(\w+)/g)].map(([, name]) => ERRORS[name as keyof typeof ERRORS].uri);
    const [, paragraph = ''] = /\*\*Guesses\.\*\*([^)]*)\)/.exec(PAGE.text) ?? [];
    const documented = [...paragraph.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    assert.deepEqual(documented.sort(), uris.map((uri) => uri.slice(uri.lastIndexOf('.') + 1)).sort());
  });

  it('all texts of the code that are always the same', () => {
    const literal = /(?:deny\([\w.]+, |denied\(|failure\(|return invalid\()'([^']+)'/g;
    const texts = sources().flatMap((text) => [...text.matchAll(literal)].map(([, found = '']) => found));
    assert.ok(texts.length > 15, `${texts.length} are found`);
    const known = refusals.map(([, text]) => text);
    for (const text of texts.filter((one) => !ELSEWHERE.has(one))) {
      assert.ok(
        known.some((one) => one.includes(text)),
        text,
      );
    }
  });

  it('each credential is refused by its name where it cannot be used', async () => {
    for (const [key = '', , methods = ''] of PAGE.table('The answer').slice(4)) {
      for (const authmethod of methodsIn(methods)) {
        if (authmethod.endsWith('-proxy')) continue;
        const refusal = ['wamp.error.authentication_failed', `got invalid "${key}" from authenticator`];
        assert.deepEqual(await logins.ofAnswer(authmethod, { [key]: [] }), refusal, authmethod);
      }
    }
  });

  it('the bounds of answers, to the last one', async () => {
    const boundsOf = (key: string, authmethod: string): number[] => {
      const row = PAGE.table('The answer').find(([name, , methods]) => name === key && methods === authmethod);
      return (row?.[3]?.match(/(?<!\w)\d[\d,]*/g) ?? []).map((number) => Number(number.replaceAll(',', '')));
    };
    const hex = (bytes: number): string => 'ab'.repeat(bytes);
    const [rounds = 0, fewRounds = 0] = boundsOf('iterations', 'scram');
    const [leastMemory = 0, mostMemory = 0] = boundsOf('memory', 'scram');
    const [, mostSalt = 0] = boundsOf('salt', 'scram');
    const [keyBytes = 0] = boundsOf('stored-key', 'scram');
    const [leastAuthid = 0, mostAuthid = 0] = boundsOf('authid', 'all');
    const [mebibytes = 0] = boundsOf('extra', 'all');
    // What is counted beside the text: the dictionary, its key, the value.
    const text = mebibytes * 1024 * 1024 - 8 - 1 - 8;
    const inside: readonly (readonly [key: string, value: Dict])[] = [
      ['iterations', { iterations: rounds }],
      ['iterations', { kdf: 'pbkdf2', iterations: fewRounds }],
      ['memory', { memory: leastMemory }],
      ['memory', { memory: mostMemory }],
      ['salt', { salt: hex(mostSalt) }],
      ['stored-key', { 'stored-key': hex(keyBytes) }],
      ['authid', { authid: 'x'.repeat(leastAuthid) }],
      ['authid', { authid: 'x'.repeat(mostAuthid) }],
      ['extra', { extra: { x: 'x'.repeat(text) } }],
    ];
    for (const [key, answer] of inside) {
      assert.deepEqual(await logins.ofAnswer('scram', answer), NO_PROOF, key);
    }
    const outside: readonly (readonly [key: string, value: Dict])[] = [
      ['iterations', { iterations: rounds + 1 }],
      ['iterations', { iterations: 0 }],
      ['iterations', { kdf: 'pbkdf2', iterations: fewRounds - 1 }],
      ['memory', { memory: leastMemory - 1 }],
      ['memory', { memory: mostMemory + 1 }],
      ['salt', { salt: hex(mostSalt + 1) }],
      ['salt', { salt: '' }],
      ['stored-key', { 'stored-key': hex(keyBytes + 1) }],
      ['authid', { authid: 'x'.repeat(mostAuthid + 1) }],
      ['extra', { extra: { x: 'x'.repeat(text + 1) } }],
    ];
    for (const [key, answer] of outside) {
      const [, text] = await logins.ofAnswer('scram', answer);
      assert.match(text, new RegExp(`^got invalid "${key}" from (?:dynamic )?authenticator$`));
    }
  });

  it('all credentials that the code reads', () => {
    const read = /(?:credentials\['|Credential\(credentials, '|bytesOf\(credentials, ')([\w-]+)'/g;
    const keys = new Set(sources().flatMap((text) => [...text.matchAll(read)].map(([, key = '']) => key)));
    // A table's own, which nothing that comes over the wire can be.
    keys.delete('verifier');
    const documented = new Set(PAGE.table('The answer').map(([key = '']) => key));
    for (const key of ['role', 'realm', 'authid', 'extra']) documented.delete(key);
    assert.deepEqual([...keys].sort(), [...documented].sort());
  });
});

/** What a client reads that has proved nothing, where the answer will do. */
const NO_PROOF: Refusal = ['wamp.error.not_authorized', 'SCRAM authentication failed'];

/** Texts that no client reads who logs in by a dynamic authenticator. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  // Where nothing is configured.
  'no realm requested',
  // Of a step that the session does not let a client take, and of an outcome that nobody waits for.
  'no pending authentication',
  'the login was given up',
  // A configuration of a transport where this could be is refused.
  'a proxy must come by a Unix socket, or by TLS with a certificate of its own',
  // As of the attribute that is on the page.
  'missing required details.authextra',
  'invalid attribute proxy_authextra in details.authextra',
  'invalid attribute proxy_authextra.transport in details.authextra',
]);

function sources(): string[] {
  const folder = join(repositoryRoot(), 'src', 'auth');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return [...files, '../session/admission.ts'].map((file) => readFileSync(join(folder, file), 'utf8'));
}

describe('docs/dynamic-authenticator.md: configuration', () => {
  const schema = configJsonSchema();

  it('the keys of both kinds of authenticators, and their defaults', () => {
    for (const [kind, heading] of [
      ['dynamic', 'Configuration'],
      ['function', 'Function authenticators'],
    ] as const) {
      const known = new Map<string, string>();
      for (const properties of shapesOf(schema, kind)) {
        for (const [key, property] of Object.entries(properties)) {
          const { default: own } = property as { default?: unknown };
          known.set(key, own === undefined ? '–' : String(own));
        }
      }
      const documented = new Map(PAGE.table(heading).map(([key = '', fallback = '']) => [key, fallback]));
      assert.deepEqual([...documented].sort(), [...known].sort());
    }
  });

  it('deadlines and bounds', () => {
    const bounds = PAGE.table('Deadlines and bounds').map(([, bound]) => Number(bound));
    const { loginTimeout, authenticatorWait, authenticatorTimeout, authenticatorCalls, failedLogins } = LIMITS;
    assert.deepEqual(bounds, [loginTimeout, authenticatorWait, authenticatorTimeout, authenticatorCalls, failedLogins]);
  });

  it('bounds of the credentials of wampcra', () => {
    const { secret, salt, iterations, keylen } = CRA_BOUNDS;
    const meanings = PAGE.table('The answer').filter(([, , methods]) => methods === 'wampcra');
    const numbers = meanings.map(([, , , text = '']) => (text.match(/(?<!\w)\d[\d,]*/g) ?? []).map(plain));
    assert.deepEqual(numbers, [
      [secret],
      [salt],
      [iterations.least, iterations.most, iterations.otherwise],
      [keylen.least, keylen.most, keylen.otherwise],
    ]);
  });

  function plain(number: string): number {
    return Number(number.replaceAll(',', ''));
  }

  /** The properties of all dictionaries of that type in the schema. */
  function shapesOf(node: unknown, type: string): Record<string, unknown>[] {
    if (typeof node !== 'object' || node === null) return [];
    const { properties } = node as { properties?: Record<string, unknown> };
    const { const: own } = (properties?.['type'] ?? {}) as { const?: unknown };
    const isAuthenticator = own === type && properties !== undefined && 'default-role' in properties;
    const here = isAuthenticator && properties !== undefined ? [properties] : [];
    return [...here, ...Object.values(node).flatMap((child) => shapesOf(child, type))];
  }
});

describe('docs/dynamic-authenticator.md: examples', () => {
  for (const block of PAGE.blocks().slice(1)) {
    const example = exampleOf(block);

    it(`${block.language}: is a part of ${example}`, () => {
      assert.ok(example !== null, block.text);
      assert.ok(hasPart(readFileSync(join(repositoryRoot(), example), 'utf8'), block.text));
    });
  }

  it('links to files that are there', () => {
    for (const [, link = ''] of PAGE.text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(join(repositoryRoot(), 'docs', link)), link);
    }
  });
});
