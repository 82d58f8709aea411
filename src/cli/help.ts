import type { Command, CommandGroup } from './command.ts';
import { EXIT } from './exit-code.ts';

const PROGRAM_EXIT_CODES = [
  [EXIT.ok, 'done'],
  [EXIT.failed, 'it did not work: the last lines say why, and what to do'],
  [EXIT.usage, 'the command line was not understood'],
  [EXIT.unavailable, 'the node does not run (stop), or is not as asserted (status --assert)'],
] as const;

/** The help of the program. */
export function programHelp(commands: readonly (Command | CommandGroup)[]): string {
  return sections(
    'Usage: turnpike COMMAND [OPTIONS]',
    'Turnpike routes WAMP calls and events between clients, and decides who may come in.\n' +
      "It runs Crossbar.io's node configurations.",
    `Commands:\n${columns(commands.map(({ name, summary }) => [name, summary]))}`,
    `First steps:\n${columns([
      ['turnpike init', 'create a node in this directory'],
      ['turnpike check', 'check its configuration'],
      ['turnpike start', 'start it, in the foreground; Ctrl-C stops it'],
    ])}`,
    `Exit codes:\n${columns(PROGRAM_EXIT_CODES.map(([code, means]) => [String(code), means]))}`,
    'More of a command: turnpike COMMAND --help',
  );
}

/** The help of a group of commands. */
export function groupHelp({ name, summary, commands }: CommandGroup): string {
  return sections(
    `Usage: turnpike ${name} COMMAND [OPTIONS]`,
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    `Commands:\n${columns(commands.map((command) => [command.name.slice(name.length + 1), command.summary]))}`,
    `More of a command: turnpike ${name} COMMAND --help`,
  );
}

/** The help of one command. */
export function commandHelp({ name, arguments: given = [], options, help }: Command): string {
  const described = [
    ...options.map((option) => [`--${option.name} ${option.value ?? ''}`.trimEnd(), option.about] as const),
  ];
  return sections(
    ['Usage: turnpike', name, ...(options.length > 0 ? ['[OPTIONS]'] : []), ...given.map((one) => one.name)].join(' '),
    help.about,
    ...(given.length > 0 ? [`Arguments:\n${columns(given.map((one) => [one.name, one.about]))}`] : []),
    `Options:\n${columns([...described, ['--help', 'this text']])}`,
    `Examples:\n${columns(help.examples)}`,
    `Exit codes:\n${columns([
      ...help.exitCodes.map(([code, means]) => [String(code), means] as const),
      ...(help.exitCodes.some(([code]) => code === EXIT.usage)
        ? []
        : [[String(EXIT.usage), 'the command line was not understood'] as const]),
    ])}`,
  );
}

function sections(...parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join('\n');
}
