import type { ServerResponse } from 'node:http';
import { definedFields } from '../../defined-fields.ts';
import { AFTER_RETRIES, billingSettings, setBillingSettings, type BillingSettings } from '../billing/settings.ts';
import type { Deliveries } from '../events/deliveries.ts';
import type { Api } from '../protocol/api.ts';
import type { ReceivedRequest } from '../protocol/parameters/received.ts';
import { StripeApiError } from '../api-error.ts';
import type { State } from '../state.ts';
import { isHash } from '../store.ts';
import {
  ControlError,
  parseAdminBody,
  parseFault,
  parseTime,
  requireNumber,
  requireResult,
  secondsToAdvance,
} from './control-input.ts';
import type { Faults } from './faults.ts';
import type { RateLimit } from './rate-limit.ts';
import { resend } from './resend.ts';
import { SEEDS } from './seeds.ts';
import { takeSnapshot, restoreSnapshot, type Snapshot } from './snapshot.ts';

/** The parts of the sandbox that the admin API reads and changes. */
export interface AdminTarget {
  readonly requests: ReceivedRequest[];
  readonly faults: Faults;
  readonly rateLimit: RateLimit;
  readonly state: State;
  readonly deliveries: Deliveries;
  readonly api: Api;
}

/** Handles an admin request. `id` is the id in the path. Returns the body of the response. */
type Handler = (target: AdminTarget, body: Record<string, unknown>, id: string) => unknown;

/**
 * The routes of the sandbox's admin API: method, path and handler. README.md describes each route. The command and
 * tests in other processes call these routes.
 */
const HANDLERS: readonly (readonly [string, RegExp, Handler])[] = [
  ['GET', /^\/_sandbox\/requests$/, ({ requests }) => requests.map(({ key: _key, ...fields }) => fields)],
  ['DELETE', /^\/_sandbox\/requests$/, clearRequests],
  ['GET', /^\/_sandbox\/faults$/, ({ faults }) => faults.all()],
  ['POST', /^\/_sandbox\/faults$/, addFault],
  ['DELETE', /^\/_sandbox\/faults$/, clearFaults],
  ['GET', /^\/_sandbox\/rate_limit$/, ({ rateLimit }) => ({ per_second: rateLimit.perSecond ?? null })],
  ['POST', /^\/_sandbox\/rate_limit$/, setRateLimit],
  ['GET', /^\/_sandbox\/time$/, ({ state }) => clockState(state)],
  ['POST', /^\/_sandbox\/time$/, setTime],
  ['POST', /^\/_sandbox\/search_lag$/, setSearchLag],
  ['GET', /^\/_sandbox\/billing$/, ({ state }) => settingsResponse(billingSettings(state.account('')))],
  ['POST', /^\/_sandbox\/billing$/, changeBilling],
  ['GET', /^\/_sandbox\/deliveries$/, ({ deliveries }) => deliveries.all],
  [
    'GET',
    /^\/_sandbox\/deliveries\/(\w+)\/body$/,
    ({ deliveries }, _body, id) => requireResult(deliveries.bodyOf(id)).then((text) => JSON.parse(text) as unknown),
  ],
  [
    'POST',
    /^\/_sandbox\/deliveries\/(\w+)\/resend$/,
    ({ deliveries }, _body, id) => requireResult(deliveries.resend(id)),
  ],
  [
    'POST',
    /^\/_sandbox\/events\/(\w+)\/resend$/,
    ({ state, deliveries }, _body, id) => requireResult(resend(state, deliveries, id)),
  ],
  ['POST', /^\/_sandbox\/seed$/, addSeed],
  ['GET', /^\/_sandbox\/state$/, ({ state }) => takeSnapshot(state)],
  ['PUT', /^\/_sandbox\/state$/, replaceState],
];

/** Responds to a request to the admin API. */
export async function handleAdminRequest(
  target: AdminTarget,
  path: string,
  method: string,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const sendJson = (status: number, value: unknown): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const handlerNames = (): string[] =>
    HANDLERS.map(([verb, pattern]) => `${verb} ${pattern.source.replace(/[\\^$]/g, '').replace('(w+)', '{id}')}`);
  if (method === 'GET' && path === '/_sandbox/') return sendJson(200, handlerNames());
  const handler = HANDLERS.find(([verb, pattern]) => verb === method && pattern.test(path));
  if (handler === undefined) return sendJson(404, { error: `unknown: ${method} ${path}`, known: handlerNames() });
  const [, pattern, run] = handler;
  try {
    sendJson(200, await run(target, parseAdminBody(body), pattern.exec(path)?.[1] ?? ''));
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof StripeApiError)) throw error;
    sendJson(400, { error: error.message });
  }
}

