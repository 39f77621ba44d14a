// What a command needs of the process.

export interface Terminal {
  readonly cwd: string;
  readonly hasColors: boolean;
  /** For data: what a pipe passes on. */
  out(text: string): void;
  /** For people: problems and notes. */
  err(text: string): void;
  /** Milliseconds from any start. */
  now(): number;
  /** The time of day. */
  date(): Date;
  /** Does something that Ctrl-C may not interrupt; the command ends after it. Absent: nothing can interrupt. */
  readonly undisturbed?: <Result>(act: () => Result) => Result;
}
