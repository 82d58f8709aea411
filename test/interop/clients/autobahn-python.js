import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Events } from './behaviours.js';
import { WampFailure } from './wamp-failure.js';

const DRIVER = fileURLToPath(new URL('autobahn_python.py', import.meta.url));

/** Sessions of Autobahn|Python, all in one Python process that is told what to do line by line. */
export class AutobahnPython {
  #process;
  #pending = new Map();
  #events = new Map();
  #last = 0;

  constructor(python) {
    this.#process = spawn(python, [DRIVER], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#read(line));
    this.#process.on('close', (code) => {
      for (const { reject } of this.#pending.values()) reject(new Error(`Python ended with exit code ${code}`));
    });
  }

  async join(options) {
    const { key, ...welcome } = await this.#ask('join', options);
    const ask = (operation, fields) => this.#ask(operation, { key, ...fields });
    return {
      ...welcome,
      async register(uri, behaviour, options = {}) {
        const registration = await ask('register', { uri, behaviour, options });
        return () => ask('unregister', { registration });
      },
      async call(uri, args, kwargs, { progress, ...options } = {}) {
        const result = await ask('call', { uri, args, kwargs, ...options, progress: progress !== undefined });
        progress?.push(...result.progress);
        return { args: result.args, kwargs: result.kwargs };
      },
      // It has no mode of its own to choose, and takes the call for over at once.
      cancel: (uri, args) => ask('cancel', { uri, args }),
      /** Encrypts with this key what is sent below the URI, and decrypts what comes. */
      encrypt: (uri, key64) => ask('encrypt', { uri, key64 }),
      /** Sends all payloads in a format of its own, and reads them. */
      encode: () => ask('encode', {}),
      subscribe: async (topic, options = {}) => {
        const subscription = await ask('subscribe', { topic, options });
        const events = this.#eventsOf(subscription);
        return { next: () => events.next(), unsubscribe: () => ask('unsubscribe', { subscription }) };
      },
      publish: (topic, args, kwargs, options = {}) => ask('publish', { topic, args, kwargs, options }),
      leave: () => ask('leave', {}),
    };
  }

  async close() {
    this.#process.stdin.end();
    if (this.#process.exitCode === null) await once(this.#process, 'close');
  }

  /** A retained event may come before the answer that says which subscription it is for. */
  #eventsOf(subscription) {
    const events = this.#events.get(subscription) ?? new Events();
    this.#events.set(subscription, events);
    return events;
  }

  #ask(operation, fields) {
    const id = ++this.#last;
    const { promise, resolve, reject } = promiseWithResolvers();
    this.#pending.set(id, { resolve, reject });
    this.#process.stdin.write(`${JSON.stringify({ id, operation, ...fields }, bytesToHex)}\n`);
    return promise;
  }

  #read(line) {
    const answer = JSON.parse(line, hexToBytes);
    if (answer.event !== undefined) {
      const { event, args, kwargs, details } = answer;
      this.#eventsOf(event).push({ args, kwargs, details });
      return;
    }
    const { resolve, reject } = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (answer.failure === undefined) resolve(answer.result);
    else reject(failure(answer.failure));
  }
}

function failure({ uri, args, kwargs, bug }) {
  return bug === undefined ? new WampFailure(uri, args, kwargs) : new Error(`in Python: ${bug}`);
}

/** `Promise.withResolvers` of Node.js 22. */
function promiseWithResolvers() {
  let settle;
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

/** What JSON cannot carry, on the way to Python; a Buffer has turned itself into an object before. */
function bytesToHex(_key, value) {
  if (value?.type === 'Buffer' && Array.isArray(value.data)) return { $bytes: Buffer.from(value.data).toString('hex') };
  return value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString('hex') } : value;
}

function hexToBytes(_key, value) {
  return typeof value?.$bytes === 'string' ? Buffer.from(value.$bytes, 'hex') : value;
}
