import { MAX_AFFECTED } from '../../config/settings/limits.ts';
import type { Settings } from '../../config/settings.ts';
import { memoizeByRef } from '../../memoize.ts';

/** Bounds of a number in a request. */
export interface NumberBounds {
  readonly min: number;
  readonly max: number;
}

/**
 * Limits of a request. Request bodies, the runtime API, OpenAPI documents and tools use these limits. Only
 * `requestLimits` may apply a setting that lowers a limit, so that all of them use the lower one.
 */
export interface RequestLimits {
  /** Rows of a page of a List. */
  readonly pageSize: NumberBounds & { readonly default: number };
  /** Rows that one Update or Delete with a clause may write. */
  readonly maxAffected: NumberBounds & { readonly default: number };
  /** `waitFor.seconds`: 50 reads, at most 960 ms apart, cover 45 s (`await-status.ts`). */
  readonly waitSeconds: NumberBounds;
  /** Characters of a filter clause. */
  readonly maxClauseLength: number;
  /** Names in one list of a body: `fields`, `expand`. */
  readonly maxListed: number;
  /** Bytes of a file in an input. */
  readonly maxFileBytes: number;
  /** Levels of objects and maps in an input that the catalog describes. */
  readonly maxInputLevels: number;
  /** Operations in one Pub/Sub message. */
  readonly maxMessageItems: number;
}

/** The default limits. */
export const REQUEST_LIMITS: RequestLimits = {
  pageSize: { min: 1, max: 200, default: 25 },
  maxAffected: { min: 1, max: MAX_AFFECTED, default: 100 },
  waitSeconds: { min: 1, max: 45 },
  maxClauseLength: 10_000,
  maxListed: 1000,
  maxFileBytes: 10 * 1024 * 1024,
  maxInputLevels: 32,
  maxMessageItems: 100,
};

/** Returns the limits of a connection. */
export const requestLimits = memoizeByRef((settings: Settings): RequestLimits => ({
  ...REQUEST_LIMITS,
  maxAffected: lowerMax(REQUEST_LIMITS.maxAffected, settings.maxAffected),
}));

/** Returns `bounds` with a maximum of at most `max`. The default, if there is one, is at most `max` too. */
export function lowerMax<B extends NumberBounds & { readonly default?: number }>(bounds: B, max: number): B {
  const lowered = { ...bounds, max: Math.min(bounds.max, max) };
  return bounds.default === undefined ? lowered : { ...lowered, default: Math.min(bounds.default, max) };
}
