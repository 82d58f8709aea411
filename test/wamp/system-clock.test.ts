import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../support/repository-root.ts';

/** Who may ask for the time of day, and what for. Whoever measures or waits has a `Clock`, whose `now` is another. */
const ASKING: ReadonlyMap<string, string> = new Map([
  ['cli/key-maker.ts', 'written into a key file'],
  ['cli/start-node.ts', 'shown in the log'],
  ['node/worker-process.ts', 'shown in the log'],
  ['transports/tls-files.ts', 'whether a certificate is valid by now'],
  ['transports/tls-peer.ts', 'whether a certificate has expired'],
  ['wamp/system-clock.ts', 'the one way for those who have a clock'],
  ['worker/ipc-log.ts', 'shown in the log'],
  ['worker/router-worker.ts', 'handed to those who store it (cookies) or show it (WAMP-CRA), and when it started'],
  ['worker/web-paths.ts', 'shown by nodeinfo'],
]);

describe('[row 40] the time of day, which can be set', () => {
  it('is asked for where it is shown or stored, and nowhere to measure with', () => {
    const folder = join(repositoryRoot(), 'src');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    assert.ok(sources.length > 100);
    const asking = sources.filter((file) =>
      /\bDate\.now\b|\bnew Date\(\)/.test(readFileSync(join(folder, file), 'utf8')),
    );
    assert.deepEqual(asking.map((file) => file.replaceAll('\\', '/')).toSorted(), [...ASKING.keys()]);
  });
});
