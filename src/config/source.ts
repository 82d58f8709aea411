/** A configuration file as it was read: plain values, and where in the text each of them stands. */
import type { Path } from './problem.ts';

/** Nesting of a file. */
export const MAX_DEPTH = 64;

/** Where a value begins, in characters from the start; and the same of what is in it. */
export interface SourceNode {
  readonly at: number;
  /** Where its key begins; for items of lists and for the whole, `at`. */
  readonly keyAt: number;
  readonly children: ReadonlyMap<string | number, SourceNode> | null;
}

export interface Source {
  /** Objects have no prototype. */
  readonly value: unknown;
  readonly root: SourceNode;
}

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

/** The text is not JSON or YAML, or goes beyond a limit. The message holds nothing of the text but single characters and keys. */
export class SourceError extends Error {
  readonly at: number;

  constructor(at: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceError';
    this.at = at;
  }
}

export function tooDeep(at: number): SourceError {
  return new SourceError(at, `nested deeper than ${MAX_DEPTH} levels`);
}

/** Lines of a text, to tell where a character stands. */
export class LineIndex {
  readonly #starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  positionAt(at: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#starts[low] ?? 0) + 1 };
  }
}

/**
 * Where a path stands in the text; of a missing key, where the object stands that it is missing from.
 * @param key whether its key is meant instead of its value
 */
export function locate(root: SourceNode, path: Path, key = false): number {
  let node = root;
  for (const part of path) {
    const child = node.children?.get(part);
    if (child === undefined) return node.at;
    node = child;
  }
  return key ? node.keyAt : node.at;
}
