import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { FileCookies } from '../../src/stores/file-cookies.ts';
import { SILENT } from '../../src/wamp/log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { cookieRecord, NOW } from './cookie-records.ts';
import { cookieStoreSuite } from './cookie-store-suite.ts';

const directory = mkdtempSync(join(tmpdir(), 'turnpike-cookies-'));
after(() => rmSync(directory, { recursive: true }));

let files = 0;

class Bench {
  readonly path: string;
  readonly clock = new FakeClock();
  readonly lines: string[] = [];
  now = NOW;

  constructor(content?: string) {
    this.path = join(directory, `cookies-${files++}.jsonl`);
    if (content !== undefined) writeFileSync(this.path, content, { mode: 0o600 });
  }

  async open(more: { purge?: boolean; limit?: number } = {}): Promise<FileCookies> {
    const at = (level: string) => (text: string) => void this.lines.push(`${level}: ${text}`);
    const log = { ...SILENT, info: at('info'), warn: at('warn'), error: at('error') };
    const { path, clock } = this;
    const options = { path, purge: false, limit: 100, ...more };
    const store = new FileCookies(options, { clock, wallClock: () => this.now, log });
    await store.open();
    return store;
  }

  get content(): Record<string, unknown>[] {
    const lines = readFileSync(this.path, 'utf8').split('\n');
    assert.equal(lines.pop(), '', 'the file ends with a line');
    return lines.map((line) => JSON.parse(line));
  }
}

/** As Crossbar 26 wrote it: a visit, a login, a logout, and a record of a purge. */
const CROSSBAR = `\
{"cbtid": "nVdlzPjlYSrHNkWPGWtXkyZJ", "status": "created", "created": "2026-01-30T10:00:00.123Z", "modified": null, "deleted": null, "max_age": 604800, "authid": null, "authrole": null, "authmethod": null, "authrealm": null, "authextra": null}
{"cbtid": "nVdlzPjlYSrHNkWPGWtXkyZJ", "status": "modified", "created": "2026-01-30T10:00:00.123Z", "modified": "2026-01-30T10:00:01.000Z", "deleted": null, "max_age": 604800, "authid": "peter", "authrole": "user", "authmethod": "ticket", "authrealm": "realm1", "authextra": {"x_cb_node": "node-1", "x_cb_worker": "worker001", "x_cb_peer": "tcp4:127.0.0.1:1", "x_cb_pid": 1}}
{"cbtid": "q/fX+wAAYSrHNkWPGWtXkyZJ", "status": "created", "created": "2026-01-30T11:00:00.000Z", "modified": null, "deleted": null, "max_age": 604800, "authid": "gone", "authrole": "user", "authmethod": "ticket", "authrealm": "realm1", "authextra": null}
{"cbtid": "q/fX+wAAYSrHNkWPGWtXkyZJ", "status": "deleted", "created": "2026-01-30T11:00:00.000Z", "modified": null, "deleted": "2026-01-30T11:00:01.000Z", "max_age": 604800, "authid": "gone", "authrole": "user", "authmethod": "ticket", "authrealm": "realm1", "authextra": null}
{"cbtid": "AAAAAAAAAAAAAAAAAAAAAAAA", "created": "2026-01-01T00:00:00.000Z", "max_age": 60, "authid": "old", "authrole": "user", "authmethod": "ticket", "authrealm": "realm1", "authextra": null}
`;

describe('cookies in a file', () => {
  cookieStoreSuite(() => new Bench().open({ limit: 3 }));

  it('are one line of JSON for each change, in Crossbar’s words', async () => {
    const bench = new Bench();
    const store = await bench.open();
    await store.put(cookieRecord('one', { login: null }));
    await store.put(cookieRecord('one', { modified: NOW + 1000 }));
    bench.now = NOW + 2000;
    await store.delete('one');
    await store.close();
    const common = { cbtid: 'one', created: '2026-01-31T12:34:56.789Z', max_age: 604_800 };
    const nobody = { authid: null, authrole: null, authmethod: null, authrealm: null, authextra: null };
    const user = {
      authid: 'user1',
      authrole: 'user',
      authmethod: 'ticket',
      authrealm: 'realm1',
      authextra: { tenant: 7 },
    };
    const modified = '2026-01-31T12:34:57.789Z';
    assert.deepEqual(bench.content, [
      { ...common, status: 'created', modified: null, deleted: null, ...nobody },
      { ...common, status: 'modified', modified, deleted: null, ...user },
      { ...common, status: 'deleted', modified, deleted: '2026-01-31T12:34:58.789Z', ...user },
    ]);
    assert.deepEqual(Object.keys(bench.content[0]!), [
      ...['cbtid', 'status', 'created', 'modified', 'deleted', 'max_age'],
      ...['authid', 'authrole', 'authmethod', 'authrealm', 'authextra'],
    ]);
    assert.equal(statSync(bench.path).mode & 0o777, 0o600);
  });

  it('are Crossbar’s, taken over as they are; what was deleted stays so', async () => {
    const bench = new Bench(CROSSBAR);
    const store = await bench.open();
    const taken = store.get('nVdlzPjlYSrHNkWPGWtXkyZJ');
    assert.equal(taken?.login?.authid, 'peter');
    assert.equal(taken?.created, Date.UTC(2026, 0, 30, 10, 0, 0, 123));
    assert.equal(store.get('q/fX+wAAYSrHNkWPGWtXkyZJ'), null);
    assert.equal(store.get('AAAAAAAAAAAAAAAAAAAAAAAA')?.login?.authid, 'old');
    await store.close();
    assert.equal(readFileSync(bench.path, 'utf8'), CROSSBAR);
  });

  it('that are too old go at the start where that is configured', async () => {
    const bench = new Bench(CROSSBAR);
    await (await bench.open({ purge: true })).close();
    assert.deepEqual(
      bench.content.map(({ cbtid }) => cbtid),
      ['nVdlzPjlYSrHNkWPGWtXkyZJ'],
    );
  });

  it('outlive the process', async () => {
    const bench = new Bench();
    const store = await bench.open();
    await Promise.all([store.put(cookieRecord('one')), store.put(cookieRecord('two')), store.delete('one')]);
    await store.close();
    const again = await bench.open();
    assert.equal(again.get('one'), null);
    assert.deepEqual({ ...again.get('two') }, cookieRecord('two'));
    await again.put(cookieRecord('three'));
    await again.close();
  });

  it('are written anew when most lines say nothing any more', async () => {
    const bench = new Bench();
    const store = await bench.open();
    for (let n = 0; n < 1_200; n++) await Promise.all([store.put(cookieRecord('one')), store.put(cookieRecord('two'))]);
    await store.close();
    assert.ok(bench.content.length < 1_200, `${bench.content.length} lines`);
    const again = await bench.open();
    assert.notEqual(again.get('two'), null);
    await again.close();
  });
});

