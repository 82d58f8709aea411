import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressOfPeer, ClientAddresses } from '../../src/auth/client-address.ts';
import { FailedLogins } from '../../src/auth/failed-logins.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('failed logins', () => {
  it('make an address wait, and no other; they wear off', () => {
    const clock = new FakeClock();
    const failures = new FailedLogins(clock);
    for (let n = 0; n < 10; n++) {
      assert.equal(failures.blocks('1.2.3.4', 10), false);
      failures.add('1.2.3.4', 10);
    }
    assert.equal(failures.blocks('1.2.3.4', 10), true);
    assert.equal(failures.blocks('1.2.3.5', 10), false);
    assert.equal(failures.blocks('1.2.3.4', 0), false);
    clock.advance(5_999);
    assert.equal(failures.blocks('1.2.3.4', 10), true);
    clock.advance(1);
    assert.equal(failures.blocks('1.2.3.4', 10), false, 'one has worn off');
    failures.add('1.2.3.4', 10);
    assert.equal(failures.blocks('1.2.3.4', 10), true);
    clock.advance(60_000);
    for (let n = 0; n < 9; n++) failures.add('1.2.3.4', 10);
    assert.equal(failures.blocks('1.2.3.4', 10), false);
  });

  it('are remembered of so many addresses', () => {
    const failures = new FailedLogins(new FakeClock());
    for (let n = 0; n < 11_000; n++) failures.add(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 100);
    assert.equal(failures.size, 10_000);
  });
});

describe('the address by which a client counts', () => {
  const ROWS: readonly (readonly [
    proxies: readonly string[] | null,
    address: string | null,
    forwarded: string | undefined,
    counts: string | null,
  ])[] = [
    // Where it is not said who the proxies are.
    [null, '203.0.113.7', undefined, '203.0.113.7'],
    [null, '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    [null, '127.0.0.1', '198.51.100.1', null],
    [null, '10.1.2.3', undefined, null],
    [null, '172.16.0.1', undefined, null],
    [null, '172.32.0.1', undefined, '172.32.0.1'],
    [null, '192.168.1.1', undefined, null],
    [null, '::1', undefined, null],
    [null, 'fd00::1', undefined, null],
    [null, '2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2'],
    [null, '2001:db8:1:2::6', undefined, '2001:db8:1:2'],
    [null, '2001:db8::6', undefined, '2001:db8:0:0'],
    [null, null, undefined, null],
    [null, 'unknown', undefined, null],
    // Where there are none.
    [[], '127.0.0.1', undefined, '127.0.0.1'],
    [[], '127.0.0.1', '198.51.100.1', '127.0.0.1'],
    [[], '10.1.2.3', undefined, '10.1.2.3'],
    // Where there are some.
    [['127.0.0.1', '10.0.0.0/8'], '127.0.0.1', '198.51.100.1', '198.51.100.1'],
    [['127.0.0.1', '10.0.0.0/8'], '127.0.0.1', 'spoofed, 1.1.1.1, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    [['127.0.0.1', '10.0.0.0/8'], '127.0.0.1', '198.51.100.1, spoofed', null],
    [['127.0.0.1', '10.0.0.0/8'], '127.0.0.1', undefined, null],
    [['127.0.0.1', '10.0.0.0/8'], '127.0.0.1', '10.1.1.1, 10.2.2.2', null],
    [['127.0.0.1', '10.0.0.0/8'], '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    [['127.0.0.1'], '127.0.0.1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    [['2001:db8::/32'], '2001:db8::1', '198.51.100.1', '198.51.100.1'],
  ];

  for (const [proxies, address, forwarded, counts] of ROWS) {
    it(`${address}, for ${forwarded ?? 'itself'}, behind ${JSON.stringify(proxies)}: ${counts}`, () => {
      assert.equal(
        new ClientAddresses(proxies).of(address, () => forwarded),
        counts,
      );
    });
  }

  it('is read off a peer’s name', () => {
    assert.equal(addressOfPeer('tcp4:1.2.3.4:5'), '1.2.3.4');
    assert.equal(addressOfPeer('tcp6:2001:db8::1:5'), '2001:db8::1');
    for (const peer of ['unix', 'unix:/a:1', 'unknown', 'process:1']) assert.equal(addressOfPeer(peer), null);
  });
});
