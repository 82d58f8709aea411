import type { Match } from '../wamp/uri.ts';

interface Names {
  /** Stands for any component, and for any end of one: a character that is in no entry. */
  readonly any: string;
  /** A number of components that no wildcard has. */
  readonly freeLength: (from: number) => number;
}

interface Node {
  readonly literals: Map<string, Node>;
  /** Below a wildcard. */
  any: Node | null;
  /** Whether an exact or a wildcard entry ends here. */
  ends: boolean;
  /** What prefix entries go on with from here: the begin of a component, or ''. */
  begins: string[];
}

/**
 * Entries by component, to find those that share URIs with a pattern: of each, a URI that is typical for
 * what they share. A rule that decides about any of the shared URIs decides about the typical one,
 * because that one names nothing beyond what entry and pattern name.
 */
export class Overlaps {
  readonly #names: Names;
  readonly #root: Node = newNode();

  constructor(names: Names) {
    this.#names = names;
  }

  add(uri: string, match: Match): void {
    const components = uri.split('.');
    const begin = match === 'prefix' ? components.pop() : undefined;
    let node = this.#root;
    for (const component of components) {
      if (component === '' && match === 'wildcard') {
        node.any ??= newNode();
        node = node.any;
        continue;
      }
      const child = node.literals.get(component) ?? newNode();
      node.literals.set(component, child);
      node = child;
    }
    if (begin === undefined) node.ends = true;
    else node.begins.push(begin);
  }

  /** A URI that is typical for a pattern as a whole. */
  typical(uri: string, match: Match): string {
    if (match === 'exact') return uri;
    return match === 'prefix' ? this.#anyBelow(uri) : this.#anyOf(uri.split('.')).join('.');
  }

  /** Typical URIs, entry by entry; those of prefix entries that hold all of the pattern are left to `typical`. */
  with(uri: string, match: 'prefix' | 'wildcard'): Generator<string> {
    const components = uri.split('.');
    return match === 'prefix' ? this.#below(this.#root, components, []) : this.#among(this.#root, components, []);
  }

  *#among(node: Node, pattern: readonly string[], path: readonly string[]): Generator<string> {
    const { any } = this.#names;
    const component = pattern[path.length];
    if (component === undefined) {
      if (node.ends) yield path.join('.');
      return;
    }
    for (const begin of node.begins) {
      const rest = this.#anyOf(pattern.slice(path.length + 1));
      if (component === '') yield [...path, `${begin}${any}`, ...rest].join('.');
      else if (component.startsWith(begin)) yield [...path, component, ...rest].join('.');
    }
    for (const [literal, child] of node.literals) {
      // A literal that is empty is of an entry that is no URI.
      if (literal !== '' && (component === '' || component === literal)) {
        yield* this.#among(child, pattern, [...path, literal]);
      }
    }
    if (node.any !== null) yield* this.#among(node.any, pattern, [...path, component === '' ? any : component]);
  }

  *#below(node: Node, prefix: readonly string[], path: readonly string[]): Generator<string> {
    const { any } = this.#names;
    const last = prefix.length - 1;
    if (path.length < last) {
      const component = prefix[path.length] as string;
      const literal = node.literals.get(component);
      if (literal !== undefined) yield* this.#below(literal, prefix, [...path, component]);
      if (node.any !== null && component !== '') yield* this.#below(node.any, prefix, [...path, component]);
      return;
    }
    const begin = path.length === last ? (prefix[last] as string) : '';
    if (path.length > last && node.ends) yield path.join('.');
    for (const text of node.begins) {
      if (text.startsWith(begin)) yield this.#anyBelow([...path, text].join('.'));
    }
    for (const [literal, child] of node.literals) {
      if (literal !== '' && literal.startsWith(begin)) yield* this.#below(child, prefix, [...path, literal]);
    }
    if (node.any !== null) yield* this.#below(node.any, prefix, [...path, `${begin}${any}`]);
  }

  #anyOf(components: readonly string[]): string[] {
    return components.map((component) => (component === '' ? this.#names.any : component));
  }

  /** Below a prefix there are URIs of any number of components: one that no wildcard speaks of. */
  #anyBelow(prefix: string): string {
    const { any, freeLength } = this.#names;
    const length = prefix.split('.').length;
    return `${prefix}${any}${`.${any}`.repeat(freeLength(length) - length)}`;
  }
}

function newNode(): Node {
  return { literals: new Map(), any: null, ends: false, begins: [] };
}
