/** The page of the example, in a browser without a window: what somebody sees who clicks through it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { CHROMIUM } from './chromium.js';
import { startExampleNode } from './example-node.js';

describe('the page of the example', {
  skip: CHROMIUM === null && 'Chromium is absent and cannot be installed',
}, () => {
  let node;
  let browser;
  let page;
  const problems = [];

  before(async () => {
    node = await startExampleNode();
    // As root, as in most containers, Chromium has no sandbox.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    page = await open();
  });

  after(async () => {
    await browser?.close();
    await node?.stop();
  });

  /** A page that reports whatever a developer would see as an error. */
  async function open() {
    const opened = await browser.newPage();
    opened.setDefaultTimeout(10_000);
    opened.on('pageerror', (error) => problems.push(String(error)));
    opened.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await opened.goto(`http://127.0.0.1:${node.port}/`);
    return opened;
  }

  async function facts(of = page) {
    const terms = await of.locator('#facts dt').allTextContents();
    const values = await of.locator('#facts dd').allTextContents();
    return Object.fromEntries(terms.map((term, n) => [term, values[n]]));
  }

  async function logIn(user, ticket, realm = '', of = page) {
    await of.fill('#user', user);
    await of.fill('#ticket', ticket);
    await of.fill('#realm', realm);
    await of.click('#submit');
  }

  async function state(text, of = page) {
    await of.locator('#state', { hasText: text }).waitFor();
  }

  test('shows the WELCOME: realm, role and custom data of the authenticator', async () => {
    await logIn('user1', '123secret');
    await state('WELCOME');
    const { Session, ...shown } = await facts();
    assert.match(Session, /^\d+$/);
    assert.deepEqual(shown, {
      Realm: 'realm-user1',
      Authid: 'user1',
      Role: 'user',
      Method: 'ticket, dynamic',
      'my-custom-welcome-data': '[1,2,3]',
      Protocol: shown.Protocol,
    });
    assert.match(shown.Protocol, /^wamp\.2\.(json|msgpack)$/);
  });

  test('sends a call and an event round', async () => {
    await page.locator('#event-value', { hasText: 'note of' }).waitFor();
    assert.equal(await page.locator('#call-value').textContent(), '2 + 3 = 5');
    assert.match(await page.locator('#call-time').textContent(), /^[\d.]+ ms$/);
    assert.match(await page.locator('#event-time').textContent(), /^[\d.]+ ms$/);
    await page.click('#again');
    await page.locator('#event-time', { hasText: 'ms' }).waitFor();
    await state('WELCOME');
  });

  test('shows events of others in the same realm, and of nobody else', async () => {
    const same = await open();
    const foreign = await open();
    await logIn('user2', '456secret', '', foreign);
    await foreign.locator('#event-value', { hasText: 'note of' }).waitFor();
    await logIn('user1', '123secret', 'realm-user1', same);
    await same.locator('#event-value', { hasText: 'note of' }).waitFor();
    const { Session } = await facts(same);
    await page.locator('#others li').first().waitFor();
    const others = await page.locator('#others li').allTextContents();
    assert.equal(others.length, 1);
    assert.match(others[0], new RegExp(`^${Session}: note of `));
    assert.equal(await foreign.locator('#others li').count(), 0);
    await same.close();
    await foreign.close();
  });

  test('logs out', async () => {
    await page.click('#leave');
    await state('Logged out');
    assert.equal(await page.locator('#session').isVisible(), false);
  });

  test('shows why somebody is kept out', async () => {
    for (const [login, reason] of [
      [['user1', '000secret'], 'com.example.invalid_ticket'],
      [['user3', '123secret'], 'com.example.no_such_user'],
      [['user1', '123secret', 'realm-user2'], 'com.example.wrong_realm'],
    ]) {
      await logIn(...login);
      await page.locator('#facts', { hasText: reason }).waitFor();
      await state('ABORT');
      const { Reason, Message } = await facts();
      assert.equal(Reason, reason);
      assert.ok(Message.length > 10, Message);
      assert.equal(await page.locator('#session').isVisible(), false);
    }
  });

  test('its buttons try what they say', async () => {
    await page.getByRole('button', { name: 'wrong ticket', exact: true }).click();
    await page.locator('#facts', { hasText: 'com.example.invalid_ticket' }).waitFor();
    await page.getByRole('button', { name: 'user2', exact: true }).click();
    await page.locator('#facts', { hasText: 'realm-user2' }).waitFor();
    await state('WELCOME');
  });

  test('says when the node is gone, without an error of its own', async () => {
    assert.deepEqual(problems, []);
    await node.stop();
    node = null;
    await state('wamp.close.system_shutdown');
    await logIn('user1', '123secret');
    await state('No connection');
  });
});
