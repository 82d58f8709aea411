import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FailedLogins } from '../../src/auth/failed-logins.ts';
import { type Deny, deny } from '../../src/auth/outcome.ts';
import { StepEnd } from '../../src/auth/step-signal.ts';
import { countedLogin } from '../../src/session/counted-login.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogLines } from '../system/log-lines.ts';

describe('logins that fail too often', () => {
  it('[row 38] are told of once, however many were under way when there were too many', async () => {
    const [clock, lines] = [new FakeClock(), new LogLines()];
    const ports = { failures: new FailedLogins(clock), address: '203.0.113.9', perMinute: 3, log: lines.log };
    const answers: ((outcome: Deny) => void)[] = [];
    const attempt = () =>
      countedLogin(
        { hello: () => assert.fail('not asked'), authenticate: () => new Promise((resolve) => answers.push(resolve)) },
        ports,
      ).authenticate('canary-ticket', {}, new StepEnd());
    const fail = async (count: number): Promise<void> => {
      const logins = Array.from({ length: count }, attempt);
      for (const answer of answers.splice(0)) answer(deny('wamp.error.not_authorized', 'no'));
      await Promise.all(logins);
    };
    await fail(20);
    assert.equal(lines.lines.length, 1);
    assert.match(lines.all, /^warn too many logins have failed .*"address":"203\.0\.113\.9","max_failed_logins":3/);
    for (let n = 0; n < 20; n++) {
      const outcome = await attempt();
      assert.equal(outcome.kind === 'deny' && outcome.reason, 'wamp.error.authentication_failed');
    }
    assert.equal(lines.lines.length, 1, 'nor of those that are refused');
    clock.advance(600_000);
    await fail(3);
    assert.equal(lines.lines.length, 2, 'and again when it begins again');
    assert.ok(!lines.all.includes('canary'));
  });
});
