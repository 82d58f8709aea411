/** Run by the build: writes the JSON Schema beside the compiled code, as `dist/config.schema.json`. */
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from './json-schema.ts';

writeFileSync(new URL('../../config.schema.json', import.meta.url), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
