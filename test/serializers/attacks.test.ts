import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SERIALIZERS, serializerById } from '../../src/serializers/registry.ts';
import type { FormatId, Serializer } from '../../src/serializers/serializer.ts';
import { ProtocolViolation } from '../../src/wamp/errors.ts';
import { LIMITS } from '../../src/wamp/limits.ts';
import { CALL, canonical, readMessage, writeMessage } from './samples.ts';

/** Bytes of a format: JSON and UBJSON, whose markers are letters, as they are, others as hexadecimal with spaces. */
function bytesOf(id: FormatId, text: string): Buffer {
  return id === 'json' || id === 'ubjson' || id === 'ubjson12'
    ? Buffer.from(text, 'latin1')
    : Buffer.from(text.replaceAll(' ', ''), 'hex');
}

/** A CALL up to its arguments, and what follows them: `[48, 1, {}, "a", ` … `]`. */
const CALLS: Readonly<Record<FormatId, readonly [head: Buffer, tail: Buffer]>> = {
  json: [Buffer.from('[48,1,{},"a",'), Buffer.from(']')],
  msgpack: [Buffer.from('95300180a161', 'hex'), Buffer.alloc(0)],
  cbor: [Buffer.from('85183001a06161', 'hex'), Buffer.alloc(0)],
  ubjson: [Buffer.from('[U0U\x01{}SU\x01a'), Buffer.from(']')],
  ubjson12: [Buffer.from('[U0U\x01{}SU\x01a'), Buffer.from(']')],
};

function call(id: FormatId, args: Buffer): Buffer {
  const [head, tail] = CALLS[id];
  return Buffer.concat([head, args, tail]);
}

/** Time and memory that a refusal may take. */
const MILLISECONDS = 5000;
const MEGABYTES = 16;

function refuses(serializer: Serializer, bytes: Buffer, text?: RegExp): void {
  const before = process.memoryUsage();
  const start = performance.now();
  assert.throws(
    () => readMessage(serializer, bytes),
    (error) => {
      assert.ok(error instanceof ProtocolViolation, String(error));
      if (text !== undefined) assert.match(error.message, text);
      return true;
    },
  );
  assert.ok(performance.now() - start < MILLISECONDS, 'takes too long');
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  assert.ok(grown < MEGABYTES * 1024 * 1024, 'takes too much memory');
}

const UBJSON_ARGUMENTS: readonly (readonly [what: string, args: string])[] = [
  ['a list without end', '[U\x01'],
  ['a dictionary without end', '[{U\x01aU\x01'],
  ['a dictionary without its last value', '[{U\x01a}]'],
  ['a list ended as a dictionary', '[[}]'],
  ['a dictionary ended as a list', '[{]]'],
  ['a counted list of one more than there is', '[#U\x02U\x01'],
  ['a counted list with an end', '[#U\x01U\x01]'],
  ['a counted dictionary with an end', '[{#U\x01U\x01aU\x01}]]'],
  ['a typed list cut short', '[$i#U\x04abc'],
  ['a typed list without a count', '[$iU\x01]'],
  ['a type and nothing else', '[$'],
  ['a type, and half a count', '[$i#'],
  ['a count of a length below zero', '[#i\xff'],
  ['a count that is a float', '[#d\0\0\0\0'],
  ['a count that is a string', '[#SU\x01a'],
  ['a count in dimensions', '[[$i#[U\x02U\x02]abcd]'],
  ['a no-op for a count', '[#NU\x01Z'],
  ['a list of no-ops', '[$N#U\x05'],
  ['a list of a type that is none', '[$x#U\x01a'],
  ['a list of types', '[$$#U\x01a'],
  ['a string of a length below zero', '[Si\xffa]'],
  ['a string without a length', '[SZ]'],
  ['a string cut short', '[SU\x05abc]'],
  ['a string of invalid UTF-8', '[SU\x01\xff]'],
  ['an overlong NUL', '[SU\x02\xc0\x80]'],
  ['half a surrogate pair in UTF-8', '[SU\x03\xed\xa0\x80]'],
  ['a character beyond ASCII', '[C\xe9]'],
  ['a character beyond ASCII in a typed list', '[[$C#U\x01\xe9]'],
  ['half a character', '[C'],
  ['a string for a key', '[{SU\x01aU\x01}]'],
  ['null for a key', '[{ZU\x01}]'],
  ['a list for a key', '[{[]U\x01}]'],
  ['a key of invalid UTF-8', '[{U\x01\xffU\x01}]'],
  ['a key of a length below zero', '[{i\xffU\x01}]'],
  ['a precise number that is empty', '[HU\x00]'],
  ['a precise number of letters', '[HU\x03abc]'],
  ['a precise number with an end of its own', '[HU\x041 23]'],
  ['a precise number that goes on', '[HU\x041.5x]'],
  ['a precise number with a leading zero', '[HU\x0201]'],
  ['a precise number that is a literal', '[HU\x04null]'],
  ['NaN as a precise number', '[HU\x03NaN]'],
  ['a precise number cut short', '[HU\x09123]'],
  ['a marker that is none', '[x]'],
  ['the byte 0xff', '[\xff]'],
  ['half a number', '[L\0\0\0]'],
  ['a further value', '[]U\x01'],
  ['a further list', '[][]'],
  ['three lists', '[]{}[]'],
];

