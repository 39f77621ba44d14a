// How large a message may be. The scan stops at the first limit that is passed, before any user code sees the data.

/** The limits of one message. */
export interface MessageLimits {
  /** Size of all keys and values as UTF-8, roughly as JSON would write them. @default 1_048_576 */
  readonly maxBytes: number;
  /** Objects and arrays inside each other. @default 32 */
  readonly maxDepth: number;
  /** Values of any kind, all levels together. @default 50_000 */
  readonly maxNodes: number;
  /** Fields of one object. @default 1_000 */
  readonly maxKeys: number;
  /** Items of one array, map or set. @default 10_000 */
  readonly maxItems: number;
}

/** The limits where nothing else is said. */
export const DEFAULT_LIMITS: MessageLimits = {
  maxBytes: 1_048_576,
  maxDepth: 32,
  maxNodes: 50_000,
  maxKeys: 1_000,
  maxItems: 10_000,
};
