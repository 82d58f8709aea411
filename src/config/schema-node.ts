/** The whole file: version 2 of Crossbar's node configuration. Crossbar: `check_config`. */
import * as z from 'zod';
import { NOT_YET } from './refusals.ts';
import { type Config, flag, idText, listOf, oneOf, quoted, refused, strict, text } from './schema-basics.ts';
import { MANHOLE, worker } from './schema-worker.ts';

const SHUTDOWN_MODES = [
  'shutdown_on_shutdown_requested',
  'shutdown_on_worker_exit',
  'shutdown_on_worker_exit_with_error',
  'shutdown_on_last_worker_exit',
] as const;

const shutdownMode = oneOf(SHUTDOWN_MODES);

const controller = strict('the controller', {
  id: idText()
    .exactOptional()
    .describe('Id of the node. Default: CROSSBAR_NODE_ID, else host name and process number.'),
  options: strict('options of the controller', {
    title: text().exactOptional().describe('Title of the process.'),
    shutdown: z
      .union([shutdownMode.transform((mode) => [mode]), z.array(shutdownMode)], {
        error: `expected one or a list of ${quoted(SHUTDOWN_MODES)}`,
      })
      .exactOptional()
      .describe('When the node ends by itself. Default in Crossbar: "shutdown_on_worker_exit".'),
    enable_parallel_worker_start: flag()
      .default(false)
      .describe('Start the workers all at once instead of one after the other. Default false.'),
  })
    .prefault({})
    .describe('Options of the controller.'),
  manhole: refused(MANHOLE),
  connections: refused(NOT_YET),
  keyring: refused(NOT_YET),
  fabric: refused(NOT_YET),
  blockchain: refused(NOT_YET),
  enable_docker: refused(NOT_YET),
}).describe('The process that starts and watches the workers.');

export const node = strict('the configuration of a node', {
  $schema: z.unknown().exactOptional().describe('Address of this schema, for editors.'),
  version: z.literal(2, { error: 'expected 2' }).describe('Version of the format: 2.'),
  controller: controller.prefault({}),
  workers: listOf(worker, 'workers').default([]).describe('Workers, started in this order.'),
});

export type ShutdownMode = (typeof SHUTDOWN_MODES)[number];
/** As it leaves the schema: without ids, and not yet frozen. */
export type ParsedNode = z.output<typeof node>;

/** A whole configuration, checked and with all defaults filled in. Keys are those of the file. */
export type NodeConfig = Config<typeof node>;
