// Durations as people write them: `200`, `'200ms'`, `'20s'`, `'5m'`, `'3h'`, `'1d'`.

export type DurationString = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;
/** A time span: milliseconds as a number, or a string with a unit. */
export type Duration = number | DurationString;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Milliseconds of a duration, or undefined if it is not one: negative, not finite or in an unknown form. */
export function durationMs(duration: unknown): number | undefined {
  if (typeof duration === 'number') return Number.isFinite(duration) && duration >= 0 ? duration : undefined;
  if (typeof duration !== 'string') return undefined;
  const match = PATTERN.exec(duration);
  if (match === null) return undefined;
  const ms = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  return Number.isFinite(ms) ? ms : undefined;
}
