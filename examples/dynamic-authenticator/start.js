// What `npm start` runs: the node of this example by the real command line, in the foreground, and a hint
// of what to try once it is ready.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HINT = `
  The page         http://127.0.0.1:8080/
  From a terminal  node dist/examples/dynamic-authenticator/client.js user1 123secret
                   python3 examples/dynamic-authenticator/client.py user1 123secret    (pip install autobahn)

  Ctrl-C stops the node.
`;

const cli = fileURLToPath(new URL('../../dist/bundle/turnpike.js', import.meta.url));
const cbdir = fileURLToPath(new URL('.turnpike', import.meta.url));
const color = process.stdout.isTTY && !process.env.NO_COLOR ? 'true' : 'false';

const node = spawn(
  process.execPath,
  ['--enable-source-maps', cli, 'start', '--cbdir', cbdir, '--logformat', 'standard', '--color', color],
  // Its output passes through here, so that the hint comes after the line that says it is ready.
  { stdio: ['inherit', 'pipe', 'inherit'] },
);

let ready = false;
createInterface({ input: node.stdout }).on('line', (line) => {
  console.log(line);
  if (ready || !line.includes('node ready')) return;
  ready = true;
  console.log(HINT);
});

// A terminal sends its Ctrl-C to both processes: the node stops by itself, and this one waits for it.
process.on('SIGINT', () => process.stdin.isTTY || node.kill('SIGINT'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => node.kill(signal));
node.on('close', (code) => {
  process.exitCode = code ?? 1;
});
