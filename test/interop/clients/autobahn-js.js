import { Agent } from 'node:https';
import { behaviourOf, Events, publisherOf } from './behaviours.js';
import { readTls } from './tls-files.js';
import { WampFailure } from './wamp-failure.js';
import { XMLHttpRequest } from './xml-http-request.js';

// It warns whenever a connection ends, as wished or not; it takes `console.warn` when it is loaded.
const { warn } = console;
console.warn = () => {};
const { default: autobahn } = await import('autobahn');
console.warn = warn;

export { autobahn };

const { nacl } = autobahn;

// From 22 on Node.js has one of its own: Autobahn takes it where it is, and it has no certificates.
delete globalThis.WebSocket;

// Its long-poll transport is made for browsers.
globalThis.XMLHttpRequest = XMLHttpRequest;

const SERIALIZERS = {
  json: autobahn.serializer.JSONSerializer,
  msgpack: autobahn.serializer.MsgpackSerializer,
  cbor: autobahn.serializer.CBORSerializer,
};

/** Joins with Autobahn|JS. Of RawSocket it knows JSON only. */
export async function join({ url, realm, authid, authmethod = 'ticket', ticket, serializer, tls, verify = true }) {
  const key = authmethod === 'cryptosign' ? nacl.sign.keyPair.fromSeed(Buffer.from(ticket, 'hex')) : null;
  const connection = new autobahn.Connection({
    transports: [{ ...transport(url, serializer), ...(tls !== undefined && overTls(tls, verify)) }],
    realm,
    authmethods: [authmethod],
    authid,
    ...(key !== null && { authextra: { pubkey: autobahn.auth_cryptosign.public_key(key) } }),
    onchallenge: (_session, method, extra) => PROOFS[method](ticket, extra, key),
    max_retries: 0,
    retry_if_unreachable: false,
    // What a procedure throws reaches its caller; no need to print it.
    on_user_error: () => {},
    // That it ended its own session is told by `closed`.
    on_internal_error: () => {},
  });
  const closed = new Promise((resolve) => {
    connection.onclose = (how, { reason, message }) => {
      resolve(new WampFailure(reason ?? how, [message]));
      return true;
    };
  });
  const opened = new Promise((resolve) => {
    connection.onopen = (session, details) => resolve({ session, details });
  });
  connection.open();
  const result = await Promise.race([opened, closed]);
  if (result instanceof WampFailure) throw result;
  const { session, details } = result;
  return {
    session: session.id,
    realm: details.realm ?? session.realm,
    authid: details.authid,
    authrole: details.authrole,
    authextra: details.authextra,
    async register(uri, behaviour, options) {
      const registration = await told(session.register(uri, procedure(behaviourOf(behaviour)), options));
      return Object.assign(() => told(registration.unregister()), { revoked: registration.on_unregister });
    },
    async call(uri, args, kwargs, { progress, ...options } = {}) {
      const call = session.call(uri, args, kwargs, { ...options, ...(progress && { receive_progress: true }) });
      // Its own promises tell of progress, those of the language cannot.
      const value = await told(progress ? call.then(null, null, (step) => progress.push(step)) : call);
      if (value instanceof autobahn.Result) return { args: value.args, kwargs: value.kwargs };
      return { args: value === null || value === undefined ? [] : [value], kwargs: {} };
    },
    cancel(uri, args, mode) {
      const call = session.call(uri, args);
      call.cancel({ mode });
      return told(call);
    },
    async subscribe(topic, options = {}) {
      const events = new Events();
      const handler = (args, kwargs, { topic: published, publication, retained, ...event }) => {
        const details = { topic: published, publication, retained, ...publisherOf(event) };
        events.push({ args: args ?? [], kwargs: kwargs ?? {}, details });
      };
      const subscription = await told(session.subscribe(topic, handler, options));
      return {
        next: () => events.next(),
        unsubscribe: () => told(subscription.unsubscribe()),
        revoked: subscription.on_unsubscribe,
      };
    },
    publish: async (topic, args, kwargs, options = {}) => {
      const { id } = await told(session.publish(topic, args, kwargs, { acknowledge: true, ...options }));
      return id;
    },
    /** Resolves when the connection has ended. */
    closed,
    async leave() {
      connection.close();
      await closed;
    },
  };
}

const PROOFS = {
  ticket: (ticket) => ticket,
  wampcra(secret, { challenge, salt, iterations, keylen }) {
    const key = salt === undefined ? secret : autobahn.auth_cra.derive_key(secret, salt, iterations, keylen);
    return autobahn.auth_cra.sign(key, challenge);
  },
  cryptosign: (_seed, extra, key) => autobahn.auth_cryptosign.sign_challenge(key, extra),
};

function transport(url, serializer) {
  const { protocol, hostname, port } = new URL(url);
  if (protocol === 'http:') return { type: 'longpoll', url };
  if (protocol === 'rs:') return { type: 'rawsocket', host: hostname, port: Number(port) };
  return { type: 'websocket', url, serializers: [new SERIALIZERS[serializer]()] };
}

/** An agent goes on to `ws` as it is. Its own option for client certificates has `ws` verify nothing. */
function overTls(files, verify) {
  const tls = readTls(files);
  return verify ? { agent: new Agent(tls) } : { tlsConfiguration: tls };
}

function procedure(behaviour) {
  return (args, kwargs, details) => {
    try {
      const { caller, caller_authid: authid, caller_authrole: authrole, progress } = details;
      const call = { procedure: details.procedure, progress, caller, authid, authrole };
      const result = behaviour(args ?? [], kwargs ?? {}, call);
      return result instanceof Promise ? result : new autobahn.Result(result.args, result.kwargs);
    } catch (error) {
      throw foreign(error);
    }
  };
}

function foreign({ uri, args, kwargs }) {
  return new autobahn.Error(uri, args, kwargs);
}

async function told(promise) {
  try {
    return await promise;
  } catch (error) {
    throw error instanceof autobahn.Error
      ? new WampFailure(error.error, error.args, error.kwargs, { cause: error })
      : error;
  }
}
