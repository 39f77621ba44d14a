// Data of which some is given already, or only some is given.

import type { Plain } from '../decorators/fit.ts';

/** Parts of data: any field may be left out, at any depth. Values that are no records are whole. */
export type Parts<Data> = Data extends Whole
  ? Data
  : Data extends object
    ? { readonly [F in keyof Data]?: Parts<Data[F]> }
    : Data;
/** Values without fields of their own, as far as data has them. */
export type Whole = Plain | URL | Uint8Array | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>;
