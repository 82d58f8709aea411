import { CODES, type FieldKind, MESSAGE_TABLE, type MessageRow } from '../wamp/message-table.ts';
import { Msg } from '../wamp/messages.ts';

/** Codes of the fields in a `Layout`; as integers, so that readers and writers switch over them. */
export const Field = {
  id: 1,
  /** The request id of a router-initiated UNSUBSCRIBED or UNREGISTERED: 0 is legal. */
  idOrZero: 2,
  code: 3,
  dict: 4,
  /** A string of which equal ones come again and again: a URI, the name of an authmethod. */
  text: 5,
  /** A string that must not be remembered: a signature. */
  secret: 6,
  realm: 7,
} as const;

/** A row of the message table, compiled for reading and writing. */
export interface Layout {
  /** `Field` codes of the elements after the message code. */
  readonly fields: Uint8Array;
  /** The least number of elements, the message code included. */
  readonly least: number;
  /** The greatest number of elements, payload included. */
  readonly most: number;
}

function fieldCode(row: MessageRow, kind: FieldKind, position: number): number {
  switch (kind) {
    case 'id':
      return position === 0 && row.optional > 0 ? Field.idOrZero : Field.id;
    case 'text':
      return row.code === Msg.AUTHENTICATE ? Field.secret : Field.text;
    case 'code':
    case 'dict':
    case 'realm':
      return Field[kind];
  }
}

function compile(row: MessageRow): Layout {
  const fields = Uint8Array.from(row.fields, (kind, position) => fieldCode(row, kind, position));
  const elements = 1 + fields.length;
  return { fields, least: elements - row.optional, most: elements + (row.payload ? 2 : 0) };
}

const LAYOUTS: readonly (Layout | undefined)[] = (() => {
  const layouts: (Layout | undefined)[] = new Array(CODES).fill(undefined);
  for (const row of MESSAGE_TABLE) layouts[row.code] = compile(row);
  return layouts;
})();

/** The layout of a message, or undefined where no message has that code. */
export function layoutOf(code: number): Layout | undefined {
  return code < CODES ? LAYOUTS[code] : undefined;
}

/** The layout of a message about to be written. @throws TypeError where no message has that code */
export function layoutToWrite(code: number): Layout {
  const layout = layoutOf(code);
  if (layout === undefined) throw new TypeError(`no message has the code ${code}`);
  return layout;
}
