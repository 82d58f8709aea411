import { createSerializer } from './format.ts';
import { readJson } from './json-read.ts';
import { JsonWriter } from './json-values.ts';
import { skipFiller, walkJson } from './json-walk.ts';
import { boundJson, writeJson } from './json-write.ts';
import type { Serializer } from './serializer.ts';

/** [WAMP: JSON] */
export const json: Serializer = createSerializer({
  id: 'json',
  index: 0,
  text: true,
  read: readJson,
  bound: boundJson,
  write: writeJson,
  walk: walkJson,
  next: skipFiller,
  newWriter: () => new JsonWriter(),
});
