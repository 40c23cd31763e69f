/** Whether Stripe's time differs from that of this machine: the sandbox's clock was moved. */
let moved = false;

const TOLERATED_MS = 60_000;

export function noteStripeTime(seconds: number): void {
  moved = Math.abs(seconds * 1000 - Date.now()) > TOLERATED_MS;
}

/** A distance from now, such as `3 minutes ago`, is only true while both clocks agree. */
export const clocksAgree = (): boolean => !moved;
