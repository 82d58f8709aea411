import type { LogFields } from './log.ts';

const FRAMES = 10;
const CAUSES = 4;

/**
 * What the log may hold of an unexpected error: its names, codes and places in the code, through its
 * causes. Its messages are left out, for they may quote what the client sent: a ticket, or a database's
 * URL with the password in it.
 */
export function failureReport(error: unknown): LogFields {
  const errors: string[] = [];
  let current: unknown = error;
  while (errors.length < CAUSES && current instanceof Error) {
    errors.push(describe(current));
    current = current.cause;
  }
  if (errors.length === 0) errors.push(`thrown ${typeof error}`);
  return { errors, at: error instanceof Error ? frames(error) : [] };
}

function describe(error: Error): string {
  const name = identifier(error.name) ?? 'Error';
  const code = 'code' in error ? identifier(error.code) : null;
  return code === null ? name : `${name} ${code}`;
}

function identifier(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(value) ? value : null;
}

function frames(error: Error): string[] {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  // V8 writes the message first, and it may hold lines that look like frames.
  const message = stack.indexOf(error.message);
  const lines = message < 0 ? [] : stack.slice(message + error.message.length).split('\n', FRAMES + 1);
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}
