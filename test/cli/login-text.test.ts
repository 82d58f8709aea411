import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AuthenticationError } from '../../src/auth/authenticator.ts';
import { deny } from '../../src/auth/outcome.ts';
import { LoginReport } from '../../src/cli/login-report.ts';
import { resultLine, stepLines } from '../../src/cli/login-text.ts';
import { Redaction } from '../../src/cli/redacted.ts';
import { WampError } from '../../src/wamp/errors.ts';
import { FakeClock } from '../support/fake-clock.ts';

function fixture() {
  const clock = new FakeClock();
  const report = new LoginReport(new Redaction(['s3cr3t']), clock);
  return { clock, report, lines: () => stepLines(report.shown) };
}

describe('the end of a login as text', () => {
  it('says who refused', () => {
    const end = { reason: 'com.example.no', message: 'why' } as const;
    assert.equal(resultLine({ result: 'welcomed', by: null, reason: null, message: null }), 'logged in');
    assert.equal(resultLine({ result: 'refused', by: 'router', ...end }), 'refused: com.example.no "why"');
    assert.equal(resultLine({ result: 'refused', by: 'client', ...end }), 'the client gave up: com.example.no "why"');
    assert.equal(resultLine({ result: 'untried', by: null, ...end }), 'not tried: com.example.no "why"');
  });
});

describe('the steps of a login as text', () => {
  it('messages, without what nobody logs in by', () => {
    const { report, lines } = fixture();
    const elements = ['realm1', { roles: { caller: {} }, authid: 'joe' }];
    report.onLoginMessage({ sent: true, name: 'HELLO', elements });
    report.onLoginMessage({ sent: false, name: 'ABORT', elements: [{ message: 'no s3cr3t' }, 'com.example.no'] });
    assert.deepEqual(lines(), [
      '→ HELLO "realm1" {"authid":"joe"}',
      '← ABORT {"message":"no ‹masked›"} "com.example.no"',
    ]);
  });

  it('what peers say cannot forge a line, nor steer the terminal', () => {
    const { report, lines } = fixture();
    const elements = [{ message: 'a\n← WELCOME\u001b[2J\u202e\u009b' }, 'com.example.no'];
    report.onLoginMessage({ sent: false, name: 'ABORT', elements });
    assert.deepEqual(lines(), ['← ABORT {"message":"a\\n← WELCOME\\u001b[2J\\u202e\\u009b"} "com.example.no"']);
    const message = 'a\nlogged in';
    assert.equal(
      resultLine({ result: 'refused', by: 'router', reason: 'com.example.no', message }),
      'refused: com.example.no "a\\nlogged in"',
    );
    assert.equal(resultLine({ result: 'refused', by: 'router', reason: 'a\nb', message: null }), 'refused: a\\nb');
  });

  it('long values are cut', () => {
    const { report, lines } = fixture();
    report.trace({ kind: 'answered', answer: 'x'.repeat(3_000) });
    assert.match(lines()[0] ?? '', /^ {4}answer, after 0 ms: "x{1999} … \(1002 more\)$/);
  });

  it('what an authenticator is asked, how long it took, and what it raised', () => {
    const { clock, report, lines } = fixture();
    const authenticator = { type: 'dynamic', procedure: 'a.b', realm: null, role: 'r', wait: 1, timeout: 2 } as const;
    report.trace({ kind: 'asked', authenticator, realm: null, authid: 'joe', details: { ticket: 'other' } });
    clock.advance(7);
    const cause = new WampError('com.example.no', ['s3cr3t'], { code: 1 });
    const error = new AuthenticationError(deny('com.example.no', 's3cr3t'), 'raised', { cause });
    report.trace({ kind: 'raised', error });
    assert.deepEqual(lines(), [
      '    asked: the procedure "a.b" on the realm that the client asks for, called as role "r"; waits 1 ms for it to come, 2 ms for its answer',
      '      realm: null, authid: "joe"',
      '      details: {"ticket":"‹masked›"}',
      '    refused, after 7 ms; the client reads: "com.example.no" "‹masked›"',
      '      it raised: "com.example.no" ["‹masked›"] {"code":1}',
    ]);
  });

  it('what is thrown that is no error', () => {
    const { report, lines } = fixture();
    report.trace({ kind: 'raised', error: 'no' });
    assert.deepEqual(lines(), ['    it failed, after 0 ms: "no"']);
  });
});
