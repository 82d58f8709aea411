import type { Accept, Connection } from '../../src/session/connection.ts';
import { type RunningTransport, transportSuite } from '../suites/transport-suite.ts';
import { LongPollClient, openTransport } from './longpoll-client.ts';
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
      const id = await openTransport(base);
      accepting = null;
      if (accepted === null) throw new Error('the server has accepted nothing');
      const { details } = accepted;
      const far = new LongPollClient(`${base}/${id}`, details);
      far.start(client(far, details.protocol));
      return { server: accepted, client: far };
    },
    stop,
  };
}

transportSuite({ name: 'HTTP long-poll', start: runLongPoll });
