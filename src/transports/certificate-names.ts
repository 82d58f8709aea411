import { createHash } from 'node:crypto';
import type { Dict } from '../wamp/dict.ts';
import { DER, type DerValue, oidText, readDer, writeDer } from './der.ts';

/** Attributes of names by their short names in OpenSSL, in lower case. What is not here goes by its number. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'cn'],
  ['2.5.4.4', 'surname'],
  ['2.5.4.5', 'serialnumber'],
  ['2.5.4.6', 'c'],
  ['2.5.4.7', 'l'],
  ['2.5.4.8', 'st'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'o'],
  ['2.5.4.11', 'ou'],
  ['2.5.4.12', 'title'],
  ['2.5.4.15', 'businesscategory'],
  ['2.5.4.17', 'postalcode'],
  ['2.5.4.42', 'givenname'],
  ['2.5.4.43', 'initials'],
  ['2.5.4.44', 'generationqualifier'],
  ['2.5.4.46', 'dnqualifier'],
  ['2.5.4.65', 'pseudonym'],
  ['2.5.4.97', 'organizationidentifier'],
  ['0.9.2342.19200300.100.1.1', 'uid'],
  ['0.9.2342.19200300.100.1.25', 'dc'],
  ['1.2.840.113549.1.9.1', 'emailaddress'],
]);

/** Texts that OpenSSL makes comparable: UTF8String, Numeric-, Printable-, T61-, IA5-, Visible-, Universal- and BMPString. */
const TEXTS: ReadonlySet<number> = new Set([DER.utf8String, 0x12, 0x13, 0x14, 0x16, 0x1a, 0x1c, 0x1e]);

interface Attribute {
  readonly oid: Buffer;
  readonly value: DerValue;
}

/** The sets of attributes that a name consists of. [RFC 5280, 4.1.2.4] */
function attributesOf(name: Buffer): Attribute[][] {
  return readDer(name).map((set) =>
    readDer(set.content).map((pair) => {
      const [oid, value] = readDer(pair.content);
      if (oid === undefined || value === undefined) throw new RangeError('not a name');
      return { oid: oid.content, value };
    }),
  );
}

/** A subject or issuer: `{ c: 'DE', cn: 'joe' }`. Of attributes that occur twice the last counts, as in Crossbar. */
export function nameOf(name: Buffer): Dict {
  const named = Object.create(null) as Dict;
  for (const { oid, value } of attributesOf(name).flat()) {
    const number = oidText(oid);
    named[ATTRIBUTES.get(number) ?? number] = textOf(value);
  }
  return named;
}

/** OpenSSL's hash of a subject (`openssl x509 -subject_hash`), as a number. */
export function nameHash(name: Buffer): number {
  const sets = attributesOf(name).map((set) => {
    const pairs = set.map(({ oid, value }) => {
      const own = TEXTS.has(value.tag) ? { tag: DER.utf8String, content: comparable(textOf(value)) } : value;
      return writeDer(DER.sequence, Buffer.concat([writeDer(DER.oid, oid), writeDer(own.tag, own.content)]));
    });
    return writeDer(DER.set, Buffer.concat(pairs.toSorted(Buffer.compare)));
  });
  return createHash('sha1').update(Buffer.concat(sets)).digest().readUInt32LE(0);
}

/** In lower case, without space at its ends and with single spaces inside. */
function comparable(text: string): Buffer {
  const spaced = text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, '').replace(/[\t-\r ]+/g, ' ');
  return Buffer.from(spaced.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
}

function textOf({ tag, content }: DerValue): string {
  if (tag === DER.utf8String) return content.toString('utf8');
  if (tag === DER.bmpString && content.length % 2 === 0) return Buffer.from(content).swap16().toString('utf16le');
  return content.toString('latin1');
}
