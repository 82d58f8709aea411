import { LIMITS } from './limits.ts';

interface Node<T> {
  value: T | undefined;
  /** Null where there are none: below the last component of a pattern. */
  literals: Map<string, Node<T>> | null;
  /** Below an empty component of the pattern: any component, but none that is empty. */
  any: Node<T> | null;
}

/**
 * Values by wildcard pattern, as one tree of components for each number of components. A look-up visits
 * what agrees with the URI so far, and nothing else: per component no more nodes than there are shapes of
 * patterns, and so it is their number that has to be bounded.
 */
export class WildcardTree<T extends object> {
  readonly #roots = new Map<number, Node<T>>();
  /** How many patterns there are of each shape. */
  readonly #shapes = new Map<string, number>();

  hasRoom(pattern: string): boolean {
    return this.#shapes.size < LIMITS.wildcardShapes || this.#shapes.has(shapeOf(pattern));
  }

  get isEmpty(): boolean {
    return this.#roots.size === 0;
  }

  set(pattern: string, value: T): void {
    const components = pattern.split('.');
    let node = this.#roots.get(components.length);
    if (node === undefined) {
      node = newNode();
      this.#roots.set(components.length, node);
    }
    for (const component of components) node = childOf(node, component) ?? addChild(node, component);
    if (node.value === undefined) this.#count(shapeOf(pattern), 1);
    node.value = value;
  }

  /** Deletes a pattern that is there. */
  delete(pattern: string): void {
    this.#count(shapeOf(pattern), -1);
    const components = pattern.split('.');
    const root = this.#roots.get(components.length);
    if (root !== undefined && prune(root, components, 0)) this.#roots.delete(components.length);
  }

  /**
   * [WAMP: Pattern-based Registrations] Of the patterns that match, the one with the longest portion before
   * its first wildcard; where they are equal in that, the longest before the second; and so on.
   */
  best(uri: string): T | undefined {
    const components = uri.split('.');
    const root = this.#roots.get(components.length);
    return root === undefined ? undefined : mostSpecific(root, components, 0);
  }

  /** Adds the values of all patterns that match `uri`, the most specific first. */
  collect(uri: string, into: T[]): void {
    const components = uri.split('.');
    const root = this.#roots.get(components.length);
    if (root !== undefined) collectFrom(root, components, 0, into);
  }

  #count(shape: string, change: 1 | -1): void {
    const count = (this.#shapes.get(shape) ?? 0) + change;
    if (count === 0) this.#shapes.delete(shape);
    else this.#shapes.set(shape, count);
  }
}

/** Which components are literal: `x..x` for `com..get`. */
function shapeOf(pattern: string): string {
  return pattern.replaceAll(/[^.]+/g, 'x');
}

function newNode<T>(): Node<T> {
  return { value: undefined, literals: null, any: null };
}

function childOf<T>(node: Node<T>, component: string): Node<T> | null | undefined {
  return component === '' ? node.any : node.literals?.get(component);
}

function addChild<T>(node: Node<T>, component: string): Node<T> {
  const child = newNode<T>();
  if (component === '') node.any = child;
  else {
    node.literals ??= new Map();
    node.literals.set(component, child);
  }
  return child;
}

/** Whether nothing is left below `node`. As deep as a URI has components, so recursion is bounded. */
function prune<T>(node: Node<T>, components: readonly string[], at: number): boolean {
  const component = components[at];
  if (component === undefined) node.value = undefined;
  else {
    const child = childOf(node, component);
    if (child !== null && child !== undefined && prune(child, components, at + 1)) {
      if (component === '') node.any = null;
      else if (node.literals?.delete(component) && node.literals.size === 0) node.literals = null;
    }
  }
  return node.value === undefined && node.any === null && node.literals === null;
}

/** A literal is tried before the wildcard at each component: that is the order of the specification. */
function mostSpecific<T>(node: Node<T>, components: readonly string[], at: number): T | undefined {
  const component = components[at];
  if (component === undefined) return node.value;
  if (component === '') return undefined;
  const literal = node.literals?.get(component);
  const found = literal === undefined ? undefined : mostSpecific(literal, components, at + 1);
  return found === undefined && node.any !== null ? mostSpecific(node.any, components, at + 1) : found;
}

function collectFrom<T>(node: Node<T>, components: readonly string[], at: number, into: T[]): void {
  const component = components[at];
  if (component === undefined) {
    if (node.value !== undefined) into.push(node.value);
    return;
  }
  if (component === '') return;
  const literal = node.literals?.get(component);
  if (literal !== undefined) collectFrom(literal, components, at + 1, into);
  if (node.any !== null) collectFrom(node.any, components, at + 1, into);
}
