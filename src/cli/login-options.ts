import { resolve } from 'node:path';
import { anonymous } from '../client/auth/anonymous.ts';
import { CookieKeeper, cookie } from '../client/auth/cookie.ts';
import { cryptosign } from '../client/auth/cryptosign.ts';
import { scram } from '../client/auth/scram.ts';
import { ticket } from '../client/auth/ticket.ts';
import { tls } from '../client/auth/tls.ts';
import { wampcra } from '../client/auth/wampcra.ts';
import type { ClientAuth } from '../client/client-auth.ts';
import type { ConnectOptions } from '../client/connect.ts';
import { type Dict, isDict } from '../wamp/dict.ts';
import { CommandError, type CommandOption, type OptionValues, type Terminal, UsageError } from './command.ts';
import { readFileOf, readSecret, SECRET_FILE_OPTION } from './secret-input.ts';

const METHODS = ['anonymous', 'ticket', 'wampcra', 'scram', 'cryptosign', 'tls', 'cookie'] as const;
type Method = (typeof METHODS)[number];

/** Methods that prove a secret which people type. */
const TYPED: ReadonlySet<Method> = new Set(['ticket', 'wampcra', 'scram']);

const BINDINGS = ['tls-unique', 'tls-exporter'] as const;
type Binding = (typeof BINDINGS)[number];

/** Who logs in, and how. */
export const LOGIN_OPTIONS: readonly CommandOption[] = [
  { name: 'realm', value: 'REALM', about: 'realm to join (default: none is asked for, the authenticator has to say)' },
  { name: 'authid', value: 'AUTHID', about: 'who logs in' },
  {
    name: 'authmethod',
    value: 'METHODS',
    about: `one, or several with commas, the most wanted first: ${METHODS.join(', ')} (default: anonymous)`,
  },
  { name: 'authrole', value: 'ROLE', about: 'role that the client asks for; most authenticators do not look at it' },
  {
    name: 'authextra',
    value: 'JSON',
    about: 'what the authenticator wants to know besides; @FILE reads it from a file',
  },
  SECRET_FILE_OPTION,
  { name: 'key-file', value: 'FILE', about: 'private key for cryptosign, as `turnpike keygen --client FILE` makes it' },
  {
    name: 'channel-binding',
    value: 'TYPE',
    choices: BINDINGS,
    about: 'bind scram or cryptosign to the TLS session: tls-unique, tls-exporter',
  },
];

/** What only makes sense at a URL. */
export const CONNECTION_OPTIONS: readonly CommandOption[] = [
  { name: 'tls-ca', value: 'FILE', about: 'whom to trust with wss and rss, PEM (default: the well-known authorities)' },
  { name: 'tls-cert', value: 'FILE', about: "the client's certificate for tls, PEM" },
  { name: 'tls-key', value: 'FILE', about: 'its private key, PEM' },
  { name: 'cookie-file', value: 'FILE', about: 'file whose one line is the cookie of an earlier login: cbtid=…' },
];

export interface LoginRequest {
  readonly methods: readonly string[];
  readonly options: Pick<ConnectOptions, 'realm' | 'auth' | 'authid' | 'authrole' | 'authextra' | 'tls' | 'cookies'>;
  /** What must not be seen in any output. */
  readonly secrets: readonly string[];
}

/** @throws UsageError, CommandError */
export async function readLogin(values: OptionValues, terminal: Terminal): Promise<LoginRequest> {
  const methods = methodsOf(values);
  const authid = values.get('authid');
  if (authid === undefined && methods.some((method) => TYPED.has(method))) {
    throw new UsageError(`who logs in by ${methods.join(', ')}? --authid AUTHID says it`);
  }
  const secrets: string[] = [];
  const cookies = cookiesOf(methods, values, terminal, secrets);
  const key = keyOf(methods, values, terminal, secrets);
  const authextra = extraOf(values, terminal);
  const authrole = values.get('authrole');
  const secret = await secretOf(methods, values, terminal);
  if (secret !== '') secrets.push(secret);
  const binding = values.get('channel-binding') as Binding | undefined;
  const bound = binding === undefined ? {} : { channelBinding: binding };
  const provers: Readonly<Record<Method, () => ClientAuth>> = {
    anonymous,
    ticket: () => ticket(secret),
    wampcra: () => wampcra(secret),
    scram: () => scram(secret, bound),
    cryptosign: () => usable(() => cryptosign(key, bound)),
    tls,
    cookie: () => cookie(cookies),
  };
  return {
    methods,
    secrets,
    options: {
      realm: values.get('realm') ?? null,
      auth: methods.map((method) => provers[method]()),
      ...(authid !== undefined && { authid }),
      ...(authrole !== undefined && { authrole }),
      ...(authextra !== null && { authextra }),
      ...tlsOf(methods, values, terminal),
    },
  };
}

