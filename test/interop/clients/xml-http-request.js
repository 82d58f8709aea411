/** As much of a browser's XMLHttpRequest as Autobahn|JS uses. */
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
