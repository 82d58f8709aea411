import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import {
  nodeWith,
  PATHS,
  PERMISSION,
  problemsOf,
  RAWSOCKET,
  REALM,
  ROLE,
  WEB,
  WEBSOCKET,
  WEBSOCKET_PATH,
  WORKER,
} from './example-node.ts';

type Json = { readonly [key: string]: unknown };

const SCHEMA = configJsonSchema();

/** The JSON Schema read back: what an editor makes of it, as far as one library tells. */
const editor = z.fromJSONSchema(SCHEMA as z.core.JSONSchema.JSONSchema);

/** All schemas in a schema, and the path of each. */
function* schemasIn(value: unknown, path: string): Generator<[path: string, schema: Json]> {
  if (typeof value !== 'object' || value === null) return;
  yield [path, value as Json];
  for (const [key, member] of Object.entries(value)) yield* schemasIn(member, `${path}/${key}`);
}

describe('JSON Schema', () => {
  it('says what it is', () => {
    assert.equal(SCHEMA['$schema'], 'https://json-schema.org/draft/2020-12/schema');
    assert.equal(SCHEMA['$id'], 'urn:turnpike:config:2');
    assert.equal(typeof SCHEMA['title'], 'string');
    assert.deepEqual(SCHEMA['required'], ['version']);
    assert.deepEqual(JSON.parse(JSON.stringify(SCHEMA)), SCHEMA);
  });

  it('is written beside the compiled code', async () => {
    await import('../../src/config/write-schema.ts');
    const file = new URL('../../config.schema.json', import.meta.url);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), SCHEMA);
  });

  it('takes the example, the least, and a port from the environment', () => {
    for (const good of [
      nodeWith(),
      { version: 2 },
      { $schema: './x.json', version: 2 },
      nodeWith([[...WEB, 'endpoint', 'port'], '$PORT']),
    ]) {
      const { success, error } = editor.safeParse(good);
      assert.ok(success, String(error));
    }
  });

  it('refuses unknown keys, wherever the loader does', () => {
    const owners = [
      [],
      ['controller'],
      ['controller', 'options'],
      WORKER,
      [...WORKER, 'options'],
      [...WORKER, 'options', 'env'],
      REALM,
      [...REALM, 'options'],
      ROLE,
      PERMISSION,
      [...PERMISSION, 'allow'],
      [...PERMISSION, 'disclose'],
      [...WORKER, 'components', 0],
      WEB,
      [...WEB, 'endpoint'],
      [...WEB, 'options'],
      [...PATHS, '/'],
      [...PATHS, '/', 'options'],
      WEBSOCKET_PATH,
      [...WEBSOCKET_PATH, 'options'],
      [...WEBSOCKET_PATH, 'options', 'compression'],
      [...WEBSOCKET_PATH, 'options', 'compression', 'deflate'],
      [...WEBSOCKET_PATH, 'auth'],
      [...WEBSOCKET_PATH, 'auth', 'anonymous'],
      [...WEBSOCKET_PATH, 'auth', 'ticket'],
      [...PATHS, 'data'],
      [...PATHS, 'data', 'options'],
      [...PATHS, 'old'],
      [...PATHS, 'more'],
      [...PATHS, 'more', 'paths', '/'],
      [...WEBSOCKET, 'endpoint', 'tls'],
      [...WEBSOCKET, 'auth', 'ticket', 'principals', 'joe'],
      [...RAWSOCKET, 'endpoint'],
      [...RAWSOCKET, 'options'],
      [...RAWSOCKET, 'auth', 'ticket'],
      ['workers', 1],
      ['workers', 1, 'transport'],
    ];
    for (const owner of owners) {
      const bad = nodeWith([[...owner, 'unknown-key'], 1]);
      const told = problemsOf(bad).filter((line) => line.includes('unknown-key: unknown key; '));
      assert.equal(told.length, 1, `the loader takes an unknown key in ${owner.join('.')}`);
      assert.equal(editor.safeParse(bad).success, false, `the JSON Schema takes an unknown key in ${owner.join('.')}`);
    }
  });

  it('refuses what is not supported yet, and wrong values', () => {
    const bad: (readonly [path: readonly (string | number)[], value: unknown])[] = [
      [[...REALM, 'inventory'], {}],
      [[...REALM, 'store'], {}],
      [[...REALM, 'store'], { type: 'memory', 'event-history': [{ uri: 'com.x', limit: 0 }] }],
      [[...WEBSOCKET_PATH, 'auth', 'tls'], { type: 'static' }],
      [['workers', 1], { type: 'guest', executable: 'x' }],
      [[...WORKER, 'components', 0], { type: 'class', classname: 'a.B', realm: 'realm1' }],
      [[...PATHS, 'a/b'], { type: 'nodeinfo' }],
      [[...WEB, 'endpoint', 'port'], '8080'],
      [[...WEB, 'endpoint', 'port'], 65_536],
      [[...REALM, 'name'], '1x'],
      [['version'], 1],
      [['version'], undefined],
      [[...WEBSOCKET, 'auth', 'ticket', 'principals', 'joe', 'ticket'], ''],
    ];
    for (const [path, value] of bad) {
      const node = nodeWith([path, value]);
      assert.notDeepEqual(problemsOf(node), []);
      assert.equal(editor.safeParse(node).success, false, `${path.join('.')} ${JSON.stringify(value)}`);
    }
  });

  it('closes each object that has keys of its own, and describes each key', () => {
    let objects = 0;
    for (const [path, schema] of schemasIn(SCHEMA, '#')) {
      if (schema['type'] !== 'object' || typeof schema['properties'] !== 'object') continue;
      objects++;
      assert.equal(schema['additionalProperties'], false, path);
      for (const [key, property] of Object.entries(schema['properties'] as { [key: string]: Json })) {
        const described = 'description' in property || '$ref' in property || 'const' in property;
        // A list or a choice of things that describe themselves needs no words.
        assert.ok(described || 'oneOf' in property || 'properties' in property, `${path}/${key} is not described`);
      }
    }
    assert.ok(objects > 30);
  });

  it('refers only to what is there', () => {
    const definitions = SCHEMA['$defs'] as Json;
    let references = 0;
    for (const [path, { $ref }] of schemasIn(SCHEMA, '#')) {
      if (typeof $ref !== 'string') continue;
      references++;
      assert.ok(Object.hasOwn(definitions, $ref.replace('#/$defs/', '')), `${path}: ${$ref}`);
    }
    assert.ok(references > 10);
    // Names for people, not numbers of the library.
    assert.deepEqual(
      Object.keys(definitions).filter((name) => name.startsWith('_')),
      [],
    );
  });
});
