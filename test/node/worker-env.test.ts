import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeId } from '../../src/node/node-id.ts';
import { workerEnv } from '../../src/node/worker-env.ts';

describe('the environment of a worker', () => {
  const own = { PATH: '/bin', HOME: '/root', LANG: 'C' };

  it('is all, nothing or some of the node’s, and what the configuration sets', () => {
    assert.deepEqual(workerEnv(own, { inherit: true, vars: { LANG: 'de', MORE: '1' } }), {
      ...own,
      LANG: 'de',
      MORE: '1',
    });
    assert.deepEqual(workerEnv(own, { inherit: false, vars: { MORE: '1' } }), { MORE: '1' });
    assert.deepEqual(workerEnv(own, { inherit: ['PATH', 'NONE'], vars: {} }), { PATH: '/bin' });
  });
});

describe('the id of a node', () => {
  it('is configured, of the environment, or of the machine', () => {
    assert.equal(nodeId('node1', { CROSSBAR_NODE_ID: 'node2' }, 'host', 7), 'node1');
    assert.equal(nodeId(undefined, { CROSSBAR_NODE_ID: 'node2' }, 'host', 7), 'node2');
    assert.equal(nodeId(undefined, { CROSSBAR_NODE_ID: '' }, 'host', 7), 'host-7');
  });
});
