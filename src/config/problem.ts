/** What is wrong with a configuration, and how that is told: file, line, key path, what was expected. */

export type Path = readonly (string | number)[];

/** Problems printed of one file. Stops a file of nothing but mistakes from filling the screen. */
const PRINTED_PROBLEMS = 200;

/** Characters of a key or a value that are printed. */
const PRINTED_CHARACTERS = 60;

export interface Problem {
  /** `error`: the node does not start. `warning`: it does. */
  readonly severity: 'error' | 'warning';
  /** The file as it was named to the reader. */
  readonly file: string;
  /** Such as `workers[0].transports[1].auth.ticket.type`; empty for the file as a whole. */
  readonly path: string;
  /** Both from 1; null where the file could not be read at all. */
  readonly line: number | null;
  readonly column: number | null;
  /** One sentence without secrets. */
  readonly message: string;
}

/** The configuration cannot be used. `message` is all problems, a line each. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(formatProblems(problems), options);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** `config.json:12:7: workers[0].realms[0].name: expected …, got …` */
export function formatProblem(problem: Problem): string {
  const place = problem.line === null ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const severity = problem.severity === 'warning' ? 'warning: ' : '';
  return `${place}: ${severity}${path}${problem.message}`;
}

/** One line each, the first 200. */
export function formatProblems(problems: readonly Problem[]): string {
  const lines = problems.slice(0, PRINTED_PROBLEMS).map(formatProblem);
  if (problems.length > PRINTED_PROBLEMS) lines.push(`… and ${problems.length - PRINTED_PROBLEMS} more problems`);
  return lines.join('\n');
}

/** `workers[0].transports[0].paths["/"].type` */
export function formatPath(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(key) && key.length <= PRINTED_CHARACTERS) text += text === '' ? key : `.${key}`;
    else text += `[${quote(key)}]`;
  }
  return text;
}

/** A string of the file, in quotes, cut, with everything escaped that could act on a terminal. */
export function quote(text: string): string {
  const cut = text.length > PRINTED_CHARACTERS ? `${text.slice(0, PRINTED_CHARACTERS)}…` : text;
  return JSON.stringify(cut).replaceAll(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
