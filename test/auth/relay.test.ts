/**
 * A client takes a false router for its own. That one passes on what client and right router say to each other, and would
 * like to be the client there. It has a TLS session with each of them, and knows all of both.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../src/auth/outcome.ts';
import type { AuthEntry } from '../../src/auth/policy.ts';
import { cryptosign } from '../../src/client/auth/cryptosign.ts';
import { scram } from '../../src/client/auth/scram.ts';
import { ticket } from '../../src/client/auth/ticket.ts';
import { wampcra } from '../../src/client/auth/wampcra.ts';
import type { ChallengeAnswer, ClientAuth } from '../../src/client/client-auth.ts';
import type { Dict } from '../../src/wamp/dict.ts';
import type { TlsChannel } from '../../src/wamp/tls-channel.ts';
import { Page } from '../docs/page.ts';
import { fakeChannel } from './fake-channel.ts';
import { helloOf, LoginFixture } from './login-fixture.ts';
import { CANARY, PROOFS, type ProvableMethod, SEED } from './proofs.ts';

const never = new AbortController().signal;

function channelOf(fill: number): TlsChannel {
  return { ...fakeChannel('TLSv1.3'), exporter: () => Buffer.alloc(32, fill) };
}

/** From the client to the false router, and from there to the right one. */
const NEAR = channelOf(1);
const FAR = channelOf(2);

interface Tampering {
  readonly hello?: (authextra: Readonly<Dict>) => Dict;
  readonly challenge?: (extra: Readonly<Dict>) => Dict;
  readonly answer?: (answer: { signature: string; extra: Dict }) => { signature: string; extra: Dict };
}

function fixtureOf(method: ProvableMethod, channelBinding: 'optional' | 'required'): LoginFixture {
  return new LoginFixture([{ ...PROOFS[method].entry, channelBinding } as AuthEntry]);
}

/** @returns what the right router makes of what it hears from the false one */
async function passedOn(fixture: LoginFixture, auth: ClientAuth, tampering: Tampering = {}): Promise<Outcome> {
  const proof = auth.begin({ authid: 'user1', channel: NEAR });
  const authextra = (tampering.hello ?? ((said) => ({ ...said })))(proof.authextra ?? {});
  const login = fixture.login();
  const hello = helloOf({ authmethods: [auth.method], authextra, channel: FAR });
  const outcome = await login.hello(hello, never);
  if (outcome.kind !== 'challenge') return outcome;
  const answer: ChallengeAnswer = await proof.answer((tampering.challenge ?? ((said) => said))(outcome.extra));
  const whole = typeof answer === 'string' ? { signature: answer, extra: {} } : answer;
  const { signature, extra } = (tampering.answer ?? ((said) => said))({ ...whole, extra: { ...whole.extra } });
  return login.authenticate(signature, extra, never);
}

const unbound = { hello: (said: Readonly<Dict>) => ({ ...said, channel_binding: null }) };

const unmarked = { ...unbound, challenge: (said: Readonly<Dict>) => ({ ...said, channel_binding: 'tls-exporter' }) };

describe('[row 41] a challenge that is passed on by a false router', () => {
  it('is answered for it where no channel is bound, as SECURITY.md says', async () => {
    const clients = [ticket(CANARY), wampcra(CANARY), cryptosign(SEED), scram(CANARY)];
    for (const auth of clients) {
      const fixture = fixtureOf(auth.method as ProvableMethod, 'optional');
      assert.equal((await passedOn(fixture, auth)).kind, 'accept', auth.method);
    }
    const page = new Page('SECURITY.md').section('What sits in between').replaceAll(/\s+/g, ' ');
    assert.match(page, /A login by `ticket` or `wampcra` can be passed on/);
    assert.match(page, /take `cryptosign` or `scram` with `"channel_binding": "required"`/);
  });

  it('is worth nothing there where the client bound its login by cryptosign', async () => {
    const client = () => cryptosign(SEED, { channelBinding: 'tls-exporter' });
    const other = {
      kind: 'deny',
      reason: 'wamp.error.not_authorized',
      message: 'signed message is not the challenge',
    };
    assert.deepEqual(await passedOn(fixtureOf('cryptosign', 'required'), client()), other);
    assert.deepEqual(await passedOn(fixtureOf('cryptosign', 'optional'), client(), unmarked), other);
    // Whoever forgets to mark the challenge as a bound one is not even answered.
    await assert.rejects(passedOn(fixtureOf('cryptosign', 'optional'), client(), unbound), /does not bind the login/);
  });

  it('is worth nothing there where the client bound its login by scram', async () => {
    const client = () => scram(CANARY, { channelBinding: 'tls-exporter' });
    const refusal = (error: string) => ({
      kind: 'deny',
      reason: 'wamp.error.not_authorized',
      message: 'SCRAM authentication failed',
      details: { scram: error },
    });
    const own = { channel_binding: 'tls-exporter', cbind_data: Buffer.alloc(32, 2).toString('base64') };
    const patched = {
      answer: ({ signature, extra }: { signature: string; extra: Dict }) => ({
        signature,
        extra: { ...extra, ...own },
      }),
    };
    const cleaned = {
      ...unbound,
      answer: ({ signature }: { signature: string; extra: Dict }) => ({ signature, extra: {} }),
    };
    for (const [rule, tampering, error] of [
      ['required', {}, 'channel-bindings-dont-match'],
      ['required', patched, 'invalid-proof'],
      ['optional', unbound, 'channel-bindings-dont-match'],
      ['optional', cleaned, 'invalid-proof'],
    ] as const) {
      assert.deepEqual(await passedOn(fixtureOf('scram', rule), client(), tampering), refusal(error));
    }
  });

  it('does not even come about where binding is required, and the false router takes the wish for it out', async () => {
    for (const [method, client] of [
      ['cryptosign', cryptosign(SEED, { channelBinding: 'tls-exporter' })],
      ['scram', scram(CANARY, { channelBinding: 'tls-exporter' })],
    ] as const) {
      const outcome = await passedOn(fixtureOf(method, 'required'), client, unbound);
      assert.ok(outcome.kind === 'deny');
      assert.deepEqual(
        [outcome.reason, outcome.message],
        ['wamp.error.authentication_failed', 'channel binding is required'],
      );
    }
  });
});
