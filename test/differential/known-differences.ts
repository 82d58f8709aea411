/**
 * Where logins differ from Crossbar.io's, each with its reason: what `npm run differential` takes as known, and what
 * `docs/differences-from-crossbar.md` tells. A test keeps the page equal to it.
 */
import type { Difference } from './compare.ts';

/** Which differences are meant; `*` stands for any text. */
interface Pattern {
  /** Ids of cases. */
  readonly cases: string;
  readonly at: string;
  readonly crossbar?: string;
  readonly turnpike?: string;
}

export interface KnownDifference {
  readonly what: string;
  readonly crossbar: string;
  readonly turnpike: string;
  readonly right: 'Turnpike' | 'Crossbar.io' | 'either';
  readonly why: string;
  readonly patterns: readonly Pattern[];
}

const PV = 'ABORT wamp.error.protocol_violation';
const FAILED = 'ABORT wamp.error.authentication_failed';

/** A course that differs. */
function course(cases: string, crossbar: string, turnpike: string): Pattern {
  return { cases, at: 'course', crossbar, turnpike };
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'A static user that does not exist, or a public key that is not its',
    crossbar: 'ABORT before CHALLENGE, whose text says what does not exist',
    turnpike: 'CHALLENGE, then ABORT in the words of a wrong secret',
    right: 'Turnpike',
    why: 'Nobody learns whether a user exists.',
    patterns: [
      course('static/*', 'ABORT wamp.error.not_authorized', 'CHALLENGE, ABORT wamp.error.not_authorized'),
      course('several/*', 'ABORT wamp.error.not_authorized', 'CHALLENGE, ABORT wamp.error.not_authorized'),
    ],
  },
  {
    what: 'The realm or the role that a client is to have does not exist',
    crossbar: 'ABORT before CHALLENGE',
    turnpike: 'The same ABORT after CHALLENGE, to those who have proved who they are',
    right: 'Turnpike',
    why: 'Who has not logged in does not learn which realms and roles there are.',
    patterns: [
      course('*', '*ABORT wamp.error.no_such_realm', '*CHALLENGE, ABORT wamp.error.no_such_realm'),
      course('*', '*ABORT wamp.error.no_such_role', '*CHALLENGE, ABORT wamp.error.no_such_role'),
    ],
  },
  {
    what: 'No authid with static WAMP-CRA or SCRAM',
    crossbar: '`wamp.error.not_authorized`, or a search for the user ""',
    turnpike: '`wamp.error.no_such_principal`; for SCRAM the text says that an authid is needed',
    right: 'either',
    why: 'Says what is missing; it is the same for everybody.',
    patterns: [
      course('static/wampcra/authid-*', 'ABORT wamp.error.not_authorized', 'ABORT wamp.error.no_such_principal'),
      { cases: 'static/scram/authid-*', at: 'ABORT.message' },
    ],
  },
  {
    what: 'An authmethod in HELLO that nobody knows',
    crossbar: 'ABORT `wamp.error.not_authorized`, even where a configured one follows',
    turnpike: 'Skipped; `wamp.error.no_auth_method` where none is left',
    right: 'Turnpike',
    why: 'A client may know methods that a router does not; the specification has the router choose among those offered.',
    patterns: [
      course('hello/authmethods-*', 'ABORT wamp.error.not_authorized', 'ABORT wamp.error.no_auth_method'),
      course('hello/authmethods-unknown-first', 'ABORT wamp.error.not_authorized', 'WELCOME'),
    ],
  },
  {
    what: 'A message that breaks the protocol',
    crossbar: 'The connection ends without a word',
    turnpike: 'ABORT `wamp.error.protocol_violation`, or `wamp.error.invalid_uri` for a realm, then the end',
    right: 'Turnpike',
    why: 'The specification asks for ABORT, and it says to whoever writes a client what is wrong.',
    patterns: [course('*', '*closed', `*${PV}`), course('hello/realm-*', 'closed', 'ABORT wamp.error.invalid_uri')],
  },
  {
    what: 'A message that does not fit the state: HELLO twice, AUTHENTICATE without CHALLENGE, CALL before WELCOME …',
    crossbar: 'Ignored, or obeyed',
    turnpike: 'ABORT `wamp.error.protocol_violation`, then the end of the connection',
    right: 'Turnpike',
    why: 'The specification says so, and no login is under way twice.',
    patterns: [
      course('order/*', '*silence', `*${PV}`),
      course('order/authenticate-first', 'ABORT wamp.error.not_authorized', PV),
      course('order/hello-twice-before-answer', 'CHALLENGE, CHALLENGE', `CHALLENGE, ${PV}`),
    ],
  },
  {
    what: 'After a failed login',
    crossbar: 'The connection stays, for any number of guesses at the same challenge',
    turnpike: 'The connection ends',
    right: 'Turnpike',
    why: 'One challenge, one answer.',
    patterns: [course('order/*-after-abort', '*', '*, closed')],
  },
  {
    what: 'ABORT from a client that has not joined',
    crossbar: 'Nothing happens',
    turnpike: 'The connection ends',
    right: 'Turnpike',
    why: 'The client has said that it does not go on.',
    patterns: [course('order/abort-*', '*silence', '*closed')],
  },
  {
    what: 'The answer to GOODBYE',
    crossbar: '`wamp.close.normal`',
    turnpike: '`wamp.close.goodbye_and_out`',
    right: 'Turnpike',
    why: 'It is the reason that the specification has for the answer; clients take either.',
    patterns: [
      { cases: '*', at: 'GOODBYE.reason', crossbar: '"wamp.close.normal"', turnpike: '"wamp.close.goodbye_and_out"' },
    ],
  },
  {
    what: '`null` for an absent `authid`, `authextra` or `authmethods`; a number for a feature; an empty reason of GOODBYE',
    crossbar: 'The connection ends',
    turnpike: 'Taken as absent, or as what it looks like',
    right: 'either',
    why: 'Harmless, and sent by clients that other routers let in.',
    patterns: [
      course('hello/authid-null', 'closed', 'CHALLENGE'),
      course('hello/authextra-null', 'closed', 'CHALLENGE'),
      course('hello/authmethods-null', 'closed', 'WELCOME'),
      course('hello/features-number', 'closed', 'WELCOME'),
      course('order/goodbye-reason-empty', 'WELCOME, closed', 'WELCOME, GOODBYE'),
    ],
  },
  {
    what: 'An authid with control characters, those of the direction of text included, or of more than 255 characters',
    crossbar: 'Looked for like any other, and quoted in the answer',
    turnpike: 'Refused, and not quoted',
    right: 'Turnpike',
    why: 'It would reach logs, authenticators and other clients.',
    patterns: [
      {
        cases: 'hello/authid-*',
        at: 'ABORT.message',
        turnpike: '"the authid is too long or holds control characters"',
      },
    ],
  },
  {
    what: 'An empty ticket, where an authenticator decides',
    crossbar: 'The authenticator is asked',
    turnpike: 'ABORT `wamp.error.not_authorized`, and it is not',
    right: 'Turnpike',
    why: 'Directories take a login without a password for one of nobody, and say yes: authenticators that ask them would let everybody in.',
    patterns: [
      course(
        'dynamic/ticket/empty',
        'CHALLENGE, called, WELCOME, GOODBYE',
        'CHALLENGE, ABORT wamp.error.not_authorized',
      ),
      course('function/ticket/empty', 'CHALLENGE, WELCOME, GOODBYE', 'CHALLENGE, ABORT wamp.error.not_authorized'),
    ],
  },
  {
    what: 'The role `anonymous` on a realm that does not define it',
    crossbar: 'WELCOME; everything is denied then',
    turnpike: 'ABORT `wamp.error.no_such_role`',
    right: 'Turnpike',
    why: 'A session that may do nothing is a mistake that should be seen.',
    patterns: [
      course('anonymous/*-role-missing', 'WELCOME, GOODBYE', 'ABORT wamp.error.no_such_role'),
      course('dynamic/*/answer-role-anonymous-undefined', '*WELCOME, GOODBYE', '*ABORT wamp.error.no_such_role'),
    ],
  },
  {
    what: 'An authenticator that assigns the role `trusted`',
    crossbar: 'WELCOME, with all rights, unseen by the meta API',
    turnpike: 'ABORT `wamp.error.no_such_role`',
    right: 'Turnpike',
    why: 'It is the role of the router itself.',
    patterns: [course('dynamic/*/answer-role-trusted', '*WELCOME, GOODBYE', '*ABORT wamp.error.no_such_role')],
  },
  {
    what: 'An answer of an authenticator that cannot be used: a key of a wrong type, missing or malformed credentials',
    crossbar: '`wamp.error.authorization_failed`, or another reason, or no answer for ever',
    turnpike: 'ABORT `wamp.error.authentication_failed` at once; the text names the key',
    right: 'Turnpike',
    why: 'An answer is checked part by part before anything is done with it, and nobody waits for ever.',
    patterns: [
      ...['*ABORT *', '*silence'].map((crossbar) => course('*/answer-*', crossbar, `*${FAILED}`)),
      course('dynamic/scram/yield-*', 'called, ABORT wamp.error.authorization_failed', `called, ${FAILED}`),
      course('dynamic/*/credentials-*', '*ABORT *', `*${FAILED}`),
      course('dynamic/*/credentials-*', '*silence', `*${FAILED}`),
      course('dynamic/scram/credentials-*', '*client refuses', `*${FAILED}`),
      course('*/scram/answer-text-empty', '*ABORT wamp.error.authorization_failed', '*ABORT wamp.error.no_such_role'),
      course(
        '*/scram/answer-dictionary-empty',
        '*ABORT wamp.error.authorization_failed',
        '*ABORT wamp.error.no_such_role',
      ),
    ],
  },
  {
    what: 'A dynamic cryptosign login on a realm where nobody can be asked',
    crossbar: '`wamp.error.authorization_failed`: "Internal server error"',
    turnpike: '`wamp.error.no_such_realm`, as for the other authmethods',
    right: 'Turnpike',
    why: 'A defect of Crossbar.io.',
    patterns: [course('here/cryptosign/*', 'ABORT wamp.error.authorization_failed', 'ABORT wamp.error.no_such_realm')],
  },
  {
    what: '`authenticator-role` other than `trusted`',
    crossbar: 'No answer for ever',
    turnpike: 'The authenticator is called in that role',
    right: 'Turnpike',
    why: 'A defect of Crossbar.io, outside of its proxy workers.',
    patterns: [course('by-role/*', 'silence', '*')],
  },
  {
    what: 'An authenticator that assigns another authid to a SCRAM login',
    crossbar: 'The proof is checked against the assigned authid, which the client does not know',
    turnpike: 'The proof is checked against the authid that the client has signed',
    right: 'Turnpike',
    why: 'RFC 5802: the name in the proof is the one that the client sent.',
    patterns: [course('*/scram/answer-authid-other', '*ABORT wamp.error.not_authorized', '*WELCOME, GOODBYE')],
  },
  {
    what: 'A SCRAM nonce that is no base64, or short',
    crossbar: 'Taken as far as it goes',
    turnpike: 'ABORT `wamp.error.not_authorized`',
    right: 'Turnpike',
    why: 'At least 16 bytes: the nonce is what makes a recorded login useless.',
    patterns: [course('static/scram/nonce-*', 'CHALLENGE, *', 'ABORT wamp.error.not_authorized')],
  },
  {
    what: 'A SCRAM login without `authextra`; a cryptosign login without a usable `pubkey`, or with an unusable `challenge`',
    crossbar: 'The text is that of an exception in Python, or of an unknown key',
    turnpike: 'The text says what is missing',
    right: 'Turnpike',
    why: 'No internals reach a client.',
    patterns: [
      { cases: 'static/scram/*', at: 'ABORT.message', crossbar: '"internal error: *', turnpike: '"client *' },
      {
        cases: 'static/cryptosign/*',
        at: 'ABORT.message',
        turnpike: '"cannot identify client: no usable extra.pubkey provided"',
      },
      { cases: 'static/cryptosign/router-challenge-junk', at: 'ABORT.message' },
    ],
  },
  {
    what: 'A public key in upper case; an empty authid beside a public key',
    crossbar: 'ABORT `wamp.error.not_authorized`',
    turnpike: 'WELCOME',
    right: 'either',
    why: 'The key says who it is, in either case of its digits.',
    patterns: [
      course('static/cryptosign/pubkey-upper-case', 'ABORT wamp.error.not_authorized', 'CHALLENGE, WELCOME, GOODBYE'),
      course('static/cryptosign/authid-empty', 'ABORT wamp.error.not_authorized', 'CHALLENGE, WELCOME, GOODBYE'),
    ],
  },
  {
    what: 'Channel binding `tls-exporter`',
    crossbar: 'Unknown',
    turnpike: 'Works, over TLS 1.3',
    right: 'Turnpike',
    why: 'RFC 9266: `tls-unique` is not defined there.',
    patterns: [
      course('tls/cryptosign-tls-exporter', 'ABORT wamp.error.not_authorized', 'CHALLENGE, WELCOME'),
      { cases: 'tls/*', at: '*.transport.channel_id.tls-exporter' },
    ],
  },
  {
    what: 'The router proves itself by its node key (`authextra.challenge` of cryptosign)',
    crossbar: 'Where users are static',
    turnpike: 'Always',
    right: 'Turnpike',
    why: 'Who decides about the client has nothing to do with it.',
    patterns: [
      { cases: 'dynamic/cryptosign/router-challenged', at: 'CHALLENGE.pubkey' },
      { cases: 'dynamic/cryptosign/router-challenged', at: 'CHALLENGE.signature' },
    ],
  },
  {
    what: 'A salted WAMP-CRA secret that is the derived key already',
    crossbar: 'Derived once more: the client stays out',
    turnpike: 'Accepted, as the plain secret is',
    right: 'Turnpike',
    why: 'The documentation and all releases before 2025 have it so.',
    patterns: [course('static/wampcra/salted-derived', '*ABORT wamp.error.not_authorized', '*WELCOME, GOODBYE')],
  },
  {
    what: 'A WAMP-CRA answer with `salt` alone',
    crossbar: 'Not salted',
    turnpike: 'Salted, with the documented defaults of 1000 iterations and 32 bytes',
    right: 'Turnpike',
    why: 'The documentation and all releases before 2025 have it so; the plain secret is accepted besides.',
    patterns: [{ cases: 'dynamic/wampcra/credentials-salt-alone', at: 'CHALLENGE.*' }],
  },
  {
    what: 'An authenticator that raises a reason of the router, `wamp.close.*`',
    crossbar: 'ABORT with that reason',
    turnpike: 'ABORT `wamp.error.authentication_failed`',
    right: 'Turnpike',
    why: 'Clients would take it for the end of a session.',
    patterns: [course('dynamic/*/raise-close-reason', '*ABORT wamp.close.logout', `*${FAILED}`)],
  },
  {
    what: 'No authenticator is there, or it raises `wamp.error.no_such_procedure` or `wamp.error.canceled` itself',
    crossbar: 'At once; the text is that of the error, and names procedures',
    turnpike: 'After `authenticator-wait`, by default 3 s; the same reason with a text that names nothing',
    right: 'Turnpike',
    why: 'Authenticators may start after the router; no internals reach who has not logged in.',
    patterns: [
      { cases: 'absent/*', at: 'ABORT.message', turnpike: '"no authenticator is available"' },
      { cases: 'here/*', at: 'ABORT.message', turnpike: '"no authenticator is available"' },
      { cases: 'dynamic/*/raise-no-such-procedure', at: 'ABORT.message' },
      { cases: 'dynamic/*/raise-canceled', at: 'ABORT.message' },
    ],
  },
  {
    what: 'An answer of an authenticator with a `challenge`, which would be a second one',
    crossbar: 'WELCOME: the key means nothing',
    turnpike: 'ABORT `wamp.error.authentication_failed`',
    right: 'Turnpike',
    why: 'Whoever answers so means to ask for more before the client is in; neither router can.',
    patterns: [course('dynamic/*/answer-challenge', '*WELCOME, GOODBYE', `*${FAILED}`)],
  },
  {
    what: 'An error of an authenticator whose text names its own procedure',
    crossbar: 'The text',
    turnpike: 'No text',
    right: 'Turnpike',
    why: 'No internals reach who has not logged in.',
    patterns: [{ cases: 'dynamic/*/raise-names-itself', at: 'ABORT.message', turnpike: 'absent' }],
  },
  {
    what: 'A `function` authenticator that fails',
    crossbar: 'ABORT with the text of the exception',
    turnpike: 'ABORT with a reference into the log',
    right: 'Turnpike',
    why: 'No internals reach who has not logged in.',
    patterns: [
      { cases: 'function/*/fail', at: 'ABORT.message', turnpike: '"authentication failed (ref <reference>)"' },
    ],
  },
  {
    what: '`authextra` of a client or an authenticator with `transport`',
    crossbar: 'Kept, and taken for what is known of the connection',
    turnpike: 'Left out',
    right: 'Turnpike',
    why: 'Anybody could forge where it comes from; proxies that the configuration declares are believed.',
    patterns: [{ cases: '*/*-reserved', at: 'WELCOME.authextra.transport.peer', turnpike: 'absent' }],
  },
  {
    what: 'Why a SCRAM login failed',
    crossbar: 'Only the text of ABORT says it',
    turnpike: 'ABORT.Details.scram says it too',
    right: 'Turnpike',
    why: 'The words of RFC 5802 for it; other clients do not look.',
    patterns: [{ cases: '*', at: 'ABORT.scram', crossbar: 'absent' }],
  },
  {
    what: "The router's proof in SCRAM",
    crossbar: '`authextra.scram_server_signature`',
    turnpike: 'That, and `authextra.verifier`',
    right: 'Turnpike',
    why: 'The second name is that of the specification.',
    patterns: [{ cases: '*/scram/*', at: 'WELCOME.authextra.verifier', crossbar: 'absent' }],
  },
  {
    what: 'Cookies after an anonymous login',
    crossbar: 'The cookie logs in as `anonymous`',
    turnpike: 'The cookie stands for nobody',
    right: 'Turnpike',
    why: '`docs/cookies.md`.',
    patterns: [
      course('cookie/anonymous-again', 'WELCOME, WELCOME', 'WELCOME, ABORT wamp.error.no_auth_method'),
      course('cookie/other-method-then-cookie', '*WELCOME', '*ABORT wamp.error.no_auth_method'),
    ],
  },
  {
    what: 'The authid of an anonymous client that is tracked by a cookie',
    crossbar: 'The id of the cookie',
    turnpike: 'A digest of it',
    right: 'Turnpike',
    why: 'An authid is for everybody to see; who has the id has the cookie.',
    patterns: [{ cases: 'cookie/open', at: 'WELCOME.authid' }],
  },
  {
    what: '`details.transport` that authenticators are called with',
    crossbar: 'The keys of today; `own` is null',
    turnpike: 'Those, the documented ones of former releases (`type`, `protocol`, `cbtid` …), and `own`',
    right: 'Turnpike',
    why: 'Authenticators of all ages find what they look for.',
    patterns: [
      ...['type', 'protocol', 'cbtid'].map((key) => ({ cases: '*', at: `*.transport.${key}`, crossbar: 'absent' })),
      { cases: '*', at: '*.transport.own', crossbar: 'null' },
    ],
  },
  {
    what: "The client's certificate that authenticators are called with",
    crossbar: 'Values of extensions as Python prints its objects; `serial` as a number of any size',
    turnpike:
      'Values of extensions as `openssl` prints them; `serial` beyond 2^53 as text; also `pem` and `spki_sha256`',
    right: 'Turnpike',
    why: 'The one cannot be compared to anything, the other not be sent in JSON.',
    patterns: [
      { cases: 'tls/*', at: 'called.details.transport.*_cert.extensions.*' },
      { cases: 'tls/*', at: 'called.details.transport.*_cert.serial' },
      { cases: 'tls/*', at: 'called.details.transport.*_cert.pem', crossbar: 'absent' },
      { cases: 'tls/*', at: 'called.details.transport.*_cert.spki_sha256', crossbar: 'absent' },
    ],
  },
  {
    what: 'A proxy that logs in by `cryptosign-proxy`',
    crossbar:
      'Let in for a public key that it shows, without CHALLENGE, as whomever it names, in roles that there are not',
    turnpike: 'CHALLENGE: its signature counts, and then the realm and the role of its client',
    right: 'Turnpike',
    why: 'Public keys are public.',
    patterns: [
      course('proxy/cryptosign-proxy/*', 'WELCOME', 'CHALLENGE, *'),
      course('proxy/cryptosign-proxy/*', 'silence', 'CHALLENGE, *'),
      course('proxy/cryptosign-proxy/*', 'called, *', 'called, CHALLENGE, WELCOME'),
      course('proxy/cryptosign-proxy/wrong', 'ABORT wamp.error.not_authorized', 'CHALLENGE, *'),
    ],
  },
  {
    what: 'A proxy that says `trusted` for the role of its client, or null for its authid',
    crossbar: 'WELCOME, but for null with `anonymous-proxy`: ABORT `wamp.error.no_such_principal`',
    turnpike: 'ABORT `wamp.error.no_such_role`, or `wamp.error.not_authorized`',
    right: 'Turnpike',
    why: 'It is the role of the router itself; and what a proxy says is checked whole, before anything is done with it.',
    patterns: [
      course('proxy/*/role-trusted', 'WELCOME', 'ABORT wamp.error.no_such_role'),
      course('proxy/*/authid-null', '*', 'ABORT wamp.error.not_authorized'),
    ],
  },
  {
    what: 'An authenticator of `anonymous-proxy`',
    crossbar: 'Configured, and not asked',
    turnpike: 'Asked; it may refuse, and change what the proxy says',
    right: 'Turnpike',
    why: 'What is configured happens.',
    patterns: [course('proxy/anonymous-proxy/dynamic', 'WELCOME', 'called, WELCOME')],
  },
  {
    what: 'What a proxy leaves out of what it has to say',
    crossbar: 'Named in other words by each of both methods',
    turnpike: 'Named in those of `cryptosign-proxy` by both',
    right: 'either',
    why: 'It means the same.',
    patterns: [{ cases: 'proxy/anonymous-proxy/*-absent', at: 'ABORT.message' }],
  },
  {
    what: 'The features that WELCOME announces',
    crossbar: 'Those of Crossbar.io',
    turnpike: 'Those of Crossbar.io, and more',
    right: 'Turnpike',
    why: '`docs/features.md`.',
    patterns: [{ cases: '*', at: 'WELCOME.roles.*', crossbar: 'absent' }],
  },
];

function matches(text: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's').test(text);
}

/** @returns the pattern that tells of a difference, or undefined */
export function knownAs(difference: Difference): Pattern | undefined {
  return PATTERNS.find(
    ({ cases, at, crossbar, turnpike }) =>
      matches(difference.id, cases) &&
      matches(difference.at, at) &&
      matches(difference.crossbar, crossbar) &&
      matches(difference.turnpike, turnpike),
  );
}

const PATTERNS: readonly Pattern[] = KNOWN_DIFFERENCES.flatMap(({ patterns }) => patterns);

/** @returns patterns that none of the differences fits: they are no longer there */
export function outdated(differences: readonly Difference[]): readonly Pattern[] {
  const used = new Set(differences.map(knownAs));
  return PATTERNS.filter((pattern) => !used.has(pattern));
}
