/** `docs/differences-from-crossbar.md`, of what is known. */
import { KNOWN_DIFFERENCES } from './known-differences.ts';

const HEAD = `# Differences from Crossbar.io in logins

The same logins, good and bad, with the same \`config.json\`: where Crossbar.io 26.10.1 and Turnpike differ in what they
answer (CHALLENGE, WELCOME, ABORT, GOODBYE), and in what they call authenticators with. Everything that is not in this
table is the same. \`npm run differential\` tries it, with every authmethod that both have, static, dynamic and
\`function\`, over WebSocket and RawSocket, in JSON, MessagePack and CBOR; it ends with exit code 1 where it finds a
difference that is not here, or does not find one that is. It installs Crossbar.io from PyPI, or takes the one that
\`--crossbar PATH\` names; \`--only static/ticket\` runs a part, \`--known\` shows every case. Both get the same file, but for
the limit of failed logins, which is off in ours, and \`proxy_backend\`, without which ours takes no proxy's word. Ours does
not start with chains of certificates (\`trustroots\` of cryptosign), nor with a \`function\` that is to have the controller
(\`expose_controller\`). The table is made of \`test/differential/known-differences.ts\`; a test
keeps both equal.

`;

const COLUMNS = ['What', 'Crossbar.io', 'Turnpike', 'Who is right', 'Why'];

/** Columns are as wide as their widest cell, as the formatter has it. */
export function differencesPage(): string {
  const rows = KNOWN_DIFFERENCES.map(({ what, crossbar, turnpike, right, why }) => [
    what,
    crossbar,
    turnpike,
    right,
    why,
  ]);
  const widths = COLUMNS.map((name, at) =>
    Math.max(...[name, ...rows.map((row) => row[at] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0, fill)).join(' | ')} |\n`;
  const rule = line(
    COLUMNS.map(() => ''),
    '-',
  );
  return HEAD + line(COLUMNS) + rule + rows.map((row) => line(row)).join('');
}
