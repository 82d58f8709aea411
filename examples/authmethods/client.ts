/**
 * Logs in by one authmethod, and shows the WELCOME.
 *
 *     node dist/examples/authmethods/client.js METHOD
 *
 * Exit codes: 0 welcome, 1 the router kept us out or something failed, 2 wrong usage.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  anonymous,
  type ClientSession,
  type ConnectOptions,
  CookieKeeper,
  connect,
  cookie,
  cryptosign,
  scram,
  ticket,
  tls,
  WampError,
  wampcra,
} from 'turnpike';

const USAGE = `usage: client.js METHOD [OPTIONS]
METHOD is one of: anonymous, ticket, wampcra, scram, cryptosign, tls, cookie, anonymous-proxy, cryptosign-proxy
  --url URL           default: ws://127.0.0.1:8080/METHOD, for tls wss://localhost:8443/static, for proxies static.sock
  --user USER         default: user1
  --password SECRET   default: 123secret
  --key FILE          for cryptosign, made by \`turnpike keygen --client FILE\`; default: user1.key
  --certificates DIR  for tls, made by make-certificates.sh`;

const HERE = fileURLToPath(new URL('../../../examples/authmethods/', import.meta.url));

interface Options {
  readonly user: string;
  readonly password: string;
  readonly key: string;
  readonly certificates: string;
}

type Login = Partial<ConnectOptions>;

/** How a client proves who it is: one login, but with a cookie, which an earlier login has to be kept under. */
const LOGINS: Readonly<Record<string, (options: Options) => Login | readonly Login[]>> = {
  anonymous: () => ({ auth: anonymous() }),

  ticket: ({ user, password }) => ({ authid: user, auth: ticket(password) }),

  wampcra: ({ user, password }) => ({ authid: user, auth: wampcra(password) }),

  // The router has to prove itself, too: else the login fails.
  scram: ({ user, password }) => ({ authid: user, auth: scram(password) }),

  cryptosign: ({ user, key }) => ({ authid: user, auth: cryptosign(readFileSync(key, 'utf8')) }),

  tls: ({ certificates }) => ({
    auth: tls(),
    tls: {
      caCertificates: [join(certificates, 'authority.pem')],
      certificate: join(certificates, 'user1.pem'),
      key: join(certificates, 'user1.key'),
    },
  }),

  cookie: ({ user, password }) => {
    const cookies = new CookieKeeper();
    return [{ authid: user, auth: [cookie(cookies), ticket(password)] }, { auth: cookie(cookies) }];
  },

  'anonymous-proxy': ({ user }) => ({
    auth: { ...anonymous(), method: 'anonymous-proxy' },
    authextra: clientOfProxy(user),
  }),

  'cryptosign-proxy': ({ user, key }) => ({
    auth: { ...cryptosign(readFileSync(key, 'utf8')), method: 'cryptosign-proxy' },
    authextra: clientOfProxy(user),
  }),
};

/** What a proxy says of a client that it has let in. */
function clientOfProxy(user: string): ConnectOptions['authextra'] & object {
  return { proxy_realm: 'realm1', proxy_authid: user, proxy_authrole: 'user' };
}

function showWelcome({ id, realm, authid, authrole, authmethod, authprovider, authextra }: ClientSession): void {
  console.log(`WELCOME       session ${id}`);
  for (const [name, value] of Object.entries({ realm, authid, authrole, authmethod, authprovider })) {
    console.log(`${name.padEnd(12)}  ${value}`);
  }
  for (const [key, value] of Object.entries(authextra)) {
    // The router's own additions, known from Crossbar.io, are left out.
    if (!key.startsWith('x_cb_')) console.log(`custom        ${key}: ${JSON.stringify(value)}`);
  }
}

/** @returns the exit code */
async function run(args: string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch {
    console.error(USAGE);
    return 2;
  }
  const { method, url, options } = parsed;
  try {
    for (const login of [LOGINS[method]?.(options) ?? []].flat()) {
      const session = await connect({ url, realm: 'realm1', ...login });
      showWelcome(session);
      await session.leave();
    }
    return 0;
  } catch (error) {
    console.error(
      error instanceof WampError ? `ABORT         ${error.uri}: ${error.message}` : `failed        ${error}`,
    );
    return 1;
  }
}

/** @throws TypeError where the command line makes no sense */
function parse(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      user: { type: 'string', default: 'user1' },
      password: { type: 'string', default: '123secret' },
      key: { type: 'string', default: join(HERE, 'user1.key') },
      certificates: { type: 'string', default: join(HERE, 'certificates') },
    },
  });
  const [method = '', ...more] = positionals;
  if (!Object.hasOwn(LOGINS, method) || more.length > 0) throw new TypeError('no such authmethod');
  return { method, url: values.url ?? defaultUrl(method), options: values };
}

function defaultUrl(method: string): string {
  if (method.endsWith('-proxy')) return `rs+unix://${join(HERE, '.turnpike', 'static.sock')}`;
  return method === 'tls' ? 'wss://localhost:8443/static' : `ws://127.0.0.1:8080/${method}`;
}

process.exitCode = await run(process.argv.slice(2));