const UBJSON_MESSAGES: readonly (readonly [what: string, bytes: string])[] = [
  ['nothing', ''],
  ['a no-op', 'N'],
  ['a no-op before the message', 'N[U0U\x01{}SU\x01a]'],
  ['a no-op behind the message', '[U0U\x01{}SU\x01a]N'],
  ['a dictionary', '{U\x010U\x30}'],
  ['a list without end', '[U0U\x01{}SU\x01a'],
  ['a counted list with too few elements', '[#U\x03U0U\x01{}'],
  ['a counted list with too many elements', '[#U\x07U0U\x01{}SU\x01a[]{}U\x01'],
  ['a counted list with an end', '[#U\x04U0U\x01{}SU\x01a]'],
  ['a list of integers that is a CALL', '[$i#U\x04\x30\x01\x01\x01'],
  ['a list of strings', '[$S#U\x01U\x0148'],
  ['-1 for an id', '[U0i\xff{}SU\x01a]'],
  ['a precise number for an id', '[U0HU\x011{}SU\x01a]'],
  ['a character for an id', '[U0C1{}SU\x01a]'],
  ['null for a message code', '[ZU\x01{}SU\x01a]'],
  ['a character beyond ASCII for a URI', '[U0U\x01{}C\xe9]'],
  ['a URI of invalid UTF-8', '[U0U\x01{}SU\x01\xff]'],
  ['a URI of a length below zero', '[U0U\x01{}Si\xffa]'],
  ['binary for a URI', '[U0U\x01{}[$U#U\x01a]'],
  ['a list for options', '[U0U\x01[]SU\x01a]'],
  ['a key twice in options', '[U0U\x01{U\x01aU\x01U\x01aU\x02}SU\x01a]'],
  ['a key twice in options, with lengths of two forms', '[U0U\x01{U\x01aU\x01i\x01aU\x02}SU\x01a]'],
  ['a key twice deep in options', '[U0U\x01{U\x01b[{U\x01aU\x01U\x01aU\x02}]}SU\x01a]'],
  ['a further byte', '[U0U\x01{}SU\x01a]Z'],
];

const UBJSON_ACCEPTED: readonly (readonly [what: string, bytes: string])[] = [
  ['no-ops within the message', '[NU0NNU\x01N{NN}NSU\x01aN]'],
  ['a counted list', '[#U\x04U0U\x01{}SU\x01a'],
  ['a count in another form', '[#i\x04U0U\x01{}SU\x01a'],
  ['counted options', '[U0U\x01{#U\x00SU\x01a]'],
  ['typed options', '[U0U\x01{$U#U\x00SU\x01a]'],
  ['integers in signed forms', '[i0i\x01{}Si\x01a]'],
  ['a URI of one character', '[U0U\x01{}Ca]'],
];

