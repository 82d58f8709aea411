/** The JSON Schema of the format, for editors: made of the very schema that configurations are held against. */
import * as z from 'zod';
import { VARIABLE } from './environment.ts';
import { FROM_ENVIRONMENT } from './schema-endpoint.ts';
import { node } from './schema-node.ts';

/** Draft 2020-12. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(node, { io: 'input', target: 'draft-2020-12', override: allowVariable });
  const { $schema, ...rest } = schema;
  return {
    $schema,
    $id: 'urn:turnpike:config:2',
    title: 'Configuration of a Turnpike node (Crossbar.io format, version 2)',
    description: `Paths are relative to the node directory. Any whole string may be written as ${VARIABLE} to take it from the environment.`,
    ...rest,
  };
}

/** A number that may be given as an environment variable. */
function allowVariable({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  const { [FROM_ENVIRONMENT]: marked, ...number } = jsonSchema;
  if (marked !== true || z.globalRegistry.get(zodSchema)?.[FROM_ENVIRONMENT] !== true) return;
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
  const { description, ...bounds } = number;
  jsonSchema.anyOf = [bounds, { type: 'string', pattern: '^\\$' }];
  if (description !== undefined) jsonSchema.description = description;
}
