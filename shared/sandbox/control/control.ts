import type { ServerResponse } from 'node:http';
import { AFTER_RETRIES, billingSettings, setBillingSettings, type BillingSettings } from '../billing/settings.ts';
import type { Deliveries } from '../events/deliveries.ts';
import type { Api } from '../protocol/api.ts';
import type { Received } from '../protocol/parameters/received.ts';
import { Refusal } from '../refusal.ts';
import type { State } from '../state.ts';
import { isHash } from '../store.ts';
import { FAULTS, type Fault, type Faults } from './faults.ts';
import type { RateLimit } from './rate-limit.ts';
import { resend } from './resend.ts';
import { SEEDS } from './seeds.ts';
import { saved, restore, type Snapshot } from './snapshot.ts';

export interface Controlled {
  readonly requests: Received[];
  readonly faults: Faults;
  readonly rateLimit: RateLimit;
  readonly state: State;
  readonly deliveries: Deliveries;
  readonly api: Api;
}

type Handler = (machine: Controlled, body: Record<string, unknown>, id: string) => unknown;

/** What the caller sent cannot be done: 400 with this text. */
class ControlError extends Error {}

/**
 * The admin API of the sandbox, for tests in other processes and for consoles: what arrived, faults, time, deliveries,
 * seeds, the state as a whole. Bodies and answers are JSON; README.md describes each.
 */
const HANDLERS: readonly (readonly [string, RegExp, Handler])[] = [
  ['GET', /^\/_sandbox\/requests$/, ({ requests }) => requests.map(({ key: _key, ...shown }) => shown)],
  ['DELETE', /^\/_sandbox\/requests$/, ({ requests }) => ((requests.length = 0), {})],
  ['GET', /^\/_sandbox\/faults$/, ({ faults }) => faults.all()],
  ['POST', /^\/_sandbox\/faults$/, ({ faults }, body) => (faults.add(faultOf(body)), body)],
  ['DELETE', /^\/_sandbox\/faults$/, ({ faults }) => (faults.clear(), {})],
  ['GET', /^\/_sandbox\/rate_limit$/, ({ rateLimit }) => ({ per_second: rateLimit.perSecond ?? null })],
  ['POST', /^\/_sandbox\/rate_limit$/, setRateLimit],
  ['GET', /^\/_sandbox\/time$/, ({ state }) => clockState(state)],
  ['POST', /^\/_sandbox\/time$/, setTime],
  [
    'POST',
    /^\/_sandbox\/search_lag$/,
    ({ state }, { seconds }) => ({ seconds: (state.searchLag = requireNumber(seconds)) }),
  ],
  ['GET', /^\/_sandbox\/billing$/, ({ state }) => shownSettings(billingSettings(state.account('')))],
  ['POST', /^\/_sandbox\/billing$/, ({ state }, body) => changeBilling(state, body)],
  ['GET', /^\/_sandbox\/deliveries$/, ({ deliveries }) => deliveries.all],
  [
    'POST',
    /^\/_sandbox\/deliveries\/(\w+)\/resend$/,
    ({ deliveries }, _body, id) => requireFound(deliveries.resend(id)),
  ],
  [
    'POST',
    /^\/_sandbox\/events\/(\w+)\/resend$/,
    ({ state, deliveries }, _body, id) => requireFound(resend(state, deliveries, id)),
  ],
  ['POST', /^\/_sandbox\/seed$/, seed],
  ['GET', /^\/_sandbox\/state$/, ({ state }) => saved(state)],
  ['PUT', /^\/_sandbox\/state$/, ({ state }, body) => (restore(state, body as unknown as Snapshot), {})],
];

