/**
 * Logs in by one authmethod, and shows the WELCOME.
 *
 *     node dist/examples/authmethods/client.js METHOD
 *
 * METHOD: anonymous, ticket, wampcra, scram, cryptosign or tls.
 * Exit codes: 0 welcome, 1 the router kept us out or something failed, 2 wrong usage.
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  pbkdf2Sync,
  randomBytes,
  sign,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type ClientSession, type ConnectOptions, connect, WampError } from 'turnpike';

const USAGE = `usage: client.js METHOD [OPTIONS]
METHOD is one of: anonymous, ticket, wampcra, scram, cryptosign, tls
  --url URL           default: ws://127.0.0.1:8080/METHOD, for tls wss://localhost:8443/static
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

/** What a client says, and how it answers the challenge. */
interface Login extends Partial<ConnectOptions> {
  /** Looks at how the router proves itself in WELCOME, where it does. @throws Error where it is not the one */
  readonly verify?: (session: ClientSession) => void;
}

const LOGINS: Readonly<Record<string, (options: Options) => Login>> = {
  anonymous: () => ({ authmethods: ['anonymous'] }),

  ticket: ({ user, password }) => ({ authmethods: ['ticket'], authid: user, ticket: password }),

  wampcra: ({ user, password }) => ({
    authmethods: ['wampcra'],
    authid: user,
    onChallenge: (_method, { challenge, salt, iterations, keylen }) => {
      // Without a salt the password itself is the key.
      const key =
        salt === undefined
          ? password
          : pbkdf2Sync(password, String(salt), Number(iterations), Number(keylen), 'sha256').toString('base64');
      return createHmac('sha256', key).update(String(challenge)).digest('base64');
    },
  }),

  scram,

  cryptosign: ({ user, key }) => {
    const privateKey = readKey(key);
    return {
      authmethods: ['cryptosign'],
      authid: user,
      authextra: { pubkey: publicKeyOf(privateKey) },
      onChallenge: (_method, { challenge }) => {
        const message = Buffer.from(String(challenge), 'hex');
        return Buffer.concat([sign(null, message, privateKey), message]).toString('hex');
      },
    };
  },

  tls: ({ certificates }) => ({
    authmethods: ['tls'],
    tls: {
      caCertificates: [join(certificates, 'authority.pem')],
      certificate: join(certificates, 'user1.pem'),
      key: join(certificates, 'user1.key'),
    },
  }),
};

/** RFC 5802, with PBKDF2: each side proves to the other what it knows. */
function scram({ user, password }: Options): Login {
  const own = randomBytes(16);
  let expected = '';
  return {
    authmethods: ['scram'],
    authid: user,
    authextra: { nonce: own.toString('base64') },
    onChallenge: (_method, { nonce, salt, iterations, kdf }) => {
      if (kdf !== 'pbkdf2') throw new Error(`this client derives keys by pbkdf2 only, not by ${kdf}`);
      if (!Buffer.from(String(nonce), 'base64').subarray(0, own.length).equals(own)) throw new Error('not our nonce');
      const salted = pbkdf2Sync(password, Buffer.from(String(salt), 'base64'), Number(iterations), 32, 'sha256');
      const clientKey = hmac(salted, 'Client Key');
      const storedKey = createHash('sha256').update(clientKey).digest();
      const said = `n=${user},r=${own.toString('base64')},r=${nonce},s=${salt},i=${iterations},c=biws,r=${nonce}`;
      const signature = hmac(storedKey, said);
      expected = hmac(hmac(salted, 'Server Key'), said).toString('base64');
      const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
      return { signature: Buffer.from(proof).toString('base64'), extra: { nonce } };
    },
    verify: ({ authextra }) => {
      if (authextra['verifier'] !== expected) throw new Error('the router does not know us: it may be another one');
    },
  };
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** The key file of `turnpike keygen --client`. */
function readKey(file: string): KeyObject {
  const seed = /^private-key-ed25519: ([0-9a-f]{64})$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (seed === undefined) throw new Error(`${file} holds no private key`);
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
}

function publicKeyOf(key: KeyObject): string {
  return Buffer.from(String(createPublicKey(key).export({ format: 'jwk' }).x), 'base64url').toString('hex');
}

function showWelcome({ id, realm, authid, authrole, authmethod, authprovider, authextra }: ClientSession): void {
  console.log(`WELCOME   session ${id}`);
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
    const login = LOGINS[method]?.(options);
    const session = await connect({ url, realm: 'realm1', ...login });
    login?.verify?.(session);
    showWelcome(session);
    await session.leave();
    return 0;
  } catch (error) {
    console.error(error instanceof WampError ? `ABORT     ${error.uri}: ${error.message}` : `failed    ${error}`);
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
  const url = values.url ?? (method === 'tls' ? 'wss://localhost:8443/static' : `ws://127.0.0.1:8080/${method}`);
  return { method, url, options: values };
}

process.exitCode = await run(process.argv.slice(2));
