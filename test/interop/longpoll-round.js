/** What Autobahn|JS is tried with over long-poll, in a browser and in Node.js alike. */
import { startNode } from './node.js';

/** Longer than a request to receive waits on the first site, in milliseconds. */
const IDLE = 1500;

/** By authmethod. */
const USERS = { ticket: 'joe', wampcra: 'ann' };

/** A node with sites of long-poll at `/lp`, each with options of its own, for two users: joe by ticket and ann by WAMP-CRA. */
export function startLongPollNode(sites, root) {
  const permissions = [
    { uri: 'com.example.', match: 'prefix', allow: { call: true, register: true, publish: true, subscribe: true } },
  ];
  const ticket = { type: 'static', principals: { [USERS.ticket]: { ticket: 'secret', role: 'user' } } };
  const wampcra = { type: 'static', users: { [USERS.wampcra]: { secret: 'secret', role: 'user' } } };
  return startNode({
    version: 2,
    workers: [
      {
        type: 'router',
        realms: [{ name: 'realm1', roles: [{ name: 'user', permissions }] }],
        transports: sites.map(({ port, options }) => ({
          type: 'web',
          endpoint: { type: 'tcp', interface: '127.0.0.1', port },
          paths: { '/': root, lp: { type: 'longpoll', auth: { ticket, wampcra }, options } },
        })),
      },
    ],
  });
}

/** What `roundTrip` sees where all is well. */
export const ROUND = {
  protocol: 'wamp.2.json',
  echoed: [[1, 'ü 🚧', null], { a: [true] }],
  error: ['com.example.failed', ['why'], { more: 1 }],
  nobody: 'wamp.error.no_such_procedure',
  denied: 'wamp.error.not_authorized',
  timeout: 'wamp.error.timeout',
  canceled: 'wamp.error.canceled',
  progress: [1, 2, 3],
  counted: 4,
  published: ['number', 'number', 'number'],
  refused: 'wamp.error.not_authorized',
  events: ['one', 'two', 'three'],
  byPattern: new Array(4).fill('com.example.topic'),
  retained: ['kept', true],
  unregistered: 'wamp.error.no_such_procedure',
  afterIdle: 'still there',
  closed: 'closed',
};

/**
 * A session from login to GOODBYE. Runs in pages, too, so that it can use nothing of this file; where there is no page, it
 * is handed the library. Autobahn|JS sends each message in a request of its own and waits for none, so that browsers may
 * bring those in a row in another order: here nothing is sent before what it depends on has been answered.
 */
export function roundTrip([url, authmethod, authid, secret, idle], autobahn = window.autobahn) {
  const failureOf = async (call) => {
    try {
      return await call;
    } catch (error) {
      return error.error;
    }
  };

  const call = async (session, seen) => {
    await session.register('com.example.fail', () => {
      throw new autobahn.Error('com.example.failed', ['why'], { more: 1 });
    });
    const echoed = await session.call('com.example.echo', [1, 'ü 🚧', null], { a: [true] });
    seen.echoed = [echoed.args, echoed.kwargs];
    await session.call('com.example.fail').then(null, ({ error, args, kwargs }) => {
      seen.error = [error, args, kwargs];
    });
    seen.nobody = await failureOf(session.call('com.example.nobody'));
    seen.denied = await failureOf(session.call('org.example.other'));
    let onInvoked = () => {};
    await session.register('com.example.never', () => {
      onInvoked();
      return new Promise(() => {});
    });
    seen.timeout = await failureOf(session.call('com.example.never', [], {}, { timeout: 50 }));
    const invoked = new Promise((resolve) => {
      onInvoked = resolve;
    });
    const canceled = session.call('com.example.never');
    await invoked;
    canceled.cancel({ mode: 'kill' });
    seen.canceled = await failureOf(canceled);
  };

  const progress = async (session, seen) => {
    let onProgress = () => {};
    await session.register('com.example.count', async ([to], _kwargs, details) => {
      for (let number = 1; number < to; number++) {
        const told = new Promise((resolve) => {
          onProgress = resolve;
        });
        details.progress([number]);
        await told;
      }
      return to;
    });
    seen.progress = [];
    const counted = session.call('com.example.count', [4], {}, { receive_progress: true });
    seen.counted = await counted.then(null, null, (number) => {
      seen.progress.push(number);
      onProgress();
    });
  };

  const publish = async (session, seen) => {
    const tell = (topic, text, options) =>
      session.publish(topic, [text], {}, { exclude_me: false, acknowledge: true, ...options });
    // What answers a call comes behind the events that were before it.
    const settle = () => session.call('com.example.echo');
    const events = [];
    const topics = [];
    const exact = await session.subscribe('com.example.topic', ([text]) => events.push(text));
    const hear = (_args, _kwargs, { topic }) => topics.push(topic);
    const pattern = await session.subscribe('com.example.t', hear, { match: 'prefix' });
    seen.published = [];
    for (const text of ['one', 'two', 'three']) {
      const { id } = await tell('com.example.topic', text);
      seen.published.push(typeof id);
    }
    seen.refused = await failureOf(tell('org.example.other', 'x'));
    await settle();
    await exact.unsubscribe();
    await tell('com.example.topic', 'unheard');
    await settle();
    await pattern.unsubscribe();
    seen.events = events;
    seen.byPattern = topics;
    await tell('com.example.retained', 'kept', { retain: true });
    seen.retained = await new Promise((resolve) => {
      const take = ([text], _kwargs, { retained }) => resolve([text, retained]);
      void session.subscribe('com.example.retained', take, { get_retained: true });
    });
  };

  const use = async (session, seen) => {
    const echo = await session.register('com.example.echo', (args, kwargs) => new autobahn.Result(args, kwargs));
    await call(session, seen);
    await progress(session, seen);
    await publish(session, seen);
    await new Promise((done) => setTimeout(done, idle));
    seen.afterIdle = await session.call('com.example.echo', ['still there']);
    await echo.unregister();
    seen.unregistered = await failureOf(session.call('com.example.echo'));
  };

  return new Promise((resolve) => {
    const seen = {};
    const sign = (method, { challenge }) => (method === 'ticket' ? secret : autobahn.auth_cra.sign(secret, challenge));
    // With its own promises: those of the language tell of no progress.
    const connection = new autobahn.Connection({
      transports: [{ type: 'longpoll', url }],
      realm: 'realm1',
      authmethods: [authmethod],
      authid,
      onchallenge: (_session, method, extra) => sign(method, extra),
      max_retries: 0,
      retry_if_unreachable: false,
      on_user_error: () => {},
    });
    connection.onopen = async (session) => {
      seen.protocol = connection.transport.info.protocol;
      await use(session, seen).catch((error) => {
        seen.fault = error.stack ?? error.error ?? String(error);
      });
      connection.close();
    };
    connection.onclose = (how, { reason }) => {
      const said = how === 'closed' && !['wamp.close.normal', 'wamp.close.goodbye_and_out'].includes(reason);
      resolve(said ? { closed: how, reason } : { ...seen, closed: how });
      return true;
    };
    connection.open();
  });
}

/** What `roundTrip` is called with. */
export function roundArguments(port, { authmethod = 'ticket', secret = 'secret', authid = USERS[authmethod] } = {}) {
  return [`http://127.0.0.1:${port}/lp`, authmethod, authid, secret, IDLE];
}