/** Arguments that are no list of checked values. */
const REFUSED_ARGUMENTS: Readonly<Record<FormatId, readonly (readonly [what: string, args: string])[]>> = {
  msgpack: [
    ['a list of 2^32 elements', 'dd ffffffff'],
    ['a nested list of 2^32 elements', '91 dd ffffffff'],
    ['a dictionary of 2^32 entries', '91 df ffffffff'],
    ['a string of 4 GiB', '91 db ffffffff'],
    ['binary of 4 GiB', '91 c6 ffffffff'],
    ['an extension of 4 GiB', '91 c9 ffffffff 01'],
    ['a list of one more than there is', '92 01'],
    ['a dictionary without its last value', '91 81 a161'],
    ['half a size', '91 da 00'],
    ['half a number', '91 cf 00000000'],
    ['an extension without type', '91 c7 00'],
    ['an extension cut short', '91 d8 01 00'],
    ['the byte 0xc1', '91 c1'],
    ['a number for a key', '91 81 01 01'],
    ['a float for a key', '91 81 cb3ff0000000000000 01'],
    ['nil for a key', '91 81 c0 01'],
    ['binary for a key', '91 81 c40161 01'],
    ['a list for a key', '91 81 90 01'],
    ['a string of invalid UTF-8', '91 a1 ff'],
    ['a key of invalid UTF-8', '91 81 a1 80 01'],
    ['half a surrogate pair in UTF-8', '91 a3 eda080'],
    ['a whole surrogate pair in UTF-8', '91 a6 eda0bdedb880'],
    ['an overlong NUL', '91 a2 c080'],
    ['a character beyond Unicode', '91 a4 f4908080'],
    ['a character cut short', '91 a2 e282'],
    ['long text of invalid UTF-8', `91 d9 c8 ${'61'.repeat(199)}ff`],
    ['a further byte', '90 00'],
    ['a further list', '90 90'],
  ],
  cbor: [
    ['a list of 2^64 - 1 elements', '9b ffffffffffffffff'],
    ['a list of 2^32 elements', '81 9a ffffffff'],
    ['a dictionary of 2^63 entries', '81 bb 8000000000000000'],
    ['a dictionary of 2^32 entries', '81 ba ffffffff'],
    ['a string of 2^64 - 1 bytes', '81 7b ffffffffffffffff'],
    ['binary of 2^32 bytes', '81 5b 0000000100000000'],
    ['a list of one more than there is', '82 01'],
    ['an indefinite list without end', '9f 01'],
    ['an indefinite string without end', '81 7f 6161'],
    ['an indefinite dictionary without its last value', '81 bf 6161 ff'],
    ['a break in a list of known length', '82 01 ff'],
    ['a break for arguments', 'ff'],
    ['an integer of indefinite length', '81 1f'],
    ['a tag of indefinite length', '81 df 01'],
    ['reserved additional information 28', '81 1c 00'],
    ['reserved additional information 29', '81 5d 00'],
    ['reserved additional information 30', '81 9e 00'],
    ['reserved additional information of a simple value', '81 fc'],
    ['a chunk of another kind', '81 7f 4161 ff'],
    ['a chunk in chunks', '81 7f 7f 6161 ff ff'],
    ['a chunk that is a number', '81 5f 01 ff'],
    ['a chunk with half a character', '81 7f 61 c3 61 a9 ff'],
    ['a number for a key', '81 a1 01 01'],
    ['binary for a key', '81 a1 4161 01'],
    ['a tagged key', '81 a1 c0 6161 01'],
    ['a break for a key of a known count', '81 a1 ff 01'],
    ['a string of invalid UTF-8', '81 61 ff'],
    ['half a surrogate pair in UTF-8', '81 63 eda080'],
    ['a simple value that is not assigned', '81 e0'],
    ['a simple value in two bytes', '81 f8 ff'],
    ['a simple value below 32 in two bytes', '81 f8 14'],
    ['half a float', '81 fb 00000000'],
    ['tag 24: encoded CBOR', '81 d818 4101'],
    ['tag 25: a string reference', '81 d819 00'],
    ['tag 26: a Perl object', '81 d81a 8101'],
    ['tag 27: an object of a class', '81 d81b 82 66 526567457870 6161'],
    ['tag 28: a shared value', '81 d81c 81 d81d 00'],
    ['tag 29: a reference', '81 d81d 00'],
    ['tag 6', '81 c6 00'],
    ['tag 38', '81 d826 82 62656e 6161'],
    ['tag 63', '81 d83f 00'],
    ['tag 76, which is reserved', '81 d84c 40'],
    ['tag 88', '81 d858 40'],
    ['tag 256', '81 d90100 80'],
    ['tag 258: a set', '81 d90102 8101'],
    ['a record of cbor-x', '81 d9dfff 83 1940 00 816161 01'],
    ['a tag of 64 bits', '81 db ffffffffffffffff 00'],
    ['a tag without content', '81 c0'],
    ['a tag of a tag without content', '81 d9d9f7 c2'],
    ['a bignum of 65 bytes', `81 c2 5841 ${'ff'.repeat(65)}`],
    ['a bignum in chunks', '81 c2 5f 4101 ff'],
    ['a bignum that is a number', '81 c2 01'],
    ['a bignum of 2^32 bytes', '81 c2 5a ffffffff'],
    ['a date that is none', '81 c0 6161'],
    ['a date of month 13', '81 c0 74 323031332d31332d32315432303a30343a30305a'],
    ['a date that is a number', '81 c0 01'],
    ['a time that is text', '81 c1 6131'],
    ['a time that is not a number', '81 c1 f97e00'],
    ['a time without end', '81 c1 f97c00'],
    ['a time beyond all dates', '81 c1 1b7fffffffffffffff'],
    ['a decimal fraction that is no list', '81 c4 01'],
    ['a decimal fraction of three parts', '81 c4 83 01 02 03'],
    ['a decimal fraction with a large exponent', '81 c4 82 1a00010000 01'],
    ['a bigfloat of text', '81 c5 82 01 6131'],
    ['a UUID of 15 bytes', `81 d825 4f ${'00'.repeat(15)}`],
    ['a UUID of text', `81 d825 70 ${'61'.repeat(16)}`],
    ['tag 35: a regular expression', '81 d823 6161'],
    ['tag 36: a MIME message', '81 d824 6161'],
    ['a typed array that is no binary', '81 d840 8101'],
    ['a typed array of half an element', '81 d841 43 000000'],
    ['a typed array of float64 with half an element', '81 d856 4c 000000000000000000000000'],
    ['a further byte', '80 00'],
    ['a further list', '80 80'],
  ],
  json: [
    ['two values', '[][]'],
    ['a further bracket', '[]]'],
    ['a comma at the end of a list', '[1,]'],
    ['a comma at the beginning', '[,1]'],
    ['two commas', '[1,,2]'],
    ['no comma', '[1 2]'],
    ['a comma at the end of the message', '[],'],
    ['a comma in an empty dictionary', '[{,}]'],
    ['a comma at the end of a dictionary', '[{"a":1,}]'],
    ['no colon', '[{"a" 1}]'],
    ['two colons', '[{"a"::1}]'],
    ['a colon in a list', '["a":1]'],
    ['a key without a value', '[{"a"}]'],
    ['a number for a key', '[{1:1}]'],
    ['a key without quotes', '[{a:1}]'],
    ['null for a key', '[{null:1}]'],
    ['brackets that do not match', '[{]}'],
    ['brackets that do not match', '[[1}]'],
    ['single quotes', "['a']"],
    ['a comment', '[1/**/]'],
    ['a leading zero', '[01]'],
    ['a leading zero of a negative number', '[-01]'],
    ['a plus', '[+1]'],
    ['a minus alone', '[-]'],
    ['no digit before the point', '[.5]'],
    ['no digit after the point', '[1.]'],
    ['no digit in the exponent', '[1e]'],
    ['no digit in the exponent', '[1e+]'],
    ['two points', '[1.2.3]'],
    ['hexadecimal', '[0x10]'],
    ['NaN', '[NaN]'],
    ['Infinity', '[-Infinity]'],
    ['undefined', '[undefined]'],
    ['half a literal', '[tru]'],
    ['a literal in capitals', '[True]'],
    ['a literal that goes on', '[nullnull]'],
    ['a string without end', '["a]'],
    ['a string that ends with a backslash', '["a\\"]'],
    ['a line feed in a string', '["a\nb"]'],
    ['a tab in a string', '["a\tb"]'],
    ['NUL in a string', '["a\0b"]'],
    ['a control character deep in a long string', `["${'x'.repeat(1000)}\x1f${'x'.repeat(1000)}"]`],
    ['an escape that is none', '["\\x41"]'],
    ['an escape in a capital letter', '["\\N"]'],
    ['three hexadecimal digits', '["\\u123"]'],
    ['a letter among hexadecimal digits', '["\\u12G4"]'],
    ['a sign among hexadecimal digits', '["\\u+123"]'],
    ['the first half of a surrogate pair', '["\\ud800"]'],
    ['the second half of a surrogate pair', '["\\udc00"]'],
    ['half a pair and a letter', '["\\ud800a"]'],
    ['half a pair and an escape', '["\\ud800\\n"]'],
    ['half a pair and another character', '["\\ud800\\u0041"]'],
    ['two first halves', '["\\ud800\\ud800"]'],
    ['a pair the wrong way round', '["\\udc00\\ud800"]'],
    ['half a pair in a key', '[{"\\ud800":1}]'],
    ['half a pair at the end', '["\\ud800'],
    ['invalid UTF-8', '["\xff"]'],
    ['an overlong NUL', '["\xc0\x80"]'],
    ['half a surrogate pair in UTF-8', '["\xed\xa0\x80"]'],
    ['a character beyond Unicode', '["\xf4\x90\x80\x80"]'],
    ['a character cut short', '["\xe2\x82"]'],
    ['invalid UTF-8 after valid', '["\xc3\xa9","\xff"]'],
    ['bytes beyond ASCII outside of a string', '[1\xc2\xa0]'],
    ['a vertical tab for white space', '[1\x0b]'],
    ['NUL for white space', '[1\0]'],
    ['the separator of batches', '[1]\x18'],
    ['a further value', '[1] 1'],
  ],
  ubjson: [
    ...UBJSON_ARGUMENTS,
    ['a list of 2^64 - 1 elements', '[#M\xff\xff\xff\xff\xff\xff\xff\xff'],
    ['a list of 2^32 - 1 elements', '[#m\xff\xff\xff\xff'],
    ['a list of 2^32 - 1 null', '[[$Z#m\xff\xff\xff\xff]'],
    ['a dictionary of 2^32 - 1 entries', '[{#m\xff\xff\xff\xff]'],
    ['a string of 2^53 bytes', '[SM\0\0\0\0\0\0\x20\0]'],
    ['binary of 2^32 - 1 bytes', '[[$B#m\xff\xff\xff\xff]'],
    ['a typed list of 2^32 - 1 floats', '[[$D#m\xff\xff\xff\xff]'],
    ['half a float16', '[h\0'],
    ['the marker E', '[E\0]'],
    ['binary that is the arguments', '[$B#U\x01a'],
  ],
  ubjson12: [
    ...UBJSON_ARGUMENTS,
    ['a list of 2^63 - 1 elements', '[#L\x7f\xff\xff\xff\xff\xff\xff\xff'],
    ['a list of 2^31 - 1 elements', '[#l\x7f\xff\xff\xff'],
    ['a list of 2^31 - 1 null', '[[$Z#l\x7f\xff\xff\xff]'],
    ['a dictionary of 2^31 - 1 entries', '[{#l\x7f\xff\xff\xff]'],
    ['a string of 2^53 bytes', '[SL\0\x20\0\0\0\0\0\0]'],
    ['binary of 2^31 - 1 bytes', '[[$U#l\x7f\xff\xff\xff]'],
    ['an unsigned integer of BJData', '[u\0\x01]'],
    ['a byte of BJData', '[B\x01]'],
    ['binary of BJData', '[[$B#U\x01a]'],
    ['a half of BJData', '[h\0\0]'],
    ['binary that is the arguments', '[$U#U\x01a'],
  ],
};

