import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AuthenticationError } from '../../src/auth/authenticator.ts';
import { KeyDerivation } from '../../src/auth/key-derivation.ts';

const salting = { salt: 'salt123', iterations: 100, keylen: 16 };
const slow = { ...salting, iterations: 20_000 };
const never = new AbortController().signal;

function denies(message: string) {
  return (error: unknown) => error instanceof AuthenticationError && error.deny.message === message;
}

describe('[row 42] KeyDerivation', () => {
  it('derives base64 text of the length asked for', async () => {
    assert.equal(await new KeyDerivation().derive('secret1', salting, never), 'prq7+YkJ1/KlW1X0YczMHw==');
  });

  it('has all who wait served, and refuses beyond a hundred of them', async () => {
    const derivation = new KeyDerivation();
    const served = Array.from({ length: 102 }, (_, at) => derivation.derive(`secret${at}`, salting, never));
    await assert.rejects(derivation.derive('one more', salting, never), denies('too many logins are being decided'));
    assert.equal(new Set(await Promise.all(served)).size, 102);
    assert.equal(
      await derivation.derive('secret1', salting, never),
      'prq7+YkJ1/KlW1X0YczMHw==',
      'places are free again',
    );
  });

  it('does not begin for a client that has left while it waited', async () => {
    const derivation = new KeyDerivation();
    const client = new AbortController();
    const order: string[] = [];
    const told = (name: string) => () => order.push(name);
    const busy = [1, 2].map((at) => derivation.derive(`secret${at}`, slow, never).then(told('busy')));
    const left = derivation.derive('secret3', { ...slow, iterations: 1e9 }, client.signal);
    const next = derivation.derive('secret4', salting, never).then(told('next'));
    client.abort();
    await assert.rejects(left, denies('the login was given up'));
    await Promise.all([...busy, next]);
    assert.deepEqual(order.toSorted(), ['busy', 'busy', 'next']);
  });
});
