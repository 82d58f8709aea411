import { memoryPair } from '../../src/transports/memory.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { transportSuite } from '../suites/transport-suite.ts';

transportSuite({
  name: 'memory',
  start: async () => ({
    connect: async (server, client) =>
      memoryPair({ protocol: 'wamp.2.msgpack', peer: 'process:1', log: SILENT }, server, client),
    stop: async () => {},
  }),
});
