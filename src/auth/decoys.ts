import { createHmac, hash } from 'node:crypto';

/**
 * What a login is made of whose client nobody knows (K9): challenged like everybody else, it tells
 * nothing by its challenge. The same name gets the same decoy for as long as the key is the same, so
 * asking twice tells nothing either.
 */
export class Decoys {
  readonly #key: Uint8Array;
  /** Of the key, for `at`. */
  readonly #seed: string;

  /** @param key secret, at least 32 bytes; shared by all transports of a worker, so that they agree */
  constructor(key: Uint8Array) {
    if (key.length < 32) throw new RangeError('the key of decoys must have at least 32 bytes');
    this.#key = key;
    this.#seed = this.bytes('', 'model', 32).toString('base64');
  }

  /** Bytes for a name, at random, but always the same. @param use tells apart what is drawn for one name */
  bytes(name: string, use: string, size: number): Buffer {
    const blocks: Buffer[] = [];
    for (let block = 0; block * 32 < size; block++) {
      const hmac = createHmac('sha256', this.#key);
      blocks.push(hmac.update(JSON.stringify([use, block, name])).digest());
    }
    return Buffer.concat(blocks).subarray(0, size);
  }

  /** Which of `count` things a name gets; 0 where there are none. Asked for each login, and never told: a plain hash will do. */
  at(name: string, count: number): number {
    return Number.parseInt(hash('sha256', this.#seed + name, 'hex').slice(0, 12), 16) % Math.max(count, 1);
  }

  /** A text that looks like `model`: digits for digits, letters for letters, everything else as it is. */
  textLike(model: string, name: string, use: string): string {
    if (model === '') return '';
    const bytes = this.bytes(name, use, model.length * 2);
    const hexadecimal = /^[0-9a-f]*$/.test(model) ? LOWER_HEX : /^[0-9A-F]*$/.test(model) ? UPPER_HEX : null;
    return Array.from({ length: model.length }, (_, at) => {
      const character = model.charAt(at);
      const alphabet = hexadecimal ?? ALPHABETS.find((letters) => letters.includes(character)) ?? character;
      return alphabet.charAt(bytes.readUInt16BE(at * 2) % alphabet.length);
    }).join('');
  }
}

const LOWER_HEX = '0123456789abcdef';
const UPPER_HEX = '0123456789ABCDEF';
const ALPHABETS = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
