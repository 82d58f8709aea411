import { closest } from '../config/closest.ts';
import { type Command, CommandError, type CommandGroup, type Terminal, UsageError } from './command.ts';
import type { Verbs } from './commands.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { commandHelp, groupHelp, programHelp } from './help.ts';
import { parseOptions } from './parse-options.ts';

/** Commands of Crossbar.io that somebody who moves over may try. */
const CROSSBAR_COMMANDS: ReadonlySet<string> = new Set(['convert', 'upgrade', 'legal']);

/**
 * Runs one command line.
 * @param args what follows the program's name
 * @returns the exit code; what went wrong has been told on the terminal
 */
export async function runProgram(args: readonly string[], verbs: Verbs, terminal: Terminal): Promise<ExitCode> {
  const [verb, ...rest] = args;
  if (verb === undefined || verb === '--help' || verb === '-h' || verb === 'help') {
    terminal.out.write(programHelp(await Promise.all([...verbs.values()].map((load) => load()))));
    return EXIT.ok;
  }
  const load = verbs.get(verb === '--version' ? 'version' : verb);
  if (load === undefined) {
    terminal.err.write(`turnpike: ${unknownCommand(verb, [...verbs.keys()])} (all commands: turnpike --help)\n`);
    return EXIT.usage;
  }
  const found = await load();
  return 'commands' in found ? runGroup(rest, found, terminal) : runCommand(rest, found, terminal);
}

async function runGroup(args: readonly string[], group: CommandGroup, terminal: Terminal): Promise<ExitCode> {
  const [verb = '', ...rest] = args;
  if (verb === '--help' || verb === '-h') {
    terminal.out.write(groupHelp(group));
    return EXIT.ok;
  }
  const command = group.commands.find(({ name }) => name === `${group.name} ${verb}`);
  if (command !== undefined) return runCommand(rest, command, terminal);
  const names = group.commands.map(({ name }) => name.slice(group.name.length + 1));
  const problem = unknownCommand(verb === '' ? '-' : verb, names);
  terminal.err.write(`turnpike ${group.name}: ${problem} (its commands: turnpike ${group.name} --help)\n`);
  return EXIT.usage;
}

async function runCommand(args: readonly string[], command: Command, terminal: Terminal): Promise<ExitCode> {
  try {
    const parsed = parseOptions(command, args);
    if (!parsed.help) return await command.run(parsed.values, terminal);
    terminal.out.write(commandHelp(command));
    return EXIT.ok;
  } catch (error) {
    return tell(error, command, terminal);
  }
}

function unknownCommand(verb: string, names: readonly string[]): string {
  if (CROSSBAR_COMMANDS.has(verb)) return `${verb} is a command of Crossbar.io that Turnpike does not have`;
  if (verb.startsWith('-')) return `a command comes first (${names.join(', ')}), then its options`;
  const near = closest(verb, names);
  return `unknown command ${JSON.stringify(verb)}${near === null ? '' : `: did you mean ${near}?`}`;
}

function tell(error: unknown, command: Command, { err }: Terminal): ExitCode {
  const name = `turnpike ${command.name}`;
  if (error instanceof UsageError) {
    err.write(`${name}: ${error.message} (its options: ${name} --help)\n`);
    return EXIT.usage;
  }
  if (error instanceof CommandError) {
    err.write(`${name}: ${error.message}\n`);
    return EXIT.failed;
  }
  throw error;
}
