/** Workers: the processes of a node. Crossbar: `check_worker`, `check_native_worker_options`. */
import * as z from 'zod';
import { LIMITS } from '../wamp/limits.ts';
import { VARIABLE } from './environment.ts';
import { NOT_YET, notYet, pythonOnly } from './refusals.ts';
import { byType, type Config, flag, id, integer, listOf, mapOf, refused, strict, text } from './schema-basics.ts';
import { component } from './schema-component.ts';
import { realm } from './schema-realm.ts';
import { testeeTransport, transport } from './schema-transport.ts';

const MEBIBYTE = 1024 * 1024;

export const MANHOLE = pythonOnly('the manhole is a Python shell');

const workerOptions = strict('options of a worker', {
  title: text().exactOptional().describe('Title of the process.'),
  python: text().exactOptional().describe('Python interpreter. Has no effect here.'),
  pythonpath: listOf(text(), 'paths').exactOptional().describe('Python search path. Has no effect here.'),
  cpu_affinity: listOf(integer(0, 65_535), 'numbers of processors')
    .exactOptional()
    .describe('Processors that the process may run on. Has no effect here.'),
  env: strict('the environment of the process', {
    inherit: z
      .union([z.boolean(), z.array(text('the name of a variable'))], {
        error: 'expected true, false or a list of names of variables',
      })
      .default(true)
      .describe(
        'Whether the process gets the environment of the node: all of it, none, or these variables. Default true.',
      ),
    vars: mapOf(text(), 'strings by name').default({}).describe('Variables set for the process.'),
  })
    .prefault({})
    .describe('Environment of the process.'),
  max_connections: integer(1, 10_000_000)
    .default(LIMITS.connections)
    .describe(`Connections of clients at a time; more are refused. Default ${LIMITS.connections}. Not in Crossbar.`),
  max_outboxes_size: integer(64 * MEBIBYTE, 64 * 1024 * MEBIBYTE, ' (bytes)')
    .default(LIMITS.outboxes)
    .describe(
      `Bytes that may wait to be taken by all clients together. Beyond it those are disconnected for whom most waits. Default ${LIMITS.outboxes}. Not in Crossbar.`,
    ),
  disabled: z
    .union([z.boolean(), z.string()], { error: `expected true, false or "${VARIABLE}"` })
    .transform((value) => value !== false && value !== '')
    .prefault(false)
    .describe(
      `Do not start the worker. "${VARIABLE}" is true where that variable is set and not empty. Default false.`,
    ),
  expose_controller: flag()
    .refine((wanted) => !wanted, { error: NOT_YET })
    .default(false)
    .describe('Give components a session on the management realm. Only false is supported yet.'),
  expose_shared: flag()
    .refine((wanted) => !wanted, { error: NOT_YET })
    .default(false)
    .describe('Share objects between components. Only false is supported yet.'),
  extra: z.unknown().exactOptional().describe('Anything: passed through.'),
}).meta({ id: 'workerOptions' });

const router = strict('a router worker', {
  id: id('worker'),
  type: z.literal('router'),
  options: workerOptions.prefault({}).describe('Options of the process.'),
  realms: listOf(realm, 'realms').default([]).describe('Realms that the worker serves.'),
  transports: listOf(transport, 'transports').default([]).describe('Where clients may connect.'),
  components: listOf(component, 'components')
    .default([])
    .describe('Components that run inside of the worker; started before the transports.'),
  manhole: refused(MANHOLE),
  connections: refused(NOT_YET),
}).describe('A worker that routes.');

const testee = strict('a websocket-testee worker', {
  id: id('worker'),
  type: z.literal('websocket-testee'),
  options: workerOptions.prefault({}).describe('Options of the process.'),
  transport: testeeTransport.describe('Where it listens.'),
}).describe('A WebSocket echo, for the Autobahn test suite.');

export const worker = byType(
  'a worker',
  ['router', 'websocket-testee'],
  [router, testee],
  new Map(notYet('container', 'guest', 'proxy', 'hostmonitor', 'xbrmm')),
);

export type WorkerConfig = Config<typeof worker>;
export type RouterWorkerConfig = Config<typeof router>;
export type TesteeWorkerConfig = Config<typeof testee>;
export type WorkerOptionsConfig = Config<typeof workerOptions>;
