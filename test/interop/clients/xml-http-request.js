/** Of a transport, the messages that are under way. */
const sends = new Map();

/**
 * As much of a browser's XMLHttpRequest as Autobahn|JS uses. That gives each message a request of its own and waits for
 * none, and neither browsers nor `fetch` keep the order of requests: here messages of one transport do, so that tests
 * are of the router.
 */
export class XMLHttpRequest {
  readyState = 0;
  status = 0;
  statusText = '';
  responseText = '';
  timeout = 0;
  #url;
  #request = { headers: {} };

  open(method, url) {
    this.#url = url;
    this.#request.method = method;
  }

  setRequestHeader(name, value) {
    this.#request.headers[name] = value;
  }

  async send(body) {
    if (!this.#url.endsWith('/send')) return this.#exchange(body);
    const sent = (sends.get(this.#url) ?? Promise.resolve()).then(() => this.#exchange(body));
    sends.set(this.#url, sent);
    await sent;
    if (sends.get(this.#url) === sent) sends.delete(this.#url);
  }

  /** Tells of failures by its properties, and never throws. */
  async #exchange(body) {
    const signal = this.timeout > 0 ? AbortSignal.timeout(this.timeout) : undefined;
    try {
      const response = await fetch(this.#url, { ...this.#request, body, signal });
      this.responseText = await response.text();
      this.status = response.status;
      this.statusText = response.statusText;
    } catch (error) {
      if (error.name === 'TimeoutError') {
        this.ontimeout?.();
        return;
      }
      // A browser says 0 of a request that failed.
    }
    this.readyState = 4;
    this.onreadystatechange?.();
  }
}
