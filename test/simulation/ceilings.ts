/** A live account with the ceilings that Stripe has by default. https://docs.stripe.com/rate-limits */
import assert from 'node:assert/strict';
import type { Limits } from '../../shared/rate-limiter/capacity.ts';
import type { Endpoint } from '../../shared/rate-limiter/endpoints/endpoint.ts';
import type { Fleet } from './fleet.ts';

export const LIVE: Limits = {
  minNodes: 2,
  maxNodes: 50,
  limitScope: 'node',
  accountCeiling: 100,
  endpointCeiling: 25,
  searchCeiling: 20,
  filesCeiling: 20,
};

export const SEARCH: Endpoint = { kind: 'search', key: 'search' };

export function endpoint(number: number): Endpoint {
  return { kind: 'endpoint', key: `POST.v1.kind${number}` };
}

/** No window of one second holds more than the account's capacity, or than the ceiling of an endpoint. */
export function assertStrict(fleet: Fleet): void {
  assert.ok(fleet.worstWindow().over <= 0, `${fleet.worstWindow().most} of the account in one second`);
  for (const [key, times] of fleet.releasedOf) {
    const ceiling = key === SEARCH.key ? fleet.limits.searchCeiling : fleet.limits.endpointCeiling;
    assert.ok(most(times) <= ceiling, `${most(times)} of ${key} in one second`);
  }
}

function most(times: readonly number[]): number {
  let [worst, end] = [0, 0];
  times.forEach((atMs, index) => {
    while (end < times.length && (times[end] ?? Infinity) < atMs + 1000) end += 1;
    worst = Math.max(worst, end - index);
  });
  return worst;
}
