// Logs in at the node that serves this page, and shows what comes back. The WAMP client is Autobahn|JS.

const { autobahn } = globalThis;

const NOTE = 'com.example.note';
const SHOWN_NOTES = 5;
const TRIES = [
  { name: 'user1', user: 'user1', ticket: '123secret', realm: '' },
  { name: 'user2', user: 'user2', ticket: '456secret', realm: '' },
  { name: 'user1, realm named', user: 'user1', ticket: '123secret', realm: 'realm-user1' },
  { name: 'wrong ticket', user: 'user1', ticket: '000secret', realm: '' },
  { name: 'no such user', user: 'user3', ticket: '123secret', realm: '' },
  { name: 'wrong realm', user: 'user1', ticket: '123secret', realm: 'realm-user2' },
];

const element = (id) => document.getElementById(id);
const form = element('login');
const fields = { user: element('user'), ticket: element('ticket'), realm: element('realm') };

/** The login that is shown; another one replaces it. */
let current = null;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  logIn(fields.user.value.trim(), fields.ticket.value, fields.realm.value.trim());
});
element('again').addEventListener('click', () => current?.goRound().catch(showFailure));
element('leave').addEventListener('click', () => current?.connection.close());

for (const { name, ...values } of TRIES) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = name;
  button.addEventListener('click', () => {
    for (const [field, value] of Object.entries(values)) fields[field].value = value;
    form.requestSubmit();
  });
  const item = document.createElement('li');
  item.append(button);
  element('tries').append(item);
}

function logIn(user, ticket, realm) {
  if (autobahn === undefined)
    return showState('bad', 'No WAMP client', 'autobahn.min.js did not load: has npm ci been run?');
  const before = current;
  current = null;
  before?.connection.close();
  showState('idle', 'Logging in …');
  showFacts([]);
  element('session').hidden = true;
  element('submit').disabled = true;

  const connection = new autobahn.Connection({
    url: new URL('ws', location.href).href.replace(/^http/, 'ws'),
    // null: the authenticator chooses.
    realm: realm === '' ? null : realm,
    authmethods: ['ticket'],
    authid: user,
    onchallenge: () => ticket,
    max_retries: 0,
    retry_if_unreachable: false,
  });
  const login = { connection, joined: false, goRound: async () => {} };
  current = login;

  connection.onopen = (session, details) => {
    if (current !== login) return connection.close();
    login.joined = true;
    element('submit').disabled = false;
    showWelcome(session, details);
    useSession(login, session).catch((error) => {
      if (current === login) showFailure(error);
    });
  };
  connection.onclose = (reason, { reason: uri, message }) => {
    if (current !== login) return true;
    current = null;
    element('submit').disabled = false;
    element('session').hidden = true;
    showEnd(login.joined, reason, uri, message);
    return true;
  };
  connection.open();
}

/** Registers and subscribes once; after that a call and an event can go round as often as wanted. */
async function useSession(login, session) {
  const procedure = `com.example.try.${session.id}.add2`;
  let arrived = () => {};
  element('others').replaceChildren();
  await session.register(procedure, ([a, b]) => a + b);
  await session.subscribe(NOTE, ([text, from]) => {
    if (from === session.id) arrived(text);
    else showNote(from, text);
  });

  login.goRound = async () => {
    const calledAt = performance.now();
    const sum = await session.call(procedure, [2, 3]);
    showTrip('call', `2 + 3 = ${sum}`, calledAt);

    const text = `note of ${new Date().toLocaleTimeString()}`;
    const event = new Promise((resolve) => {
      arrived = resolve;
    });
    const publishedAt = performance.now();
    session.publish(NOTE, [text, session.id], {}, { exclude_me: false });
    showTrip('event', await event, publishedAt);
  };
  await login.goRound();
}

function showWelcome(session, details) {
  showState('good', 'WELCOME', 'the authenticator let you in.');
  const custom = Object.entries(details.authextra ?? {}).filter(([key]) => !key.startsWith('x_cb_'));
  showFacts([
    ['Realm', details.realm ?? session.realm],
    ['Authid', details.authid],
    ['Role', details.authrole],
    ['Method', `${details.authmethod}, ${details.authprovider}`],
    ...custom.map(([key, value]) => [key, JSON.stringify(value)]),
    ['Session', String(session.id)],
    ['Protocol', details.transport.protocol],
  ]);
  for (const trip of ['call', 'event']) {
    element(`${trip}-value`).textContent = '…';
    element(`${trip}-time`).textContent = '';
  }
  element('session').hidden = false;
}

function showEnd(joined, reason, uri, message) {
  if (joined && reason === 'closed') {
    showState('idle', 'Logged out', uri ?? '');
    showFacts([]);
  } else if (uri) {
    showState('bad', joined ? 'The session ended' : 'ABORT', 'the router gave this reason:');
    showFacts([
      ['Reason', uri],
      ['Message', message || '(none)'],
    ]);
  } else {
    showState('bad', 'No connection', 'is the node still running?');
    showFacts([]);
  }
}

function showState(kind, title, text = '') {
  const state = element('state');
  const strong = document.createElement('strong');
  strong.textContent = title;
  state.className = `state ${kind}`;
  state.replaceChildren(strong, text === '' ? '' : `: ${text}`);
  if (kind !== 'idle') requestAnimationFrame(() => bringIntoView(state));
}

/** On a phone the answer is below the form. */
function bringIntoView(state) {
  if (state.getBoundingClientRect().top > innerHeight / 2) state.scrollIntoView({ block: 'start' });
}

function showFacts(facts) {
  const list = element('facts');
  list.replaceChildren(
    ...facts.flatMap(([term, value]) => {
      const name = document.createElement('dt');
      const content = document.createElement('dd');
      name.textContent = term;
      content.textContent = value;
      return [name, content];
    }),
  );
  list.hidden = facts.length === 0;
}

function showTrip(trip, value, startedAt) {
  element(`${trip}-value`).textContent = value;
  element(`${trip}-time`).textContent = `${(performance.now() - startedAt).toFixed(1)} ms`;
}

function showNote(from, text) {
  const item = document.createElement('li');
  item.textContent = `${from}: ${text}`;
  const others = element('others');
  others.prepend(item);
  while (others.children.length > SHOWN_NOTES) others.lastElementChild.remove();
}

/** What a call or a registration was refused with. */
function showFailure(error) {
  showState('bad', 'Failed', error?.error ? `${error.error} ${error.args?.[0] ?? ''}` : String(error));
}
