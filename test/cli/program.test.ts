import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allCommands } from '../../src/cli/commands.ts';
import { turnpike } from './terminal.ts';

const VERBS = allCommands('');
const NAMES = [...VERBS.keys()];
const COMMANDS = await Promise.all([...VERBS.values()].map((load) => load()));

describe('the command line', () => {
  it('has the verbs of Crossbar that a node needs, and some of its own', () => {
    assert.deepEqual([...NAMES].sort(), [
      'auth',
      'check',
      'conformance',
      'init',
      'keygen',
      'keys',
      'start',
      'status',
      'stop',
      'version',
    ]);
  });

  it('calls each command as it is asked for', () => {
    assert.deepEqual(
      COMMANDS.map(({ name }) => name),
      NAMES,
    );
  });

  for (const args of [[], ['--help'], ['-h'], ['help']]) {
    it(`teaches: turnpike ${args.join(' ')}`, async () => {
      const { code, out, err } = await turnpike(args);
      assert.deepEqual([code, err], [0, '']);
      for (const name of NAMES) assert.match(out, new RegExp(`^ {2}${name} `, 'm'));
      assert.match(out, /Exit codes:/);
    });
  }

  for (const group of COMMANDS.filter((one) => 'commands' in one)) {
    it(`teaches: turnpike ${group.name} --help`, async () => {
      const { code, out, err } = await turnpike([group.name, '--help']);
      assert.deepEqual([code, err], [0, '']);
      for (const { name } of group.commands) assert.match(out, new RegExp(`^ {2}${name.split(' ')[1]} `, 'm'));
    });
  }

  for (const command of COMMANDS.flatMap((one) => ('commands' in one ? one.commands : [one]))) {
    it(`teaches: turnpike ${command.name} --help`, async () => {
      const { code, out, err } = await turnpike([...command.name.split(' '), '--help']);
      assert.deepEqual([code, err], [0, '']);
      for (const { name } of command.arguments ?? []) assert.match(out, new RegExp(`^ {2}${name} `, 'm'));
      for (const { name, value } of command.options) {
        assert.match(out, new RegExp(`^ {2}--${name} ${value === null ? '' : '[A-Z]+'} `, 'm'));
      }
      assert.match(out, /^Examples:\n {2}turnpike /m);
      assert.match(out, /^ {2}2 +the command line was not understood$/m);
    });
  }

  it('says its version', async () => {
    for (const verb of ['version', '--version']) {
      const { code, out } = await turnpike([verb]);
      assert.equal(code, 0);
      assert.match(out, /^turnpike \d+\.\d+\.\d+\nnode {5}\d/);
    }
  });
});

describe('a command line that is not understood', () => {
  for (const [args, told] of [
    [['stat'], 'turnpike: unknown command "stat": did you mean start? (all commands: turnpike --help)'],
    [['frobnicate'], 'turnpike: unknown command "frobnicate" (all commands: turnpike --help)'],
    [['\u001b[31m'], String.raw`turnpike: unknown command "\u001b[31m" (all commands: turnpike --help)`],
    [
      ['convert'],
      'turnpike: convert is a command of Crossbar.io that Turnpike does not have (all commands: turnpike --help)',
    ],
    [
      ['--cbdir', 'x', 'start'],
      `turnpike: a command comes first (${NAMES.join(', ')}), then its options (all commands: turnpike --help)`,
    ],
    [
      ['start', '--confg', 'x'],
      'turnpike start: unknown option "--confg": did you mean --config? (its options: turnpike start --help)',
    ],
    [['start', '-x'], 'turnpike start: unknown option "-x" (its options: turnpike start --help)'],
    [['stop', 'now'], 'turnpike stop: unexpected argument "now" (its options: turnpike stop --help)'],
    [['start', '--cbdir'], 'turnpike start: --cbdir needs a value (DIR) (its options: turnpike start --help)'],
    [
      ['start', '--cbdir', '--config'],
      'turnpike start: --cbdir needs a value (DIR) (its options: turnpike start --help)',
    ],
    [['start', '--config='], 'turnpike start: --config needs a value (FILE) (its options: turnpike start --help)'],
    [
      ['status', '--assert', 'alive'],
      'turnpike status: --assert is one of running, stopped, not "alive" (its options: turnpike status --help)',
    ],
    [
      ['auth'],
      'turnpike auth: a command comes first (hash, test, explain), then its options (its commands: turnpike auth --help)',
    ],
    [
      ['auth', 'explan'],
      'turnpike auth: unknown command "explan": did you mean explain? (its commands: turnpike auth --help)',
    ],
    [
      ['auth', 'explain', 'call'],
      'turnpike auth explain: URI is missing: the procedure or topic, or a pattern of it with --match (its options: turnpike auth explain --help)',
    ],
    [
      ['auth', 'explain', 'cal', 'com.a'],
      'turnpike auth explain: ACTION is one of call, register, publish, subscribe, not "cal" (its options: turnpike auth explain --help)',
    ],
    [
      ['auth', 'explain', 'call', 'com.a', 'com.b'],
      'turnpike auth explain: unexpected argument "com.b" (its options: turnpike auth explain --help)',
    ],
    [
      ['auth', 'explain', 'call', 'com.a'],
      'turnpike auth explain: whose permissions? --role ROLE says it (its options: turnpike auth explain --help)',
    ],
    [
      ['auth', 'explain', 'call', 'com.', '--role', 'user', '--match', 'prefix'],
      'turnpike auth explain: there are no patterns for call: --match is for subscribe and register (its options: turnpike auth explain --help)',
    ],
    [
      ['start', '--loglevel', 'loud'],
      'turnpike start: --loglevel is one of none, error, warn, info, debug, trace, not "loud" (its options: turnpike start --help)',
    ],
    [
      ['start', '--shutdownafter', '-1'],
      'turnpike start: --shutdownafter is a number of seconds from above 0 to 2147483, not "-1" (its options: turnpike start --help)',
    ],
    [
      ['start', '--shutdownafter', '1e9'],
      'turnpike start: --shutdownafter is a number of seconds from above 0 to 2147483, not "1e9" (its options: turnpike start --help)',
    ],
  ] as const) {
    it(`is answered in one line, exit code 2: ${JSON.stringify(args)}`, async () => {
      assert.deepEqual(await turnpike(args), { code: 2, out: '', err: `${told}\n` });
    });
  }

  it('may hold names that mean something to JavaScript', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      assert.equal((await turnpike([name])).code, 2);
      assert.equal((await turnpike(['start', `--${name}`, 'x'])).code, 2);
    }
  });
});
