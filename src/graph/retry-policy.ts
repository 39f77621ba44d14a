// How often and when a failed attempt is tried again.

/** A retry policy with every default filled in. */
export interface RetryPolicy {
  /** All tries, the first one included. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
  /** Share of the delay that is spread around it, 0 to 1. */
  readonly jitter: number;
}

/** One attempt: what a node without `retry` gets. */
export const NO_RETRY: RetryPolicy = { attempts: 1, delayMs: 1_000, factor: 2, maxDelayMs: 300_000, jitter: 0.2 };

/**
 * Time before the attempt after `attempt`, in milliseconds: exponential back-off, at most `maxDelayMs`, then jitter.
 *
 * @param fraction in [-1, 1], from a hash of the step key: the same step always waits the same time.
 */
export function backoffMs(policy: RetryPolicy, attempt: number, fraction: number): number {
  // After many attempts the power is infinite, and zero times infinity is NaN.
  const growth = Math.min(Number.MAX_VALUE, policy.factor ** (attempt - 1));
  const grownMs = Math.min(policy.maxDelayMs, policy.delayMs * growth);
  return Math.round(grownMs * (1 + policy.jitter * fraction));
}
