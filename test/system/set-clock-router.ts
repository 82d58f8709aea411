/**
 * A router in a process of its own, whose time of day its parent sets: each message is by how many milliseconds it is off
 * from then on. Says its ports when it listens, and `set` each time.
 */
const Real = Date;
let off = 0;

class SetDate extends Real {
  constructor(...given: readonly unknown[]) {
    // The overloads of Date take what they are given.
    super(...((given.length === 0 ? [Real.now() + off] : given) as [number]));
  }

  static override now(): number {
    return Real.now() + off;
  }
}

globalThis.Date = SetDate as DateConstructor;

// Only now, so that whatever keeps a way to ask for the time keeps this one.
const { createRouter } = await import('../../src/index.ts');
const { CANARY } = await import('../auth/proofs.ts');

const silent = { type: 'function', create: './silent.mjs#create', 'authenticator-timeout': 600 };
const endpoint = { type: 'tcp', interface: '127.0.0.1', port: 0 };
const users = { user1: { secret: CANARY, role: 'user' } };
const principals = { user1: { ticket: CANARY, role: 'user' } };
const auth = { wampcra: { type: 'static', users }, ticket: { type: 'static', principals } };
const transports = [
  { type: 'websocket', endpoint, auth },
  { type: 'websocket', endpoint, options: { login_timeout: 600 }, auth },
  { type: 'websocket', endpoint, auth: { ticket: silent } },
];
const router = await createRouter(
  { realms: [{ name: 'realm1', roles: [{ name: 'user' }] }], transports },
  { cbdir: process.argv[2] ?? '.' },
);
process.on('message', (ms: number) => {
  off = ms;
  process.send?.('set');
});
process.on('disconnect', () => void router.close());
process.send?.(router.ports);
