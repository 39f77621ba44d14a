export interface Result {
  readonly ok: boolean;
  readonly status: string;
  readonly code: number;
  readonly value?: unknown;
}
export interface Scope {
  readonly parameters: unknown;
  readonly steps: Readonly<Record<string, Result>>;
}
export function isMet(_c: unknown, _s: Scope): boolean {
  return true;
}
export function resolve(t: unknown, _s: Scope): unknown {
  return t;
}
