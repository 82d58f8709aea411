/** What the layers log through. Fields are data; no credential is ever among them. */
export interface Log {
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
  /** A log that adds these fields to each line. */
  with(fields: LogFields): Log;
}

export type LogFields = { readonly [name: string]: unknown };

/** Says nothing: for tests, and for embedding without a log. */
export const SILENT: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => SILENT,
};
