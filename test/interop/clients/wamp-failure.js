/** What a login or a request was refused with, whichever client it happened to. */
export class WampFailure extends Error {
  constructor(uri, args = [], kwargs = {}, options = {}) {
    super(`${uri}: ${JSON.stringify(args)}`, options);
    this.name = 'WampFailure';
    this.uri = uri;
    this.args = args;
    this.kwargs = kwargs;
  }
}
