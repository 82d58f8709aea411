import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { META_PROCEDURES } from '../../src/router/meta/procedures.ts';
import { repositoryRoot } from '../support/repository-root.ts';

/** First two columns of the tables whose first column is a URI. */
const rows = readFileSync(join(repositoryRoot(), 'docs', 'meta-api.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `wamp.'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, uri]) => /^`[^`]*`$/.test(uri ?? ''))
  .map(([, uri = '', second = '']) => [uri.replaceAll('`', ''), second] as const);
const isEvent = (uri: string): boolean => /\.on_[a-z]+$/.test(uri);

describe('docs/meta-api.md', () => {
  it('lists each procedure with its arguments, and no other', () => {
    const code = META_PROCEDURES.map(({ uri, parameters }) => [
      uri,
      parameters.map(({ name, optional }) => `\`${name}\`${optional ? '?' : ''}`).join(', '),
    ]);
    const documented = rows.filter(([uri]) => !isEvent(uri));
    assert.deepEqual(documented.map(String).sort(), code.map(String).sort());
  });

  it('lists each event, and no other', () => {
    const events = [
      ...['on_join', 'on_leave', 'on_stats'].map((name) => `wamp.session.${name}`),
      ...['on_create', 'on_register', 'on_unregister', 'on_delete'].map((name) => `wamp.registration.${name}`),
      ...['on_create', 'on_subscribe', 'on_unsubscribe', 'on_delete'].map((name) => `wamp.subscription.${name}`),
    ];
    assert.deepEqual(rows.map(([uri]) => uri).filter(isEvent), events);
  });
});
