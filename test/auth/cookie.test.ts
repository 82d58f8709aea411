/** Cookies as logins: rows 20, 54 and 55 of the attack list, K18 and K19; and as plain tracking. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accepted, CookieBench, WEEK } from './cookie-fixture.ts';

describe('a login that a cookie stands for', () => {
  it('comes back as it was, by the cookie', () => {
    const browser = new CookieBench().browser();
    browser.logIn().end();
    const visit = browser.connect();
    assert.equal(visit.setCookie, null);
    assert.equal(visit.id, browser.cookie);
    assert.deepEqual(visit.restore(['ticket', 'cookie']), {
      kind: 'accept',
      realm: 'realm1',
      authid: 'user1',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'cookie',
      authextra: { __proto__: null, tenant: 7 },
    });
  });

  it('comes back again and again: a restored session changes nothing', () => {
    const browser = new CookieBench().browser();
    browser.logIn().end();
    const { cookie } = browser;
    for (let n = 0; n < 3; n++) {
      const visit = browser.connect();
      visit.joined(visit.restore(['cookie'])!);
      visit.end();
      assert.equal(browser.cookie, cookie);
    }
  });

  it('is nobody’s before that', () => {
    const browser = new CookieBench().browser();
    assert.equal(browser.whoami(), null);
    assert.equal(browser.whoami(), null);
  });

  it('is not offered: it stands for nothing any more, as in Crossbar', () => {
    const browser = new CookieBench().browser();
    browser.logIn().end();
    const visit = browser.connect();
    assert.equal(visit.restore(['anonymous']), null);
    visit.joined(accepted('user2'));
    visit.end();
    assert.equal(browser.whoami(), null, 'nor does the id that was brought stand for the new one');
    browser.logIn('user2').end();
    assert.equal(browser.whoami(), 'user2');
  });

  it('drops reserved keys that a store may hold (K15)', async () => {
    const bench = new CookieBench();
    const browser = bench.browser();
    browser.logIn().end();
    const record = bench.store.get(browser.cookie!)!;
    const authextra = { x_cb_peer: 'forged', transport: {}, mine: 1 };
    await bench.store.put({ ...record, login: { ...record.login!, authextra } });
    const restored = browser.connect().restore(['cookie']);
    assert.deepEqual({ ...restored?.authextra }, { mine: 1 });
  });

  for (const authmethod of ['anonymous', 'anonymous-proxy', 'cryptosign-proxy']) {
    it(`is not one by ${authmethod}, which proves nothing`, () => {
      const bench = new CookieBench();
      const browser = bench.browser();
      const visit = browser.connect();
      visit.joined(accepted('user1', { authmethod }));
      visit.end();
      assert.equal(browser.whoami(), null);
    });
  }

  it('is not one with an enormous extra', () => {
    const bench = new CookieBench();
    const browser = bench.browser();
    const visit = browser.connect();
    visit.joined(accepted('user1', { authextra: { data: 'x'.repeat(20_000) } }));
    visit.end();
    assert.equal(browser.whoami(), null);
    assert.equal(bench.warnings.length, 1);
  });
});

describe('[row 54] a cookie', () => {
  it('has an id of at least 128 bits, whatever the configuration says', () => {
    for (const [length, actual] of [
      [6, 22],
      [22, 22],
      [64, 64],
    ] as const) {
      const visit = new CookieBench({ length }).browser().connect();
      assert.match(visit.id!, new RegExp(`^[A-Za-z0-9_-]{${actual}}$`));
    }
  });

  it('has another id each time', () => {
    const bench = new CookieBench();
    const ids = new Set(Array.from({ length: 1_000 }, () => bench.browser().connect().id));
    assert.equal(ids.size, 1_000);
  });

  it('that an attacker planted never becomes the victim’s login (fixation, K18)', () => {
    const bench = new CookieBench();
    const attacker = bench.browser();
    const victim = bench.browser();
    const held = attacker.connect();
    victim.cookie = attacker.cookie;
    victim.logIn('victim').end();
    assert.notEqual(victim.cookie, attacker.cookie);
    assert.equal(victim.whoami(), 'victim');
    assert.equal(attacker.whoami(), null);
    assert.equal(held.restore(['cookie']), null);
  });

  it('that an attacker planted and holds gives him nothing, whatever he does with it then', () => {
    const bench = new CookieBench();
    const attacker = bench.browser();
    const victim = bench.browser();
    const held = attacker.connect();
    victim.cookie = attacker.cookie;
    const theirs = victim.connect();
    held.joined(accepted('attacker'));
    theirs.joined(accepted('victim'));
    assert.equal(held.restore(['cookie']), null);
    assert.equal(attacker.whoami(), null);
    held.joined(accepted('attacker'));
    assert.equal(victim.whoami(), 'victim', 'he does not take it over');
    void held.logOut();
    assert.equal(victim.whoami(), 'victim', 'nor end it');
    assert.deepEqual(victim.closed, []);
  });

  it('that is made up counts for nothing, and is replaced', () => {
    const bench = new CookieBench();
    const browser = bench.browser();
    for (const cookie of ['A'.repeat(24), 'x', '__proto__', 'a b', 'é'.repeat(24), 'A'.repeat(10_000)]) {
      browser.cookie = cookie;
      const visit = browser.connect();
      assert.notEqual(visit.id, cookie);
      assert.equal(visit.restore(['cookie']), null);
    }
  });

  it('expires on the server too', () => {
    const bench = new CookieBench();
    const browser = bench.browser();
    browser.logIn().end();
    const stolen = browser.cookie;
    bench.now += WEEK * 1000 - 1;
    assert.equal(browser.whoami(), 'user1');
    bench.now += 1;
    assert.equal(browser.whoami(), null);
    assert.equal(bench.store.get(stolen!), null);
  });

  it('expires as soon as a stricter configuration says', () => {
    const bench = new CookieBench();
    const browser = bench.browser();
    browser.logIn().end();
    bench.now += 3_600_000;
    const visit = browser.connect({ jar: bench.newJar({ maxAge: 3_600 }) });
    assert.equal(visit.restore(['cookie']), null);
  });

  it('costs nothing until somebody logs in with it: 1,000 of them leave nothing behind', () => {
    const bench = new CookieBench({}, 1_000);
    const browser = bench.browser();
    browser.logIn().end();
    for (let n = 0; n < 1_000; n++) bench.browser().connect().end();
    assert.equal(browser.whoami(), 'user1');
    assert.equal(bench.visits.size, 0);
  });

  it('of a store that is full makes the oldest go, those without a login first', () => {
    const bench = new CookieBench({}, 2);
    const tracking = bench.newJar({ login: false });
    const [first, second] = [bench.browser(), bench.browser()];
    first.logIn('first').end();
    bench.browser().connect({ jar: tracking }).end();
    second.logIn('second').end();
    assert.equal(first.whoami(), 'first');
    assert.equal(second.whoami(), 'second');
    bench.browser().logIn('third').end();
    assert.equal(first.whoami(), null);
    assert.equal(second.whoami(), 'second');
  });

  it('of a page of a foreign origin counts for nothing, and is not replaced (row 20, K19)', () => {
    const bench = new CookieBench();
    const browser = bench.browser();
    browser.logIn().end();
    const visit = browser.connect({ cookiesCount: false });
    assert.deepEqual([visit.id, visit.setCookie, visit.restore(['cookie'])], [null, null, null]);
    visit.joined(accepted('attacker'));
    visit.end();
    browser.connect({ cookiesCount: false }).end();
    assert.equal(browser.whoami(), 'user1');
    assert.equal(bench.warnings.length, 1, 'said once');
  });
});

describe('[row 55] a logout', () => {
  it('ends the cookie, and its other connections', async () => {
    const bench = new CookieBench();
    const browser = bench.browser();
    const first = browser.logIn();
    const second = browser.connect();
    const third = browser.connect();
    const other = bench.browser();
    other.logIn('other');
    await second.logOut();
    assert.deepEqual(browser.closed, [first, third]);
    assert.deepEqual(other.closed, []);
    assert.equal(browser.whoami(), null);
    assert.equal(other.whoami(), 'other');
  });

  it('leaves a connection whose next login is not kept: its id has been a login', async () => {
    const browser = new CookieBench().browser();
    const visit = browser.logIn();
    const { cookie } = browser;
    await visit.logOut();
    visit.joined(accepted('user2'));
    browser.cookie = cookie;
    assert.equal(browser.whoami(), null);
  });
});

describe('parallel tabs', () => {
  it('each may log in: the browser is whoever its newest cookie says', () => {
    const browser = new CookieBench().browser();
    const [first, second] = [browser.connect(), browser.connect()];
    second.joined(accepted('user2'));
    first.joined(accepted('user1'));
    assert.equal(browser.whoami(), 'user2');
  });

  it('a login on the older connection is kept under the id that the browser got since', () => {
    const browser = new CookieBench().browser();
    const older = browser.connect();
    const newer = browser.connect();
    older.joined(accepted('user1'));
    assert.equal(browser.whoami(), 'user1');
    assert.equal(newer.restore(['cookie'])?.authid, 'user1');
  });

  it('such a login can be ended from there, and then is ended everywhere', async () => {
    const browser = new CookieBench().browser();
    const older = browser.connect();
    const newer = browser.connect();
    older.joined(accepted('user1'));
    await older.logOut();
    assert.deepEqual(browser.closed, [newer]);
    assert.equal(browser.whoami(), null);
  });

  it('a second login on that connection replaces the first', () => {
    const browser = new CookieBench().browser();
    const older = browser.connect();
    browser.connect();
    older.joined(accepted('user1'));
    older.joined(accepted('user2'));
    assert.equal(browser.whoami(), 'user2');
  });

  it('leave nothing behind', () => {
    const bench = new CookieBench();
    const browser = bench.browser();
    const tabs = Array.from({ length: 40 }, () => browser.connect());
    tabs[0]!.joined(accepted('user1'));
    for (const tab of tabs) tab.end();
    assert.equal(bench.visits.size, 0);
    assert.equal(bench.visits.issuedTo(tabs[0]!.id!), null);
  });
});

describe('cookies without logins', () => {
  it('tell browsers apart, from connection to connection', () => {
    const bench = new CookieBench({ login: false });
    const [one, other] = [bench.browser(), bench.browser()];
    const first = one.connect();
    assert.notEqual(first.setCookie, null);
    const second = one.connect();
    assert.equal(second.setCookie, null);
    assert.equal(second.id, first.id);
    assert.notEqual(other.connect().id, first.id);
  });

  it('never stand for a login, nor become one where logins are configured later', () => {
    const bench = new CookieBench({ login: false });
    const browser = bench.browser();
    browser.logIn().end();
    assert.equal(browser.whoami(), null);
    const visit = browser.connect({ jar: bench.newJar() });
    assert.notEqual(visit.setCookie, null);
    assert.equal(visit.restore(['cookie']), null);
  });

  it('give anonymous clients an authid that stays, and that is not the id', () => {
    const bench = new CookieBench({ login: false });
    const browser = bench.browser();
    const { anonymousAuthid, id } = browser.connect();
    assert.equal(browser.connect().anonymousAuthid, anonymousAuthid);
    assert.match(anonymousAuthid!, /^[A-Za-z0-9_-]{24}$/);
    assert.notEqual(anonymousAuthid, id);
    assert.notEqual(bench.browser().connect().anonymousAuthid, anonymousAuthid);
  });
});
