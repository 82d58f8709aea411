import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endsNode, restartsWorkers } from '../../src/node/shutdown-mode.ts';

describe('what the exit of a worker means for the node', () => {
  it('is a restart, unless the configuration gives it another meaning', () => {
    assert.ok(restartsWorkers([]));
    assert.ok(restartsWorkers(['shutdown_on_shutdown_requested']));
    for (const mode of [
      'shutdown_on_worker_exit',
      'shutdown_on_worker_exit_with_error',
      'shutdown_on_last_worker_exit',
    ] as const) {
      assert.ok(!restartsWorkers([mode]), mode);
      assert.ok(!restartsWorkers(['shutdown_on_shutdown_requested', mode]), mode);
    }
  });

  it('is the end with shutdown_on_worker_exit', () => {
    assert.equal(endsNode(['shutdown_on_worker_exit'], true, 3), 'shutdown_on_worker_exit');
  });

  it('is the end with shutdown_on_worker_exit_with_error, when it failed', () => {
    assert.equal(endsNode(['shutdown_on_worker_exit_with_error'], true, 0), null);
    assert.equal(endsNode(['shutdown_on_worker_exit_with_error'], false, 3), 'shutdown_on_worker_exit_with_error');
  });

  it('is the end with shutdown_on_last_worker_exit, when none is left', () => {
    assert.equal(endsNode(['shutdown_on_last_worker_exit'], false, 1), null);
    assert.equal(endsNode(['shutdown_on_last_worker_exit'], true, 0), 'shutdown_on_last_worker_exit');
  });
});
