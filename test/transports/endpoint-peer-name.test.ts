import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { peerName } from '../../src/transports/peer-name.ts';

function socket(
  properties: Partial<Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'destroyed'>>,
): Socket {
  return properties as Socket;
}

describe('peerName', () => {
  const cases = [
    ['tcp4:1.2.3.4:5', socket({ remoteAddress: '1.2.3.4', remotePort: 5 }), null],
    ['tcp6:fe80::1%eth0:5', socket({ remoteAddress: 'fe80::1%eth0', remotePort: 5 }), null],
    ['tcp4:1.2.3.4:5', socket({ remoteAddress: '::ffff:1.2.3.4', remotePort: 5 }), null],
    ['tcp4:1.2.3.4:5', socket({ remoteAddress: '::FFFF:1.2.3.4', remotePort: 5 }), null],
    ['tcp6:::ffff:0:5', socket({ remoteAddress: '::ffff:0', remotePort: 5 }), null],
    ['unix', socket({}), null],
    ['unix:/run/x', socket({}), '/run/x'],
    ['unknown', socket({ localAddress: '127.0.0.1' }), null],
    ['unknown', socket({ destroyed: true }), null],
  ] as const;
  for (const [name, from, path] of cases) {
    test(name, () => assert.equal(peerName(from, path), name));
  }
});
