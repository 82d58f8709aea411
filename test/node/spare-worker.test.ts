import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SpareWorker } from '../../src/node/spare-worker.ts';

const ENTRY = fileURLToPath(new URL('./fake-worker.js', import.meta.url));
const ENV = { PATH: process.env['PATH'], TURNPIKE_TEST: 'yes' };

describe('a worker process that is started ahead', () => {
  it('is given once, to who wants its environment', async () => {
    const spare = new SpareWorker(ENTRY, '/', ENV);
    assert.equal(spare.take({ ...ENV, TURNPIKE_TEST: 'no' }), null);
    assert.equal(spare.take({ PATH: ENV.PATH }), null);
    const child = spare.take({ ...ENV });
    assert.ok(child !== null);
    assert.equal(spare.take(ENV), null);
    spare.discard();
    assert.equal(child.killed, false);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('ends where nobody takes it', () => {
    const spare = new SpareWorker(ENTRY, '/', ENV);
    spare.discard();
    assert.equal(spare.take(ENV), null);
  });

  it('is not given where it could not be started', async () => {
    const spare = new SpareWorker(ENTRY, '/no/such/directory', ENV);
    assert.equal(spare.take(ENV), null);
    spare.discard();
  });
});
