// Data of which some is given already, or only some is given.

/** Parts of data: any field may be left out, at any depth. Values that are no records are whole. */
export type Parts<Data> = Data extends Whole
  ? Data
  : Data extends object
    ? { readonly [F in keyof Data]?: Parts<Data[F]> }
    : Data;
/** Values without fields of their own, as far as data has them. */
export type Whole =
  | string
  | number
  | boolean
  | bigint
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | URL
  | Uint8Array
  | readonly unknown[]
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>;
