/** Holds a value against the schema, and says what is wrong in words of the configuration, without secrets. */
import type { z } from 'zod';
import { isSecret, pathKey } from './environment.ts';
import type { Finding } from './finding.ts';
import { type Path, quote } from './problem.ts';
import { ISSUE_SEPARATOR } from './schema-basics.ts';
import { node, type ParsedNode } from './schema-node.ts';

/** Keys below `auth` whose values tell nothing secret, even where they are wrong. */
const SPEAKABLE = /^(?:type|role|realm|authid|authenticator(?:-realm|-role|-timeout)?|default-role|create)$/;
const SECRETIVE = /pass|secret|ticket|token|key|cookie|cert/i;

export interface Held {
  /** Null where there are errors. */
  readonly config: ParsedNode | null;
  readonly findings: readonly Finding[];
}

/** @param fromEnvironment values that are not to be printed, by `pathKey` */
export function holdAgainstSchema(value: unknown, fromEnvironment: ReadonlyMap<string, string>): Held {
  // The schema words its own errors; what it leaves to the library comes as '' and is worded here.
  const result = node.safeParse(value, { reportInput: true, error: () => '' });
  if (result.success) return { config: result.data, findings: [] };
  return { config: null, findings: result.error.issues.flatMap((issue) => findingsOf(issue, fromEnvironment)) };
}

function findingsOf(issue: z.core.$ZodIssue, fromEnvironment: ReadonlyMap<string, string>): Finding[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') return unknownKeys(path, issue.keys, issue.message);
  if (issue.code === 'invalid_key') {
    return [{ severity: 'error', path, atKey: true, message: `${issue.issues[0]?.message ?? 'expected another key'}` }];
  }
  const discriminated = issue.code === 'invalid_union' && issue.discriminator !== undefined;
  const input: unknown = discriminated ? (issue.input as { type?: unknown }).type : issue.input;
  const said = issue.message === '' ? 'expected something else' : issue.message;
  const got = said.startsWith('expected ') ? `, got ${describe(input, path, fromEnvironment)}` : '';
  return [
    {
      severity: 'error',
      path,
      atKey: issue.code === 'invalid_type' && issue.expected === 'never',
      message: said + got,
    },
  ];
}

/** Messages of several keys come in one text; beyond a number of keys only how many there are. */
function unknownKeys(path: Path, keys: readonly string[], messages: string): Finding[] {
  const worded = messages.split(ISSUE_SEPARATOR);
  const findings = worded.map((message, at): Finding => {
    return { severity: 'error', path: [...path, keys[at] ?? ''], atKey: true, message };
  });
  const more = keys.length - worded.length;
  if (more > 0) findings.push({ severity: 'error', path, atKey: false, message: `${more} more unknown keys` });
  return findings;
}

function describe(value: unknown, path: Path, fromEnvironment: ReadonlyMap<string, string>): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (value === '') return 'an empty string';
  if (fromEnvironment.has(pathKey(path))) return `another ${typeof value} from the environment`;
  if (isUnspeakable(path)) return `a ${typeof value}`;
  return typeof value === 'string' ? quote(value) : String(value);
}

/** Whether a value could be, or hold, a secret; also one that was put in the wrong place. */
function isUnspeakable(path: Path): boolean {
  if (isSecret(path) || path.includes('vars')) return true;
  const last = String(path.at(-1));
  return path.includes('auth') ? !SPEAKABLE.test(last) : SECRETIVE.test(last);
}
