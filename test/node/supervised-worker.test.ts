import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ASK_INTERVAL } from '../../src/node/hang-watch.ts';
import { STOP_GRACE, SupervisedWorker, type WorkerLife } from '../../src/node/supervised-worker.ts';
import { type WorkerExit, WorkerStartError } from '../../src/node/worker-process.ts';
import { type Log, SILENT } from '../../src/wamp/log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogLines } from '../system/log-lines.ts';

class Life implements WorkerLife {
  readonly ready: Promise<readonly string[]>;
  readonly exited: Promise<WorkerExit>;
  readonly pid = 1;
  readonly asked: string[] = [];
  becomeReady: (listening: readonly string[]) => void = () => undefined;
  fail: (error: Error) => void = () => undefined;
  exit: (exit: WorkerExit) => void = () => undefined;
  deaf = false;
  hangs = false;
  answer: () => void = () => undefined;

  constructor() {
    this.ready = new Promise((resolve, reject) => {
      this.becomeReady = resolve;
      this.fail = reject;
    });
    this.exited = new Promise((resolve) => {
      this.exit = resolve;
    });
  }

  ask(): Promise<void> {
    this.asked.push('ask');
    return new Promise((resolve) => {
      this.answer = resolve;
      if (!this.hangs) resolve();
    });
  }

  reload(): void {
    this.asked.push('reload');
  }

  stop(): void {
    this.asked.push('stop');
    if (!this.deaf) this.exit({ code: 0, signal: null });
  }

  kill(): void {
    this.asked.push('kill');
    this.exit({ code: null, signal: 'SIGKILL' });
  }
}

function setUp(restart = true, log: Log = SILENT) {
  const clock = new FakeClock();
  const lives: Life[] = [];
  const ends: WorkerExit[] = [];
  const worker = new SupervisedWorker({
    name: 'worker001',
    spawn: () => {
      const life = new Life();
      lives.push(life);
      return life;
    },
    restart,
    onEnd: (exit) => ends.push(exit),
    onReady: () => undefined,
    clock,
    log,
  });
  const life = (): Life => lives.at(-1) ?? assert.fail('never started');
  const start = async (): Promise<void> => {
    const started = worker.start();
    life().becomeReady([]);
    await started;
  };
  const crash = async (): Promise<void> => {
    life().exit({ code: 7, signal: null });
    await turn();
  };
  return { clock, lives, ends, worker, life, start, crash };
}

describe('a supervised worker', () => {
  it('is started again after a crash, later each time', async () => {
    const { clock, lives, life, start, crash } = setUp();
    await start();
    for (const [delay, count] of [
      [100, 2],
      [200, 3],
      [400, 4],
    ] as const) {
      await crash();
      clock.advance(delay - 1);
      assert.equal(lives.length, count - 1);
      clock.advance(1);
      assert.equal(lives.length, count);
      life().becomeReady([]);
      await turn();
    }
  });

  it('is started again at the first delay, once it ran soundly', async () => {
    const { clock, lives, life, start, crash } = setUp();
    await start();
    await crash();
    clock.advance(100);
    life().becomeReady([]);
    await turn();
    clock.advance(30_000);
    await crash();
    clock.advance(100);
    assert.equal(lives.length, 3);
  });

  it('is tried again when it does not get ready after a crash', async () => {
    const { clock, lives, life, start, crash } = setUp();
    await start();
    await crash();
    clock.advance(100);
    life().fail(new WorkerStartError(['the port is taken']));
    await turn();
    assert.deepEqual(life().asked, ['kill']);
    clock.advance(200);
    assert.equal(lives.length, 3);
  });

  it('is not started again when its first start fails', async () => {
    const { clock, lives, worker, life } = setUp();
    const started = worker.start();
    life().fail(new WorkerStartError(['no such realm']));
    await assert.rejects(started, WorkerStartError);
    clock.advance(60_000);
    assert.equal(lives.length, 1);
  });

  it('says that it ended, where it is not to be started again', async () => {
    const { clock, lives, ends, start, crash } = setUp(false);
    await start();
    await crash();
    clock.advance(60_000);
    assert.deepEqual([ends, lives.length], [[{ code: 7, signal: null }], 1]);
  });

  it('stops by itself when asked, and stays so', async () => {
    const { clock, lives, ends, worker, life, start } = setUp();
    await start();
    assert.equal(await worker.stop(), true);
    assert.deepEqual([life().asked, ends, clock.pending, lives.length], [['stop'], [], 0, 1]);
  });

  it('[row 132] that does not answer is told of, killed after a minute, and started again', async () => {
    const lines = new LogLines();
    const { clock, lives, life, start } = setUp(true, lines.log);
    await start();
    life().hangs = true;
    clock.advance(3 * ASK_INTERVAL - 1);
    assert.deepEqual(lines.lines, []);
    clock.advance(1);
    assert.match(lines.all, /^error worker worker001 does not answer for 10 s: something in its process blocks it/);
    clock.advance(10 * ASK_INTERVAL - 1);
    assert.deepEqual(life().asked, ['ask'], 'no second question before the first is answered');
    clock.advance(1);
    assert.deepEqual(life().asked, ['ask', 'kill']);
    assert.equal(lines.lines.length, 2);
    await turn();
    clock.advance(100);
    assert.equal(lives.length, 2);
  });

  it('that hangs ends the node, where it is not to be started again', async () => {
    const { clock, ends, life, start } = setUp(false);
    await start();
    life().hangs = true;
    clock.advance(60 * ASK_INTERVAL);
    await turn();
    assert.deepEqual(ends, [{ code: null, signal: 'SIGKILL' }]);
    assert.equal(clock.pending, 0);
  });

  it('that answers late is not killed, however often that happens', async () => {
    const lines = new LogLines();
    const { clock, life, start } = setUp(true, lines.log);
    await start();
    life().hangs = true;
    for (let times = 0; times < 3; times++) {
      clock.advance(12 * ASK_INTERVAL);
      life().answer();
      await turn();
    }
    assert.ok(!life().asked.includes('kill'));
    assert.equal(lines.lines.filter((line) => line.startsWith('warn worker worker001 answers again')).length, 3);
  });

  it('is not asked any more once it is told to stop', async () => {
    const { clock, worker, life, start } = setUp();
    await start();
    life().deaf = true;
    const stopped = worker.stop();
    clock.advance(STOP_GRACE - 1);
    assert.deepEqual(life().asked, ['stop']);
    life().kill();
    await stopped;
    assert.equal(clock.pending, 0);
  });

  it('is killed when it does not stop', async () => {
    const { clock, worker, life, start } = setUp();
    await start();
    life().deaf = true;
    const stopped = worker.stop();
    clock.advance(STOP_GRACE - 1);
    assert.deepEqual(life().asked, ['stop']);
    clock.advance(1);
    assert.equal(await stopped, false);
    assert.deepEqual(life().asked, ['stop', 'kill']);
  });

  it('is not started again when told to stop while it waits for that', async () => {
    const { clock, lives, worker, start, crash } = setUp();
    await start();
    await crash();
    assert.equal(await worker.stop(), true);
    clock.advance(60_000);
    assert.equal(lives.length, 1);
  });
});
