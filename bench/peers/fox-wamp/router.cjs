/**
 * fox-wamp as a peer of the bench: one address of the loopback, JSON over WebSocket, everybody may do everything.
 * Usage: node router.cjs PORT
 */
const FoxRouter = require('fox-wamp');

// fox-wamp 0.7.28 throws where a client resets its connection while something is written to it (`this.close is
// not a function`), which is how the clients of the bench go. One lost client is to end no run.
process.on('uncaughtException', (error) => console.error(error.message));

new FoxRouter().listenWAMP({ host: '127.0.0.1', port: Number(process.argv[2]) });
