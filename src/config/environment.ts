/**
 * Values from the environment: `"${NAME}"` for any whole string, and Crossbar's own places: `"$NAME"`
 * for the port of an endpoint, `$NAME` and `${NAME}` inside of the path of a Unix socket, and
 * `"${NAME}"` for a worker's `disabled`, where unset means false.
 */
import type { Path } from './problem.ts';

/** Variables by name, such as `process.env`. */
export type Environment = { readonly [name: string]: string | undefined };

export interface EnvironmentProblem {
  readonly path: Path;
  readonly message: string;
}

export interface Substituted {
  readonly value: unknown;
  readonly problems: readonly EnvironmentProblem[];
  /** What came from the environment, by `pathKey`: never to be printed. */
  readonly substituted: ReadonlyMap<string, string>;
}

/** How a variable is written in a file, for messages. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the text itself is meant
export const VARIABLE = '${NAME}';

const WHOLE = /^\$\{(.+)\}$/;
const PORT = /^\$([A-Za-z_][A-Za-z0-9_]*)$/;
const IN_PATH = /\$(?:(\w+)|\{([^}]*)\})/g;

/** A path as the key of a map. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** Replaces what comes from the environment; the value handed in stays as it is. */
export function substituteEnvironment(value: unknown, env: Environment): Substituted {
  const substitution = new Substitution(env);
  return {
    value: substitution.visit(value, []),
    problems: substitution.problems,
    substituted: substitution.substituted,
  };
}

class Substitution {
  readonly problems: EnvironmentProblem[] = [];
  readonly substituted = new Map<string, string>();
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  visit(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return this.#string(value, path);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item, index) => this.visit(item, [...path, index]));
    const copy: Record<string, unknown> = Object.create(null);
    for (const [key, member] of Object.entries(value)) {
      copy[key] = isServedValue(value, key, path) ? member : this.visit(member, [...path, key]);
    }
    return copy;
  }

  #string(text: string, path: Path): unknown {
    const place = placeOf(path);
    if (place === 'port') return this.#port(text, path);
    if (place === 'socket') {
      return text.replaceAll(IN_PATH, (whole, plain, braced) => this.#read(plain ?? braced, path) ?? whole);
    }
    const name = WHOLE.exec(text)?.[1];
    if (name === undefined) return text;
    if (place === 'disabled') return (this.#lookUp(name) ?? '') !== '';
    const found = this.#read(name, path);
    if (found === undefined) return text;
    if (isSecret(path)) this.#checkSecret(name, found, path);
    return found;
  }

  #port(text: string, path: Path): unknown {
    const name = PORT.exec(text)?.[1] ?? WHOLE.exec(text)?.[1];
    const found = name === undefined ? undefined : this.#read(name, path);
    return found !== undefined && /^\d{1,5}$/.test(found.trim()) ? Number(found) : (found ?? text);
  }

  #read(name: string, path: Path): string | undefined {
    const found = this.#lookUp(name);
    if (found === undefined) this.problems.push({ path, message: `${naming(name)} is not set` });
    else this.substituted.set(pathKey(path), found);
    return found;
  }

  #checkSecret(name: string, found: string, path: Path): void {
    if (found === '') this.problems.push({ path, message: `${naming(name)} is empty` });
    else if (/[\r\n]/.test(found)) {
      this.problems.push({ path, message: `${naming(name)} has a line break in it` });
    }
  }

  #lookUp(name: string): string | undefined {
    return Object.hasOwn(this.#env, name) ? this.#env[name] : undefined;
  }
}

/** Whether a text is a variable, and nothing else. */
export function isVariable(text: string): boolean {
  return WHOLE.test(text);
}

/** Whether a secret stands there: a principal's `ticket`, a user's `secret`. */
export function isSecret(path: Path): boolean {
  const [table, , key] = path.slice(-3);
  return (table === 'principals' && key === 'ticket') || (table === 'users' && key === 'secret');
}

/** What a path service `json` serves is data: a `${HOME}` in it was served as it stands, and must not begin to publish variables. */
function isServedValue(owner: object, key: string, path: Path): boolean {
  return key === 'value' && path[2] === 'transports' && (owner as { type?: unknown }).type === 'json';
}

/** Crossbar's own places for variables, in which they are written differently. */
function placeOf(path: Path): 'port' | 'socket' | 'disabled' | null {
  const place = path.filter((part) => typeof part === 'string').join('.');
  if (place === 'workers.transports.endpoint.port' || place === 'workers.transport.endpoint.port') return 'port';
  if (place === 'workers.transports.endpoint.path' || place === 'workers.transport.endpoint.path') return 'socket';
  return place === 'workers.options.disabled' ? 'disabled' : null;
}

/** A name is printed only where it is one: it could be a secret that happens to be written so. */
function naming(name: string): string {
  return /^\w+$/.test(name) ? `the environment variable ${name}` : 'the environment variable that is named here';
}