function clearRequests({ requests }: AdminTarget): object {
  requests.length = 0;
  return {};
}

function addFault({ faults }: AdminTarget, body: Record<string, unknown>): object {
  faults.add(parseFault(body));
  return body;
}

function clearFaults({ faults }: AdminTarget): object {
  faults.clear();
  return {};
}

function setSearchLag({ state }: AdminTarget, { seconds }: Record<string, unknown>): object {
  state.searchLag = requireNumber(seconds);
  return { seconds: state.searchLag };
}

function replaceState({ state }: AdminTarget, body: Record<string, unknown>): object {
  restoreSnapshot(state, body as unknown as Snapshot);
  return {};
}

function setRateLimit({ rateLimit }: AdminTarget, { per_second: perSecond }: Record<string, unknown>): unknown {
  rateLimit.perSecond = perSecond === null || perSecond === undefined ? undefined : requireNumber(perSecond);
  return { per_second: rateLimit.perSecond ?? null };
}

/**
 * Changes the settings for failed payments: `{"retry_days": [3, 5, 7], "after_retries": "cancel"}`. At Stripe, they are
 * settings of the Dashboard.
 */
function changeBilling(
  { state }: AdminTarget,
  { retry_days: days, after_retries: after }: Record<string, unknown>,
): Record<string, unknown> {
  if (days !== undefined && !(Array.isArray(days) && days.every((day) => typeof day === 'number' && day > 0)))
    throw new ControlError('retry_days is an array of numbers of days');
  const afterRetries = AFTER_RETRIES.find((name) => name === after);
  if (after !== undefined && afterRetries === undefined)
    throw new ControlError(`after_retries is one of ${AFTER_RETRIES.join(', ')}`);
  return settingsResponse(
    setBillingSettings(
      state.account(''),
      definedFields({
        retryDays: days as number[] | undefined,
        afterRetries,
      }),
    ),
  );
}

function settingsResponse({ retryDays, afterRetries }: BillingSettings): Record<string, unknown> {
  return { retry_days: retryDays, after_retries: afterRetries };
}

function clockState(state: State): object {
  return { now: state.now(), frozen: state.isFrozen() };
}

/**
 * Changes the clock of the sandbox. `{"now": 1767225600}`, or an ISO 8601 time, stops the clock at this time.
 * `{"advance": 3600}` moves the clock by seconds, `{"advance": "1 month"}` by a duration. `{"resume": true}` lets a
 * stopped clock run again.
 */
function setTime({ state, api }: AdminTarget, { now, advance, resume }: Record<string, unknown>): unknown {
  if (now !== undefined) state.freeze(parseTime(now));
  else if (advance !== undefined) state.advance(secondsToAdvance(advance, state.now()));
  else if (resume === true) state.resume();
  else
    throw new ControlError(
      'time takes "now" (seconds or ISO 8601), "advance" ("1 month", or seconds) or "resume": true',
    );
  api.publishAll();
  return clockState(state);
}

/**
 * Adds the objects of the seed that the member `name` names, or one object of an `entity` with the members `params` and
 * `account`.
 */
function addSeed({ state, api }: AdminTarget, body: Record<string, unknown>): unknown {
  const { name, entity, params, account } = body;
  if (typeof name === 'string') {
    const fill = Object.hasOwn(SEEDS, name) ? SEEDS[name] : undefined;
    if (fill === undefined)
      throw new ControlError(`there is no seed ${name}; there are ${Object.keys(SEEDS).join(', ')}`);
    return fill(state, api);
  }
  if (typeof entity !== 'string') throw new ControlError('seed takes "name", or "entity" and "params"');
  try {
    return state.seed(entity, isHash(params) ? params : {}, {}, typeof account === 'string' ? account : '');
  } catch (error) {
    throw error instanceof RangeError ? new ControlError(error.message) : error;
  }
}
