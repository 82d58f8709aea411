/**
 * YAML with positions, read as Crossbar's reader does (YAML 1.1: `yes` is true, `<<` merges), but
 * without what can build objects or blow up: no tags, aliases counted by what they stand for, no
 * key twice.
 */
import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Parser,
  type Scalar,
  type ScalarTag,
  type Tags,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { quote } from './problem.ts';
import { MAX_DEPTH, type Source, SourceError, type SourceNode, tooDeep } from './source.ts';
import { checkNesting } from './yaml-nesting.ts';

/** Values in all, aliases expanded. Stops an alias bomb. */
const MAX_VALUES = 250_000;

/** Tags of YAML 1.1 that make something else than JSON's values. */
const UNWANTED_TAGS = /:(?:binary|omap|pairs|set|timestamp|bool)$/;

/** Without `y` and `n`, which the YAML reader of Python leaves strings. */
const BOOLEAN: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  resolve: (word) => /^(?:yes|true|on)$/i.test(word),
};

const ERRORS: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'wrong alias',
  BAD_DQ_ESCAPE: 'wrong escape in a string in double quotes',
  BAD_INDENT: 'wrong indentation, or a bracket without its end',
  BAD_SCALAR_START: 'this character cannot begin a plain string: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'wrong indentation, or ": " inside of a plain string: put it in quotes',
  MISSING_CHAR: 'a character is missing, such as the end of a string or a ":" or ","',
  MULTILINE_IMPLICIT_KEY: 'a ":" is missing, or the indentation is wrong',
  TAB_AS_INDENT: 'indented with a tab: use spaces',
  TAG_RESOLVE_FAILED: 'tags ("!…") are not allowed',
};

interface Converted {
  readonly value: unknown;
  readonly node: SourceNode;
  /** Values in it, itself included. */
  readonly size: number;
  /** Levels below it. */
  readonly height: number;
}

interface Parts extends Pick<SourceNode, 'children'> {
  readonly value: unknown;
  readonly height: number;
}

/** @throws SourceError */
export function parseYaml(text: string): Source {
  const tokens = [...new Parser().parse(text)];
  checkNesting(tokens);
  const composer = new Composer({
    version: '1.1',
    // The library compares each key with each other; the conversion below uses a map.
    uniqueKeys: false,
    customTags: (tags: Tags) => [
      ...tags.filter((tag) => typeof tag === 'object' && !UNWANTED_TAGS.test(tag.tag)),
      BOOLEAN,
    ],
  });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  const wrong = document?.errors[0] ?? document?.warnings[0];
  if (document === undefined || wrong !== undefined) {
    const message = (wrong && ERRORS[wrong.code]) ?? 'wrong syntax';
    throw new SourceError(wrong?.pos[0] ?? 0, `not YAML: ${message}`);
  }
  if (second !== undefined) {
    throw new SourceError(second.range[0], 'not YAML: there must be only one document in the file');
  }
  return new YamlConverter().convert(document as Document.Parsed);
}

class YamlConverter {
  /** In the order of the document, so that an alias finds the anchor above it, and never one around it. */
  readonly #anchors = new Map<string, Converted>();
  #values = 0;

  convert(document: Document.Parsed): Source {
    const { value, node } = this.#value(document.contents, 0, 0);
    return { value, root: node };
  }

