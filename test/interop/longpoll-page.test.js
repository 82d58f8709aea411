/** Autobahn|JS over HTTP long-poll in a browser: from the same origin, and from another. */
import assert from 'node:assert/strict';
import { promises as fs } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { CHROMIUM } from './chromium.js';
import { freePorts, startNode } from './node.js';

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
    const permissions = [
      { uri: 'com.example.', match: 'prefix', allow: { call: true, register: true, publish: true, subscribe: true } },
    ];
    const principals = { joe: { ticket: 'secret', role: 'user' } };
    const site = (port, options) => ({
      type: 'web',
      endpoint: { type: 'tcp', interface: '127.0.0.1', port },
      paths: {
        '/': { type: 'static', directory },
        lp: { type: 'longpoll', auth: { ticket: { type: 'static', principals } }, options },
      },
    });
    node = await startNode({
      version: 2,
      workers: [
        {
          type: 'router',
          realms: [{ name: 'realm1', roles: [{ name: 'user', permissions }] }],
          transports: [
            site(ports[0], { request_timeout: 1, allowed_origins: [`http://127.0.0.1:${ports[1]}`, '*'] }),
            site(ports[1], {}),
          ],
        },
      ],
    });
    // As root, as in most containers, Chromium has no sandbox.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });

  after(async () => {
    await browser?.close();
    await node?.stop();
    await fs.rm(directory, { recursive: true });
  });

  /** What a page of one site experiences with the long-poll path of another. */
  async function visit(pagePort, longPollPort, ticket = 'secret') {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${pagePort}/`);
    const seen = await page.evaluate(roundTrip, [`http://127.0.0.1:${longPollPort}/lp`, ticket]);
    await page.close();
    return seen;
  }

  const round = { protocol: 'wamp.2.json', sum: 5, events: ['one', 'two', 'three'], after: 7, closed: 'closed' };

  test('from the same origin', async () => {
    assert.deepEqual(await visit(ports[0], ports[0]), round);
  });

  test('from an origin that is allowed', async () => {
    assert.deepEqual(await visit(ports[1], ports[0]), round);
  });

  test('not with cookies, as it wants to, from an origin that is not named', async () => {
    assert.deepEqual(await visit(ports[0], ports[1]), { closed: 'unreachable' });
  });

  test('is told why it is kept out', async () => {
    const { reason } = await visit(ports[0], ports[0], 'wrong');
    assert.equal(reason, 'wamp.error.not_authorized');
  });
});

/** Runs in the page. */
function roundTrip([url, ticket]) {
  const { autobahn } = window;
  return new Promise((resolve) => {
    const seen = {};
    const connection = new autobahn.Connection({
      transports: [{ type: 'longpoll', url }],
      realm: 'realm1',
      authmethods: ['ticket'],
      authid: 'joe',
      onchallenge: () => ticket,
      max_retries: 0,
      use_es6_promises: true,
    });
    connection.onopen = async (session) => {
      seen.protocol = connection.transport.info.protocol;
      await session.register('com.example.add', ([a, b]) => a + b);
      seen.sum = await session.call('com.example.add', [2, 3]);
      const events = [];
      const heard = new Promise((done) => {
        void session.subscribe('com.example.topic', ([text]) => {
          if (events.push(text) === 3) done();
        });
      });
      await session.call('com.example.add', [0, 0]);
      for (const text of ['one', 'two', 'three']) {
        await session.publish('com.example.topic', [text], {}, { exclude_me: false, acknowledge: true });
      }
      await heard;
      seen.events = events;
      // Longer than a request to receive waits.
      await new Promise((done) => setTimeout(done, 1500));
      seen.after = await session.call('com.example.add', [3, 4]);
      connection.close();
    };
    connection.onclose = (how, { reason }) => {
      resolve(
        how === 'closed' && reason !== 'wamp.close.normal' && reason !== 'wamp.close.goodbye_and_out'
          ? { closed: how, reason }
          : { ...seen, closed: how },
      );
      return true;
    };
    connection.open();
  });
}
