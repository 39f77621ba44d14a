// Plain data, as a store or a wire keeps it.

/** What JSON can say, and nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