function methodsOf(values: OptionValues): readonly Method[] {
  const asked = (values.get('authmethod') ?? 'anonymous').split(',').map((name) => name.trim());
  for (const name of asked) {
    if (isMethod(name)) continue;
    throw new UsageError(`--authmethod is one or several of ${METHODS.join(', ')}, not ${JSON.stringify(name)}`);
  }
  return [...new Set(asked as Method[])];
}

function isMethod(name: string): name is Method {
  return (METHODS as readonly string[]).includes(name);
}

async function secretOf(methods: readonly Method[], values: OptionValues, terminal: Terminal): Promise<string> {
  if (!methods.some((method) => TYPED.has(method))) return '';
  const what = methods.includes('ticket') ? 'Ticket' : 'Password';
  return readSecret(values, terminal, { what: `${what} of ${JSON.stringify(values.get('authid'))}`, twice: false });
}

function keyOf(methods: readonly Method[], values: OptionValues, terminal: Terminal, secrets: string[]): string {
  if (!methods.includes('cryptosign')) return '';
  const file = values.get('key-file');
  if (file === undefined) throw new UsageError('a login by cryptosign needs --key-file FILE');
  const key = readFileOf(file, terminal);
  const lines = key.split('\n').filter((line) => !line.startsWith('public-key'));
  secrets.push(...lines.flatMap((line) => line.match(/[0-9A-Za-z+/]{32,}/g) ?? []));
  return key;
}

function usable(make: () => ClientAuth): ClientAuth {
  try {
    return make();
  } catch (cause) {
    throw new CommandError(`--key-file: ${(cause as Error).message}`, { cause });
  }
}

function cookiesOf(
  methods: readonly Method[],
  values: OptionValues,
  terminal: Terminal,
  secrets: string[],
): CookieKeeper {
  const file = values.get('cookie-file');
  if (file === undefined && methods.includes('cookie'))
    throw new UsageError('a login by cookie needs --cookie-file FILE');
  const keeper = new CookieKeeper(file === undefined ? '' : readFileOf(file, terminal).trim());
  const header = keeper.header();
  if (file !== undefined && header === null) throw new CommandError(`the file ${file} holds no cookie (cbtid=…)`);
  secrets.push(...(header ?? '').split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1)));
  return keeper;
}

function extraOf(values: OptionValues, terminal: Terminal): Dict | null {
  const given = values.get('authextra');
  if (given === undefined) return null;
  const text = given.startsWith('@') ? readFileOf(given.slice(1), terminal) : given;
  try {
    const extra: unknown = JSON.parse(text);
    if (isDict(extra)) return extra;
  } catch {
    // Said below.
  }
  throw new UsageError('--authextra is a JSON object, such as {"code": 1}, or @FILE with one in it');
}

function pathOf(file: string | undefined, cwd: string): string | undefined {
  return file === undefined ? undefined : resolve(cwd, file);
}

function tlsOf(methods: readonly Method[], values: OptionValues, { cwd }: Terminal): Pick<ConnectOptions, 'tls'> {
  const [ca, certificate, key] = ['tls-ca', 'tls-cert', 'tls-key'].map((name) => pathOf(values.get(name), cwd));
  if ((certificate === undefined) !== (key === undefined)) {
    throw new UsageError('--tls-cert FILE and --tls-key FILE go together');
  }
  if (methods.includes('tls') && certificate === undefined) {
    throw new UsageError('a login by tls needs --tls-cert FILE and --tls-key FILE');
  }
  if (ca === undefined && certificate === undefined) return {};
  return {
    tls: {
      ...(ca !== undefined && { caCertificates: [ca] }),
      ...(certificate !== undefined && { certificate }),
      ...(key !== undefined && { key }),
    },
  };
}
