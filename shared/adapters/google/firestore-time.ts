/** A Firestore timestamp. Firestore stores times in whole microseconds. */
export interface Time {
  readonly seconds?: unknown;
  readonly nanos?: number | null | undefined;
}

/** Converts a Firestore timestamp to microseconds since the epoch. */
export function microseconds(time: Time | null | undefined): number {
  const us = Number(time?.seconds) * 1_000_000 + Math.floor((time?.nanos ?? 0) / 1000);
  if (!Number.isSafeInteger(us)) throw new Error('the response from Firestore has no timestamp');
  return us;
}

/** Converts microseconds since the epoch to a Firestore timestamp. */
export function timestamp(us: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(us / 1_000_000), nanos: (us % 1_000_000) * 1000 };
}
