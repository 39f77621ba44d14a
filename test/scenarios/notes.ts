// What the bodies of the scenarios write down, and what they wait for.

/** Time as the test has it. */
interface Timers {
  after(ms: number, callback: () => void): unknown;
}

/** Given to every service of a scenario. */
export class Notes {
  /** What happened, in order. */
  readonly lines: string[] = [];
  /** What bodies were given and tests look at. */
  readonly seen: unknown[] = [];
  readonly #timers: Timers;
  readonly #gates = new Map<string, () => void>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  say(line: string): void {
    this.lines.push(line);
  }

  /** How often a line was said. */
  count(line: string): number {
    return this.lines.filter((said) => said === line).length;
  }

  /** Waits until the test opens the gate. */
  gate(name: string): Promise<void> {
    return new Promise((resolve) => this.#gates.set(name, resolve));
  }

  open(name: string): void {
    this.#gates.get(name)?.();
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#timers.after(ms, resolve));
  }
}