const REFUSED_MESSAGES: Readonly<Record<FormatId, readonly (readonly [what: string, bytes: string])[]>> = {
  msgpack: [
    ['nothing', ''],
    ['an extension', 'd6ff00000001'],
    ['a list of 2^32 elements', 'dd ffffffff'],
    ['half a size of the list', 'dc 00'],
    ['an extension for an id', '94 30 d40001 80 a161'],
    ['a float with a fraction for an id', '94 30 cb3ff8000000000000 80 a161'],
    ['NaN for an id', '94 30 cb7ff8000000000000 80 a161'],
    ['infinity for an id', '94 30 cb7ff0000000000000 80 a161'],
    ['-0 for an id', '94 30 cb8000000000000000 80 a161'],
    ['2^53 + 2 as a float for an id', '94 30 cb4340000000000001 80 a161'],
    ['-1 for an id', '94 30 ff 80 a161'],
    ['-1 in a signed form for an id', '94 30 d0ff 80 a161'],
    ['2^53 + 1 in a signed form for an id', '94 30 d30020000000000001 80 a161'],
    ['nil for a message code', '94 c0 01 80 a161'],
    ['a URI of invalid UTF-8', '94 30 01 80 a1ff'],
    ['a long URI of invalid UTF-8', `94 30 01 80 d9 64 ${'61'.repeat(99)}ff`],
    ['a URI of 4 GiB', '94 30 01 80 dbffffffff'],
    ['binary for a URI', '94 30 01 80 c40161'],
    ['a key twice in options', '94 30 01 82 a16101 a16102 a161'],
    ['a key twice deep in options', '94 30 01 81 a161 82 a16101 a16102 a161'],
    ['a key twice in forms of different length', '94 30 01 82 a16101 d9016102 a161'],
    ['options of 2^32 entries', '94 30 01 df ffffffff a161'],
    ['an invalid signature', '93 05 a1ff 80'],
    ['a realm that is binary', '93 01 c40161 80'],
    ['a further byte', '94 30 01 80 a161 00'],
  ],
  cbor: [
    ['nothing', ''],
    ['a tagged message', 'd9d9f7 84 1830 01 a0 6161'],
    ['a list of 2^64 - 1 elements', '9b ffffffffffffffff'],
    ['an indefinite list without end', '9f 1830 01 a0 6161'],
    ['an indefinite list with too few elements', '9f 1830 01 a0 ff'],
    ['an indefinite list with too many elements', '9f 1830 01 a0 6161 80 a0 00 ff'],
    ['an indefinite list with payload where none may be', '9f 1831 01 a0 80 ff'],
    ['an indefinite list with bytes behind', '9f 1830 01 a0 6161 ff 00'],
    ['a tagged id', '84 1830 c1 01 a0 6161'],
    ['a bignum for an id', '84 1830 c24101 a0 6161'],
    ['a float with a fraction for an id', '84 1830 f93e00 a0 6161'],
    ['NaN for an id', '84 1830 f97e00 a0 6161'],
    ['-0 for an id', '84 1830 f98000 a0 6161'],
    ['an id of indefinite length', '84 1830 1f a0 6161'],
    ['a reserved form of an id', '84 1830 1c a0 6161'],
    ['tagged options', '84 1830 01 d9d9f7 a0 6161'],
    ['a reserved form of options', '84 1830 01 bc 6161'],
    ['a tagged URI', '84 1830 01 a0 d820 6161'],
    ['a URI of invalid UTF-8', '84 1830 01 a0 61ff'],
    ['a URI in chunks without end', '84 1830 01 a0 7f 6161'],
    ['a URI of 2^64 - 1 bytes', '84 1830 01 a0 7b ffffffffffffffff'],
    ['a key twice in options', '84 1830 01 a2 6161 01 6161 02 6161'],
    ['a key twice in options, once in chunks', '84 1830 01 bf 6161 01 7f 6161 ff 02 ff 6161'],
    ['tagged arguments', '85 1830 01 a0 6161 d9d9f7 80'],
    ['arguments that are a typed array', '85 1830 01 a0 6161 d840 4101'],
    ['a further byte', '84 1830 01 a0 6161 00'],
  ],
  json: [
    ['nothing', ''],
    ['white space', ' \n'],
    ['a byte order mark', '\xef\xbb\xbf[48,1,{},"a"]'],
    ['UTF-16', '\xff\xfe[\0'],
    ['a dictionary', '{"0":48}'],
    ['an unfinished list', '[48,1,{},"a"'],
    ['a comma at the end', '[48,1,{},"a",]'],
    ['no comma', '[48 1,{},"a"]'],
    ['a comma at the beginning', '[,48,1,{},"a"]'],
    ['two messages', '[48,1,{},"a"][48,1,{},"a"]'],
    ['NUL behind', '[48,1,{},"a"]\0'],
    ['a code with a leading zero', '[048,1,{},"a"]'],
    ['an id with a leading zero', '[48,01,{},"a"]'],
    ['an id that is a float', '[48,1.0,{},"a"]'],
    ['an id with an exponent', '[48,1e0,{},"a"]'],
    ['an id with a plus', '[48,+1,{},"a"]'],
    ['-1 for an id', '[48,-1,{},"a"]'],
    ['2^53 + 1 for an id', '[48,9007199254740993,{},"a"]'],
    ['2^53 + 10 for an id', '[48,9007199254741002,{},"a"]'],
    ['an id of a thousand digits', `[48,1${'0'.repeat(1000)},{},"a"]`],
    ['a realm that is a literal', '[1,nul,{}]'],
    ['a URI with half a surrogate pair', '[48,1,{},"\\ud800"]'],
    ['a URI with a control character', '[48,1,{},"a\nb"]'],
    ['a URI of invalid UTF-8', '[48,1,{},"\xff"]'],
    ['a key twice in options', '[48,1,{"a":1,"a":2},"a"]'],
    ['a key twice in options, once in escapes', '[48,1,{"a":1,"\\u0061":2},"a"]'],
    ['__proto__ twice', '[48,1,{"__proto__":1,"__proto__":2},"a"]'],
    ['a key twice deep in options', '[48,1,{"b":[{"a":1,"a":2}]},"a"]'],
    ['options without end', '[48,1,{"a":1,"a'],
    ['enc_algo with a payload that is not base64', '[48,1,{"enc_algo":"x"},"a","\\u0000AQ="]'],
  ],
  ubjson: [
    ...UBJSON_MESSAGES,
    ['2^53 + 1 for an id', '[U0M\x01\0\0\0\0\0\x20\0{}SU\x01a]'],
    ['a float with a fraction for an id', '[U0D\0\0\0\0\0\0\xf8\x3f{}SU\x01a]'],
    ['NaN for an id', '[U0D\0\0\0\0\0\0\xf8\x7f{}SU\x01a]'],
    ['-0 for an id', '[U0d\0\0\0\x80{}SU\x01a]'],
    ['an id of draft 12', '[U0l\xff\0\0\xff{}SU\x01a]'],
    ['options of 2^32 - 1 entries', '[U0U\x01{#m\xff\xff\xff\xffSU\x01a]'],
  ],
  ubjson12: [
    ...UBJSON_MESSAGES,
    ['2^53 + 1 for an id', '[U0L\0\x20\0\0\0\0\0\x01{}SU\x01a]'],
    ['a float with a fraction for an id', '[U0D\x3f\xf8\0\0\0\0\0\0{}SU\x01a]'],
    ['NaN for an id', '[U0D\x7f\xf8\0\0\0\0\0\0{}SU\x01a]'],
    ['-0 for an id', '[U0d\x80\0\0\0{}SU\x01a]'],
    ['an id of BJData', '[U0m\x01\0\0\0{}SU\x01a]'],
    ['options of 2^31 - 1 entries', '[U0U\x01{#l\x7f\xff\xff\xffSU\x01a]'],
  ],
};

