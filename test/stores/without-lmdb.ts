/** Says why tests of the database are left out; false where they are not. The package is an optional one. */
const PACKAGE = 'lmdb';
export const WITHOUT_LMDB: string | false = await import(PACKAGE).then(
  () => false,
  () => 'the optional package lmdb is absent',
);
