/**
 * What becomes of a login: authmethod × who decides × what happens. Written down from docs/dynamic-authenticator.md and
 * from what Crossbar.io says, not computed; `login-matrix.system.ts` tries each over each transport that the method has.
 */
import type { Dict } from '../../src/wamp/dict.ts';
import type { Carrier } from './login-bench.ts';
import type { Kind, Method } from './login-clients.ts';

export const FATES = [
  'good',
  'wrong',
  'unknown user',
  'rubbish proof',
  'rubbish answer',
  'authenticator absent',
  'authenticator silent',
  'authenticator breaks',
  'role missing',
  'realm missing',
  'client gone',
] as const;
export type Fate = (typeof FATES)[number];

export type Cell =
  /** WELCOME.Details, but for the router's own roles and what is the same for all. */
  | { readonly kind: 'welcome'; readonly details: Dict }
  /** ABORT, whole; then the router ends the connection. */
  | { readonly kind: 'abort'; readonly uri: string; readonly details: Dict }
  /** The client leaves: before the router has decided, or, where that is done at once, before it has read that it is in. */
  | { readonly kind: 'gone'; readonly decided: boolean }
  /** There is no such login. */
  | { readonly kind: 'none'; readonly because: string };

type Row = { readonly [Name in Fate]: Cell };

function welcome(authid: string, authextra: Dict = {}): Cell {
  return { kind: 'welcome', details: { realm: 'realm1', authid, authrole: 'user', authextra } };
}

function abort(uri: string, message: string, more: Dict = {}): Cell {
  return { kind: 'abort', uri, details: { message, ...more } };
}

function none(because: string): Cell {
  return { kind: 'none', because };
}

/** Of anonymous clients whom nobody named: six groups of four characters. */
export const SERIAL_NUMBER = '<serial number>';
/** Of a login that failed in the router: eight hexadecimal digits. */
export const REFERENCE = '<reference>';
/** Base64 of 32 bytes. */
export const SIGNATURE = '<signature>';

const FAILED = 'wamp.error.authentication_failed';
const NOT_AUTHORIZED = 'wamp.error.not_authorized';
const GONE: Cell = { kind: 'gone', decided: false };
const GONE_WHEN_IN: Cell = { kind: 'gone', decided: true };
const IGNORED = 'HELLO.authid counts for nothing';
const NO_CHALLENGE = 'there is no challenge to answer';

/** What is the same whoever decides. */
const PLACES = {
  'role missing': abort('wamp.error.no_such_role', 'realm "realm2" has no role "user"'),
  'realm missing': abort('wamp.error.no_such_realm', 'no realm "realm3" exists on this router'),
  'client gone': GONE,
};

const NOBODY_IS_ASKED = none('nobody is asked');

/** Where a table decides. */
const TABLE = {
  ...PLACES,
  'rubbish answer': NOBODY_IS_ASKED,
  'authenticator absent': NOBODY_IS_ASKED,
  'authenticator silent': NOBODY_IS_ASKED,
  'authenticator breaks': NOBODY_IS_ASKED,
};

const UNKNOWN = abort('com.example.no_such_user', 'there is no such user');
const REFUSED = abort('com.example.refused', 'not you');

const PROCEDURE = {
  ...PLACES,
  'unknown user': UNKNOWN,
  'rubbish answer': abort(FAILED, `got invalid return type "<class 'NoneType'>" from dynamic authenticator`),
  'authenticator absent': abort('wamp.error.no_such_procedure', 'no authenticator is available'),
  'authenticator silent': abort(FAILED, 'the authenticator did not answer in time'),
  // In the words of the authenticator's own client, which are its business.
  'authenticator breaks': abort('wamp.error.runtime_error', 'no database'),
};

const FUNCTION = {
  ...PROCEDURE,
  'authenticator absent': none('without its module the router does not start'),
  'authenticator breaks': abort(FAILED, `authentication failed (ref ${REFERENCE})`),
};

function asked(row: Omit<Row, keyof typeof PROCEDURE> & Partial<Row>): {
  readonly dynamic: Row;
  readonly function: Row;
} {
  return { dynamic: { ...PROCEDURE, ...row }, function: { ...FUNCTION, ...row } };
}

const WRONG_TICKET = abort(NOT_AUTHORIZED, 'ticket in static WAMP-Ticket authentication is invalid');
const NOT_THAT_TICKET = abort('com.example.invalid_ticket', 'that is not it');
const WRONG_CRA = abort(NOT_AUTHORIZED, 'WAMP-CRA client signature is invalid');
const WRONG_SCRAM = abort(NOT_AUTHORIZED, 'SCRAM authentication failed', { scram: 'invalid-proof' });
const NO_SCRAM = abort(NOT_AUTHORIZED, 'SCRAM authentication failed', { scram: 'invalid-encoding' });
const WRONG_SIGNATURE = abort(NOT_AUTHORIZED, 'signed message has invalid signature');
const NO_SIGNATURE = abort(NOT_AUTHORIZED, 'signed message is invalid (not a HEX encoded string)');

const PROOF_OF_ROUTER = { scram_server_signature: SIGNATURE, verifier: SIGNATURE };
const SCRAM_GOOD = welcome('user1', PROOF_OF_ROUTER);

