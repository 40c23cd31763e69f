/** Firestore's times are whole microseconds. */
export interface Time {
  readonly seconds?: unknown;
  readonly nanos?: number | null | undefined;
}

export function microseconds(time: Time | null | undefined): number {
  if (time === undefined || time === null) throw new Error('Firestore answered no time');
  return Number(time.seconds) * 1_000_000 + Math.floor((time.nanos ?? 0) / 1000);
}

export function timestamp(us: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(us / 1_000_000), nanos: (us % 1_000_000) * 1000 };
}
