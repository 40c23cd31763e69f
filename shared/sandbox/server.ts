import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { catalogFiles } from '../adapters/catalog-files.ts';
import { API_VERSION } from '../catalog/api-version.ts';
import { applyFault, sendAnswer } from './control/apply-fault.ts';
import { answerControl } from './control/control.ts';
import { customerPage } from './control/customer-pages.ts';
import { Faults } from './control/faults.ts';
import { pageRequest } from './control/page-request.ts';
import { RateLimit } from './control/rate-limit.ts';
import { SEEDS } from './control/seeds.ts';
import { readSnapshot, restore, writeSnapshot } from './control/snapshot.ts';
import { Deliveries } from './events/deliveries.ts';
import type { WriteEffect } from './events/events.ts';
import type { Answer } from './protocol/answer.ts';
import { Api } from './protocol/api.ts';
import { parseReceived, receiveBody, received, type Received } from './protocol/parameters/received.ts';
import type { PathIds } from './protocol/routes.ts';
import { SANDBOX_KEY } from './key.ts';
import { State } from './state.ts';
import type { Stored } from './store.ts';

export interface SandboxOptions {
  /** 0 chooses a free one. */
  readonly port?: number;
  readonly seed?: number;
  /** Keys that are taken; without it any well-formed test key is. */
  readonly keys?: readonly string[];
  /** Unix seconds; the wall clock where absent. */
  readonly now?: () => number;
  readonly catalogFolder?: string;
  /** False: a key that is repeated has its effect again. For tests of those who rely on it. */
  readonly idempotency?: boolean;
  /** Milliseconds before each retry of a webhook. */
  readonly retryDelays?: readonly number[] | undefined;
  /** File that keeps the state between runs: read at the start, written after writes and at the end. */
  readonly data?: string | undefined;
  /** Name of a seed that fills the sandbox, unless the file had a state. */
  readonly fill?: string | undefined;
  /** Unix seconds: the time stops there. */
  readonly clock?: number | undefined;
  /** Sees every request as it comes, before it has an effect. */
  readonly onRequest?: (request: Received) => void;
}

export interface Sandbox {
  readonly url: string;
  /** A key that it takes. */
  readonly apiKey: string;
  readonly requests: Received[];
  readonly faults: Faults;
  readonly state: State;
  readonly deliveries: Deliveries;
  /** Every write that took place, in order; a response replayed from its idempotency key is not one. */
  readonly effects: WriteEffect[];
  /** Puts an object into the account as if it had always been there: for what Stripe's API does not create. */
  seed(entity: string, params?: Record<string, unknown>, parents?: PathIds, account?: string): Stored;
  /** Keys that are taken from now on. */
  setKeys(keys: readonly string[] | undefined): void;
  close(): Promise<void>;
}

export { SANDBOX_KEY };

/** A stand-in for api.stripe.com on loopback: stateful, with Stripe's rules and texts on the paths that it covers. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const machine = new Machine(options);
  const server = http.createServer((request, response) => void machine.serve(request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  machine.origin = url;
  return {
    url,
    apiKey: options.keys?.[0] ?? SANDBOX_KEY,
    requests: machine.requests,
    faults: machine.faults,
    state: machine.state,
    deliveries: machine.deliveries,
    effects: machine.api.effects,
    seed: (...object) => machine.state.seed(...object),
    setKeys: (keys) => (machine.keys = keys),
    close: () =>
      new Promise((resolve) => {
        machine.deliveries.close();
        machine.save();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Writes that come close together are saved at once. */
const SAVE_AFTER_MS = 200;

class Machine {
  readonly requests: Received[] = [];
  readonly faults: Faults;
  readonly state: State;
  readonly deliveries: Deliveries;
  readonly api: Api;
  readonly rateLimit = new RateLimit();
  keys: readonly string[] | undefined;
  /** Known once the server listens. */
  origin = '';

  private saving: NodeJS.Timeout | undefined;

  constructor(private readonly options: SandboxOptions) {
    this.keys = options.keys;
    const catalog = catalogFiles(options.catalogFolder ?? path.resolve('shared/catalog'));
    const now = options.now ?? (() => Math.floor(Date.now() / 1000));
    const state = new State({ catalog, seed: options.seed ?? Date.now(), now, origin: () => this.origin });
    this.state = state;
    this.faults = new Faults(() => state.ids.fraction());
    this.deliveries = new Deliveries({
      // Receivers compare the signature's time with their own clock.
      now: () => Math.floor(Date.now() / 1000),
      nextId: () => `dlv_${state.ids.letters(24)}`,
      retryDelays: options.retryDelays,
    });
    this.api = new Api({
      state,
      deliveries: this.deliveries,
      catalog,
      idempotency: options.idempotency !== false,
      rateLimit: this.rateLimit,
      wallClock: () => Date.now() / 1000,
      isKey: (key) => this.keys?.includes(key) ?? /^(sk|rk)_test_[A-Za-z0-9]{8,}$/.test(key),
    });
    this.begin(options);
  }

  /** The state of the file, else of the seed. The option `clock` takes precedence over the clock of the file. */
  private begin({ data, fill, clock }: SandboxOptions): void {
    const snapshot = data === undefined ? undefined : readSnapshot(data);
    if (snapshot !== undefined) restore(this.state, snapshot);
    if (clock !== undefined) this.state.freeze(clock);
    if (snapshot === undefined && fill !== undefined) SEEDS[fill]?.(this.state, this.api);
  }

  save(): void {
    clearTimeout(this.saving);
    if (this.options.data !== undefined) writeSnapshot(this.options.data, this.state);
  }

  private saveSoon(): void {
    if (this.options.data === undefined) return;
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), SAVE_AFTER_MS);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    const [where = '/', query = ''] = (request.url ?? '/').split('?');
    const body = parseReceived(request, await receiveBody(request));
    const method = request.method ?? '';
    const form = { method, path: where, query, form: body.sent };
    const publish = (account: string): void => this.api.publish(account, null, API_VERSION);
    const page = customerPage(where);
    if (page !== undefined) {
      this.saveSoon();
      return page(pageRequest(this.state, form, response, publish));
    }
    if (where.startsWith('/_sandbox/')) return answerControl(this, where, method, body.sent, response);
    const entry = received(request, where, query, body, at);
    this.requests.push(entry);
    this.options.onRequest?.(entry);
    response.once('close', () => {
      entry.doneAt = performance.now();
      entry.status = response.statusCode;
    });
    if (method !== 'GET') this.saveSoon();
    const fault = this.faults.fateOf(method, where);
    // A delay changes nothing but the time.
    entry.clean = fault === undefined || fault.kind === 'delay';
    const apiRequest = {
      method,
      path: where,
      query,
      form: body.form,
      isUpload: body.isUpload,
      isJson: method === 'POST' && body.form !== '' && entry.contentType?.startsWith('application/json') === true,
      apiKey: entry.key,
      account: entry.account,
      idempotencyKey: entry.idempotencyKey,
      version: entry.version,
    };
    const answer = (): Answer => this.api.answer(apiRequest);
    if (fault === undefined) return sendAnswer(response, answer());
    const hold = (): (() => void) => this.api.hold(apiRequest);
    await applyFault(fault, request, response, this.api.requestId(), { answer, hold });
  }
}
