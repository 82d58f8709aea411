import { isDict } from '../wamp/dict.ts';

/** What a scenario has learned so far, and the URIs that are its own. */
export class Scope {
  readonly #prefix: string;
  readonly #values = new Map<string, unknown>();

  /** @param prefix what `~` stands for */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get(name: string): unknown {
    return this.#values.get(name);
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  /** `~…` written out; other strings as they are. */
  uri(text: string): string {
    return text.startsWith('~') ? this.#prefix + text.slice(1) : text;
  }

  /**
   * A value to send.
   * @param nextRequest draws what `#name` stands for
   * @throws Error where `$name` is not known yet: the scenario is wrong
   */
  write(value: unknown, nextRequest: () => number): unknown {
    if (typeof value === 'string') return this.#writeText(value, nextRequest);
    if (Array.isArray(value)) return value.map((item) => this.write(item, nextRequest));
    if (!isDict(value)) return value;
    const binary = value['<binary>'];
    if (typeof binary === 'string') return Buffer.from(binary, 'hex');
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.write(item, nextRequest)]));
  }

  #writeText(text: string, nextRequest: () => number): unknown {
    if (text.startsWith('#')) {
      const request = nextRequest();
      this.set(text.slice(1), request);
      return request;
    }
    if (!text.startsWith('$')) return this.uri(text);
    const value = this.get(text.slice(1));
    if (value === undefined) throw new Error(`the scenario uses ${text} before anything has set it`);
    return value;
  }
}
