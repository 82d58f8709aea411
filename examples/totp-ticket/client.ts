/**
 * Logs in by the code of an authenticator app.
 *
 *     node dist/examples/totp-ticket/client.js user1 123456
 *
 * Exit codes: 0 welcome, 1 the router kept us out or something failed, 2 wrong usage.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { connect, ticket, WampError } from 'turnpike';
import { keyOf, stepOf, totp } from './totp.ts';

const USAGE = `usage: client.js [--url ws://127.0.0.1:8080/ws] USER CODE
       client.js [--url ws://127.0.0.1:8080/ws] USER --key BASE32     computes the code as an app does`;

interface Login {
  readonly url: string;
  readonly authid: string;
  readonly code: string;
}

/** @returns the exit code */
async function run({ url, authid, code }: Login): Promise<number> {
  try {
    const session = await connect({ url, realm: 'realm1', authid, auth: ticket(code) });
    console.log(`WELCOME  session ${session.id}, ${session.authid} on ${session.realm} as ${session.authrole}`);
    await session.leave();
    return 0;
  } catch (error) {
    console.error(error instanceof WampError ? `ABORT    ${error.uri}: ${error.message}` : `failed   ${error}`);
    return 1;
  }
}

/** @returns null where the command line makes no sense */
function parse(args: string[]): Login | null {
  try {
    const options = { url: { type: 'string', default: 'ws://127.0.0.1:8080/ws' }, key: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const { url, key } = values;
    const [authid, code = key && totp(keyOf(key), stepOf(Date.now())), ...more] = positionals;
    return authid === undefined || code === undefined || more.length > 0 ? null : { url, authid, code };
  } catch {
    return null;
  }
}

const login = parse(process.argv.slice(2));
if (login === null) console.error(USAGE);
process.exitCode = login === null ? 2 : await run(login);
