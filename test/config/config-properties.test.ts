import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJson } from '../../src/config/json-source.ts';
import { parseConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { parseYaml } from '../../src/config/yaml-source.ts';
import { nodeWith, problemsOf } from './example-node.ts';

type Path = (string | number)[];

const CANARY = 'canary-7f3a';

/** The paths of all values in the example, and of the objects and lists that hold them. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...keys.flatMap((key) => pathsIn((value as Record<string | number, unknown>)[key], [...path, key]))];
}

const PATHS_WITHIN = pathsIn(nodeWith()).filter((path) => path.length > 0);

/** Values that are wrong in most places, and right in some. */
const rubbish = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    -1,
    2.5,
    1e300,
    '',
    'static',
    'trusted',
    'anonymous',
    'realm1',
    'constructor',
  ),
  fc.constantFrom<unknown>(
    [],
    {},
    [[]],
    [null],
    { type: 'path' },
    { type: 'static' },
    { type: [] },
    { constructor: 1 },
    `\${${'A'}}`,
    '$A',
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Puts values where the paths lead, as far as they still do after the ones before. */
function changed(changes: readonly (readonly [path: Path, value: unknown])[]): unknown {
  const node: unknown = nodeWith();
  for (const [path, value] of changes) {
    let owner: unknown = node;
    for (const key of path.slice(0, -1)) {
      owner =
        typeof owner === 'object' && owner !== null ? (owner as Record<string | number, unknown>)[key] : undefined;
    }
    if (typeof owner !== 'object' || owner === null) continue;
    const last = path.at(-1) as string;
    if (value === undefined) delete (owner as Record<string, unknown>)[last];
    else {
      // A copy: later changes lead into it, and the values are shared by all runs.
      const copy = structuredClone(value);
      Object.defineProperty(owner, last, { value: copy, enumerable: true, configurable: true, writable: true });
    }
  }
  return node;
}

const changes = fc.array(fc.tuple(fc.constantFrom(...PATHS_WITHIN), fc.option(rubbish, { nil: undefined })), {
  minLength: 1,
  maxLength: 6,
});

/** Parses, and lets only a ConfigError pass: with problems that say something. */
function problems(
  text: string,
  parse: typeof parseJson,
  env: Readonly<Record<string, string>> = {},
): readonly string[] {
  try {
    parseConfig(text, { file: 'f', parse, env });
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String((error as Error).stack));
    assert.ok(error.problems.some(({ severity }) => severity === 'error'));
    for (const { message, line, column } of error.problems) {
      assert.ok(
        message !== '' && !/something else|undefined|\[object|NaN/.test(message.replace(/got .*$/, '')),
        message,
      );
      assert.ok(line !== null && line >= 1 && column !== null && column >= 1);
    }
    return error.message.split('\n');
  }
}

describe('any configuration', () => {
  it('that is any JSON ends in a ConfigError or is taken', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        problems(json, parseJson);
        problems(
          `{"version": 2, "workers": [{"type": "router", "transports": [${json}], "realms": ${json}}], "x": ${json}}`,
          parseJson,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('that is any text ends in a ConfigError or is taken', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        problems(text, parseJson);
        problems(text, parseYaml);
        problems(`version: 2\n${text}`, parseYaml);
      }),
      { numRuns: 300 },
    );
  });

  it('that is nearly right ends in a ConfigError or is taken, and JSON and YAML say the same', () => {
    fc.assert(
      fc.property(changes, fc.constantFrom({}, { A: 'x' }), (list, env) => {
        const text = JSON.stringify(changed(list));
        const said = problems(text, parseJson, env);
        // JSON is YAML, but for places and for what only one of them refuses.
        if (said.some((line) => line.includes('not JSON') || line.includes('stands here twice'))) return;
        assert.deepEqual(problems(text, parseYaml, env), said);
      }),
      { numRuns: 400 },
    );
  });

  it('with a value from the environment anywhere never prints it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PATHS_WITHIN), (path) => {
        const told = problemsOf(changed([[path, `\${${'SECRET'}}`]]), { env: { SECRET: CANARY } });
        assert.ok(!told.join('\n').includes(CANARY), told.join('\n'));
      }),
      { numRuns: 200 },
    );
  });

  it('is read the same when it is read again', () => {
    const { config } = parseConfig(JSON.stringify(nodeWith()), { file: 'f', env: {} });
    const again = parseConfig(JSON.stringify(config), { file: 'f', env: {} });
    assert.equal(JSON.stringify(again.config), JSON.stringify(config));
  });
});
