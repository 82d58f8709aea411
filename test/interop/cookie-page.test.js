/** The page of the cookie example, in a browser without a window: a real browser's cookies. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { CHROMIUM } from './chromium.js';
import { startExampleNode } from './example-node.js';

describe('the page that logs in by cookie', {
  skip: CHROMIUM === null && 'Chromium is absent and cannot be installed',
}, () => {
  let node;
  let browser;
  let context;
  let page;
  const problems = [];

  before(async () => {
    node = await startExampleNode('cookie-login');
    // As root, as in most containers, Chromium has no sandbox.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    context = await browser.newContext();
    page = await open();
  });

  after(async () => {
    await browser?.close();
    await node?.stop();
  });

  async function open(of = context) {
    const opened = await of.newPage();
    opened.setDefaultTimeout(10_000);
    opened.on('pageerror', (error) => problems.push(String(error)));
    await opened.goto(`http://127.0.0.1:${node.port}/`);
    return opened;
  }

  async function state(text, of = page) {
    await of.locator('#state', { hasText: text }).waitFor();
  }

  async function facts(of = page) {
    const terms = await of.locator('#facts dt').allTextContents();
    const values = await of.locator('#facts dd').allTextContents();
    return Object.fromEntries(terms.map((term, n) => [term, values[n]]));
  }

  async function cookie() {
    const cookies = await context.cookies();
    assert.equal(cookies.length, 1);
    return cookies[0];
  }

  test('says that nobody is logged in, and takes a wrong ticket for none', async () => {
    await state('Not logged in');
    await page.fill('#ticket', 'wrong');
    await page.click('button[type=submit]');
    await state('wamp.error.not_authorized');
  });

  test('logs in by ticket, under a cookie that is not the one from before', async () => {
    const before = await cookie();
    await page.fill('#ticket', '123secret');
    await page.click('button[type=submit]');
    await state('Logged in by ticket');
    const { value, httpOnly, sameSite } = await cookie();
    assert.notEqual(value, before.value);
    assert.deepEqual({ httpOnly, sameSite }, { httpOnly: true, sameSite: 'Strict' });
    assert.equal(await page.evaluate(() => document.cookie), '');
  });

  test('is logged in by cookie when it is loaded again, again and again', async () => {
    const { value } = await cookie();
    for (let n = 0; n < 3; n++) {
      await page.reload();
      await state('Logged in by cookie');
    }
    const { authid, authmethod, authprovider } = await facts();
    assert.deepEqual(
      { authid, authmethod, authprovider },
      { authid: 'user1', authmethod: 'ticket', authprovider: 'cookie' },
    );
    assert.equal((await cookie()).value, value);
  });

  test('is logged in when the node has been started again', async () => {
    await node.restart();
    await page.reload();
    await state('Logged in by cookie');
  });

  test('logs out, here and in the other tab, and nowhere else', async () => {
    const tab = await open();
    await state('Logged in by cookie', tab);
    const other = await browser.newContext();
    const stranger = await open(other);
    await state('Not logged in', stranger);
    await stranger.click('button[type=submit]');
    await state('Logged in by ticket', stranger);

    await page.click('#log-out');
    await state('Logged out');
    await state('Logged out in another tab', tab);
    await page.reload();
    await state('Not logged in');
    await stranger.reload();
    await state('Logged in by cookie', stranger);
    await other.close();
    await tab.close();
  });

  test('stays logged out when the node has been started again, and can log in again', async () => {
    await node.restart();
    await page.reload();
    await state('Not logged in');
    await page.click('button[type=submit]');
    await state('Logged in by ticket');
    await page.reload();
    await state('Logged in by cookie');
    assert.deepEqual(problems, []);
  });

  test('is nobody on a page of another origin, and that page does not log it out', async () => {
    const foreign = await browser.newContext();
    await foreign.addCookies(await context.cookies());
    const stranger = await foreign.newPage();
    // Another host, for a browser: its pages may connect, as everybody's, and what it asks is told in their console.
    await stranger.goto(`http://localhost:${node.port}/`);
    const outcome = await stranger.evaluate(
      (port) =>
        new Promise((resolve) => {
          const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'wamp.2.json');
          socket.onopen = () =>
            socket.send(JSON.stringify([1, 'realm1', { roles: { caller: {} }, authmethods: ['cookie'] }]));
          socket.onmessage = ({ data }) => resolve(JSON.parse(data)[2]);
        }),
      node.port,
    );
    assert.equal(outcome, 'wamp.error.no_auth_method');
    await page.reload();
    await state('Logged in by cookie');
    await foreign.close();
  });
});
