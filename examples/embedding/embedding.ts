/** A router inside of a process, a backend in it, and a client from outside. Run it: `node dist/examples/embedding/embedding.js` */
import { connect, createRouter, WampError } from 'turnpike';

const router = await createRouter({
  realms: [
    {
      name: 'realm1',
      roles: [{ name: 'anonymous', permissions: [{ uri: 'com.example.*', allow: { call: true, subscribe: true } }] }],
    },
  ],
  // Port 0: any that is free.
  transports: [{ type: 'websocket', endpoint: { type: 'tcp', interface: '127.0.0.1', port: 0 } }],
});

const backend = await router.join({ realm: 'realm1' });
await backend.register('com.example.divide', ([dividend, divisor]) => {
  if (divisor === 0) throw new WampError('com.example.error.division_by_zero', ['there is no such number']);
  return Number(dividend) / Number(divisor);
});

const client = await connect({ url: router.addresses[0] ?? '', realm: 'realm1' });
const greeted = new Promise((resolve) => {
  void client.subscribe('com.example.greeted', ([name]) => resolve(name));
});
console.log(await client.call('com.example.divide', [6, 3]));
try {
  await client.call('com.example.divide', [6, 0]);
} catch (error) {
  if (!(error instanceof WampError)) throw error;
  console.log(error.uri, error.message);
}
backend.publish('com.example.greeted', ['Ada']);
console.log(await greeted);

await client.leave();
await router.close();