describe('rows 145 to 147: a cookie file', () => {
  for (const cut of [1, 2, 40]) {
    it(`whose last line is cut by ${cut} bytes loses that line alone, and can go on`, async () => {
      const whole = CROSSBAR.slice(0, CROSSBAR.indexOf('\n', 300) + 1);
      const bench = new Bench(whole.slice(0, -cut));
      const store = await bench.open();
      const login = store.get('nVdlzPjlYSrHNkWPGWtXkyZJ')?.login;
      assert.equal(login?.authid, cut === 1 ? 'peter' : undefined);
      await store.put(cookieRecord('one'));
      await store.close();
      assert.equal(bench.content.at(-1)?.['cbtid'], 'one');
      assert.equal(bench.lines.length, cut === 1 ? 0 : 1);
    });
  }

  const BAD: readonly (readonly [what: string, line: string])[] = [
    ['is not JSON', 'what'],
    ['is empty', ''],
    ['is a list', '[]'],
    ['has no cookie', '{"created":"2026-01-30T10:00:00.123Z","max_age":1}'],
    ['has no time', '{"cbtid":"a","max_age":1}'],
    ['has a time that is none', '{"cbtid":"a","created":"yesterday","max_age":1}'],
    ['has half a login', '{"cbtid":"a","created":"2026-01-30T10:00:00Z","max_age":1,"authid":"peter"}'],
  ];

  for (const [what, line] of BAD) {
    it(`with a line that ${what} is not used, and the text says which`, async () => {
      const bench = new Bench(`${CROSSBAR}${line}\n${CROSSBAR}`);
      await assert.rejects(bench.open(), (error: Error) => {
        assert.match(error.message, /cookies-\d+\.jsonl:6: this line is no cookie; mend it, or move the file away/);
        assert.doesNotMatch(error.message, /nVdl|yesterday/);
        return true;
      });
      assert.ok(readFileSync(bench.path, 'utf8').includes(line), 'it is left as it was');
    });
  }

  it('that others may read is told of', async () => {
    const bench = new Bench(CROSSBAR);
    chmodSync(bench.path, 0o644);
    await (await bench.open()).close();
    assert.match(bench.lines.join(), /others may read the cookie file/);
  });

  it('on a disk that is full keeps all in memory, says so once, and is whole again when there is room', async () => {
    const bench = new Bench();
    symlinkSync('/dev/full', bench.path);
    symlinkSync('/dev/full', `${bench.path}.new`);
    const store = await bench.open();
    await assert.rejects(store.put(cookieRecord('one')), { code: 'ENOSPC' });
    await assert.rejects(store.put(cookieRecord('two')), { code: 'ENOSPC' });
    assert.notEqual(store.get('one'), null);
    // The second write took the obstacle away; the retry finds room.
    bench.clock.advance(5_000);
    await store.put(cookieRecord('three'));
    await store.close();
    assert.deepEqual(bench.content.map(({ cbtid }) => cbtid).sort(), ['one', 'three', 'two']);
    const errors = bench.lines.filter((line) => line.startsWith('error'));
    assert.deepEqual(errors, ['error: the cookie file cannot be written']);
    assert.match(bench.lines.at(-1) ?? '', /can be written again/);
    assert.equal(bench.clock.pending, 0);
  });

  it('in a directory that is not there is a clear error', async () => {
    const bench = new Bench();
    const options = { path: join(bench.path, 'no', 'cookies'), purge: false, limit: 1 };
    const store = new FileCookies(options, { clock: bench.clock, wallClock: () => NOW, log: SILENT });
    await assert.rejects(store.open(), /no such file or directory, open '.*cookies'/);
  });
});
