/** The time of day is set while clients log in: deadlines neither come sooner for it nor later. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Dict } from '../../src/wamp/dict.ts';
import { CANARY, PROOFS } from '../auth/proofs.ts';
import { temporaryDirectory } from '../transports/rawsocket-harness.ts';
import { helloBy, refusal } from './doors-bench.ts';
import { connectPeer, type Peer } from './raw-peer.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Where a client comes in: the transports of the router, in their order. */
const DOORS = ['patient', 'short of time', 'asking'] as const;
type Door = (typeof DOORS)[number];

/** What a login has at the second, and the authenticator at the third. */
const TIMEOUT = 600;

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let child: ChildProcess;
let ports: readonly number[];

before(async () => {
  place = await temporaryDirectory();
  writeFileSync(join(place.directory, 'silent.mjs'), 'export const create = () => () => new Promise(() => {});');
  child = fork(fileURLToPath(new URL('./set-clock-router.js', import.meta.url)), [place.directory]);
  [ports] = (await once(child, 'message')) as [readonly number[]];
});

after(async () => {
  child.disconnect();
  await once(child, 'exit');
  await place.remove();
});

beforeEach(() => setClock(0));

/** @param off milliseconds */
async function setClock(off: number): Promise<void> {
  child.send(off);
  await once(child, 'message');
}

/** A client that has been challenged. @returns it, with CHALLENGE.Extra, and when it came */
async function challenged(method: string, door: Door): Promise<{ peer: Peer; extra: Dict; since: number }> {
  const since = performance.now();
  const peer = await connectPeer({ type: 'websocket', port: ports[DOORS.indexOf(door)] ?? 0 });
  peer.say(...helloBy([method]));
  const word = await peer.hear();
  assert.deepEqual([word?.[0], word?.[1]], [4, method], JSON.stringify(word));
  return { peer, extra: word?.[2] as Dict, since };
}

/** Not sooner than it should, and as soon as a machine that has much to do. */
function assertPassed(since: number): void {
  const passed = performance.now() - since;
  assert.ok(passed >= TIMEOUT - 20 && passed < TIMEOUT + 5_000, `${passed} ms`);
}

describe('[row 40] the time of day is set while a client logs in', { timeout: 30_000 }, () => {
  for (const off of [DAY, -DAY]) {
    it(`by ${off / DAY} day: its answer counts as before`, async () => {
      for (const method of ['wampcra', 'ticket'] as const) {
        const { peer, extra } = await challenged(method, 'patient');
        await setClock(off);
        peer.say(5, PROOFS[method].answer(extra), {});
        assert.equal((await peer.hear())?.[0], 2);
        peer.cut();
        await setClock(0);
      }
    });

    it(`by ${off / DAY} day: it is late when the time that it has is over, and not before`, async () => {
      const { peer, since } = await challenged('ticket', 'short of time');
      await setClock(off);
      assert.deepEqual(await refusal(peer), {
        uri: 'wamp.error.authentication_failed',
        message: 'the login took too long',
      });
      assertPassed(since);
    });

    it(`by ${off / DAY} day: an authenticator has its time, and no more`, async () => {
      const { peer } = await challenged('ticket', 'asking');
      const since = performance.now();
      peer.say(5, CANARY, {});
      await setClock(off);
      assert.deepEqual(await refusal(peer), {
        uri: 'wamp.error.authentication_failed',
        message: 'the authenticator did not answer in time',
      });
      assertPassed(since);
    });
  }

  it('is what the router tells clients, so it was set indeed', async () => {
    await setClock(DAY);
    const { peer, extra } = await challenged('wampcra', 'patient');
    const { timestamp } = JSON.parse(String(extra['challenge']));
    assert.ok(Math.abs(Date.parse(timestamp) - Date.now() - DAY) < DAY / 2);
    peer.cut();
  });
});
