/**
 * Logs in with a ticket, shows the WELCOME, and sends a call and an event round.
 *
 *     node dist/examples/dynamic-authenticator/client.js user1 123secret [realm]
 *
 * Exit codes: 0 it all worked, 1 the router kept us out or something failed, 2 wrong usage.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type ClientSession, connect, WampError } from 'turnpike';

const USAGE = 'usage: client.js [--url ws://127.0.0.1:8080/ws] USER TICKET [REALM]';

interface Login {
  readonly url: string;
  readonly authid: string;
  readonly ticket: string;
  /** null: the authenticator says which. */
  readonly realm: string | null;
}

/** @returns null where the command line makes no sense */
function parseLogin(args: string[]): Login | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { url: { type: 'string', default: 'ws://127.0.0.1:8080/ws' } },
    });
    const [authid, ticket, realm = null] = positionals;
    if (authid === undefined || ticket === undefined || positionals.length > 3) return null;
    return { url: values.url, authid, ticket, realm };
  } catch {
    return null;
  }
}

async function callRound(session: ClientSession): Promise<void> {
  const procedure = `com.example.try.${session.id}.add2`;
  await session.register(procedure, ([a, b]) => Number(a) + Number(b));
  const startedAt = performance.now();
  const sum = await session.call(procedure, [2, 3]);
  console.log(`call     2 + 3 = ${sum}, in ${milliseconds(startedAt)}`);
}

async function eventRound(session: ClientSession): Promise<void> {
  let arrived: (text: unknown) => void = () => {};
  const event = new Promise<unknown>((resolve) => {
    arrived = resolve;
  });
  await session.subscribe('com.example.note', ([text, from]) => {
    if (from === session.id) arrived(text);
  });
  const startedAt = performance.now();
  // Usually publishers do not get their own events.
  session.publish('com.example.note', ['hello', session.id], { excludeMe: false });
  console.log(`event    ${JSON.stringify(await event)}, in ${milliseconds(startedAt)}`);
}

function milliseconds(startedAt: number): string {
  return `${(performance.now() - startedAt).toFixed(1)} ms`;
}

function showWelcome({ id, realm, authid, authrole, authextra }: ClientSession): void {
  console.log(`WELCOME  session ${id}`);
  console.log(`realm    ${realm}`);
  console.log(`authid   ${authid}`);
  console.log(`role     ${authrole}`);
  for (const [key, value] of Object.entries(authextra)) {
    // The router's own additions, known from Crossbar.io, are left out.
    if (!key.startsWith('x_cb_')) console.log(`custom   ${key}: ${JSON.stringify(value)}`);
  }
}

/** @returns the exit code */
async function run(login: Login): Promise<number> {
  let session: ClientSession;
  try {
    session = await connect(login);
  } catch (error) {
    const noAnswer = error instanceof WampError && error.uri === 'wamp.error.network_failure';
    console.error(noAnswer ? `no connection: ${error.message}` : `ABORT    ${reasonOf(error)}`);
    return 1;
  }
  showWelcome(session);
  try {
    await callRound(session);
    await eventRound(session);
    return 0;
  } catch (error) {
    console.error(`failed   ${reasonOf(error)}`);
    return 1;
  } finally {
    await session.leave();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof WampError) return `${error.uri}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

const login = parseLogin(process.argv.slice(2));
if (login === null) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  process.exitCode = await run(login);
}
