import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { CommandError, type CommandOption, type OptionValues, type Terminal } from './command.ts';

/** The options that say which node a command is about. */
export const CBDIR_OPTION: CommandOption = {
  name: 'cbdir',
  value: 'DIR',
  about: 'node directory (default: $TURNPIKE_DIR, $CROSSBAR_DIR, .crossbar if there is one, .turnpike)',
};

export const CONFIG_OPTION: CommandOption = {
  name: 'config',
  value: 'FILE',
  about: 'configuration file, relative to the node directory (default: config.yaml, config.json)',
};

export interface NodeDirectory {
  /** Absolute. */
  readonly cbdir: string;
  /** The configuration file that was asked for, relative to `cbdir` or absolute. */
  readonly file?: string;
}

/**
 * [Crossbar: node directory] Where the node lives: option, environment, `.crossbar`; else `.turnpike`.
 * A file in place of the directory means the directory that it is in, and it as the configuration.
 */
export function nodeDirectory(values: OptionValues, { env, cwd }: Pick<Terminal, 'env' | 'cwd'>): NodeDirectory {
  const asked = values.get('cbdir') || env['TURNPIKE_DIR'] || env['CROSSBAR_DIR'] || defaultDirectory(cwd);
  const path = resolve(cwd, asked);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const file = values.get('config') ?? (isFile ? basename(path) : undefined);
  return { cbdir: isFile ? dirname(path) : path, ...(file !== undefined && { file }) };
}

function defaultDirectory(cwd: string): string {
  return isDirectory(resolve(cwd, '.crossbar')) ? '.crossbar' : '.turnpike';
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Says that there is no such node directory, and what to do. @throws CommandError */
export function requireDirectory({ cbdir }: NodeDirectory): void {
  if (isDirectory(cbdir)) return;
  throw new CommandError(
    `there is no node directory ${cbdir}. Create a node with \`turnpike init\`, or say where it is with --cbdir`,
  );
}