export async function answerControl(
  machine: Controlled,
  where: string,
  method: string,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const answer = (status: number, value: unknown): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const known = (): string[] =>
    HANDLERS.map(([verb, path]) => `${verb} ${path.source.replace(/[\\^$]/g, '').replace('(w+)', '{id}')}`);
  if (method === 'GET' && where === '/_sandbox/') return answer(200, known());
  const handler = HANDLERS.find(([verb, path]) => verb === method && path.test(where));
  if (handler === undefined) return answer(404, { error: `unknown: ${method} ${where}`, known: known() });
  const [, path, run] = handler;
  try {
    answer(200, await run(machine, parsed(body), path.exec(where)?.[1] ?? ''));
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof Refusal)) throw error;
    answer(400, { error: error.message });
  }
}

function parsed(body: string): Record<string, unknown> {
  if (body.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    if (isHash(value)) return value;
  } catch {
    // Not JSON: rejected below.
  }
  throw new ControlError('the body must be a JSON object');
}

function faultOf(body: Record<string, unknown>): Fault {
  const fault = body as unknown as Fault;
  if (FAULTS.includes(fault.kind)) return fault;
  throw new ControlError(
    `a fault is {"kind": one of ${FAULTS.join(', ')}, "times"?, "share"?, "method"?, "path"?, "ms"?, "seconds"?}`,
  );
}

function setRateLimit({ rateLimit }: Controlled, { per_second: perSecond }: Record<string, unknown>): unknown {
  rateLimit.perSecond = perSecond === null || perSecond === undefined ? undefined : requireNumber(perSecond);
  return { per_second: rateLimit.perSecond ?? null };
}

/** `{"retry_days": [3, 5, 7], "after_retries": "cancel"}`: the Dashboard's settings for payments that fail. */
function changeBilling(
  state: State,
  { retry_days: days, after_retries: after }: Record<string, unknown>,
): Record<string, unknown> {
  if (days !== undefined && !(Array.isArray(days) && days.every((day) => typeof day === 'number' && day > 0)))
    throw new ControlError('retry_days is an array of numbers of days');
  const known = AFTER_RETRIES.find((name) => name === after);
  if (after !== undefined && known === undefined)
    throw new ControlError(`after_retries is one of ${AFTER_RETRIES.join(', ')}`);
  return shownSettings(
    setBillingSettings(state.account(''), {
      ...(days === undefined ? {} : { retryDays: days as number[] }),
      ...(known === undefined ? {} : { afterRetries: known }),
    }),
  );
}

function shownSettings({ retryDays, afterRetries }: BillingSettings): Record<string, unknown> {
  return { retry_days: retryDays, after_retries: afterRetries };
}

function clockState(state: State): object {
  return { now: state.now(), frozen: state.isFrozen() };
}

/** `{"now": 1767225600}` or ISO 8601 stops the time there, `{"advance": 3600}` moves it, `{"resume": true}` lets it pass. */
function setTime({ state, api }: Controlled, { now, advance, resume }: Record<string, unknown>): unknown {
  if (now !== undefined) state.freeze(momentOf(now));
  else if (advance !== undefined) state.advance(requireNumber(advance));
  else if (resume === true) state.resume();
  else throw new ControlError('time takes "now" (seconds or ISO 8601), "advance" (seconds) or "resume": true');
  api.publishAll();
  return clockState(state);
}

/** `{"name": "demo"}`, or one object: `{"entity": "Customer", "params": {}, "account"?: "acct_"}`. */
function seed({ state, api }: Controlled, body: Record<string, unknown>): unknown {
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

async function requireFound<T>(value: T | undefined | Promise<T | undefined>): Promise<T> {
  const known = await value;
  if (known === undefined) throw new ControlError('there is no such id');
  return known;
}

function requireNumber(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new ControlError(`${JSON.stringify(value)} is not a number of 0 or more`);
}

/** Parses Unix seconds or an ISO 8601 time. Returns Unix seconds. */
export function momentOf(value: unknown): number {
  const seconds = typeof value === 'string' && !/^\d+$/.test(value) ? Date.parse(value) / 1000 : Number(value);
  if (Number.isFinite(seconds)) return Math.floor(seconds);
  throw new ControlError(`${JSON.stringify(value)} is not a time; use seconds since 1970 or ISO 8601`);
}
