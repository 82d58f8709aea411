import { createPrivateKey, createPublicKey } from 'node:crypto';
import { Errors, Wampy } from 'wampy';
import { CborSerializer } from 'wampy/CborSerializer.js';
import * as wampyCryptosign from 'wampy/cryptosign.js';
import { JsonSerializer } from 'wampy/JsonSerializer.js';
import { MsgpackSerializer } from 'wampy/MsgpackSerializer.js';
import * as wampyCra from 'wampy/wampcra.js';
import WebSocket from 'ws';
import { behaviourOf, Events, publisherOf } from './behaviours.js';
import { readTls } from './tls-files.js';
import { WampFailure } from './wamp-failure.js';

const SERIALIZERS = { json: JsonSerializer, msgpack: MsgpackSerializer, cbor: CborSerializer };

/** What it seals payloads with, whatever messages are written in. */
const PAYLOAD_SERIALIZERS = Object.fromEntries(
  Object.entries(SERIALIZERS).map(([name, Format]) => [name, new Format()]),
);

/** By authmethod: what answers challenges. */
const PROOFS = {
  ticket: (ticket) => () => ticket,
  wampcra: (secret) => wampyCra.sign(secret),
  cryptosign: (seed) => wampyCryptosign.sign(seed),
  tls: () => () => '',
};

/** It hands the options of requests on where the package `websocket` wants them, not where `ws` does. */
class WebSocketOverTls extends WebSocket {
  constructor(url, protocols, _origin, headers, requestOptions) {
    super(url, protocols, { headers, ...requestOptions });
  }
}

/** It leaves that to its users. */
function publicKeyOf(seed) {
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  const { x } = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })).export({
    format: 'jwk',
  });
  return Buffer.from(x, 'base64url').toString('hex');
}

/** Joins with wampy; it cannot leave the realm to the router. */
export async function join({ url, realm, authid, authmethod = 'ticket', ticket, serializer, tls }) {
  const client = new Wampy(url, {
    ws: tls === undefined ? WebSocket : WebSocketOverTls,
    wsRequestOptions: tls === undefined ? null : readTls(tls),
    serializer: new SERIALIZERS[serializer](),
    payloadSerializers: PAYLOAD_SERIALIZERS,
    realm,
    // Without an authid it offers no authmethod, which is an offer to come in anonymously.
    ...(authmethod !== 'anonymous' && {
      authid,
      authmethods: [authmethod],
      authextra: authmethod === 'cryptosign' ? { pubkey: publicKeyOf(ticket) } : {},
      authMode: 'auto',
      authPlugins: { [authmethod]: PROOFS[authmethod](ticket) },
    }),
    autoReconnect: false,
    maxRetries: 1,
  });
  const details = await told(client.connect());
  return {
    session: client.getSessionId(),
    realm: details.realm ?? realm,
    authid: details.authid,
    authrole: details.authrole,
    authextra: details.authextra,
    async register(uri, behaviour, options = {}) {
      await told(client.register(uri, procedure(uri, behaviourOf(behaviour)), options));
      return () => told(client.unregister(uri));
    },
    async call(uri, args, kwargs, { timeout, progress, ...passthru } = {}) {
      const options = {
        ...passthru,
        ...(timeout !== undefined && { timeout }),
        ...(progress !== undefined && { progress_callback: ({ argsList: [value] }) => progress.push(value) }),
      };
      return payload(await told(client.call(uri, { argsList: args, argsDict: kwargs }, options)));
    },
    cancel(uri, args, mode) {
      const call = told(client.call(uri, { argsList: args }));
      client.cancel(client.getOpStatus().reqId, { mode });
      return call;
    },
    callInPartsUnannounced(uri, parts) {
      const { result, sendData } = client.progressiveCall(uri, [parts[0]], {});
      for (const part of parts.slice(1)) sendData([part], {});
      return told(result);
    },
    async subscribe(topic, options) {
      const events = new Events();
      const handler = (event) => {
        const { topic: published = topic, publication = null, retained = false } = event.details;
        const details = { topic: published, publication, retained, ...publisherOf(event.details) };
        events.push({ ...payload(event), details });
      };
      const subscription = await told(client.subscribe(topic, handler, options));
      return {
        next: () => events.next(),
        unsubscribe: async () => {
          // It forgets the options of what it unsubscribes, stumbles over UNSUBSCRIBED, and waits for ever.
          if (options === undefined) await told(client.unsubscribe(subscription.subscriptionKey));
        },
      };
    },
    publish: async (topic, args, kwargs, options) => {
      const { publicationId } = await told(client.publish(topic, { argsList: args, argsDict: kwargs }, options));
      return publicationId;
    },
    async leave() {
      await client.disconnect();
    },
  };
}

function payload({ argsList, argsDict }) {
  return { args: argsList ?? [], kwargs: argsDict ?? {} };
}

function procedure(uri, behaviour) {
  return (invocation) => {
    const { args, kwargs } = payload(invocation);
    const { details, result_handler } = invocation;
    const progress = (values) => result_handler({ argsList: values, options: { progress: true } });
    try {
      const { procedure: called = uri, caller, caller_authid: authid, caller_authrole: authrole, trustlevel } = details;
      const result = behaviour(args, kwargs, { procedure: called, progress, caller, authid, authrole, trustlevel });
      if (result instanceof Promise) return result;
      return { argsList: result.args, argsDict: result.kwargs, options: passthruOf(details) };
    } catch (error) {
      throw foreign(error);
    }
  };
}

/** A call whose payload is passed through is answered likewise. */
function passthruOf({ ppt_scheme, ppt_serializer }) {
  return ppt_scheme === undefined ? {} : { ppt_scheme, ppt_serializer };
}

function foreign({ uri, args, kwargs }) {
  return { error: uri, argsList: args, argsDict: kwargs };
}

async function told(promise) {
  try {
    return await promise;
  } catch (error) {
    throw error.errorUri === undefined ? error : failure(error);
  }
}

function failure(error) {
  const { errorUri, argsList, argsDict, details } = error;
  const args = error instanceof Errors.AbortError ? [details.message] : argsList;
  return new WampFailure(errorUri, args, argsDict, { cause: error });
}
