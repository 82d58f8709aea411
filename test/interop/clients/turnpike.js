import { connect, Result, WampError } from '../../../dist/src/index.js';
import { BEHAVIOURS, Events } from './behaviours.js';
import { WampFailure } from './wamp-failure.js';

/** Joins with this project's own client; `all.js` says what every client offers. */
export async function join({ url, realm, authid, ticket, serializer }) {
  const session = await told(connect({ url, realm, authid, ticket, serializers: [serializer] }));
  return {
    session: session.id,
    realm: session.realm,
    authid: session.authid,
    authrole: session.authrole,
    authextra: session.authextra,
    async register(uri, behaviour) {
      const run = BEHAVIOURS.get(behaviour);
      const registration = await told(
        session.register(uri, (args, kwargs) => {
          try {
            const result = run(args, kwargs);
            return new Result(result.args, result.kwargs);
          } catch (error) {
            throw foreign(error);
          }
        }),
      );
      return () => told(registration.unregister());
    },
    async call(uri, args, kwargs) {
      const result = await told(session.callFull(uri, args, { kwargs }));
      return { args: result.args, kwargs: result.kwargs };
    },
    async subscribe(topic) {
      const events = new Events();
      const subscription = await told(session.subscribe(topic, (args, kwargs) => events.push({ args, kwargs })));
      return { next: () => events.next(), unsubscribe: () => told(subscription.unsubscribe()) };
    },
    publish: (topic, args, kwargs) => told(session.publish(topic, args, { kwargs, acknowledge: true })),
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