  /** @param keyAt where its key begins; -1 where it has none */
  #value(yaml: Node | null, depth: number, fallbackAt: number, keyAt = -1): Converted {
    const at = yaml?.range?.[0] ?? fallbackAt;
    if (depth > MAX_DEPTH) throw tooDeep(at);
    if (isAlias(yaml)) return this.#alias(yaml, depth, at, keyAt < 0 ? at : keyAt);
    this.#count(1, at);
    const before = this.#values;
    const parts = this.#parts(yaml, depth, at);
    const converted: Converted = {
      value: parts.value,
      node: { at, keyAt: keyAt < 0 ? at : keyAt, children: parts.children },
      size: this.#values - before + 1,
      height: parts.height,
    };
    const anchor = yaml === null || yaml.anchor === undefined ? '' : yaml.anchor;
    if (anchor !== '') this.#anchors.set(anchor, converted);
    return converted;
  }

  #parts(yaml: Node | null, depth: number, at: number): Parts {
    if (isMap(yaml)) return this.#map(yaml as YAMLMap<Node, Node | null>, depth);
    if (isSeq(yaml)) return this.#list(yaml as YAMLSeq<Node>, depth);
    const value: unknown = isScalar(yaml) ? yaml.value : null;
    if (typeof value === 'number' && !Number.isFinite(value)) throw new SourceError(at, 'this is not a finite number');
    return { value, children: null, height: 0 };
  }

  #list(yaml: YAMLSeq<Node>, depth: number): Parts {
    const items = yaml.items.map((item) => this.#value(item, depth + 1, yaml.range?.[0] ?? 0));
    return {
      value: items.map((item) => item.value),
      children: new Map(items.map((item, index) => [index, item.node])),
      height: heightOver(items),
    };
  }

  #map(yaml: YAMLMap<Node, Node | null>, depth: number): Parts {
    const value: Record<string, unknown> = Object.create(null);
    const children = new Map<string, SourceNode>();
    const merged: Converted[] = [];
    const members: Converted[] = [];
    for (const pair of yaml.items) {
      const keyAt = pair.key.range?.[0] ?? 0;
      if (isMerge(pair)) {
        merged.push(this.#value(pair.value, depth + 1, keyAt));
        continue;
      }
      const key = keyText(pair.key, keyAt);
      if (children.has(key)) throw new SourceError(keyAt, `the key ${quote(key)} stands here twice`);
      const member = this.#value(pair.value, depth + 1, keyAt, keyAt);
      members.push(member);
      value[key] = member.value;
      children.set(key, member.node);
    }
    for (const source of merged) merge(source, value, children);
    return { value, children, height: heightOver([...members, ...merged]) };
  }

  #alias(alias: Alias, depth: number, at: number, keyAt: number): Converted {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) throw new SourceError(at, 'not YAML: this alias has no anchor above it');
    if (depth + target.height > MAX_DEPTH) throw tooDeep(at);
    this.#count(target.size, at);
    return { ...target, node: { ...target.node, keyAt } };
  }

  #count(values: number, at: number): void {
    this.#values += values;
    if (this.#values > MAX_VALUES) {
      throw new SourceError(at, `more than ${MAX_VALUES} values, those that aliases stand for included`);
    }
  }
}

function heightOver(members: readonly Converted[]): number {
  return members.reduce((height, member) => Math.max(height, member.height + 1), 0);
}

function isMerge(pair: Pair<Node, Node | null>): boolean {
  return isScalar(pair.key) && typeof pair.key.value === 'symbol';
}

/** What stands under `<<`: one object, or a list of them, of which the first that has a key counts. */
function merge(source: Converted, value: Record<string, unknown>, children: Map<string, SourceNode>): void {
  const sources = Array.isArray(source.value)
    ? source.value.map((item: unknown, index) => ({ value: item, node: source.node.children?.get(index) }))
    : [source];
  for (const { value: from, node } of sources) {
    if (typeof from !== 'object' || from === null || Array.isArray(from)) {
      throw new SourceError(source.node.keyAt, 'not YAML: "<<" takes an object or a list of objects');
    }
    for (const [key, member] of Object.entries(from)) {
      const child = node?.children?.get(key);
      if (children.has(key) || child === undefined) continue;
      value[key] = member;
      children.set(key, child);
    }
  }
}

/** Keys are strings: what is written plain is taken as it is written, such as `123` or `on`. */
function keyText(key: Node, at: number): string {
  const scalar: Scalar | null = isScalar(key) ? key : null;
  const plain = scalar?.type === 'PLAIN';
  const text = plain ? scalar.source : scalar?.value;
  if (typeof text !== 'string' || (plain && text === '')) throw new SourceError(at, 'keys must be strings');
  if (text === '__proto__') throw new SourceError(at, 'the key "__proto__" is not allowed');
  return text;
}
