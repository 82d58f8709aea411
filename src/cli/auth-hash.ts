import { isAuthid } from '../auth/principal.ts';
import { VARIABLE } from '../config/environment.ts';
import { saslprep } from '../wamp/saslprep.ts';
import { isUri } from '../wamp/uri.ts';
import { type Command, type OptionValues, type Terminal, UsageError } from './command.ts';
import { EXIT } from './exit-code.ts';
import { type Credentials, craRecipe, type Recipe, scramRecipe } from './make-credentials.ts';
import { readSecret, SECRET_FILE_OPTION } from './secret-input.ts';

/** A sign of life for who waits, in milliseconds. */
const PROGRESS = 500;

/** What a password should have at least. [NIST SP 800-63B] */
const SHORT = 8;

export const AUTH_HASH: Command = {
  name: 'auth hash',
  summary: 'make the credentials of a user from a password, as a configuration wants them',
  arguments: [{ name: 'METHOD', choices: ['wampcra', 'scram'], about: 'the authmethod: wampcra, scram' }],
  options: [
    { name: 'authid', value: 'AUTHID', about: 'whose credentials they are' },
    { name: 'role', value: 'ROLE', about: 'role that the user gets (default: left to `default-role`)' },
    { name: 'realm', value: 'REALM', about: 'the only realm that the user may join (default: any)' },
    {
      name: 'kdf',
      value: 'KDF',
      choices: ['argon2id-13', 'pbkdf2'],
      about: 'how clients derive their key for scram: argon2id-13 (default), pbkdf2',
    },
    {
      name: 'iterations',
      value: 'N',
      about: 'rounds: wampcra 100000, scram with pbkdf2 600000, with argon2id-13 4096 (defaults)',
    },
    { name: 'memory', value: 'KIB', about: 'memory of argon2id-13, in KiB (default: 512)' },
    { name: 'keylen', value: 'BYTES', about: 'length of the key of wampcra, 16 to 64 (default: 32)' },
    {
      name: 'salt',
      value: 'SALT',
      about: 'text for wampcra, hexadecimal digits for scram (default: random, as it should be)',
    },
    { name: 'format', value: 'FORMAT', choices: ['yaml', 'json'], about: 'yaml (default), json' },
    SECRET_FILE_OPTION,
  ],
  asksForSecret: true,
  help: {
    about:
      'Prints an entry for "users" of auth.wampcra, or for "principals" of auth.scram, to be pasted below it.\n' +
      'The password is asked for, or read from a file or standard input; it is not in the output, and not on the\n' +
      'command line, which others can read. What scram prints lets nobody log in who reads it; the key that wampcra\n' +
      `prints does: keep such a configuration to yourself, or take "${VARIABLE}" for the secret, from the environment.`,
    examples: [
      ['turnpike auth hash scram --authid joe --role user', 'asks for the password of joe, twice'],
      ['turnpike auth hash wampcra --authid joe --format json', 'an entry for config.json'],
      ['turnpike auth hash scram --authid joe --kdf pbkdf2 --secret-file joe.txt', 'for clients without Argon2'],
      ['pwgen -s 20 1 | tee joe.txt | turnpike auth hash wampcra --authid joe', 'a password made by a program'],
    ],
    exitCodes: [
      [EXIT.ok, 'the entry has been printed'],
      [EXIT.failed, 'there was no usable secret'],
    ],
  },
  async run(values, terminal) {
    const method = values.get('METHOD');
    const authid = requiredAuthid(values, method);
    const identity = identityOf(values);
    const recipe = method === 'scram' ? scramRecipe(values) : craRecipe(values);
    const secret = await readSecret(values, terminal, { what: `Password of ${JSON.stringify(authid)}`, twice: true });
    if (Array.from(secret).length < SHORT) {
      terminal.err.write(
        `note: a password of less than ${SHORT} characters is soon tried out, whatever derives a key from it\n`,
      );
    }
    const credentials = await showingProgress(recipe, terminal, () => recipe.make(secret));
    const entry = { ...credentials, ...identity };
    terminal.out.write(values.get('format') === 'json' ? asJson(authid, entry) : asYaml(authid, entry, recipe.table));
    return EXIT.ok;
  },
};

function requiredAuthid(values: OptionValues, method: string | undefined): string {
  const authid = values.get('authid');
  if (authid === undefined) throw new UsageError('whose credentials? --authid AUTHID says it');
  if (!isAuthid(authid) || (method === 'scram' && saslprep(authid) === null)) {
    throw new UsageError('--authid is too long, or holds characters that an authid cannot have');
  }
  return authid;
}

function identityOf(values: OptionValues): Credentials {
  const identity: Record<string, string> = {};
  for (const name of ['role', 'realm']) {
    const value = values.get(name);
    if (value === undefined) continue;
    if (!isUri(value, 'loose')) throw new UsageError(`--${name} is not the name of a ${name} (a URI)`);
    identity[name] = value;
  }
  return identity;
}

/** Says at a terminal what takes so long. */
async function showingProgress<T>({ work }: Recipe, { err }: Terminal, step: () => Promise<T>): Promise<T> {
  if (err.isTTY !== true) return step();
  err.write(`deriving the key (${work}) `);
  const timer = setInterval(() => err.write('.'), PROGRESS);
  try {
    return await step();
  } finally {
    clearInterval(timer);
    err.write('\n');
  }
}

function asJson(authid: string, entry: Credentials): string {
  return `${JSON.stringify({ [authid]: entry }, null, 2)}\n`;
}

/** All texts in quotes: "1e5", "no" and "null" stay what they are. */
function asYaml(authid: string, entry: Credentials, table: string): string {
  const lines = Object.entries(entry).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  return `# one of ${table}\n${JSON.stringify(authid)}:\n${lines.join('')}`;
}
