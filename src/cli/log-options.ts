import { createLogWriter, type LogSink } from '../node/log.ts';
import { LOG_LEVELS } from '../node/log-line.ts';
import type { LogFormat, LogLevel } from '../worker/ipc.ts';
import type { CommandOption, OptionValues, Terminal } from './command.ts';

const FORMATS: readonly LogFormat[] = ['standard', 'syslogd', 'none', 'json'];

/** The options of commands that log. [Crossbar: start] */
export const LOG_OPTIONS: readonly CommandOption[] = [
  {
    name: 'loglevel',
    value: 'LEVEL',
    choices: LOG_LEVELS,
    about: 'none, error, warn, info (default), debug, trace',
  },
  {
    name: 'logformat',
    value: 'FORMAT',
    choices: FORMATS,
    about:
      'standard (default on a terminal), json (default elsewhere: one object per line), syslogd (no time), none (text only)',
  },
  {
    name: 'color',
    value: 'WHEN',
    choices: ['auto', 'true', 'false'],
    about: 'auto (default: on a terminal, unless NO_COLOR is set), true, false',
  },
];

export interface LogSettings {
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly color: boolean;
}

/** What the options and the terminal say of how to log. */
export function logSettings(values: OptionValues, { out, env }: Pick<Terminal, 'out' | 'env'>): LogSettings {
  const isTTY = out.isTTY === true;
  const color = values.get('color') ?? 'auto';
  return {
    logLevel: LOG_LEVELS.find((level) => level === values.get('loglevel')) ?? 'info',
    logFormat: FORMATS.find((format) => format === values.get('logformat')) ?? (isTTY ? 'standard' : 'json'),
    color: color === 'auto' ? isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' : color === 'true',
  };
}

export function logSink({ logLevel, logFormat, color }: LogSettings, { out, err }: Terminal): LogSink {
  return createLogWriter({ threshold: logLevel, format: logFormat, color, out, err });
}
