import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { PathTree } from '../../src/webservice/path-tree.ts';
import { Static, type StaticOptions } from '../../src/webservice/static.ts';
import { exchange, startWeb, statusOf, type Web } from './web-fixture.ts';

const SECRET = 'outside of the root';

/** `site/` is served at `/` and at `/files`; `secret.txt` lies beside it. */
async function startSite(t: TestContext, options: StaticOptions = {}): Promise<Web & { site: string }> {
  const base = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-static-')));
  t.after(() => fs.rm(base, { recursive: true, force: true }));
  const site = path.join(base, 'site');
  const files: Record<string, string> = {
    'secret.txt': SECRET,
    'site-2/secret.txt': SECRET,
    'site/index.html': '<h1>home</h1>',
    'site/a.txt': '0123456789',
    'site/with space.txt': 'space',
    'site/100%.txt': 'percent',
    'site/ä.svg': '<svg/>',
    'site/app.jgz': 'code',
    'site/data.weird': 'weird',
    'site/noextension': '<script>',
    'site/sub/b.txt': 'b',
    'site/sub/deep/c.txt': 'c',
    'site/docs/index.html': 'docs',
    'site/.hidden': SECRET,
    'site/.git/config': SECRET,
    'site/.well-known/token': 'token',
    'site/..dots': SECRET,
  };
  for (const [name, content] of Object.entries(files)) {
    await fs.mkdir(path.dirname(path.join(base, name)), { recursive: true });
    await fs.writeFile(path.join(base, name), content);
  }
  await fs.symlink(path.join(base, 'secret.txt'), path.join(site, 'link-out.txt'));
  await fs.symlink(base, path.join(site, 'dir-out'));
  await fs.symlink(path.join(base, 'site-2'), path.join(site, 'sibling'));
  await fs.symlink('a.txt', path.join(site, 'link-in.txt'));
  await fs.symlink('loop', path.join(site, 'loop'));
  await fs.symlink('nowhere', path.join(site, 'dangling'));
  const service = new Static(site, options);
  const web = await startWeb(
    t,
    new PathTree(
      new Map([
        ['/', service],
        ['files', service],
      ]),
    ),
  );
  return { ...web, site };
}

