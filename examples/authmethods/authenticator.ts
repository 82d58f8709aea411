/**
 * One dynamic authenticator for all authmethods. What the router needs of it differs: of a ticket, whether it is right;
 * of the others, by what to check the client's proof.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type ClientSession, type ComponentContext, WampError } from 'turnpike';

type Dict = Readonly<Record<string, unknown>>;

/** In your application: a database, a directory, another service. It has no passwords, only what is made of them. */
const USERS: ReadonlyMap<string, Dict> = new Map([
  [
    'user1',
    {
      // SHA-256: good for tickets that are long and random. For passwords take a slow hash, or better `scram`.
      ticket: '152f71d47009c00c0d6026c9bae4a0339f8aa3bbbbe45c9022e108189b170eca',
      wampcra: {
        secret: 'KkYK2Qjm7pivBD6ENz5ad9VZwEmCLFH6ohQNSD9Rzq0=',
        salt: '9f3c2b7a61d84e05',
        iterations: 100_000,
        keylen: 32,
      },
      scram: {
        kdf: 'pbkdf2',
        iterations: 100_000,
        salt: '8e1f0b5c6a7d4f3290c1e2d3b4a59687',
        'stored-key': 'c42156da122c687865b2860223f5b22e7f3d428f764b666377702d0d518fb319',
        'server-key': '304f8a3e5bf50af373449dfc56a2e871843d68c5e8cdcb7a182b8a2bed133623',
      },
      pubkey: 'f28619839ab8d1f2ac141ccfb241ea673854f47690c414583b100c822f5c94dd',
    },
  ],
  [
    'user2',
    {
      scram: {
        kdf: 'argon2id-13',
        iterations: 4096,
        memory: 512,
        salt: '6025d18fe48abd45168528f18a82e265',
        'stored-key': '8d76fb396d7545e0e78dbe66497dba537a2cd8b78addac912c6980ccb33616d8',
        'server-key': '6337565980bbad05dc77e4853ce69de82fb834e96f413dd3031f744876a6bf7d',
      },
    },
  ],
]);

/** Says who one client is: see docs/dynamic-authenticator.md for what it is called with, and what it may answer. */
export function authenticate(_realm: unknown, authid: unknown, details: unknown): Dict {
  const { authmethod, ...known } = dictOf(details);
  const answer = decide(textOf(authmethod), textOf(authid), known);
  return { ...answer, realm: 'realm1', extra: { greeting: `welcome by ${authmethod}` } };
}

function decide(authmethod: string, authid: string, { ticket, authextra, transport }: Dict): Dict {
  switch (authmethod) {
    case 'anonymous':
      return { role: 'guest' };
    case 'ticket':
      return byTicket(authid, ticket);
    case 'wampcra':
      // Whoever is unknown is challenged like everybody else, by what nobody can answer.
      return byPassword(USERS.get(authid)?.['wampcra'] ?? likeWampCra(authid));
    case 'scram':
      return byPassword(USERS.get(authid)?.['scram'] ?? likeScram(authid));
    case 'cryptosign':
    // Of a proxy it is the proxy's own key.
    case 'cryptosign-proxy':
      return byKey(dictOf(authextra)['pubkey']);
    case 'anonymous-proxy':
      // What the proxy says of its client counts where we say nothing.
      return {};
    case 'tls':
      return byCertificate(dictOf(transport)['peer_cert']);
    default:
      throw new WampError('com.example.not_here', ['this authmethod is not for here']);
  }
}

/** The ticket is there: say whether it is right. What is thrown keeps the client out. */
function byTicket(authid: string, ticket: unknown): Dict {
  const known = textOf(USERS.get(authid)?.['ticket']);
  const given = createHash('sha256').update(textOf(ticket)).digest('hex');
  // The same for everybody, so that it tells nobody who exists.
  if (!isSame(given, known)) throw new WampError('com.example.not_you', ['unknown user, or wrong ticket']);
  return { role: 'user' };
}

/** The router has the client prove that it knows the password; for that it needs these credentials. */
function byPassword(credentials: unknown): Dict {
  return { role: 'user', ...dictOf(credentials) };
}

/** The router has the client prove that it has the private key to `pubkey`; say whose key it is. */
function byKey(pubkey: unknown): Dict {
  for (const [authid, user] of USERS) {
    if (typeof pubkey === 'string' && user['pubkey'] === pubkey) return { authid, role: 'user', pubkey };
  }
  throw new WampError('com.example.not_you', ['unknown key']);
}

/** Our own authority has signed the certificate (`ca_certificates` of the endpoint): say whose it is. */
function byCertificate(certificate: unknown): Dict {
  const subject = dictOf(dictOf(certificate)['subject']);
  return { authid: textOf(subject['cn']), role: 'user' };
}

/** Called by the node when it starts: see `components` in its configuration. */
export async function startAuthenticator(session: ClientSession, { log }: ComponentContext): Promise<void> {
  await session.register('com.example.authenticate', ([realm, authid, details]) =>
    authenticate(realm, authid, details),
  );
  log.info('authenticator ready');
}

/** Known to nobody, and the same for as long as the node runs: who asks twice learns nothing by comparing. */
const DECOY_KEY = randomBytes(32);

function decoy(authid: string, use: string): Buffer {
  return createHmac('sha256', DECOY_KEY).update(`${use} ${authid}`).digest();
}

/** What a user of WAMP-CRA looks like. */
function likeWampCra(authid: string): Dict {
  const salt = decoy(authid, 'salt').toString('hex').slice(0, 16);
  return { secret: decoy(authid, 'secret').toString('base64'), salt, iterations: 100_000, keylen: 32 };
}

/** What a user of SCRAM looks like. */
function likeScram(authid: string): Dict {
  const hex = (use: string) => decoy(authid, use).toString('hex');
  const keys = { 'stored-key': hex('stored-key'), 'server-key': hex('server-key') };
  return { kdf: 'pbkdf2', iterations: 100_000, salt: hex('salt').slice(0, 32), ...keys };
}

function isSame(given: string, known: string): boolean {
  return given.length === known.length && timingSafeEqual(Buffer.from(given), Buffer.from(known));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function dictOf(value: unknown): Dict {
  return typeof value === 'object' && value !== null ? (value as Dict) : {};
}
