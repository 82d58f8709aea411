/** The router did not do what the scenario expects; the message says what it did. */
export class Deviation extends Error {
  override readonly name = 'Deviation';
}
