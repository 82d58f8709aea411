/** Reads the configuration of a node: file, environment, schema, cross checks. All problems at once. */
import { assignIds } from './assign-ids.ts';
import { check } from './check.ts';
import { findConfigFile, formatOf, readConfigFile } from './config-file.ts';
import {
  type Environment,
  isSecret,
  isVariable,
  pathKey,
  type Substituted,
  substituteEnvironment,
  VARIABLE,
} from './environment.ts';
import { errorAt, type Finding, warningAt } from './finding.ts';
import { parseJson } from './json-source.ts';
import { ConfigError, formatPath, type Path, type Problem, quote } from './problem.ts';
import { holdAgainstSchema } from './schema-findings.ts';
import type { NodeConfig } from './schema-node.ts';
import { LineIndex, locate, type Position, type Source, SourceError } from './source.ts';

export interface LoadOptions {
  /** The node directory. */
  readonly cbdir: string;
  /** Relative to the node directory. Default: `config.yaml`, else `config.json`. */
  readonly file?: string;
  readonly env: Environment;
}

export interface ParseOptions {
  /** How the file is named in problems. */
  readonly file: string;
  /** Default: `parseJson`. */
  readonly parse?: (text: string) => Source;
  readonly env: Environment;
  /** Whether everybody on the machine may read the file: worth a warning where secrets stand in it. Default false. */
  readonly openToAll?: boolean;
}

export interface LoadedConfig {
  /** The file, with its directory. */
  readonly file: string;
  /** Checked, all defaults filled in, deeply frozen. */
  readonly config: NodeConfig;
  /** What is allowed and probably not meant. */
  readonly warnings: readonly Problem[];
  /** Where in the file something stands; of what is missing, where what it is missing from stands. */
  positionOf(path: Path): Position;
}

/** @throws ConfigError with all problems of the file */
export async function loadConfig({ cbdir, file, env }: LoadOptions): Promise<LoadedConfig> {
  const found = await findConfigFile(cbdir, file);
  const format = formatOf(found);
  const { text, openToAll } = await readConfigFile(found);
  // A tenth of what a node loads before it listens: for those alone who need it.
  const parse = format === 'yaml' ? (await import('./yaml-source.ts')).parseYaml : parseJson;
  return parseConfig(text, { file: found, parse, env, openToAll });
}

/**
 * The same for a text in memory.
 * @throws ConfigError with all problems of the text
 */
export function parseConfig(
  text: string,
  { file, parse = parseJson, env, openToAll = false }: ParseOptions,
): LoadedConfig {
  const lines = new LineIndex(text);
  const source = readSource(text, parse, file, lines);
  const problemOf = (finding: Finding): Problem => {
    const { line, column } = lines.positionAt(locate(source.root, finding.path, finding.atKey));
    const { severity, message } = finding;
    return { severity, file, path: formatPath(finding.path), line, column, message };
  };
  const outdated = checkVersion(source.value);
  if (outdated !== null) throw new ConfigError([problemOf(outdated)]);
  const substituted = substituteEnvironment(source.value, env);
  const { config, findings: ofSchema } = holdAgainstSchema(substituted.value, substituted.substituted);
  const ofItself = unexplained(ofSchema, substituted.problems);
  const known = [...ofItself, ...ofEnvironment(ofItself, substituted)];
  const findings = [...known, ...unexplained(discreet(check(substituted.value), substituted), known)];
  if (openToAll && hasLiteralSecret(source.value, [])) findings.push(warningAt([], OPEN_TO_ALL));
  const problems = inOrder(findings.map(problemOf));
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (config === null || errors.length > 0) throw new ConfigError(problems);
  assignIds(config);
  return {
    file,
    config: freeze(config),
    warnings: problems,
    positionOf: (path) => lines.positionAt(locate(source.root, path)),
  };
}

const OPEN_TO_ALL = `everybody on this machine may read this file, and there are secrets in it: make it mode 0600, or write "${VARIABLE}"`;

function readSource(text: string, parse: (text: string) => Source, file: string, lines: LineIndex): Source {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { line, column } = lines.positionAt(error.at);
    throw new ConfigError([{ severity: 'error', file, path: '', line, column, message: error.message }], {
      cause: error,
    });
  }
}

/** Version 1 is another format: to hold it against the schema would only confuse. */
function checkVersion(value: unknown): Finding | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { version } = value as { version?: unknown };
  if (version !== undefined && version !== 1) return null;
  const got = version === undefined ? 'no "version", which means 1' : '"version" 1';
  return errorAt(['version'], `expected "version" 2, got ${got}: \`crossbar upgrade\` rewrites the file`);
}

/** Without what stands where something else is known to be wrong, and most likely follows from it. A key that is refused is so whatever its value. */
function unexplained(findings: readonly Finding[], known: readonly Pick<Finding, 'path'>[]): Finding[] {
  const explained = new Set(known.map(({ path }) => pathKey(path)));
  return findings.filter(({ path, atKey }) => atKey || !explained.has(pathKey(path)));
}

/** Without names that came from the environment. */
function discreet(findings: readonly Finding[], { substituted }: Substituted): Finding[] {
  const names = [...new Set(substituted.values())].filter((name) => name !== '').map(quote);
  return findings.map((finding) => {
    const message = names.reduce((text, name) => text.replaceAll(name, 'from the environment'), finding.message);
    return { ...finding, message };
  });
}

/** Without those inside of what is refused as a whole. */
function ofEnvironment(findings: readonly Finding[], { problems }: Substituted): Finding[] {
  const refused = new Set(
    findings.flatMap(({ path, atKey }) => {
      if (atKey) return [pathKey(path)];
      return path.at(-1) === 'type' ? [pathKey(path.slice(0, -1))] : [];
    }),
  );
  return problems
    .filter(({ path }) => !path.some((_, at) => refused.has(pathKey(path.slice(0, at + 1)))))
    .map(({ path, message }) => errorAt(path, message));
}

function hasLiteralSecret(value: unknown, path: Path): boolean {
  if (isSecret(path)) return typeof value === 'string' && !isVariable(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => hasLiteralSecret(member, [...path, key]));
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function freeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) freeze(member);
  }
  return Object.freeze(value);
}
