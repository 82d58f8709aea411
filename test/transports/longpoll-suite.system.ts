import type { Accept, Connection } from '../../src/session/connection.ts';
import { connectLongPoll } from '../../src/transports/longpoll-client.ts';
import { SYSTEM_CLOCK } from '../../src/wamp/system-clock.ts';
import { type RunningTransport, transportSuite } from '../suites/transport-suite.ts';
import { startLongPoll } from './longpoll-fixture.ts';

async function runLongPoll(): Promise<RunningTransport> {
  let accepting: Accept | null = null;
  let accepted: Connection | null = null;
  const { base, stop } = await startLongPoll({
    accept(connection, protocol) {
      accepted = connection;
      if (accepting === null) throw new Error('nobody waits for a connection');
      return accepting(connection, protocol);
    },
    options: { queueLimitBytes: 64 * 1024 * 1024, queueLimitMessages: 1000 },
  });
  return {
    async connect(server, client) {
      accepting = server;
      const far = await connectLongPoll(
        { url: base, protocols: ['wamp.2.msgpack'], connectTimeout: 5_000, clock: SYSTEM_CLOCK },
        client,
      );
      accepting = null;
      if (accepted === null) throw new Error('the server has accepted nothing');
      return { server: accepted, client: far };
    },
    stop,
  };
}

transportSuite({ name: 'HTTP long-poll', start: runLongPoll });
