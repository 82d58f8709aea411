/**
 * An authenticator in a process of its own, for tests to kill: `URL REALM answers|hangs`. It shares its registration, and
 * prints what happens: `ready`, and `asked` for each call.
 */
import { connect } from '../../src/index.ts';

const [url = '', realm = '', behaviour = ''] = process.argv.slice(2);
const session = await connect({ url, realm });
const authenticate = (): unknown => {
  console.log('asked');
  return behaviour === 'hangs' ? new Promise(() => {}) : 'user';
};
await session.register('com.example.outside', authenticate, { invoke: 'roundrobin' });
console.log('ready');
