/**
 * Strict JSON (RFC 8259) with positions. `JSON.parse` neither says where a value stands nor refuses
 * the same key twice, of which only the last would count.
 */
import { quote } from './problem.ts';
import { MAX_DEPTH, type Source, SourceError, type SourceNode, tooDeep } from './source.ts';

interface Parsed {
  readonly value: unknown;
  readonly node: SourceNode;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const LITERALS: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** @throws SourceError */
export function parseJson(text: string): Source {
  return new JsonParser(text).parse();
}

class JsonParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Source {
    if (this.#text.startsWith('\ufeff')) throw new SourceError(0, 'not JSON: the file begins with a byte order mark');
    const { value, node } = this.#value(0, null);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected('the end of the file');
    return { value, root: node };
  }

  #value(depth: number, keyAt: number | null): Parsed {
    this.#skipSpace();
    const at = this.#at;
    if (depth > MAX_DEPTH) throw tooDeep(at);
    const leaf = (value: unknown): Parsed => ({ value, node: { at, keyAt: keyAt ?? at, children: null } });
    const first = this.#text[at];
    if (first === '{') return this.#object(depth, keyAt ?? at);
    if (first === '[') return this.#list(depth, keyAt ?? at);
    if (first === '"') return leaf(this.#string());
    if (first === '-' || (first !== undefined && first >= '0' && first <= '9')) return leaf(this.#number());
    for (const [word, value] of LITERALS) {
      if (!this.#text.startsWith(word, at)) continue;
      this.#at += word.length;
      return leaf(value);
    }
    throw this.#unexpected('a value');
  }

  #object(depth: number, keyAt: number): Parsed {
    const at = this.#at++;
    const value: Record<string, unknown> = Object.create(null);
    const children = new Map<string, SourceNode>();
    if (!this.#closes('}')) {
      do {
        this.#skipSpace();
        const memberAt = this.#at;
        if (this.#text[memberAt] !== '"') throw this.#unexpected('a key in double quotes');
        const key = this.#string();
        if (key === '__proto__') throw new SourceError(memberAt, 'the key "__proto__" is not allowed');
        if (children.has(key)) throw new SourceError(memberAt, `the key ${quote(key)} stands here twice`);
        this.#skipSpace();
        if (this.#text[this.#at] !== ':') throw this.#unexpected('":"');
        this.#at++;
        const member = this.#value(depth + 1, memberAt);
        value[key] = member.value;
        children.set(key, member.node);
      } while (this.#continues('}'));
    }
    return { value, node: { at, keyAt, children } };
  }

  #list(depth: number, keyAt: number): Parsed {
    const at = this.#at++;
    const value: unknown[] = [];
    const children = new Map<number, SourceNode>();
    if (!this.#closes(']')) {
      do {
        const item = this.#value(depth + 1, null);
        children.set(value.length, item.node);
        value.push(item.value);
      } while (this.#continues(']'));
    }
    return { value, node: { at, keyAt, children } };
  }

  /** Whether an object or list is empty; its end is taken then. */
  #closes(end: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== end) return false;
    this.#at++;
    return true;
  }

  /** Takes the comma or the end after a member. */
  #continues(end: string): boolean {
    this.#skipSpace();
    const next = this.#text[this.#at];
    if (next !== ',' && next !== end) throw this.#unexpected(`"," or "${end}"`);
    this.#at++;
    return next === ',';
  }

  #string(): string {
    STRING.lastIndex = this.#at;
    const token = STRING.exec(this.#text)?.[0] ?? '';
    const value = unquote(token);
    if (value === null) {
      throw new SourceError(this.#at, 'not JSON: this string has no end on its line, or a wrong escape in it');
    }
    this.#at += token.length;
    return value;
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const token = NUMBER.exec(this.#text)?.[0];
    if (token === undefined) throw this.#unexpected('a number');
    const value = Number(token);
    if (!Number.isFinite(value)) throw new SourceError(this.#at, 'this number is too large');
    this.#at += token.length;
    return value;
  }

  #skipSpace(): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (character !== ' ' && character !== '\n' && character !== '\r' && character !== '\t') return;
      this.#at++;
    }
  }

  #unexpected(expected: string): SourceError {
    const point = this.#text.codePointAt(this.#at);
    if (point === undefined)
      return new SourceError(this.#at, `not JSON: expected ${expected}, got the end of the file`);
    const comment = /^(?:\/[/*]|#)/.test(this.#text.slice(this.#at, this.#at + 2));
    const got = comment ? 'a comment, which JSON does not have (YAML does)' : quote(String.fromCodePoint(point));
    return new SourceError(this.#at, `not JSON: expected ${expected}, got ${got}`);
  }
}

/** Null where it is no string; the error of the library would quote it, and with it secrets. */
function unquote(token: string): string | null {
  try {
    return JSON.parse(token) as string;
  } catch {
    return null;
  }
}
