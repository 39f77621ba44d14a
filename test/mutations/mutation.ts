// What a mutation is: one feature broken in one place, so that the tests of its row have to go red.

export interface Mutation {
  /** The id of a row in docs/features.md. */
  readonly row: string;
  /** From the root of the repository: below `src` or `codegen`. */
  readonly file: string;
  /** What the file says, in one place only. */
  readonly right: string;
  /** What it says with the fault: code that runs, and does something else. */
  readonly wrong: string;
}