/** Unusual, and legal. */
const ACCEPTED: Readonly<Record<FormatId, readonly (readonly [what: string, bytes: string])[]>> = {
  msgpack: [
    ['numbers as floats', '94 cb4048000000000000 ca3f800000 80 a161'],
    ['numbers in long forms', '94 cf0000000000000030 d30000000000000001 80 a161'],
    ['numbers in signed forms of 8 and 16 bits', '94 d030 d10001 80 a161'],
    ['numbers in signed forms of 32 bits', '94 d200000030 d200000001 80 a161'],
    ['the list in its longest form', 'dd00000004 30 01 80 a161'],
    ['empty options of 16 bits', '94 30 01 de0000 a161'],
    ['empty options of 32 bits', '94 30 01 df00000000 a161'],
    ['strings in long forms', '94 30 01 80 db00000001 61'],
  ],
  cbor: [
    ['numbers as floats', '84 fb4048000000000000 f93c00 a0 6161'],
    ['numbers in long forms', '84 1b0000000000000030 1b0000000000000001 a0 6161'],
    ['the list in its longest form', '9b0000000000000004 1830 01 a0 6161'],
    ['the list of indefinite length', '9f 1830 01 a0 6161 ff'],
    ['empty options of 8 bits', '84 1830 01 b800 6161'],
    ['empty options of 16 bits', '84 1830 01 b90000 6161'],
    ['empty options of 64 bits', '84 1830 01 bb0000000000000000 6161'],
    ['empty options of indefinite length', '84 1830 01 bfff 6161'],
    ['a URI in chunks', '84 1830 01 a0 7f 60 6161 60 ff'],
  ],
  json: [
    ['white space everywhere', ' \t\r\n[ 48 , 1 , { \n } , "a" ] \n'],
    ['escapes in the URI', '[48,1,{},"\\u0061"]'],
  ],
  ubjson: [
    ...UBJSON_ACCEPTED,
    ['integers as floats', '[d\0\0\x40\x42D\0\0\0\0\0\0\xf0\x3f{}SU\x01a]'],
    ['integers in long forms', '[M\x30\0\0\0\0\0\0\0L\x01\0\0\0\0\0\0\0{}SM\x01\0\0\0\0\0\0\0a]'],
    ['integers as halves and bytes', '[B\x30h\0\x3c{}SB\x01a]'],
  ],
  ubjson12: [
    ...UBJSON_ACCEPTED,
    ['integers as floats', '[d\x42\x40\0\0D\x3f\xf0\0\0\0\0\0\0{}SU\x01a]'],
    ['integers in long forms', '[L\0\0\0\0\0\0\0\x30l\0\0\0\x01{}SL\0\0\0\0\0\0\0\x01a]'],
  ],
};

