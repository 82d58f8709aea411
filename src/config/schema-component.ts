/** Components that run inside of a router worker. Crossbar: `check_router_component`. */
import * as z from 'zod';
import { isUri } from '../wamp/uri.ts';
import { pythonOnly, removed } from './refusals.ts';
import { byType, type Config, id, nonEmpty, strict, text } from './schema-basics.ts';
import { realmName } from './schema-realm.ts';

const OUTSIDE =
  'run it as a client in a process of its own that connects to a transport of this node (with Autobahn: `autobahn.twisted.component.run`), or port it to a component of type "module"';

const moduleComponent = strict('a component', {
  id: id('component'),
  type: z.literal('module'),
  module: nonEmpty('the path of a JavaScript module').describe(
    "JavaScript module, relative to the node directory, or a package's name.",
  ),
  export: nonEmpty('the name of an export')
    .default('default')
    .describe('Which export of it: a function (session, {extra, log}). Default: the default export.'),
  realm: realmName.describe('Realm that its session joins.'),
  role: text('the name of a role')
    .refine((name) => isUri(name, 'loose'), { error: 'expected the name of a role (a URI)' })
    .default('anonymous')
    .describe('Role of its session; `trusted` may do everything. Default "anonymous".'),
  extra: z.unknown().exactOptional().describe('Anything: handed to the component.'),
}).describe('A function of a JavaScript module with a session of its own.');

export const component = byType(
  'a component',
  ['module'],
  [moduleComponent],
  new Map([
    ['class', pythonOnly(OUTSIDE)],
    ['function', pythonOnly(OUTSIDE)],
    ['wamplet', removed(OUTSIDE)],
  ]),
);

export type ComponentConfig = Config<typeof component>;
