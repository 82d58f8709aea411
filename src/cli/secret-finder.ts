import { MASKED } from '../wamp/masked.ts';

/** Characters by which a secret is looked up. */
const PREFIX = 6;

/** Takes secrets out of texts: in one pass, however many there are. */
export class SecretFinder {
  /** By their first characters, as many as `PREFIX` where they have so many. */
  readonly #secrets = new Map<string, Set<string>>();
  /** The lengths of the keys. */
  readonly #sizes = new Set<number>();

  add(secret: string): void {
    if (secret === '') return;
    const start = secret.slice(0, PREFIX);
    const known = this.#secrets.get(start);
    if (known !== undefined) known.add(secret);
    else this.#secrets.set(start, new Set([secret]));
    this.#sizes.add(start.length);
  }

  /** Where secrets overlap, nothing is left of any of them. */
  mask(text: string): string {
    let shown = '';
    let secretTo = 0;
    for (let at = 0; at < text.length; at++) {
      const end = this.#endOfSecret(text, at);
      if (end <= secretTo) continue;
      if (at >= secretTo) shown += text.slice(secretTo, at) + MASKED;
      secretTo = end;
    }
    return shown + text.slice(secretTo);
  }

  /** Where the longest secret that starts there ends; 0 where none does. */
  #endOfSecret(text: string, at: number): number {
    let end = 0;
    for (const size of this.#sizes) {
      for (const secret of this.#secrets.get(text.slice(at, at + size)) ?? []) {
        if (at + secret.length > end && text.startsWith(secret, at)) end = at + secret.length;
      }
    }
    return end;
  }
}
