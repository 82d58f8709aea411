import {
  anonymous,
  ticket as byTicket,
  connect,
  cryptosign,
  Result,
  scram,
  WampError,
  wampcra,
} from '../../../dist/bundle/index.js';
import { behaviourOf, Events, publisherOf } from './behaviours.js';
import { WampFailure } from './wamp-failure.js';

const PROOFS = { anonymous, ticket: byTicket, wampcra, scram, cryptosign };

/** Joins with this project's own client; `all.js` says what every client offers. */
export async function join({ url, realm, authid, authmethod = 'ticket', ticket, serializer, tls }) {
  const auth = authmethod === 'tls' ? byCertificate(tls) : { auth: PROOFS[authmethod](ticket) };
  const session = await told(connect({ url, realm, authid, serializers: [serializer], ...auth }));
  return {
    session: session.id,
    realm: session.realm,
    authid: session.authid,
    authrole: session.authrole,
    authextra: session.authextra,
    async register(uri, behaviour, { force_reregister: forceReregister, ...options } = {}) {
      const run = behaviourOf(behaviour);
      const handler = (args, kwargs, details) => {
        const { procedure, progress, signal, caller, callerAuthid: authid, callerAuthrole: authrole, raw } = details;
        const { trustlevel } = raw;
        try {
          const result = run(args, kwargs, { procedure, progress, signal, caller, authid, authrole, trustlevel });
          return result instanceof Promise ? result : new Result(result.args, result.kwargs);
        } catch (error) {
          throw foreign(error);
        }
      };
      const registration = await told(session.register(uri, handler, { ...options, forceReregister }));
      return () => told(registration.unregister());
    },
    async call(uri, args, kwargs, { timeout, progress } = {}) {
      const onProgress = progress && (([value]) => progress.push(value));
      const result = await told(session.callFull(uri, args, { kwargs, routerTimeout: timeout, onProgress }));
      return { args: result.args, kwargs: result.kwargs };
    },
    /** Begins a call that is cancelled in that mode. */
    cancel(uri, args, mode) {
      const controller = new AbortController();
      const call = told(session.callFull(uri, args, { signal: controller.signal, cancelMode: mode }));
      controller.abort();
      return call;
    },
    async callInParts(uri, [first, ...rest]) {
      const call = session.openCall(uri, [first]);
      const last = rest.pop();
      for (const part of rest) call.send([part]);
      return (await told(call.end([last]))).args[0];
    },
    /** Adds up the parts of calls. */
    async registerSum(uri) {
      await session.register(uri, async ([first], _kwargs, { parts }) => {
        let sum = first;
        for await (const { args } of parts) sum += args[0];
        return sum;
      });
    },
    async subscribe(topic, { match, get_retained: getRetained } = {}) {
      const events = new Events();
      const handler = (args, kwargs, { topic, publication, retained, raw }) =>
        events.push({
          args,
          kwargs,
          details: { topic, publication, retained, enc: raw.enc_algo, ...publisherOf(raw) },
        });
      const subscription = await told(session.subscribe(topic, handler, { match, getRetained }));
      return { next: () => events.next(), unsubscribe: () => told(subscription.unsubscribe()) };
    },
    publish: (topic, args, kwargs, rawOptions = {}) =>
      told(session.publish(topic, args, { kwargs, acknowledge: true, rawOptions })),
    leave: () => session.leave(),
  };
}

function foreign({ uri, args, kwargs }) {
  return new WampError(uri, args, kwargs);
}

async function told(promise) {
  try {
    return await promise;
  } catch (error) {
    throw error instanceof WampError ? new WampFailure(error.uri, error.args, error.kwargs, { cause: error }) : error;
  }
}

function byCertificate({ ca, cert: certificate, key }) {
  const own = certificate === undefined ? {} : { certificate, key };
  return { authmethods: ['tls'], tls: { caCertificates: [ca], ...own } };
}
