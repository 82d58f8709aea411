/**
 * What the procedures of these tests do, whichever client offers them; `autobahn_python.py` has the same in
 * Python. A behaviour takes positional and keyword arguments, and of the call which procedure it is of, who calls, how
 * progress is told and a signal that aborts when it is interrupted; it returns both kinds of arguments, or a promise of them, or throws a WampFailure.
 */
import { readFileSync } from 'node:fs';
import { WampFailure } from './wamp-failure.js';

/** Who is known, by authmethod: to the static tables of a node, and to authenticators, in the shape that they answer in. */
export const PRINCIPALS = JSON.parse(readFileSync(new URL('principals.json', import.meta.url), 'utf8'));

const TICKETS = new Map([
  ['user1', '123secret'],
  ['user2', '456secret'],
]);

/** The dynamic authenticator; tells in `extra` what it was called with, so that the client can compare. */
function authenticate([realm, authid, details]) {
  const ticket = TICKETS.get(authid);
  if (ticket === undefined) throw new WampFailure('com.example.no_such_user', ['there is no such user']);
  if (details.ticket !== ticket) throw new WampFailure('com.example.invalid_ticket', ['the ticket is not valid: ü']);
  const { session, authmethod, transport } = details;
  const saw = { realm, session, authmethod, type: transport.type, protocol: transport.protocol };
  const extra = { 'my-custom-welcome-data': [1, 2, 3], saw };
  return { args: [{ realm: `realm-${authid}`, role: 'user', extra }], kwargs: {} };
}

/** The dynamic authenticator of all authmethods; tells in `extra` by which one it was asked, and for whom. */
function decide([, authid, { authmethod, ...details }]) {
  const extra = { saw: { authmethod, authid: authmethod === 'anonymous' ? null : authid } };
  if (authmethod === 'anonymous') return { args: [{ role: 'user', extra }], kwargs: {} };
  if (authmethod === 'tls') return { args: [byCertificate(authid, details.transport, extra)], kwargs: {} };
  const principal = PRINCIPALS[authmethod][authid];
  if (principal === undefined) throw new WampFailure('com.example.no_such_user', ['there is no such user']);
  const { ticket, ...credentials } = principal;
  if (authmethod === 'ticket' && details.ticket !== ticket) {
    throw new WampFailure('com.example.invalid_ticket', ['the ticket is not valid: ü']);
  }
  return { args: [{ ...credentials, role: 'user', extra }], kwargs: {} };
}

/** A client goes by the name that is in its certificate, whose authority the endpoint trusts. */
function byCertificate(authid, { client_cert: { subject } }, extra) {
  if (subject.cn !== authid) throw new WampFailure('com.example.no_such_user', ['there is no such user']);
  return { role: 'user', extra };
}

/** The dynamic authorizer: what each user owns, the echo for all, and junk where it is asked for. */
function authorize([session, uri, action, options]) {
  const owner = uri.split('.')[3];
  if (owner === 'junk') return { args: ['yes'], kwargs: {} };
  if (owner === 'raise') throw new WampFailure('com.example.no_idea', ['internals']);
  if (owner === 'saw') return { args: [saw(session, uri, action, options)], kwargs: {} };
  if (owner === 'echo') return { args: [action === 'call'], kwargs: {} };
  return { args: [{ allow: owner === session.authid, disclose: true, cache: true }], kwargs: {} };
}

/** Whether it was called with what the page says. */
function saw(session, uri, action, options) {
  const keys = ['authextra', 'authid', 'authmethod', 'authprovider', 'authrole', 'realm', 'session', 'transport'];
  const isAll = JSON.stringify(Object.keys(session).toSorted()) === JSON.stringify(keys);
  const isPattern = uri.endsWith('.saw.') && action === 'subscribe' && options.match === 'prefix';
  return isAll && isPattern && session.realm === 'realm1' && typeof session.transport.peer === 'string';
}

/** Tells each number up to the one that it is called with; the last one is the result. */
function count([to], _kwargs, { progress }) {
  for (let number = 1; number < to; number++) progress([number]);
  return { args: [to], kwargs: {} };
}

/** How many calls of `stoppable` were interrupted. */
let interruptions = 0;

/** Ends when it is interrupted, and not before. */
function stoppable(_args, _kwargs, { signal }) {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      interruptions++;
      reject(signal.reason);
    });
  });
}

/** Who calls, as far as the callee is told. */
function caller(_args, _kwargs, { caller: session, authid, authrole, trustlevel }) {
  return { args: [[session, authid, authrole, trustlevel].map((value) => value ?? null)], kwargs: {} };
}

/** The behaviour of that name; `say:…` says what follows. */
export function behaviourOf(name) {
  if (!name.startsWith('say:')) return BEHAVIOURS.get(name);
  return () => ({ args: [name.slice('say:'.length)], kwargs: {} });
}

const BEHAVIOURS = new Map([
  ['count', count],
  ['caller', caller],
  ['never', () => new Promise(() => {})],
  ['stoppable', stoppable],
  ['interruptions', () => ({ args: [interruptions], kwargs: {} })],
  ['procedure', (_args, _kwargs, { procedure }) => ({ args: [procedure], kwargs: {} })],
  ['authenticate', authenticate],
  ['decide', decide],
  ['authorize', authorize],
  ['echo', (args, kwargs) => ({ args, kwargs })],
  [
    'fail',
    (args, kwargs) => {
      throw new WampFailure('com.example.interop.failed', args, kwargs);
    },
  ],
]);

/** What the details of an event say of its publisher. */
export function publisherOf({ publisher, publisher_authid, publisher_authrole, trustlevel }) {
  return { by: [publisher, publisher_authid, publisher_authrole, trustlevel].map((value) => value ?? null) };
}

/** Events of one topic in the order in which they came, each handed out once. */
export class Events {
  #arrived = [];
  #waiting = [];

  push(event) {
    const next = this.#waiting.shift();
    if (next === undefined) this.#arrived.push(event);
    else next(event);
  }

  next() {
    const event = this.#arrived.shift();
    if (event !== undefined) return Promise.resolve(event);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
