/** Whether Stripe's time differs from the time of this machine. The sandbox's clock can be moved. */
let clocksDiffer = false;

const MAX_CLOCK_DIFFERENCE_MS = 60_000;

/** Compares the current time of Stripe, in seconds, with the time of this machine. */
export function compareClocks(seconds: number): void {
  clocksDiffer = Math.abs(seconds * 1000 - Date.now()) > MAX_CLOCK_DIFFERENCE_MS;
}

/** Whether Stripe and this machine have the same time. Only then are texts such as `3 minutes ago` correct. */
export const clocksAgree = (): boolean => !clocksDiffer;
