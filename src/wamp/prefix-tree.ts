interface Node<T> {
  /** The characters from the parent to here. Only the root has none. */
  label: string;
  value: T | undefined;
  /** By the first character of their labels, which differ. */
  children: Map<number, Node<T>> | null;
}

/**
 * Values by string prefix, as a radix tree: a look-up walks along the URI and costs its length, however
 * many prefixes there are.
 */
export class PrefixTree<T extends object> {
  readonly #root: Node<T> = { label: '', value: undefined, children: null };

  get isEmpty(): boolean {
    return this.#root.value === undefined && this.#root.children === null;
  }

  set(prefix: string, value: T): void {
    let node = this.#root;
    let at = 0;
    while (at < prefix.length) {
      node.children ??= new Map();
      const first = prefix.charCodeAt(at);
      const child = node.children.get(first);
      if (child === undefined) {
        node.children.set(first, { label: prefix.slice(at), value, children: null });
        return;
      }
      const shared = sharedLength(child.label, prefix, at);
      node = shared === child.label.length ? child : split(node.children, child, shared);
      at += shared;
    }
    node.value = value;
  }

  delete(prefix: string): void {
    let grandparent: Node<T> | null = null;
    let parent: Node<T> | null = null;
    let node = this.#root;
    for (let at = 0; at < prefix.length; at += node.label.length) {
      const child = childOf(node, prefix, at);
      if (child === undefined) return;
      grandparent = parent;
      parent = node;
      node = child;
    }
    node.value = undefined;
    if (parent === null) return;
    if (node.children !== null) {
      fold(parent, node);
      return;
    }
    remove(parent, node);
    if (grandparent !== null) fold(grandparent, parent);
  }

  /** The value of the longest prefix of `uri`. */
  longest(uri: string): T | undefined {
    let node: Node<T> | undefined = this.#root;
    let best = node.value;
    for (let at = 0; at < uri.length; at += node.label.length) {
      node = childOf(node, uri, at);
      if (node === undefined) break;
      if (node.value !== undefined) best = node.value;
    }
    return best;
  }

  /** Adds the values of all prefixes of `uri`, the shortest first. */
  collect(uri: string, into: T[]): void {
    let node: Node<T> | undefined = this.#root;
    if (node.value !== undefined) into.push(node.value);
    for (let at = 0; at < uri.length; at += node.label.length) {
      node = childOf(node, uri, at);
      if (node === undefined) return;
      if (node.value !== undefined) into.push(node.value);
    }
  }
}

function childOf<T>(node: Node<T>, uri: string, at: number): Node<T> | undefined {
  const child = node.children?.get(uri.charCodeAt(at));
  return child !== undefined && uri.startsWith(child.label, at) ? child : undefined;
}

function sharedLength(label: string, uri: string, at: number): number {
  const most = Math.min(label.length, uri.length - at);
  let shared = 1;
  while (shared < most && label.charCodeAt(shared) === uri.charCodeAt(at + shared)) shared += 1;
  return shared;
}

/** Puts a node between a child and its parent, after the first `length` characters of its label. */
function split<T>(siblings: Map<number, Node<T>>, child: Node<T>, length: number): Node<T> {
  const { label } = child;
  const between: Node<T> = { label: label.slice(0, length), value: undefined, children: new Map() };
  siblings.set(label.charCodeAt(0), between);
  child.label = label.slice(length);
  between.children?.set(child.label.charCodeAt(0), child);
  return between;
}

function remove<T>(parent: Node<T>, node: Node<T>): void {
  parent.children?.delete(node.label.charCodeAt(0));
  if (parent.children?.size === 0) parent.children = null;
}

/** Joins a node without a value to its only child, so that what is left is as if nothing else had been there. */
function fold<T>(parent: Node<T>, node: Node<T>): void {
  if (node.value !== undefined || node.children === null || node.children.size !== 1) return;
  for (const child of node.children.values()) {
    child.label = node.label + child.label;
    parent.children?.set(node.label.charCodeAt(0), child);
  }
}
