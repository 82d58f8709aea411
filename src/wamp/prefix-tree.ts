import { EdgeTable } from './edge-table.ts';

interface Node<T> {
  /** Its number, to the table of edges. The root's is 0. */
  readonly number: number;
  /** The characters from the root to it. */
  readonly key: string;
  /** The root has none. */
  parent: Node<T> | null;
  value: T | undefined;
  /** How many children it has, */
  count: number;
  /** and their numbers, all by exclusive or: where there is one, it is that. */
  children: number;
}

/**
 * Values by string prefix, as a radix tree: a look-up walks along the URI and costs its length, however many prefixes
 * there are. On its way it looks at first characters only; whether the others agree too is asked once, at the end.
 */
export class PrefixTree<T extends object> {
  readonly #edges = new EdgeTable();
  readonly #root: Node<T> = { number: 0, key: '', parent: null, value: undefined, count: 0, children: 0 };
  /** By number; null: free. */
  readonly #nodes: (Node<T> | null)[] = [this.#root];
  readonly #free: number[] = [];

  get isEmpty(): boolean {
    return this.#root.value === undefined && this.#root.count === 0;
  }

  set(prefix: string, value: T): void {
    let node = this.#root;
    while (node.key.length < prefix.length) {
      const child = this.#child(node, prefix);
      if (child === null) node = this.#attach(node, prefix);
      else {
        const shared = sharedLength(child.key, prefix, node.key.length);
        node = shared < child.key.length ? this.#split(node, child, shared) : child;
      }
    }
    this.#setValue(node, value);
  }

  /** Deletes a prefix that is there. What is left is as if it had never been there. */
  delete(prefix: string): void {
    let node = this.#root;
    while (node.key.length < prefix.length) {
      const child = this.#child(node, prefix);
      if (child === null) return;
      node = child;
    }
    this.#setValue(node, undefined);
    const { parent } = node;
    if (parent !== null && node.count === 0) {
      this.#detach(parent, node);
      this.#fold(parent);
    } else this.#fold(node);
  }

  /** The value of the longest prefix of `uri`. */
  longest(uri: string): T | undefined {
    const found = this.#walk(uri, uri.length, null);
    // All that the walk came by are prefixes of the last one: how far that agrees tells which of them are prefixes of the URI.
    if (found === this.#root || uri.startsWith(found.key)) return found.value;
    return this.#walk(uri, sharedLength(found.key, uri, 0), null).value;
  }

  /** Adds the values of all prefixes of `uri`, the shortest first. */
  collect(uri: string, into: T[]): void {
    const { value } = this.#root;
    if (value !== undefined) into.push(value);
    const last = this.#walk(uri, uri.length, null);
    if (last !== this.#root) this.#walk(uri, sharedLength(last.key, uri, 0), into);
  }

  /**
   * The last node with a value on the way along the URI, and not behind `end`, as far as first characters tell.
   * @param into gets the values on the way, but for the root's
   */
  #walk(uri: string, end: number, into: T[] | null): Node<T> {
    const edges = this.#edges;
    let found = 0;
    let number = 0;
    for (let at = 0; at < end; ) {
      const edge = edges.find(number, uri.charCodeAt(at));
      if (edge < 0) break;
      at = edges.length(edge);
      if (at > end) break;
      number = edges.to(edge);
      if (!edges.isValued(edge)) continue;
      found = number;
      if (into !== null) into.push(this.#node(number).value as T);
    }
    return this.#node(found);
  }

  #node(number: number): Node<T> {
    return this.#nodes[number] as Node<T>;
  }

  /** The child on the way to a longer key, as far as its first character tells. */
  #child(node: Node<T>, key: string): Node<T> | null {
    const edge = this.#edges.find(node.number, key.charCodeAt(node.key.length));
    return edge < 0 ? null : this.#node(this.#edges.to(edge));
  }

  /** The edge to a node that is not the root. */
  #edgeTo(parent: Node<T>, { key }: Node<T>): number {
    return this.#edges.find(parent.number, key.charCodeAt(parent.key.length));
  }

  #setValue(node: Node<T>, value: T | undefined): void {
    node.value = value;
    if (node.parent !== null) this.#lead(this.#edgeTo(node.parent, node), node);
  }

  /** Has an edge lead to a node. */
  #lead(edge: number, { number, key, value }: Node<T>): void {
    this.#edges.set(edge, number, key.length, value !== undefined);
  }

  #attach(parent: Node<T>, key: string): Node<T> {
    const node = this.#create(parent, key);
    this.#link(parent, node);
    return node;
  }

  #create(parent: Node<T>, key: string): Node<T> {
    const number = this.#free.pop() ?? this.#nodes.length;
    const node: Node<T> = { number, key, parent, value: undefined, count: 0, children: 0 };
    this.#nodes[number] = node;
    return node;
  }

  #link(parent: Node<T>, node: Node<T>): void {
    const { number, key, value } = node;
    this.#edges.add(parent.number, key.charCodeAt(parent.key.length), number, key.length, value !== undefined);
    node.parent = parent;
    parent.count += 1;
    parent.children ^= number;
  }

  #detach(parent: Node<T>, node: Node<T>): void {
    this.#edges.remove(this.#edgeTo(parent, node));
    parent.count -= 1;
    parent.children ^= node.number;
    this.#release(node);
  }

  /** Puts a node between two, so many characters from the root. */
  #split(parent: Node<T>, child: Node<T>, length: number): Node<T> {
    const between = this.#create(parent, child.key.slice(0, length));
    this.#replace(parent, child, between);
    this.#link(between, child);
    return between;
  }

  /** Takes a node out that has no value and just one child, which its parent gets. */
  #fold(node: Node<T>): void {
    const { parent, value, count } = node;
    if (parent === null || value !== undefined || count !== 1) return;
    const child = this.#node(node.children);
    this.#edges.remove(this.#edgeTo(node, child));
    this.#replace(parent, node, child);
    this.#release(node);
  }

  /** Puts another node in the place of a child. */
  #replace(parent: Node<T>, old: Node<T>, node: Node<T>): void {
    this.#lead(this.#edgeTo(parent, old), node);
    node.parent = parent;
    parent.children ^= old.number ^ node.number;
  }

  #release({ number }: Node<T>): void {
    this.#nodes[number] = null;
    this.#free.push(number);
  }
}

/** How many characters agree, from the beginning. @param known so many do */
function sharedLength(one: string, other: string, known: number): number {
  const most = Math.min(one.length, other.length);
  let shared = known;
  while (shared < most && one.charCodeAt(shared) === other.charCodeAt(shared)) shared += 1;
  return shared;
}
