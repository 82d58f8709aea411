/** The page that `turnpike init` writes: it connects to the node that serves it, and shows what comes back. Loads nothing from elsewhere. */
export const STARTER_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A Turnpike node</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
  pre { padding: 1rem; border: 1px solid #8884; border-radius: .5rem; overflow: auto; }
</style>
<h1>Your node serves this page</h1>
<p>It is a file: <code>web/index.html</code>. WAMP clients connect to <code id="url"></code>, realm <code>realm1</code>.
What this node is: <a href="info">info</a>.</p>
<p id="state" role="status">Connecting …</p>
<pre id="welcome" hidden></pre>
<script>
  // A WAMP session by hand, to show that there is no magic. Applications use a client library.
  const HELLO = 1, WELCOME = 2, GOODBYE = 6;
  const show = (id, text) => { const element = document.getElementById(id); element.textContent = text; element.hidden = false; };
  const url = new URL('ws', location.href.replace(/^http/, 'ws')).href;
  show('url', url);
  const socket = new WebSocket(url, 'wamp.2.json');
  socket.onopen = () => socket.send(JSON.stringify([HELLO, 'realm1', { roles: { caller: {}, subscriber: {} } }]));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    show('state', message[0] === WELCOME ? 'The router let this page in:' : 'The router answered:');
    show('welcome', JSON.stringify(message, null, 2));
    if (message[0] === WELCOME) socket.send(JSON.stringify([GOODBYE, {}, 'wamp.close.goodbye_and_out']));
    socket.onmessage = null;
  };
  socket.onerror = () => show('state', 'No WebSocket could be opened: is the node still running?');
</script>
</html>
`;