export const CELLS: { readonly [Name in Method]: { readonly [Name in Kind]: Row } } = {
  anonymous: {
    static: {
      ...TABLE,
      'client gone': GONE_WHEN_IN,
      good: welcome('user1'),
      wrong: none('it asks for nothing that could be wrong'),
      'unknown user': none(IGNORED),
      'rubbish proof': none(NO_CHALLENGE),
    },
    ...asked({
      good: welcome(SERIAL_NUMBER),
      wrong: REFUSED,
      'unknown user': none(IGNORED),
      'rubbish proof': none(NO_CHALLENGE),
    }),
  },
  ticket: {
    static: {
      ...TABLE,
      good: welcome('user1'),
      wrong: WRONG_TICKET,
      'unknown user': WRONG_TICKET,
      'rubbish proof': WRONG_TICKET,
    },
    ...asked({ good: welcome('user1'), wrong: NOT_THAT_TICKET, 'rubbish proof': NOT_THAT_TICKET }),
  },
  wampcra: {
    static: {
      ...TABLE,
      good: welcome('user1'),
      wrong: WRONG_CRA,
      'unknown user': WRONG_CRA,
      'rubbish proof': WRONG_CRA,
    },
    ...asked({ good: welcome('user1'), wrong: WRONG_CRA, 'rubbish proof': WRONG_CRA }),
  },
  scram: {
    static: {
      ...TABLE,
      good: SCRAM_GOOD,
      wrong: WRONG_SCRAM,
      'unknown user': WRONG_SCRAM,
      'rubbish proof': NO_SCRAM,
    },
    ...asked({ good: SCRAM_GOOD, wrong: WRONG_SCRAM, 'rubbish proof': NO_SCRAM }),
  },
  cryptosign: {
    static: {
      ...TABLE,
      good: welcome('user1'),
      wrong: WRONG_SIGNATURE,
      'unknown user': WRONG_SIGNATURE,
      'rubbish proof': NO_SIGNATURE,
    },
    ...asked({ good: welcome('user1'), wrong: WRONG_SIGNATURE, 'rubbish proof': NO_SIGNATURE }),
  },
  tls: {
    static: {
      ...TABLE,
      'client gone': GONE_WHEN_IN,
      good: welcome('user1'),
      wrong: abort(NOT_AUTHORIZED, 'no principal with authid "<sha1>" exists'),
      'unknown user': none(IGNORED),
      'rubbish proof': none(NO_CHALLENGE),
    },
    ...asked({ good: welcome('user1'), wrong: REFUSED, 'rubbish proof': none(NO_CHALLENGE) }),
  },
  'anonymous-proxy': {
    static: {
      ...TABLE,
      'client gone': GONE_WHEN_IN,
      good: welcome('user1'),
      wrong: none('a proxy proves itself by the way that it comes, which others do not have'),
      'unknown user': welcome('nobody'),
      'rubbish proof': none(NO_CHALLENGE),
    },
    ...asked({ good: welcome('user1'), wrong: REFUSED, 'rubbish proof': none(NO_CHALLENGE) }),
  },
  'cryptosign-proxy': {
    static: {
      ...TABLE,
      good: welcome('user1'),
      wrong: WRONG_SIGNATURE,
      // Whom a proxy names it has let in already.
      'unknown user': welcome('nobody'),
      'rubbish proof': NO_SIGNATURE,
    },
    ...asked({ good: welcome('user1'), wrong: WRONG_SIGNATURE, 'rubbish proof': NO_SIGNATURE }),
  },
};

const ANY: readonly Carrier[] = ['websocket', 'rawsocket', 'longpoll', 'unix socket', 'websocket over TLS'];
const OF_PROXIES: readonly Carrier[] = ['unix socket', 'rawsocket of proxies over TLS'];

/** Where clients of the method can come in. */
export const CARRIERS: { readonly [Name in Method]: readonly Carrier[] } = {
  anonymous: ANY,
  ticket: ANY,
  wampcra: ANY,
  scram: ANY,
  cryptosign: ANY,
  tls: ['websocket over TLS', 'rawsocket over TLS'],
  'anonymous-proxy': OF_PROXIES,
  'cryptosign-proxy': OF_PROXIES,
};

/** By cookie nobody comes in for the first time: `kind` is of the login that a cookie stands for. */
export const COOKIE_CELLS: { readonly [Name in Kind]: Row } = {
  static: cookieRow('static'),
  dynamic: cookieRow('dynamic'),
  function: cookieRow('function'),
};

function cookieRow(kind: Kind): Row {
  const made = abort(
    'wamp.error.no_auth_method',
    "cannot authenticate [2] using any of the offered authmethods ['cookie']",
  );
  const without = none('a cookie is compared, not answered for');
  // Who came in once is asked about no more.
  const unasked = kind === 'static' ? NOBODY_IS_ASKED : welcome('user1');
  return {
    good: welcome('user1'),
    wrong: made,
    'unknown user': made,
    'rubbish proof': without,
    'rubbish answer': unasked,
    'authenticator absent': unasked,
    'authenticator silent': unasked,
    'authenticator breaks': unasked,
    'role missing': none('the realm is that of the first login, whatever is asked for: test/system/cookies.system.ts'),
    'realm missing': welcome('user1'),
    'client gone': GONE_WHEN_IN,
  };
}

export const COOKIE_CARRIERS: readonly Carrier[] = ['websocket', 'longpoll', 'websocket over TLS'];