describe('hostile input', () => {
  for (const serializer of SERIALIZERS) {
    const { id } = serializer;
    describe(id, () => {
      it('accepts the call that the attacks are put in', () => {
        const empty = { json: '[]', msgpack: '90', cbor: '80', ubjson: '[]', ubjson12: '[]' };
        assert.equal(readMessage(serializer, call(id, bytesOf(id, empty[id]))).count, 1);
      });
      for (const [what, args] of REFUSED_ARGUMENTS[id]) {
        it(`refuses arguments: ${what}`, () => refuses(serializer, call(id, bytesOf(id, args))));
      }
      for (const [what, bytes] of REFUSED_MESSAGES[id]) {
        it(`refuses a message: ${what}`, () => refuses(serializer, bytesOf(id, bytes)));
      }
      for (const [what, bytes] of ACCEPTED[id]) {
        it(`accepts ${what}`, () => {
          const { code, first, dict, text, count } = readMessage(serializer, bytesOf(id, bytes));
          assert.deepEqual(
            { code, first, dict, text, count },
            { code: 48, first: 1, dict: Object.create(null), text: 'a', count: 0 },
          );
        });
      }
    });
  }

  const bombs: readonly (readonly [what: string, id: FormatId, args: Buffer, error: RegExp])[] = [
    ['a million nested lists', 'msgpack', Buffer.alloc(1_000_000, 0x91), /too deep/],
    ['a million nested dictionaries', 'msgpack', Buffer.from(`91${'81a161'.repeat(300_000)}`, 'hex'), /too deep/],
    [
      'a chain of headers that each claim what is left',
      'msgpack',
      Buffer.from('dc9c40'.repeat(13_000), 'hex'),
      /too (deep|early)/,
    ],
    ['a chain of 2^32 - 1 elements', 'msgpack', Buffer.from('ddffffffff'.repeat(8_000), 'hex'), /too early/],
    ['a million nested lists', 'cbor', Buffer.alloc(1_000_000, 0x81), /too deep/],
    ['a million nested lists of indefinite length', 'cbor', Buffer.alloc(1_000_000, 0x9f), /too deep/],
    ['a million nested tags', 'cbor', Buffer.from(`81${'d9d9f7'.repeat(300_000)}00`, 'hex'), /too deep/],
    ['tags and lists in turn', 'cbor', Buffer.from(`81${'d9d9f781'.repeat(300_000)}00`, 'hex'), /too deep/],
    [
      'an endless indefinite list',
      'cbor',
      Buffer.concat([Buffer.of(0x9f), Buffer.alloc(2_000_000)]),
      /too many elements/,
    ],
    [
      'an endless indefinite dictionary',
      'cbor',
      Buffer.from(`81bf${'6000'.repeat(1_000_000)}`, 'hex'),
      /too many elements/,
    ],
    ['a million nested lists', 'ubjson', Buffer.alloc(1_000_000, '['), /too deep/],
    ['a million nested lists of lists', 'ubjson', Buffer.from(`[${'$[#U\x01'.repeat(200_000)}`), /too deep/],
    ['a million nested dictionaries', 'ubjson', Buffer.from(`[${'{U\x01a'.repeat(300_000)}`), /too deep/],
    ['a million nested lists', 'ubjson12', Buffer.alloc(1_000_000, '['), /too deep/],
    ['an endless list', 'ubjson', Buffer.alloc(2_000_000, '[ZTF'.slice(1)).fill('[', 0, 1), /too many elements/],
    ['an endless dictionary', 'ubjson', Buffer.from(`[{${'U\0Z'.repeat(600_000)}`), /too many elements/],
    ['a million null in a few bytes', 'ubjson', Buffer.from('[[$Z#m\x40\x0d\x03\0]'), /without content/],
    [
      'many lists of null in few bytes each',
      'ubjson12',
      Buffer.from(`[${'[$T#I\x02\0'.repeat(9)}]`),
      /without content/,
    ],
    ['a chain of no-ops without a value', 'ubjson', Buffer.from(`[${'N'.repeat(2_000_000)}`), /too early/],
    ['a million nested lists', 'json', Buffer.alloc(1_000_000, '['), /too deep/],
    ['a million nested dictionaries', 'json', Buffer.from(`[${'{"a":'.repeat(1_000_000)}`), /too deep/],
    ['two million elements', 'json', Buffer.from(`[${'0,'.repeat(2_000_000)}0]`), /too many elements/],
    ['a million keys', 'json', Buffer.from(`[{${'"":0,'.repeat(1_000_000)}"":0}]`), /too many elements/],
  ];
  for (const [what, id, args, error] of bombs) {
    it(`${id}: ${what}`, () => refuses(serializerById(id), call(id, args), error));
    it(`${id}: ${what}, as a whole message`, () => refuses(serializerById(id), args));
  }

  it('takes exactly as many tags as levels', () => {
    const cbor = serializerById('cbor');
    const tagged = (count: number): Buffer => call('cbor', Buffer.from(`81${'d9d9f7'.repeat(count)}00`, 'hex'));
    readMessage(cbor, tagged(LIMITS.depth - 1));
    refuses(cbor, tagged(LIMITS.depth), /too deep/);
  });

  it('takes a bignum of the largest size', () => {
    const cbor = serializerById('cbor');
    const message = readMessage(cbor, call('cbor', Buffer.from(`81c25840${'ff'.repeat(64)}`, 'hex')));
    assert.deepEqual(cbor.decodePayload(message), [[Number(2n ** 512n)]]);
  });

  it('refuses every beginning of every tag', () => {
    const cbor = serializerById('cbor');
    const tagged = [
      'c0 7818 323031332d30332d32315432303a30343a30302e3530305a',
      'c1 1b000000005148f0d0',
      'c1 fb41d452d9e8000000',
      'c1 3a00000001',
      'c2 5802 0101',
      'c3 42 0101',
      'c4 82 390001 1a00010000',
      'c5 82 01 c2 42 0101',
      'd5 6161',
      'd820 6161',
      'd822 6161',
      `d825 50 ${'00'.repeat(16)}`,
      'd840 43 010203',
      'd845 44 01020304',
      `d857 5820 ${'00'.repeat(32)}`,
      'd9d9f7 da0000d9f7 80',
    ];
    for (const tag of tagged) {
      const whole = bytesOf('cbor', `81 ${tag}`);
      const message = readMessage(cbor, call('cbor', whole));
      assert.equal((cbor.decodePayload(message)[0] as unknown[]).length, 1);
      for (let length = 1; length < whole.length; length++) refuses(cbor, call('cbor', whole.subarray(0, length)));
    }
  });

  it('writes a bignum that no integer can hold as a float, also where it could have been copied', () => {
    const cbor = serializerById('cbor');
    const message = readMessage(cbor, call('cbor', Buffer.from('81c249010000000000000000', 'hex')));
    assert.equal(cbor.transcode(message).bytes.toString('hex'), '81fb43f0000000000000');
  });

  it('measures keys, not their escapes', () => {
    const json = serializerById('json');
    const key = (length: number): Buffer => call('json', Buffer.from(`[{"${'\\u0001'.repeat(length)}":1}]`));
    readMessage(json, key(LIMITS.keyLength));
    refuses(json, key(LIMITS.keyLength + 1), /key that is too long/);
  });

  it('keeps what is known of a string apart from others of the same slot', () => {
    // More strings than slots, so that all are replaced, read twice in turn.
    for (const serializer of SERIALIZERS) {
      for (let index = 0; index < 6000; index++) {
        const text = `com.example.p${index % 3000}.${'x'.repeat(index % 50)}`;
        assert.equal(readMessage(serializer, writeMessage(serializer, { ...CALL, text })).text, text);
      }
    }
  });

  it('takes duplicate keys of a payload as they are: they are the receivers’ affair', () => {
    const json = serializerById('json');
    const message = readMessage(json, Buffer.from('[48,1,{},"a",[{"a":1,"a":2}]]'));
    assert.deepEqual(canonical(json.decodePayload(message)), canonical([[{ a: 2 }]]));
    const msgpack = serializerById('msgpack');
    assert.equal(msgpack.transcode(message).bytes.toString('hex'), '9182a16101a16102');
  });
});
