import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { NodeStartError } from '../../src/node/controller.ts';
import { runNode } from '../../src/node/run-node.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { FakeClock } from '../support/fake-clock.ts';

interface Node {
  readonly shutdownAfter?: number | null;
  readonly clean?: boolean;
  readonly hangup?: 'stop' | 'reload';
}

function setUp({ shutdownAfter = null, clean = true, hangup = 'stop' }: Node = {}) {
  const asked: string[] = [];
  const lines: string[] = [];
  let requestShutdown: (reason: string) => void = () => undefined;
  let stopped: (clean: boolean) => void = () => undefined;
  let started: (error: Error | null) => void = () => undefined;
  const controller = {
    shutdownRequested: new Promise<string>((resolve) => {
      requestShutdown = resolve;
    }),
    start: () =>
      new Promise<void>((resolve, reject) => {
        started = (error) => (error === null ? resolve() : reject(error));
      }),
    stop: () => {
      asked.push('stop');
      return new Promise<boolean>((resolve) => {
        stopped = resolve;
      });
    },
    reload: () => void asked.push('reload'),
    kill: () => {
      asked.push('kill');
      stopped(false);
    },
  };
  const signals = new EventEmitter();
  const clock = new FakeClock();
  const log = { ...SILENT, info: (text: string) => lines.push(text), error: (text: string) => lines.push(text) };
  const ended = runNode({ controller, log, signals, clock, hangup, shutdownAfter });
  const start = async (error: Error | null = null): Promise<void> => {
    started(error);
    await turn();
  };
  const send = (signal: string): void => void signals.emit(signal, signal);
  return { asked, lines, clock, ended, start, send, requestShutdown, finish: () => stopped(clean) };
}

describe('a running node', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`stops gracefully on ${signal}, as wished`, async () => {
      const node = setUp();
      await node.start();
      node.send(signal);
      assert.deepEqual(node.asked, ['stop']);
      node.finish();
      assert.equal(await node.ended, true);
      node.send(signal); // is not left to end the process its own way
      assert.deepEqual(node.asked, ['stop']);
    });
  }

  it('says when it is ready', async () => {
    const node = setUp();
    node.clock.advance(42);
    await node.start();
    assert.deepEqual(node.lines, ['node ready, started in 42 ms']);
    node.send('SIGINT');
    node.finish();
    await node.ended;
  });

  it('did not end as wished when a worker did not stop by itself', async () => {
    const node = setUp({ clean: false });
    await node.start();
    node.send('SIGINT');
    node.finish();
    assert.equal(await node.ended, false);
  });

  it('ends at once on a second signal', async () => {
    const node = setUp();
    await node.start();
    node.send('SIGINT');
    node.clock.advance(500);
    node.send('SIGTERM');
    assert.deepEqual(node.asked, ['stop', 'kill']);
    assert.equal(await node.ended, false);
  });

  it('takes the same Ctrl-C, that arrives twice, for one', async () => {
    const node = setUp();
    await node.start();
    node.send('SIGINT');
    node.clock.advance(499);
    node.send('SIGINT');
    assert.deepEqual(node.asked, ['stop']);
    node.finish();
    assert.equal(await node.ended, true);
  });

  it('stays calm in a storm of SIGHUP', async () => {
    const node = setUp();
    await node.start();
    for (let count = 0; count < 100; count++) {
      node.send('SIGHUP');
      node.clock.advance(1_000);
    }
    assert.deepEqual(node.asked, ['stop']);
    node.finish();
    await node.ended;
  });

  it('reads the files of TLS anew on SIGHUP where no terminal closes, until it stops', async () => {
    const node = setUp({ hangup: 'reload' });
    await node.start();
    node.send('SIGHUP');
    node.send('SIGHUP');
    assert.deepEqual(node.asked, ['reload', 'reload']);
    node.send('SIGTERM');
    node.send('SIGHUP');
    assert.deepEqual(node.asked, ['reload', 'reload', 'stop']);
    node.finish();
    assert.equal(await node.ended, true);
  });

  it('stops when its time is over, as wished', async () => {
    const node = setUp({ shutdownAfter: 1_000 });
    await node.start();
    node.clock.advance(999);
    assert.deepEqual(node.asked, []);
    node.clock.advance(1);
    assert.deepEqual(node.asked, ['stop']);
    node.finish();
    assert.equal(await node.ended, true);
  });

  it('stops when the exit of a worker means that, not as wished', async () => {
    const node = setUp();
    await node.start();
    node.requestShutdown('worker001 ended');
    await turn();
    node.finish();
    assert.equal(await node.ended, false);
  });

  it('stops when told so while it starts, and is never ready', async () => {
    const node = setUp();
    node.send('SIGINT');
    assert.deepEqual(node.asked, ['stop']);
    await node.start();
    node.finish();
    assert.equal(await node.ended, true);
    assert.ok(!node.lines.some((line) => line.includes('ready')));
  });

  it('says why it did not start', async () => {
    const node = setUp();
    await node.start(new NodeStartError('worker001', { cause: new Error('no port') }));
    assert.equal(await node.ended, false);
    assert.deepEqual(node.lines, ['worker worker001: Error: no port', 'the node did not start']);
  });

  it('hides no bug behind an exit code', async () => {
    const node = setUp();
    const seen = assert.rejects(node.ended, TypeError);
    await node.start(new TypeError('bug'));
    await seen;
  });
});
