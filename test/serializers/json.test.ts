import { describe } from 'node:test';
import { json } from '../../src/serializers/json.ts';
import { canonical } from './samples.ts';
import { type Other, testSerializer } from './serializer-suite.ts';

/** `canonical` values as JSON.parse gives them: binary by its convention, wide integers rounded. */
function view(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && value.startsWith('binary ')) {
    return `\0${Buffer.from(value.slice(7), 'hex').toString('base64')}`;
  }
  if (Array.isArray(value)) return value.map(view);
  return value instanceof Map ? new Map([...value].map(([key, member]) => [key, view(member)])) : value;
}

/** Values as JSON.stringify, which knows neither bigints nor binary, and writes large floats as if they were integers. */
function stringify(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && Math.abs(value) > 2 ** 53 && Math.abs(value) < 1e21) return `${value}.0`;
  if (value instanceof Uint8Array) return JSON.stringify(`\0${Buffer.from(value).toString('base64')}`);
  if (Array.isArray(value)) return `[${value.map(stringify).join(' ,\n')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)} :\t${stringify(member)}`)
    .join()}\r}`;
}

const builtIn: Other = {
  name: 'JSON',
  encode: (value) => Buffer.from(stringify(value)),
  decode: (bytes) => canonical(JSON.parse(bytes.toString())),
  view,
};

describe('JSON', () => {
  testSerializer(json, builtIn);
});
