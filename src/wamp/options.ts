/**
 * The options and details that the router understands, with their types. An unknown key is ignored;
 * a known key of a wrong type is a protocol violation, as in Crossbar's message parsing.
 */
import type { Dict } from './dict.ts';
import { isDict } from './dict.ts';
import { ProtocolViolation } from './errors.ts';
import { isId } from './ids.ts';
import { Msg } from './messages.ts';

interface OptionType {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

const BOOL: OptionType = { expected: 'bool', accepts: (value) => typeof value === 'boolean' };
const STRING: OptionType = { expected: 'string', accepts: (value) => typeof value === 'string' };
const DICT: OptionType = { expected: 'dict', accepts: isDict };
const COUNT: OptionType = {
  expected: 'integer of 0 or more',
  accepts: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
};
const ID: OptionType = { expected: 'id', accepts: isId };
const IDS: OptionType = { expected: 'list of ids', accepts: (value) => Array.isArray(value) && value.every(isId) };
const isString = (value: unknown): boolean => typeof value === 'string';
const STRINGS: OptionType = {
  expected: 'list of strings',
  accepts: (value) => Array.isArray(value) && value.every(isString),
};
const HOPS: OptionType = { expected: 'list of dicts', accepts: (value) => Array.isArray(value) && value.every(isDict) };

function oneOf(...values: readonly string[]): OptionType {
  return {
    expected: `one of ${values.join(', ')}`,
    accepts: (value) => typeof value === 'string' && values.includes(value),
  };
}

/** One of a list, or an extension of somebody's own: `x_…`. */
function oneOfOr(extension: RegExp, ...values: readonly string[]): OptionType {
  const known = oneOf(...values);
  return {
    expected: `${known.expected}, or x_…`,
    accepts: (value) => known.accepts(value) || (typeof value === 'string' && extension.test(value)),
  };
}

type OptionTable = ReadonlyMap<string, OptionType>;

function table(options: Record<string, OptionType>): OptionTable {
  return new Map(Object.entries(options));
}

/** What Autobahn takes for an extension; it drops its session over any other name. */
const EXTENSION = /^x_(?:[a-z][\da-z_]+)?$/;

/** [WAMP: Payload Passthru Mode], and its predecessor `enc_*`. */
const PASSTHRU = {
  ppt_scheme: STRING,
  ppt_serializer: STRING,
  ppt_cipher: STRING,
  ppt_keyid: STRING,
  enc_algo: oneOfOr(EXTENSION, 'cryptobox', 'mqtt', 'xbr'),
  enc_key: STRING,
  enc_serializer: oneOfOr(EXTENSION, 'json', 'msgpack', 'cbor', 'ubjson', 'flatbuffers', 'opaque'),
};

const OPTIONS: ReadonlyMap<number, OptionTable> = new Map<number, OptionTable>([
  [
    Msg.HELLO,
    table({
      authid: STRING,
      authrole: STRING,
      authextra: DICT,
      authmethods: { expected: 'list of strings', accepts: (value) => Array.isArray(value) && value.every(isString) },
      roles: DICT,
      agent: STRING,
    }),
  ],
  [
    Msg.PUBLISH,
    table({
      acknowledge: BOOL,
      exclude_me: BOOL,
      exclude: IDS,
      exclude_authid: STRINGS,
      exclude_authrole: STRINGS,
      eligible: IDS,
      eligible_authid: STRINGS,
      eligible_authrole: STRINGS,
      retain: BOOL,
      rkey: STRING,
      transaction_hash: STRING,
      forward_for: HOPS,
      ...PASSTHRU,
    }),
  ],
  [
    Msg.EVENT,
    table({
      publisher: ID,
      publisher_authid: STRING,
      publisher_authrole: STRING,
      topic: STRING,
      retained: BOOL,
      transaction_hash: STRING,
      x_acknowledged_delivery: BOOL,
      forward_for: HOPS,
      ...PASSTHRU,
    }),
  ],
  [
    Msg.SUBSCRIBE,
    table({ match: oneOf('exact', 'prefix', 'wildcard'), get_retained: BOOL, nkey: STRING, forward_for: HOPS }),
  ],
  [
    Msg.CALL,
    table({
      timeout: COUNT,
      receive_progress: BOOL,
      progress: BOOL,
      disclose_me: BOOL,
      transaction_hash: STRING,
      caller: ID,
      caller_authid: STRING,
      caller_authrole: STRING,
      runmode: STRING,
      rkey: STRING,
      forward_for: HOPS,
      ...PASSTHRU,
    }),
  ],
  [Msg.CANCEL, table({ mode: oneOf('skip', 'kill', 'killnowait'), forward_for: HOPS })],
  [
    Msg.REGISTER,
    table({
      match: oneOf('exact', 'prefix', 'wildcard'),
      invoke: oneOf('single', 'first', 'last', 'roundrobin', 'random'),
      concurrency: {
        expected: 'integer of 1 or more',
        accepts: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 1,
      },
      force_reregister: BOOL,
      forward_timeout: BOOL,
      forward_for: HOPS,
    }),
  ],
  [Msg.YIELD, table({ progress: BOOL, ...PASSTHRU })],
  [Msg.ERROR, table(PASSTHRU)],
  [Msg.ABORT, table({ message: STRING })],
  [Msg.GOODBYE, table({ message: STRING })],
]);

/**
 * Checks the types of the known keys in a message's Options or Details.
 * @throws ProtocolViolation naming the message and the key
 */
export function checkOptions(code: number, name: string, dict: Dict): void {
  const options = OPTIONS.get(code);
  if (options === undefined) return;
  for (const key of Object.keys(dict)) {
    const option = options.get(key);
    if (option !== undefined && dict[key] !== null && !option.accepts(dict[key])) {
      throw new ProtocolViolation(`${name}: "${key}" must be ${option.expected}`);
    }
  }
}

/** The keys that travel from CALL to INVOCATION, YIELD to RESULT, PUBLISH to EVENT as they are. */
export const TRANSPARENT_KEYS: readonly string[] = [...Object.keys(PASSTHRU), 'transaction_hash'];
