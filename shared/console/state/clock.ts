/** Whether Stripe's time differs from the time of this machine. The sandbox's clock can be moved. */
let clocksDiffer = false;

const TOLERATED_MS = 60_000;

/** Compares the current time of Stripe, in seconds, with the time of this machine. */
export function compareClocks(seconds: number): void {
  clocksDiffer = Math.abs(seconds * 1000 - Date.now()) > TOLERATED_MS;
}

/** A distance from now, such as `3 minutes ago`, is only true while both clocks agree. */
export const clocksAgree = (): boolean => !clocksDiffer;
