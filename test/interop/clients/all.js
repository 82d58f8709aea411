import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join as joinAutobahnJs } from './autobahn-js.js';
import { AutobahnPython } from './autobahn-python.js';
import { join as joinTurnpike } from './turnpike.js';
import { join as joinWampy } from './wampy.js';

export const PYTHON = fileURLToPath(new URL('../../../.venv/interop/bin/python', import.meta.url));

/** Says why Autobahn|Python is left out; false where it is not. `run.sh` makes its environment. */
export const WITHOUT_PYTHON = existsSync(PYTHON)
  ? false
  : 'Autobahn|Python is absent: no Python package registry reachable';

/** Whether a Python module is installed: what Autobahn|Python speaks UBJSON with is, from Python 3.11 on. */
export function hasPythonModule(name) {
  return WITHOUT_PYTHON === false && spawnSync(PYTHON, ['-c', `import ${name}`]).status === 0;
}

/**
 * All clients, each with the authmethods that it has, the ways in which it can connect, the serializers it speaks there
 * and whether it knows how WAMP carries bytes in JSON. `close` ends what they run on.
 *
 * @returns {{ clients: { name: string, join: Function, methods: string[], ways: { name: string, scheme: 'ws' | 'rs' | 'lp', serializer: string, binary: boolean }[], anyRealm: boolean }[], close: () => Promise<void> }}
 */
export function allClients() {
  const python = WITHOUT_PYTHON ? null : new AutobahnPython(PYTHON);
  const clients = [
    {
      name: 'Turnpike',
      join: joinTurnpike,
      methods: ['anonymous', 'ticket', 'wampcra', 'scram', 'cryptosign'],
      anyRealm: true,
      ways: [
        ...batchedToo(['json', 'msgpack', 'cbor', 'ubjson']).map(overWebSocket),
        ...['json', 'msgpack', 'cbor', 'ubjson'].map(overRawSocket),
      ].map((way) => ({ ...way, binary: true })),
    },
    {
      name: 'Autobahn|JS',
      join: joinAutobahnJs,
      methods: ['anonymous', 'ticket', 'wampcra', 'cryptosign'],
      anyRealm: true,
      ways: [...['json', 'msgpack', 'cbor'].map(overWebSocket), overRawSocket('json'), OVER_LONG_POLL],
    },
    {
      name: 'wampy',
      join: joinWampy,
      methods: ['anonymous', 'ticket', 'wampcra', 'cryptosign'],
      anyRealm: false,
      ways: ['json', 'msgpack', 'cbor'].map(overWebSocket),
    },
  ];
  if (python !== null) {
    const serializers = ['json', 'msgpack', 'cbor', ...(hasPythonModule('bjdata') ? ['ubjson'] : [])];
    clients.push({
      name: 'Autobahn|Python',
      join: (options) => python.join(options),
      methods: [
        'anonymous',
        'ticket',
        'wampcra',
        ...(hasPythonModule('argon2, passlib') ? ['scram'] : []),
        ...(hasPythonModule('nacl, base58') ? ['cryptosign'] : []),
      ],
      anyRealm: true,
      ways: [...batchedToo(serializers).map(overWebSocket), ...serializers.map(overRawSocket)].map((way) => ({
        ...way,
        binary: true,
      })),
    });
  }
  return { clients, close: async () => python?.close() };
}

const OVER_LONG_POLL = { name: 'HTTP long-poll', scheme: 'lp', serializer: 'json', binary: false };

function batchedToo(serializers) {
  return serializers.flatMap((serializer) => [serializer, `${serializer}.batched`]);
}

function overWebSocket(serializer) {
  return { name: `WebSocket ${serializer}`, scheme: 'ws', serializer, binary: !serializer.startsWith('json') };
}

function overRawSocket(serializer) {
  return { name: `RawSocket ${serializer}`, scheme: 'rs', serializer, binary: serializer !== 'json' };
}
