import path from 'node:path';
import { transportSuite } from '../suites/transport-suite.ts';
import { runRawSocket, temporaryDirectory } from './rawsocket-harness.ts';

transportSuite({
  name: 'RawSocket over TCP',
  start: () => runRawSocket({ type: 'tcp', port: 0, interface: '127.0.0.1' }),
});

transportSuite({
  name: 'RawSocket over a unix socket',
  start: async () => {
    const { directory, remove } = await temporaryDirectory();
    const transport = await runRawSocket({ type: 'unix', path: path.join(directory, 'turnpike.sock') });
    return {
      ...transport,
      stop: async () => {
        await transport.stop();
        await remove();
      },
    };
  },
});
