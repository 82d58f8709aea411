import { open } from 'node:fs/promises';
import { endianness } from 'node:os';

/** Where things stand in a meta page of LMDB, the first two of a file. The library does not look, and dies of what is not there. */
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const META_BYTES = 160;
const MAGIC = 0xbeefc0de;
const LITTLE = endianness() === 'LE';

interface Meta {
  readonly pageSize: number;
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

/** Whether a file can be one of LMDB, and has all of its pages; one that does not exist, or is empty, can become one. */
export async function isLmdbFile(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return true;
  try {
    const { size } = await file.stat();
    if (size === 0) return true;
    const read = async (at: number): Promise<Meta | null> => {
      const page = Buffer.alloc(META_BYTES);
      const { bytesRead } = await file.read(page, 0, META_BYTES, at);
      return bytesRead === META_BYTES ? metaOf(page) : null;
    };
    const first = await read(0);
    const second = first === null ? null : await read(first.pageSize);
    if (first === null || second === null || second.pageSize !== first.pageSize) return false;
    const { lastPage, pageSize } = first.transaction > second.transaction ? first : second;
    return (lastPage + 1n) * BigInt(pageSize) <= BigInt(size);
  } finally {
    await file.close();
  }
}

function metaOf(page: Buffer): Meta | null {
  const integer = (at: number): number => (LITTLE ? page.readUInt32LE(at) : page.readUInt32BE(at));
  const long = (at: number): bigint => (LITTLE ? page.readBigUInt64LE(at) : page.readBigUInt64BE(at));
  const pageSize = integer(PAGE_SIZE_AT);
  if (integer(MAGIC_AT) !== MAGIC || pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0)
    return null;
  return { pageSize, lastPage: long(LAST_PAGE_AT), transaction: long(TRANSACTION_AT) };
}
