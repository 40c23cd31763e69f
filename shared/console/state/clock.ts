/** Whether the time of the sandbox, whose clock the user can move, differs from the time of this machine. */
let clocksDiffer = false;

const MAX_CLOCK_DIFFERENCE_MS = 60_000;

/** Compares the current time of the sandbox, in Unix seconds, with the time of this machine. */
export function compareClocks(seconds: number): void {
  clocksDiffer = Math.abs(seconds * 1000 - Date.now()) > MAX_CLOCK_DIFFERENCE_MS;
}

/** Whether Stripe and this machine have about the same time. Otherwise texts such as `3 minutes ago` would be wrong. */
export const clocksAgree = (): boolean => !clocksDiffer;
