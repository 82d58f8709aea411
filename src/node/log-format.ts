import type { LineLevel, LogFormat } from '../worker/ipc.ts';
import type { LogLine, LogSource } from './log-line.ts';
import { loggable } from './loggable.ts';
import { printable, printableJson } from './printable.ts';

/** Characters of a line's text; the fields have bounds of their own. */
const MOST_TEXT = 8_000;

const RESET = '\u001b[0m';
/** As Crossbar colours the tags of its processes. */
const SOURCE_COLORS: ReadonlyMap<string, string> = new Map([
  ['Controller', '\u001b[34m'],
  ['Router', '\u001b[33m'],
  ['Container', '\u001b[32m'],
]);
const LEVEL_COLORS: Partial<Record<LineLevel, string>> = { error: '\u001b[31m', warn: '\u001b[35m' };

/**
 * One line of the log, without its line end. Whatever a peer managed to get into it, it is one line,
 * and a terminal shows it rather than obeys it.
 */
export function formatLine(line: LogLine, format: LogFormat, color: boolean): string {
  if (format === 'json') return jsonLine(line);
  const message = `${printable(cut(line.text))}${formatFields(line)}`;
  if (format === 'none') return message;
  const tag = `[${formatSource(line.source)}]`;
  if (format === 'syslogd') return `${tag} ${message}`;
  const head = `${localTime(line.time)} ${line.level.padEnd(5)} ${tag}`;
  const shade = LEVEL_COLORS[line.level] ?? SOURCE_COLORS.get(line.source.kind);
  return color && shade !== undefined ? `${shade}${head}${RESET} ${message}` : `${head} ${message}`;
}

function jsonLine({ level, time, source, text, fields }: LogLine): string {
  const { kind, pid, name } = source;
  const plain = loggable(fields);
  return printableJson(
    JSON.stringify({
      time: new Date(time).toISOString(),
      level,
      process: kind,
      pid,
      ...(name !== undefined && { worker: name }),
      text: cut(text),
      ...(Object.keys(plain).length > 0 && { fields: plain }),
    }),
  );
}

function formatFields(line: LogLine): string {
  return Object.entries(loggable(line.fields))
    .map(([name, value]) => ` ${printable(name)}=${formatValue(value)}`)
    .join('');
}

/** Bare where that cannot be misread, else as JSON. */
function formatValue(value: unknown): string {
  const bare = typeof value === 'string' && /^[^\s"'=\\{}[\]]+$/.test(value);
  return printable(bare ? value : JSON.stringify(value));
}

/** [Crossbar: log lines] `Router       1234 worker001`. */
function formatSource({ kind, pid, name }: LogSource): string {
  const tag = `${kind.padEnd(10)} ${String(pid).padStart(6)}`;
  return printable(name === undefined ? tag : `${tag} ${name}`);
}

/** [Crossbar: log lines] `2026-01-31T12:00:00+0000`, in the machine's time zone. */
function localTime(time: number): string {
  const minutesEast = -new Date(time).getTimezoneOffset();
  const shifted = new Date(time + minutesEast * 60_000).toISOString().slice(0, 19);
  const offset = Math.abs(minutesEast);
  const digits = `${Math.floor(offset / 60)}`.padStart(2, '0') + `${offset % 60}`.padStart(2, '0');
  return `${shifted}${minutesEast < 0 ? '-' : '+'}${digits}`;
}

function cut(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}