const get = (port: number, target: string) =>
  exchange(port, `GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);

test('files, index files and directories', async (t) => {
  const { url } = await startSite(t);
  const table: [string, number, string | null, string | null][] = [
    ['/', 200, '<h1>home</h1>', 'text/html; charset=utf-8'],
    ['/a.txt', 200, '0123456789', 'text/plain; charset=utf-8'],
    ['/files/a.txt', 200, '0123456789', 'text/plain; charset=utf-8'],
    ['/link-in.txt', 200, '0123456789', 'text/plain; charset=utf-8'],
    ['/with%20space.txt', 200, 'space', 'text/plain; charset=utf-8'],
    ['/100%25.txt', 200, 'percent', 'text/plain; charset=utf-8'],
    ['/%C3%A4.svg', 200, '<svg/>', 'image/svg+xml'],
    ['/app.jgz', 200, 'code', 'text/javascript'],
    ['/noextension', 200, '<script>', 'application/octet-stream'],
    ['/.well-known/token', 200, 'token', 'application/octet-stream'],
    ['/docs/', 200, 'docs', 'text/html; charset=utf-8'],
    ['/docs', 302, null, null],
    ['/sub/', 404, null, null],
    ['/a.txt/', 404, null, null],
    ['/a.txt/b', 404, null, null],
    ['/missing', 404, null, null],
    ['/sub//b.txt', 404, null, null],
    ['/loop', 404, null, null],
    ['/dangling', 404, null, null],
  ];
  for (const [target, status, body, type] of table) {
    const answer = await fetch(url + target, { redirect: 'manual' });
    const text = await answer.text();
    assert.equal(answer.status, status, target);
    if (body !== null) assert.equal(text, body, target);
    if (type !== null) assert.equal(answer.headers.get('content-type'), type, target);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', target);
  }
});

test('a directory without its slash is redirected to this site only', async (t) => {
  const { port } = await startSite(t);
  assert.match(await get(port, '/docs?x=1'), /^HTTP\/1\.1 302 .*\r\nLocation: \/docs\/\r\n/s);
  assert.match(await get(port, '/files'), /\r\nLocation: \/files\/\r\n/);
  assert.match(await get(port, 'http://evil.example/files/docs'), /\r\nLocation: \/files\/docs\/\r\n/);
  for (const target of [
    '//evil.example/docs',
    '//docs',
    '///docs',
    '/\\docs',
    '/%0d%0aX:y/docs',
    '/%5cevil.example/..%2fdocs',
  ]) {
    assert.equal(statusOf(await get(port, target)), 404, target);
  }
});

test('nothing outside of the directory is served, however it is written', async (t) => {
  const { port } = await startSite(t, { enableDirectoryListing: true });
  const ups = [
    '..',
    '%2e%2e',
    '%2E.',
    '.%2e',
    '%252e%252e',
    '..%00',
    '..;',
    '..%3b',
    '..%5c',
    '..\\',
    '%2e%2e%5c',
    '...',
    '....',
    '..%2f',
    '%2e%2e%2f',
    '..%252f',
    '..%ff',
    '%c0%ae%c0%ae',
    '%e0%80%ae%e0%80%ae',
    '%uff0e%uff0e',
    '..%09',
    '..%0a',
    '.%00.',
    '\xef\xbc\x8e\xef\xbc\x8e',
    '%EF%BC%8E%EF%BC%8E',
    '..%c0%af',
    '..%ef%bc%8f',
    '..%u2215',
    '/..',
    './..',
    'sub/../..',
    'sub/%2e%2e/%2e%2e',
  ];
  const targets = [
    ...ups.flatMap((up) => [
      `/${up}/secret.txt`,
      `/${up}/${up}/secret.txt`,
      `/sub/${up}/${up}/secret.txt`,
      `/files/${up}/secret.txt`,
      `/${up}secret.txt`,
      `/${up}`,
    ]),
    ...ups.map((up) => `/${up}/site-2/secret.txt`),
    '/link-out.txt',
    '/dir-out/secret.txt',
    '/dir-out/',
    '/dir-out',
    '/sibling/secret.txt',
    '/sibling/',
    '/.hidden',
    '/%2ehidden',
    '/.git/config',
    '/.git/',
    '/.git',
    '/sub/.git/config',
    '/..dots',
    '/.well-known/../.hidden',
    '/a.txt%00',
    '/a.txt%00.html',
    '/%00',
    '/%2fetc%2fpasswd',
    '//etc/passwd',
    '/%2f%2fetc/passwd',
    '/c:/windows',
    '/c%3a%5cwindows',
    '/file:///etc/passwd',
    '/a.txt::$DATA',
    '/A.TXT',
    '/a.txt.',
    '/a.txt%20',
    '/~root',
    '/%7eroot/',
    '/proc/self/environ',
    `/${'../'.repeat(50)}etc/passwd`,
    `/${'%2e%2e/'.repeat(50)}etc/passwd`,
    `/${'a/'.repeat(2_000)}`,
    `/${'a'.repeat(5_000)}`,
  ];
  assert.ok(targets.length > 200);
  for (const target of targets) {
    const answer = await get(port, target);
    assert.ok([400, 404].includes(statusOf(answer)), `${target}: ${answer.slice(0, 80)}`);
    assert.ok(!answer.includes(SECRET) && !answer.includes('root:') && !answer.includes(os.tmpdir()), target);
  }
});

test('a symbolic link that is swapped after the start is judged anew', async (t) => {
  const { url, site } = await startSite(t);
  assert.equal((await fetch(`${url}/link-in.txt`)).status, 200);
  await fs.rm(path.join(site, 'link-in.txt'));
  await fs.symlink('../secret.txt', path.join(site, 'link-in.txt'));
  assert.equal((await fetch(`${url}/link-in.txt`)).status, 404);
});

test('pipes are not opened', async (t) => {
  const { url, site } = await startSite(t);
  execFileSync('mkfifo', [path.join(site, 'pipe')]);
  assert.equal((await fetch(`${url}/pipe`)).status, 404);
});

test('ranges: one is served, bombs are not', async (t) => {
  const { url } = await startSite(t);
  const range = async (value: string) => {
    const answer = await fetch(`${url}/a.txt`, { headers: { range: value } });
    return [answer.status, await answer.text(), answer.headers.get('content-range')];
  };
  assert.deepEqual(await range('bytes=2-4'), [206, '234', 'bytes 2-4/10']);
  assert.deepEqual(await range('bytes=-3'), [206, '789', 'bytes 7-9/10']);
  assert.deepEqual(await range('bytes=8-99'), [206, '89', 'bytes 8-9/10']);
  assert.deepEqual(await range('bytes=a-b'), [200, '0123456789', null]);
  const bomb = `bytes=${Array.from({ length: 1_000 }, () => '0-').join(',')}`;
  assert.equal((await range(bomb))[1], '0123456789');
  assert.equal((await range('bytes=0-0,5-5,9-9'))[1], '0123456789');
  const beyond = await fetch(`${url}/a.txt`, { headers: { range: 'bytes=10-' } });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers.get('content-range'), 'bytes */10');
  assert.equal(beyond.headers.get('cache-control'), null);
  assert.match(await beyond.text(), /no such range/);
});

test('HEAD, conditional requests and 405', async (t) => {
  const { url, port } = await startSite(t);
  const head = await fetch(`${url}/a.txt`, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '10', '']);
  const etag = head.headers.get('etag') ?? '';
  assert.notEqual(etag, '');
  // Not by fetch, which adds `Cache-Control: no-cache`.
  const conditional = `GET /a.txt HTTP/1.1\r\nHost: h\r\nIf-None-Match: ${etag}\r\nConnection: close\r\n\r\n`;
  assert.equal(statusOf(await exchange(port, conditional)), 304);
  assert.equal((await fetch(`${url}/a.txt`, { headers: { 'if-match': '"other"' } })).status, 412);
  assert.equal((await fetch(`${url}/missing`, { method: 'HEAD' })).status, 404);
  const post = await fetch(`${url}/a.txt`, { method: 'POST', body: 'x' });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
});

test('caching, cross-origin and content types as configured', async (t) => {
  const standard = await startSite(t);
  const usual = await fetch(`${standard.url}/a.txt`);
  assert.equal(usual.headers.get('cache-control'), 'max-age=43200, public');
  assert.equal(usual.headers.get('access-control-allow-origin'), '*');
  const { url } = await startSite(t, {
    cacheTimeout: null,
    allowCrossOrigin: false,
    mimeTypes: new Map([
      ['.weird', 'text/x-weird'],
      ['.TXT', 'text/x-text'],
    ]),
  });
  const weird = await fetch(`${url}/data.weird`);
  assert.equal(weird.headers.get('content-type'), 'text/x-weird');
  assert.equal(weird.headers.get('cache-control'), null);
  assert.equal(weird.headers.get('access-control-allow-origin'), null);
  assert.equal((await fetch(`${url}/a.txt`)).headers.get('content-type'), 'text/x-text');
});

test('a default file is served, uncached, for what is not there', async (t) => {
  const { url, port } = await startSite(t, { defaultFile: 'index.html' });
  for (const target of ['/missing', '/user/17/edit', '/sub/', '/.hidden', '/files/nothing']) {
    const answer = await fetch(url + target);
    assert.deepEqual(
      [answer.status, await answer.text(), answer.headers.get('cache-control')],
      [200, '<h1>home</h1>', null],
    );
  }
  assert.ok(!(await get(port, '/../secret.txt')).includes(SECRET));
  const gone = await startSite(t, { defaultFile: 'not-there.html' });
  assert.equal((await fetch(`${gone.url}/missing`)).status, 404);
});

test('directory listings, when asked for: escaped, without hidden names', async (t) => {
  const { url, site } = await startSite(t, { enableDirectoryListing: true });
  const evil = '"><img src=x>';
  await fs.writeFile(path.join(site, 'sub', evil), 'evil');
  await fs.writeFile(path.join(site, 'sub', '.hidden'), 'x');
  await fs.rm(path.join(site, 'index.html'));
  const answer = await fetch(`${url}/sub/`);
  const text = await answer.text();
  assert.equal(answer.status, 200);
  assert.deepEqual(
    [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href),
    ['./../', './deep/', `./${encodeURIComponent(evil)}`, './b.txt'],
  );
  assert.ok(!text.includes('<img') && !text.includes('.hidden'));
  assert.equal(await (await fetch(`${url}/sub/${encodeURIComponent(evil)}`)).text(), 'evil');
  const root = await (await fetch(`${url}/`)).text();
  assert.ok(!root.includes('./../') && root.includes('href="./sub/"') && !root.includes('.git'));
});

test('options that cannot work are refused at start', () => {
  assert.throws(() => new Static('relative/path'), TypeError);
  for (const defaultFile of ['../x', '/etc/passwd', '', 'a//b', '.hidden', 'a\0']) {
    assert.throws(() => new Static('/srv', { defaultFile }), TypeError, defaultFile);
  }
  assert.throws(() => new Static('/srv', { mimeTypes: new Map([['txt', 'text/plain']]) }), TypeError);
  assert.throws(() => new Static('/srv', { mimeTypes: new Map([['.txt', 'text/plain\r\nX: y']]) }), TypeError);
});

test('a directory that is not there is 404, and served once it is', async (t) => {
  const base = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-static-'));
  t.after(() => fs.rm(base, { recursive: true, force: true }));
  const { url } = await startWeb(t, new Static(path.join(base, 'later')));
  assert.equal((await fetch(`${url}/x`)).status, 404);
  await fs.mkdir(path.join(base, 'later'));
  await fs.writeFile(path.join(base, 'later', 'x'), 'now');
  assert.equal(await (await fetch(`${url}/x`)).text(), 'now');
});
