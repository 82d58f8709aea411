/** The nodes of examples as their configurations have them, but on free ports. */
import { execFile } from 'node:child_process';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createRouter, type RouterOptions } from 'turnpike';
import { parse } from 'yaml';
import { repositoryRoot } from '../support/repository-root.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface ExampleNode {
  readonly ports: readonly (number | null)[];
  /** Runs the example's compiled client. */
  client(...args: readonly string[]): Promise<Outcome>;
  close(): Promise<void>;
}

export interface ExampleOptions {
  /** Default: `config.yaml`. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Texts of the configuration, and what is put in their place. */
  readonly moves?: Readonly<Record<string, string>>;
}

export async function startExample(
  example: string,
  { config = 'config.yaml', env = {}, moves = {} }: ExampleOptions = {},
): Promise<ExampleNode> {
  const cbdir = path.join(repositoryRoot(), 'examples', example, '.turnpike');
  let text = (await fs.readFile(path.join(cbdir, config), 'utf8')).replace(/port: \d+/g, 'port: 0');
  for (const [from, to] of Object.entries(moves)) {
    if (!text.includes(from)) throw new Error(`${config} has no "${from}"`);
    text = text.replaceAll(from, to);
  }
  const [worker] = (parse(text) as { workers: RouterOptions[] }).workers;
  if (worker === undefined) throw new Error('the example has a worker');
  const { realms, transports = [], components = [] } = worker;
  const router = await createRouter({ realms, transports, components }, { cbdir, env });
  const client = fileURLToPath(new URL(`../../examples/${example}/client.js`, import.meta.url));
  return {
    ports: router.ports,
    client: (...args) => run(process.execPath, [client, ...args]),
    close: () => router.close(),
  };
}

function run(command: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 30_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}
