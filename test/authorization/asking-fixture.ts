import assert from 'node:assert/strict';
import { type Ask, AskingAuthorizer } from '../../src/authorization/asking-authorizer.ts';
import type { Action, Authorization, PeerInfo } from '../../src/authorization/authorizer.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import type { Log, LogFields } from '../../src/wamp/log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { settle } from '../support/scripted-peer.ts';

export function peer(authid: string, more: Partial<PeerInfo> = {}): PeerInfo {
  return {
    session: 4711,
    realm: 'realm1',
    authid,
    authrole: 'user',
    authmethod: 'ticket',
    authprovider: 'static',
    authextra: null,
    transport: { peer: 'tcp4:127.0.0.1:4711' },
    ...more,
  };
}

interface Asked {
  readonly question: readonly [session: Dict, uri: string, action: Action, options: Dict];
  readonly signal: AbortSignal;
  readonly answer: (value: unknown) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
}

/** An authorizer whose answers the test gives. */
export class AskingBench {
  readonly clock = new FakeClock();
  readonly asked: Asked[] = [];
  readonly lines: LogFields[] = [];
  incumbent: number | null = 1;
  /** What is answered at once, in place of a promise. */
  ask: Ask;
  readonly authorizer: AskingAuthorizer;

  constructor() {
    this.ask = (...asked) => this.#promise(asked);
    const log: Log = {
      debug() {},
      info() {},
      warn: (_text, fields = {}) => void this.lines.push(fields),
      error: () => assert.fail('nothing of this is a fault of the router'),
      with: () => log,
    };
    this.authorizer = new AskingAuthorizer({
      clock: this.clock,
      log,
      timeout: LIMITS.authorizerTimeout,
      incumbent: () => this.incumbent,
      ask: (...asked) => this.ask(...asked),
    });
  }

  /** Asks for a decision; fails where it is given at once. */
  pending(who: PeerInfo, action: Action, uri: string, options: Dict = {}) {
    const pending = this.authorizer.authorize(who, action, uri, options);
    assert(pending.allow === null, `decided at once: ${JSON.stringify(pending)}`);
    return pending;
  }

  /** Asks for a decision; fails where it is not given at once. */
  decided(who: PeerInfo, action: Action, uri: string, options: Dict = {}): Authorization {
    const decision = this.authorizer.authorize(who, action, uri, options);
    assert(decision.allow !== null, 'not decided at once');
    return decision;
  }

  /** Asks, and answers. */
  async decide(
    who: PeerInfo,
    action: Action,
    uri: string,
    answer: unknown,
    options: Dict = {},
  ): Promise<Authorization> {
    const { decision } = this.pending(who, action, uri, options);
    const asked = this.asked.pop();
    assert(asked !== undefined);
    await asked.answer(answer);
    return decision;
  }

  assertIdle(): void {
    assert.equal(this.authorizer.counts.awaited, 0);
    assert.equal(this.clock.pending, 0, 'timers');
  }

  #promise([session, uri, action, options, signal]: Parameters<Ask>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.asked.push({
        question: [session, uri, action, options],
        signal,
        answer: (value) => {
          resolve(value);
          return settle();
        },
        fail: (error) => {
          reject(error);
          return settle();
        },
      });
    });
  }
}
