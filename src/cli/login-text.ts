import { printable, printableJson } from '../node/printable.ts';
import { isDict } from '../wamp/dict.ts';
import type { LoginResult, ShownStep } from './login-report.ts';

/** Characters of one value that are shown; `--output json` has all. */
const MOST = 2_000;

/** What every HELLO and WELCOME holds, and nobody logs in by. */
const NOISE: ReadonlySet<string> = new Set(['roles', 'x_cb_node', 'x_cb_worker', 'x_cb_peer', 'x_cb_pid']);

/** The steps of a login for people: those of the client at the margin, those of the router below them. */
export function stepLines(steps: readonly ShownStep[]): string[] {
  return steps.flatMap(linesOf);
}

export function resultLine({ result, by, reason, message }: LoginResult): string {
  if (result === 'welcomed') return 'logged in';
  const why = [reason === null ? null : printable(reason), message === null ? null : json(message)]
    .filter((part) => part !== null)
    .join(' ');
  if (result === 'untried') return `not tried: ${why}`;
  return by === 'client' ? `the client gave up: ${why}` : `refused: ${why}`;
}

function linesOf(step: ShownStep): string[] {
  if ('elements' in step && Array.isArray(step.elements)) {
    const arrow = step.step === 'sent' ? '→' : '←';
    return [`${arrow} ${String(step['message'])} ${step.elements.map((element) => json(brief(element))).join(' ')}`];
  }
  return ownLines(step as Readonly<Record<string, unknown>>).map((line) => `    ${line}`);
}

/** Of the router. */
function ownLines(step: Readonly<Record<string, unknown>>): string[] {
  switch (step['step']) {
    case 'printed':
      return [`printed: ${json(step['text'])}`];
    case 'method':
      return [methodLine(step)];
    case 'asked':
      return [
        `asked: ${authenticatorText(step['authenticator'])}`,
        `  realm: ${json(step['realm'])}, authid: ${json(step['authid'])}`,
        `  details: ${json(step['details'])}`,
      ];
    case 'answered':
      return [`answer, after ${step['ms']} ms: ${json(step['answer'])}`];
    case 'raised':
      return raisedLines(step);
    case 'check':
      return [checkLine(step)];
    default:
      return [`so far: ${outcomeText(step['outcome'])}`];
  }
}

function methodLine({ name, found, configured }: Readonly<Record<string, unknown>>): string {
  if (found === 'chosen') return `method ${json(name)}: chosen`;
  if (found === 'open') return 'no authentication is configured: everybody joins as "anonymous"';
  return `method ${json(name)}: passed over, it is not among those of this transport (${listed(configured)})`;
}

function checkLine({ what, value, passed }: Readonly<Record<string, unknown>>): string {
  if (passed !== true) return `FAILED  ${what}: ${json(value)}`;
  // What the answer is has been shown.
  return isDict(value) ? `ok      ${what}` : `ok      ${what}: ${json(value)}`;
}

function authenticatorText(asked: unknown): string {
  if (!isDict(asked)) return '';
  const { type, table, listed, procedure, realm, role, wait, timeout, create } = asked;
  if (type === 'static')
    return `${table} of the configuration${listed === false ? ', which has nobody of that name' : ''}`;
  if (type === 'function') return `the function ${json(create)}; waits ${timeout} ms for its answer`;
  const place = realm === null ? 'on the realm that the client asks for' : `on realm ${json(realm)}`;
  const caller = role === null ? 'called by the router itself' : `called as role ${json(role)}`;
  return `the procedure ${json(procedure)} ${place}, ${caller}; waits ${wait} ms for it to come, ${timeout} ms for its answer`;
}

function raisedLines({ ms, uri, text, raised, thrown, at }: Readonly<Record<string, unknown>>): string[] {
  if (thrown !== undefined)
    return [`it failed, after ${ms} ms: ${json(thrown)}${at === undefined ? '' : ` at ${json(at)}`}`];
  const own = isDict(raised)
    ? [`  it raised: ${json(raised['uri'])} ${json(raised['args'])} ${json(raised['kwargs'])}`]
    : [];
  return [`refused, after ${ms} ms; the client reads: ${json(uri)} ${json(text)}`, ...own];
}

function outcomeText(outcome: unknown): string {
  if (!isDict(outcome)) return '';
  const { kind, authmethod, reason, message, realm, authid, authrole } = outcome;
  if (kind === 'challenge') return `the client has to prove it (${authmethod})`;
  if (kind === 'deny') return `denied, ${json(reason)} ${json(message)}`;
  return `accepted, as ${json(authid)} in role ${json(authrole)} on realm ${json(realm)}`;
}

function brief(element: unknown): unknown {
  if (!isDict(element)) return element;
  return Object.fromEntries(Object.entries(element).filter(([key]) => !NOISE.has(key)));
}

function listed(names: unknown): string {
  return Array.isArray(names) && names.length > 0 ? names.join(', ') : 'it has none';
}

/** What peers say can neither forge a line nor steer the terminal. */
function json(value: unknown): string {
  const text = printableJson(JSON.stringify(value) ?? 'nothing');
  return text.length > MOST ? `${text.slice(0, MOST)} … (${text.length - MOST} more)` : text;
}
