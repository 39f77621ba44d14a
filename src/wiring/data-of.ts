// What a caller hands over for a message class: its data, without methods and getters.

type Whole = string | number | boolean | bigint | symbol | null | undefined | Date | Uint8Array | URL | RegExp;
type Method = (...args: never[]) => unknown;

type IfEqual<A, B, Yes, No> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? Yes : No;
/** The names of the fields that can be assigned. A readonly one may be a getter: types cannot tell. */
type Writable<M> = {
  [F in keyof M]-?: IfEqual<{ [P in F]: M[F] }, { -readonly [P in F]: M[F] }, F, never>;
}[keyof M];
/**
 * The data of a message class: fields are required as the class says, methods are left out, and readonly fields may be
 * left out, for they may be getters. Nested classes likewise.
 */
export type DataOf<M> = M extends Whole
  ? M
  : M extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
    ? M
    : M extends readonly unknown[]
      ? { [I in keyof M]: DataOf<M[I]> }
      : M extends object
        ? { [F in keyof M as M[F] extends Method ? never : F extends Writable<M> ? F : never]: DataOf<M[F]> } & {
            readonly [F in keyof M as M[F] extends Method ? never : F extends Writable<M> ? never : F]?: DataOf<M[F]>;
          }
        : M;
