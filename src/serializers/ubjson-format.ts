/** The markers that begin values. [UBJSON draft 12: Type Reference]; those of BJData alone are last. */
export const Marker = {
  null: 0x5a,
  noop: 0x4e,
  true: 0x54,
  false: 0x46,
  int8: 0x69,
  uint8: 0x55,
  int16: 0x49,
  int32: 0x6c,
  int64: 0x4c,
  float32: 0x64,
  float64: 0x44,
  high: 0x48,
  char: 0x43,
  text: 0x53,
  openList: 0x5b,
  closeList: 0x5d,
  openDict: 0x7b,
  closeDict: 0x7d,
  /** Behind an opening bracket: the type of all that it holds, and how many there are. */
  type: 0x24,
  count: 0x23,
  uint16: 0x75,
  uint32: 0x6d,
  uint64: 0x4d,
  float16: 0x68,
  byte: 0x42,
} as const;

/** What a marker begins. */
export const Kind = {
  unknown: 0,
  /** null, true, false: the marker is all. */
  plain: 1,
  integer: 2,
  float: 3,
  /** One character of ASCII: a string. */
  char: 4,
  /** A length, and so many bytes. */
  text: 5,
  /** A length, and a number in so many characters of JSON's grammar. */
  high: 6,
  list: 7,
  dict: 8,
} as const;

/** By marker: its `Kind`, and how many bytes follow where that is certain. */
export interface Markers {
  readonly kinds: Uint8Array;
  readonly widths: Uint8Array;
}

type Row = readonly [marker: number, kind: number, width: number];

const UBJSON: readonly Row[] = [
  [Marker.null, Kind.plain, 0],
  [Marker.true, Kind.plain, 0],
  [Marker.false, Kind.plain, 0],
  [Marker.int8, Kind.integer, 1],
  [Marker.uint8, Kind.integer, 1],
  [Marker.int16, Kind.integer, 2],
  [Marker.int32, Kind.integer, 4],
  [Marker.int64, Kind.integer, 8],
  [Marker.float32, Kind.float, 4],
  [Marker.float64, Kind.float, 8],
  [Marker.high, Kind.high, 0],
  [Marker.char, Kind.char, 1],
  [Marker.text, Kind.text, 0],
  [Marker.openList, Kind.list, 0],
  [Marker.openDict, Kind.dict, 0],
];

const BJDATA: readonly Row[] = [
  [Marker.uint16, Kind.integer, 2],
  [Marker.uint32, Kind.integer, 4],
  [Marker.uint64, Kind.integer, 8],
  [Marker.float16, Kind.float, 2],
  [Marker.byte, Kind.integer, 1],
];

function compile(rows: readonly Row[]): Markers {
  const kinds = new Uint8Array(256);
  const widths = new Uint8Array(256);
  for (const [marker, kind, width] of rows) {
    kinds[marker] = kind;
    widths[marker] = width;
  }
  return { kinds, widths };
}

export const UBJSON_MARKERS: Markers = compile(UBJSON);
export const BJDATA_MARKERS: Markers = compile([...UBJSON, ...BJDATA]);
