/** Parses the bodies of the sandbox's admin API. */
import { isHash } from '../store.ts';
import { DURATION_FORM, timeAfter } from './duration.ts';
import { FAULTS, type Fault } from './faults.ts';

/** An invalid admin request. The response is 400 with this message. */
export class ControlError extends Error {}

export function parseAdminBody(body: string): Record<string, unknown> {
  if (body.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    if (isHash(value)) return value;
  } catch {
    // A body that is not JSON gets the same error as JSON that is not an object.
  }
  throw new ControlError('the body must be a JSON object');
}

export function parseFault(body: Record<string, unknown>): Fault {
  const fault = body as unknown as Fault;
  if (FAULTS.includes(fault.kind)) return fault;
  throw new ControlError(
    `a fault is {"kind": one of ${FAULTS.join(', ')}, "times"?, "share"?, "method"?, "path"?, "ms"?, "seconds"?}`,
  );
}

/**
 * Parses `advance`, which is a number of seconds, or a duration such as `1 month` that begins at `now`. Returns
 * seconds.
 */
export function secondsToAdvance(advance: unknown, now: number): number {
  if (typeof advance !== 'string') return requireNumber(advance);
  const later = timeAfter(now, advance);
  if (later === undefined) throw new ControlError(`${JSON.stringify(advance)} is not ${DURATION_FORM}`);
  return later - now;
}

/** Returns a result. Throws if the result is undefined, because the id in the path is then unknown. */
export async function requireResult<T>(value: T | undefined | Promise<T | undefined>): Promise<T> {
  const result = await value;
  if (result === undefined) throw new ControlError('there is no such id');
  return result;
}

/** Returns a number of 0 or more. Throws for any other value. */
export function requireNumber(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new ControlError(`${JSON.stringify(value)} is not a number of 0 or more`);
}

/** Parses Unix seconds or an ISO 8601 time. Returns Unix seconds. */
export function parseTime(value: unknown): number {
  const seconds = typeof value === 'string' && !/^\d+$/.test(value) ? Date.parse(value) / 1000 : Number(value);
  if (Number.isFinite(seconds)) return Math.floor(seconds);
  throw new ControlError(`${JSON.stringify(value)} is not a time; use seconds since 1970 or ISO 8601`);
}
