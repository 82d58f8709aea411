// Logs in by the browser's cookie if it stands for a login, else by ticket. The WAMP client is Autobahn|JS.

const { autobahn } = globalThis;

/** Who has a cookie that stands for nothing offers nothing else, and is told so. */
const NOBODY = 'wamp.error.no_auth_method';
/** Ends the login, not just the session: of all tabs, and for good. */
const LOGOUT = 'wamp.close.logout';

const element = (id) => document.getElementById(id);
const form = element('login');

let connection = null;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  // `cookie` is offered here too: without it, the router would take it that the cookie's login is to end.
  connect(['cookie', 'ticket'], element('user').value, element('ticket').value);
});
element('log-out').addEventListener('click', () => connection.close(LOGOUT));

connect(['cookie']);

function connect(authmethods, authid, ticket) {
  form.hidden = true;
  connection = new autobahn.Connection({
    url: new URL('ws', location.href).href.replace(/^http/, 'ws'),
    realm: 'realm1',
    authmethods,
    authid,
    onchallenge: () => ticket,
    max_retries: 0,
    retry_if_unreachable: false,
  });
  connection.onopen = (_session, { authid, authrole, authmethod, authprovider }) => {
    show(authprovider === 'cookie' ? 'Logged in by cookie' : `Logged in by ${authmethod}`);
    showFacts({ authid, authrole, authmethod, authprovider });
    element('session').hidden = false;
  };
  connection.onclose = (_kind, { reason }) => {
    element('session').hidden = true;
    form.hidden = false;
    show(textOf(reason));
    return true;
  };
  connection.open();
}

function textOf(reason) {
  if (reason === NOBODY) return 'Not logged in';
  if (reason === LOGOUT) return 'Logged out in another tab';
  if (reason?.startsWith('wamp.close.')) return 'Logged out';
  return reason ?? 'No connection';
}

function show(text) {
  element('state').textContent = text;
}

function showFacts(facts) {
  element('facts').replaceChildren(
    ...Object.entries(facts).flatMap(([term, value]) => {
      const [name, content] = [document.createElement('dt'), document.createElement('dd')];
      name.textContent = term;
      content.textContent = value;
      return [name, content];
    }),
  );
}
