import { closest } from '../config/closest.ts';
import type { LoadedConfig } from '../config/load.ts';
import { formatPath } from '../config/problem.ts';
import { explainAuthorization, type Question, type Verdict } from '../worker/explain-authorization.ts';
import { type Command, CommandError, type OptionValues, UsageError } from './command.ts';
import { EXIT } from './exit-code.ts';
import { tellingLoad } from './load-config.ts';
import { CBDIR_OPTION, CONFIG_OPTION, nodeDirectory, requireDirectory } from './node-directory.ts';

const MATCHES = ['exact', 'prefix', 'wildcard'] as const;

const EXIT_BY_DECISION = { allowed: EXIT.ok, denied: EXIT.failed, asked: EXIT.unavailable } as const;

const VERBS: Readonly<Record<Question['action'], string>> = {
  call: 'call',
  register: 'register',
  publish: 'publish to',
  subscribe: 'subscribe to',
};

export const AUTH_EXPLAIN: Command = {
  name: 'auth explain',
  summary: 'say which permission allows or denies something to a role, and why',
  arguments: [
    { name: 'ACTION', choices: Object.keys(VERBS), about: 'what is tried: call, register, publish, subscribe' },
    { name: 'URI', about: 'the procedure or topic, or a pattern of it with --match' },
  ],
  options: [
    { name: 'role', value: 'ROLE', about: 'the role that tries it' },
    { name: 'realm', value: 'REALM', about: 'the realm on which (default: the only one that has the role)' },
    {
      name: 'match',
      value: 'POLICY',
      choices: MATCHES,
      about: 'how the URI of subscribe or register is meant: exact (default), prefix, wildcard',
    },
    { name: 'output', value: 'FORMAT', choices: ['text', 'json'], about: 'how it is told: text (default), json' },
    CBDIR_OPTION,
    CONFIG_OPTION,
  ],
  help: {
    about:
      'Reads the configuration, decides as the router would, and says what in the file decided it: an exact URI goes\n' +
      'before wildcards, those before prefixes, the longest of which decides; what nothing is for is denied. A pattern\n' +
      'is allowed where all of its URIs are. Where an authorizer decides, it says who is asked. No node has to run.',
    examples: [
      ['turnpike auth explain --role user call com.example.add2', 'may users call it?'],
      ['turnpike auth explain --role user --match prefix subscribe com.example.', 'and subscribe all topics below?'],
      ['turnpike auth explain --role user --output json publish com.example.news', 'for scripts'],
    ],
    exitCodes: [
      [EXIT.ok, 'allowed'],
      [EXIT.failed, 'denied, or the configuration has problems'],
      [EXIT.unavailable, 'an authorizer decides at run time'],
    ],
  },
  async run(values, terminal) {
    const question = readQuestion(values);
    const directory = nodeDirectory(values, terminal);
    requireDirectory(directory);
    const loaded = await tellingLoad(directory, terminal);
    const place = find(loaded, question.role, values.get('realm') ?? null);
    const verdict = explainAuthorization(place, question);
    const told = values.get('output') === 'json' ? asJson : asText;
    terminal.out.write(`${told(question, place.realm.name, verdict, loaded)}\n`);
    return EXIT_BY_DECISION[verdict.decision];
  },
};

function readQuestion(values: OptionValues): Question {
  const role = values.get('role');
  if (role === undefined) throw new UsageError('whose permissions? --role ROLE says it');
  const action = values.get('ACTION') as Question['action'];
  const match = (values.get('match') ?? 'exact') as Question['match'];
  if (match !== 'exact' && (action === 'call' || action === 'publish')) {
    throw new UsageError(`there are no patterns for ${action}: --match is for subscribe and register`);
  }
  return { role, action, uri: values.get('URI') as string, match };
}

/** The role, with what it is in. @throws CommandError where it is not there, or on several realms */
function find({ config }: LoadedConfig, roleName: string, realmName: string | null) {
  const realms = config.workers.flatMap((worker, at) => {
    if (worker.type !== 'router') return [];
    const path = ['workers', at];
    return worker.realms.map((realm, index) => ({ worker, realm, path, realmPath: [...path, 'realms', index] }));
  });
  const names = realms.map(({ realm }) => realm.name);
  if (realmName !== null && !names.includes(realmName)) throw missing('there is no realm', realmName, names);
  const asked = realms.filter(({ realm }) => realmName === null || realm.name === realmName);
  const found = asked.flatMap(({ worker, realm, path, realmPath }) =>
    realm.roles.flatMap((role, at) => {
      const paths = { worker: path, realm: realmPath, role: [...realmPath, 'roles', at] };
      return role.name === roleName ? [{ worker, realm, role, paths }] : [];
    }),
  );
  const [first, second] = found;
  if (first === undefined) {
    const roles = asked.flatMap(({ realm }) => realm.roles.map(({ name }) => name));
    throw missing(realmName === null ? 'no realm has a role' : 'the realm has no role', roleName, roles);
  }
  if (second !== undefined && realmName === null) {
    throw new CommandError(
      `several realms have the role: say which with --realm (${found.map(({ realm }) => realm.name).join(', ')})`,
    );
  }
  return first;
}

function missing(what: string, name: string, known: readonly string[]): CommandError {
  const near = closest(name, known);
  return new CommandError(`${what} ${JSON.stringify(name)}${near === null ? '' : `: did you mean ${near}?`}`);
}

function asText(question: Question, realm: string, verdict: Verdict, { file, positionOf }: LoadedConfig): string {
  const { role, action, uri, match } = question;
  const what = match === 'exact' ? uri : `the ${match} pattern ${JSON.stringify(uri)}`;
  const lines = [`${verdict.decision}: ${role} on ${realm}, to ${VERBS[action]} ${what}`, `  ${verdict.reason}`];
  const { line, column } = positionOf(verdict.path);
  lines.push(`  ${file}:${line}:${column}: ${formatPath(verdict.path)}`);
  if (verdict.permission !== null) {
    const { permission } = verdict;
    const allows = permission.allow.length === 0 ? 'nothing' : permission.allow.join(', ');
    lines.push(`  ${permission.match} ${JSON.stringify(permission.uri)} allows: ${allows}`);
  }
  if (verdict.disclose) lines.push('  the other side learns who it was');
  return lines.join('\n');
}

function asJson(question: Question, realm: string, verdict: Verdict, { file, positionOf }: LoadedConfig): string {
  const { decision, reason, path, permission, disclose } = verdict;
  const place = { file, path: formatPath(path), ...positionOf(path) };
  return JSON.stringify({ ...question, realm, decision, reason, place, permission, disclose }, null, 2);
}
