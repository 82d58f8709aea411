import { parseArgs } from 'node:util';
import { closest } from '../config/closest.ts';
import { type Command, type CommandOption, type OptionValues, UsageError } from './command.ts';

/** What the arguments after the verb ask for. */
export type ParsedArguments = { readonly help: true } | { readonly help: false; readonly values: OptionValues };

/** What somebody tries who wants to give a secret on the command line. */
const SECRET_OPTIONS: ReadonlySet<string> = new Set(['secret', 'password', 'passphrase', 'ticket', 'key', 'token']);

const SECRET_GIVEN =
  'a secret does not belong on the command line, where every user of this machine can read it and the shell keeps it: ' +
  'type it when asked, pipe it in, or give its file with --secret-file';

/**
 * Reads the arguments of a command; of an option given twice, the last counts.
 * @throws UsageError
 */
export function parseOptions(command: Command, args: readonly string[]): ParsedArguments {
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(command.options.map(({ name, value }) => [name, { type: typeOf(value) }] as const)),
    },
    strict: false,
    tokens: true,
  });
  const values = new Map<string, string>();
  const missing = [...(command.arguments ?? [])];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      const argument = missing.shift();
      if (argument === undefined) {
        throw command.asksForSecret ? new UsageError(SECRET_GIVEN) : unexpected(token.value);
      }
      values.set(argument.name, checkChoice(argument.name, argument.choices, token.value));
      continue;
    }
    if (token.kind !== 'option') continue;
    if (token.name === 'help') return { help: true };
    const option = command.options.find(({ name }) => name === token.name);
    if (option === undefined && command.asksForSecret && SECRET_OPTIONS.has(token.name)) {
      throw new UsageError(SECRET_GIVEN);
    }
    if (option === undefined) throw unknownOption(token.rawName, command.options);
    const given = token.inlineValue === false && token.value?.startsWith('--') ? undefined : token.value;
    values.set(option.name, checkValue(option, given));
  }
  const [first] = missing;
  if (first !== undefined) throw new UsageError(`${first.name} is missing: ${first.about}`);
  return { help: false, values };
}

function unexpected(value: string): UsageError {
  return new UsageError(`unexpected argument ${quote(value)}`);
}

function typeOf(value: string | null): 'string' | 'boolean' {
  return value === null ? 'boolean' : 'string';
}

function checkValue({ name, value, choices }: CommandOption, given: string | undefined): string {
  if (value === null) {
    if (given !== undefined) throw new UsageError(`--${name} takes no value`);
    return '';
  }
  if (given === undefined || given === '') throw new UsageError(`--${name} needs a value (${value})`);
  return checkChoice(`--${name}`, choices, given);
}

function checkChoice(name: string, choices: readonly string[] | undefined, given: string): string {
  if (choices === undefined || choices.includes(given)) return given;
  throw new UsageError(`${name} is one of ${choices.join(', ')}, not ${quote(given)}`);
}

function unknownOption(given: string, options: readonly CommandOption[]): UsageError {
  const near = closest(given.replace(/^-+/, ''), [...options.map(({ name }) => name), 'help']);
  return new UsageError(`unknown option ${quote(given)}${near === null ? '' : `: did you mean --${near}?`}`);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
