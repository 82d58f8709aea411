/** Autobahn|JS over HTTP long-poll in a browser: from the same origin, and from another. */
import assert from 'node:assert/strict';
import { promises as fs } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { CHROMIUM } from './chromium.js';
import { ROUND, roundArguments, roundTrip, startLongPollNode } from './longpoll-round.js';
import { freePorts } from './node.js';

const AUTOBAHN = path.dirname(createRequire(import.meta.url).resolve('autobahn-browser/package.json'));

describe('Autobahn|JS over long-poll in a browser', {
  skip: CHROMIUM === null && 'Chromium is absent and cannot be installed',
}, () => {
  let node;
  let browser;
  let directory;
  let ports;

  before(async () => {
    ports = await freePorts(2);
    directory = await fs.mkdtemp(path.join(os.tmpdir(), 'turnpike-page-'));
    await fs.copyFile(path.join(AUTOBAHN, 'autobahn.min.js'), path.join(directory, 'autobahn.js'));
    await fs.writeFile(path.join(directory, 'index.html'), '<!doctype html><script src="autobahn.js"></script>');
    const named = { request_timeout: 1, allowed_origins: [`http://127.0.0.1:${ports[1]}`, '*'] };
    const root = { type: 'static', directory };
    node = await startLongPollNode(
      [
        { port: ports[0], options: named },
        { port: ports[1], options: {} },
      ],
      root,
    );
    // As root, as in most containers, Chromium has no sandbox.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });

  after(async () => {
    await browser?.close();
    await node?.stop();
    await fs.rm(directory, { recursive: true });
  });

  /** What a page of one site experiences with the long-poll path of another. */
  async function visit(pagePort, longPollPort, login) {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${pagePort}/`);
    const seen = await page.evaluate(roundTrip, roundArguments(longPollPort, login));
    await page.close();
    return seen;
  }

  test('from the same origin', async () => {
    assert.deepEqual(await visit(ports[0], ports[0]), ROUND);
  });

  test('by WAMP-CRA', async () => {
    assert.deepEqual(await visit(ports[0], ports[0], { authmethod: 'wampcra' }), ROUND);
  });

  test('from an origin that is allowed', async () => {
    assert.deepEqual(await visit(ports[1], ports[0]), ROUND);
  });

  test('not with cookies, as it wants to, from an origin that is not named', async () => {
    assert.deepEqual(await visit(ports[0], ports[1]), { closed: 'unreachable' });
  });

  test('is told why it is kept out', async () => {
    const { reason } = await visit(ports[0], ports[0], { secret: 'wrong' });
    assert.equal(reason, 'wamp.error.not_authorized');
  });
});
