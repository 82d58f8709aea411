/** Of each authmethod: what the configuration and an authenticator know of `user1`, and what a client says and answers. */
import { createHmac, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Dict } from '../../src/wamp/dict.ts';
import { WampError } from '../../src/wamp/errors.ts';
import {
  CANARY,
  cryptosigned,
  PUBLIC_KEY,
  SALTED_PASSWORD,
  SCRAM_CREDENTIALS,
  SCRAM_NONCE,
  SEED,
  scramMessage,
  scramProof,
} from '../auth/proofs.ts';
import type { Certificates } from '../transports/endpoint-certificates.ts';

/** Authmethods that log somebody in for the first time. */
export const METHODS = [
  'anonymous',
  'ticket',
  'wampcra',
  'scram',
  'cryptosign',
  'tls',
  'anonymous-proxy',
  'cryptosign-proxy',
] as const;
export type Method = (typeof METHODS)[number];

export const KINDS = ['static', 'dynamic', 'function'] as const;
export type Kind = (typeof KINDS)[number];

/** Who shows which certificate. */
export type Shown = 'listed' | 'unlisted';

/** What a client does who is not let in, or is. */
export type Conduct = 'good' | 'wrong' | 'unknown user' | 'rubbish proof';

export type Judgement = (method: Method, args: readonly unknown[]) => unknown;

export interface Hello {
  readonly authid: string;
  readonly authextra: Dict;
  /** The certificate, where the transport has one. */
  readonly shown?: Shown;
  /** AUTHENTICATE.Signature by CHALLENGE.Extra. */
  answer(extra: Dict): string;
}

const WRONG = 'canary-wrong-77d1';
const OTHER_SEED = 'ab'.repeat(32);
const RUBBISH = '\u0000é'.repeat(2_000);

/** Everything that nobody but client, configuration and authenticator may ever see. */
export const SECRETS: readonly string[] = [
  CANARY,
  WRONG,
  SEED,
  OTHER_SEED,
  SALTED_PASSWORD.toString('hex'),
  SALTED_PASSWORD.toString('base64'),
  SCRAM_CREDENTIALS['stored-key'],
  SCRAM_CREDENTIALS['server-key'],
];

function signedBy(secret: string, { challenge }: Dict): string {
  return createHmac('sha256', secret).update(String(challenge)).digest('base64');
}

const ANSWERS: { readonly [Name in Method]: (extra: Dict, right: boolean) => string } = {
  anonymous: () => '',
  tls: () => '',
  'anonymous-proxy': () => '',
  ticket: (_extra, right) => (right ? CANARY : WRONG),
  wampcra: (extra, right) => signedBy(right ? CANARY : WRONG, extra),
  scram: (extra, right) => scramProof(right ? SALTED_PASSWORD : WRONG, scramMessage(extra)).proof,
  cryptosign: (extra, right) => cryptosigned(Buffer.from(String(extra['challenge']), 'hex'), right ? SEED : OTHER_SEED),
  'cryptosign-proxy': (extra, right) => ANSWERS.cryptosign(extra, right),
};

const AUTHEXTRA: Partial<Record<Method, Dict>> = {
  scram: { nonce: SCRAM_NONCE },
  cryptosign: { pubkey: PUBLIC_KEY },
  'cryptosign-proxy': { pubkey: PUBLIC_KEY },
};

/** How a client of that conduct logs in. @param realm what it asks for */
export function clientOf(method: Method, conduct: Conduct, realm: string): Hello {
  const named = conduct === 'unknown user' ? 'nobody' : 'user1';
  const proxied = method.endsWith('-proxy');
  const through = proxied
    ? { proxy_realm: realm, proxy_authid: named, proxy_authrole: 'user', proxy_authextra: {} }
    : {};
  // Those who prove nothing are told apart by what they want.
  const wish = conduct === 'wrong' && ['anonymous', 'anonymous-proxy'].includes(method) ? { refuse: true } : {};
  const authextra = proxied ? { ...through, proxy_authextra: wish } : wish;
  return {
    authid: proxied ? 'node-a' : named,
    authextra: { ...AUTHEXTRA[method], ...authextra },
    ...(method === 'tls' && conduct === 'wrong' && { shown: 'unlisted' }),
    answer: (extra) => (conduct === 'rubbish proof' ? RUBBISH : ANSWERS[method](extra, conduct !== 'wrong')),
  };
}

function refuse(uri: string, text: string): never {
  // What else there is in the error stays with the router, whatever it is.
  throw new WampError(uri, [text, CANARY], { internal: CANARY });
}

/** An authenticator that does what it should. @param listed the fingerprint of the certificate that it knows */
export function judge(method: Method, [, authid, about]: readonly unknown[], listed: string): unknown {
  const { ticket, authextra, transport } = about as { ticket?: unknown; authextra: Dict | null; transport: Dict };
  const { refuse: unwanted, proxy_authid: proxied, proxy_authextra: further } = authextra ?? {};
  if (authid === 'nobody' || proxied === 'nobody') refuse('com.example.no_such_user', 'there is no such user');
  if (method === 'ticket' && ticket !== CANARY) refuse('com.example.invalid_ticket', 'that is not it');
  if (unwanted === true || (further as Dict | undefined)?.['refuse'] === true) refuse('com.example.refused', 'not you');
  if (method === 'tls' && (transport['peer_cert'] as Dict)['sha256'] !== listed)
    refuse('com.example.refused', 'not you');
  return { role: 'user', ...CREDENTIALS[method] };
}

const CREDENTIALS: Partial<Record<Method, Dict>> = {
  wampcra: { secret: CANARY },
  scram: SCRAM_CREDENTIALS,
  cryptosign: { pubkey: PUBLIC_KEY },
  'cryptosign-proxy': { pubkey: PUBLIC_KEY },
};

/** The fingerprint of the certificate that configuration and authenticator know. */
export function listedFingerprint({ clientCertificate }: Certificates): string {
  return new X509Certificate(readFileSync(clientCertificate)).fingerprint256;
}

export function procedureOf(method: Method): string {
  return `com.example.authenticate.${method.replace('-', '_')}`;
}

/** `auth` of a transport. */
export function authOf(
  kind: Kind,
  directory: string,
  files: Certificates,
  takes: (method: Method) => boolean,
): Readonly<Record<string, object>> {
  const user = { role: 'user' };
  const static_: { readonly [Name in Method]: object } = {
    anonymous: { role: 'user', authid: 'user1' },
    ticket: { principals: { user1: { ...user, ticket: CANARY } } },
    wampcra: { users: { user1: { ...user, secret: CANARY } } },
    scram: { principals: { user1: { ...user, ...SCRAM_CREDENTIALS } } },
    cryptosign: { principals: { user1: { ...user, authorized_keys: [PUBLIC_KEY] } } },
    tls: { principals: { user1: { ...user, 'certificate-sha256': listedFingerprint(files) } } },
    'anonymous-proxy': {},
    'cryptosign-proxy': { principals: { 'node-a': { authorized_keys: [PUBLIC_KEY] } } },
  };
  const entryOf = (method: Method): object => {
    const backend = method.endsWith('-proxy') ? { proxy_backend: true } : {};
    if (kind === 'static') return { type: kind, ...static_[method], ...backend };
    if (kind === 'function')
      return { type: kind, create: './auth.mjs#create', config: { key: directory, method }, ...backend };
    const where = { 'authenticator-realm': 'realm-auth', 'authenticator-wait': 0 };
    return { type: kind, authenticator: procedureOf(method), ...where, ...backend };
  };
  return Object.fromEntries(METHODS.filter(takes).map((method) => [method, entryOf(method)]));
}
