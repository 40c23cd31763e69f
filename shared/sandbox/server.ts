import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { catalogFiles } from '../adapters/catalog-files.ts';
import { API_VERSION } from '../catalog/api-version.ts';
import { applyFault, sendResponse } from './control/apply-fault.ts';
import { handleAdminRequest } from './control/control.ts';
import { customerPage } from './control/customer-pages.ts';
import { Faults } from './control/faults.ts';
import { pageRequest } from './control/page-request.ts';
import { RateLimit } from './control/rate-limit.ts';
import { SEEDS } from './control/seeds.ts';
import { readSnapshot, restoreSnapshot, writeSnapshot } from './control/snapshot.ts';
import { Deliveries } from './events/deliveries.ts';
import type { WriteEffect } from './events/events.ts';
import type { ApiResponse } from './protocol/api-response.ts';
import { Api } from './protocol/api.ts';
import { parseReceived, receiveBody, toReceivedRequest, type ReceivedRequest } from './protocol/parameters/received.ts';
import type { PathIds } from './protocol/routes.ts';
import { SANDBOX_KEY } from './key.ts';
import { State } from './state.ts';
import type { StoredObject } from './store.ts';

export interface SandboxOptions {
  /** 0 chooses a free port. */
  readonly port?: number;
  /** Seed of the generated ids. The same seed gives the same ids. */
  readonly seed?: number;
  /** The valid API keys. If absent, every well-formed test key is valid. */
  readonly keys?: readonly string[];
  /** Returns Unix seconds. The default is the wall clock. */
  readonly now?: () => number;
  readonly catalogFolder?: string;
  /** If false, idempotency keys are ignored. Tests use it to show that a client depends on them. */
  readonly idempotency?: boolean;
  /** Milliseconds before each retry of a webhook. */
  readonly retryDelays?: readonly number[] | undefined;
  /** File with the state. The sandbox reads it at the start and writes it after changes and at the end. */
  readonly data?: string | undefined;
  /** Name of a seed that fills the sandbox if there is no file with a state. */
  readonly fill?: string | undefined;
  /** Unix seconds at which the sandbox's clock is stopped at the start. */
  readonly clock?: number | undefined;
  /** Called with each request to Stripe's API before it is handled. */
  readonly onRequest?: (request: ReceivedRequest) => void;
}

export interface Sandbox {
  readonly url: string;
  /** A valid API key. */
  readonly apiKey: string;
  readonly requests: ReceivedRequest[];
  readonly faults: Faults;
  readonly state: State;
  readonly deliveries: Deliveries;
  /** All writes that succeeded, in order. A repeat that got the response of an earlier request is not listed. */
  readonly effects: WriteEffect[];
  /** Stores an object without an event, for example one that Stripe's API cannot create. */
  seed(entity: string, params?: Record<string, unknown>, parents?: PathIds, account?: string): StoredObject;
  /** Replaces the valid API keys. Undefined accepts every well-formed test key. */
  setKeys(keys: readonly string[] | undefined): void;
  close(): Promise<void>;
}

export { SANDBOX_KEY };

/** Starts a local replacement for api.stripe.com. It keeps state and follows Stripe's rules and error texts. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = new SandboxServer(options);
  const server = http.createServer((request, response) => void sandbox.serve(request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  sandbox.origin = url;
  return {
    url,
    apiKey: options.keys?.[0] ?? SANDBOX_KEY,
    requests: sandbox.requests,
    faults: sandbox.faults,
    state: sandbox.state,
    deliveries: sandbox.deliveries,
    effects: sandbox.api.effects,
    seed: (...object) => sandbox.state.seed(...object),
    setKeys: (keys) => (sandbox.keys = keys),
    close: () =>
      new Promise((resolve) => {
        sandbox.deliveries.close();
        sandbox.save();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Delay after which the state is saved, so that writes in quick succession cause one save. */
const SAVE_AFTER_MS = 200;

/** The parts of a running sandbox, and the handler of its HTTP requests. */
class SandboxServer {
  readonly requests: ReceivedRequest[] = [];
  readonly faults: Faults;
  readonly state: State;
  readonly deliveries: Deliveries;
  readonly api: Api;
  readonly rateLimit = new RateLimit();
  keys: readonly string[] | undefined;
  /** Empty until the server listens. */
  origin = '';

  private saveTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SandboxOptions) {
    this.keys = options.keys;
    const catalog = catalogFiles(options.catalogFolder ?? path.resolve('shared/catalog'));
    const now = options.now ?? (() => Math.floor(Date.now() / 1000));
    const state = new State({ catalog, seed: options.seed ?? Date.now(), now, origin: () => this.origin });
    this.state = state;
    this.faults = new Faults(() => state.ids.fraction());
    this.deliveries = new Deliveries({
      // The wall clock, because receivers compare the time in a signature with their own clock.
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
    this.loadInitialState(options);
  }

  /** Loads the state from the file, or else from the seed. The option `clock` overrides the clock of the file. */
  private loadInitialState({ data, fill, clock }: SandboxOptions): void {
    const snapshot = data === undefined ? undefined : readSnapshot(data);
    if (snapshot !== undefined) restoreSnapshot(this.state, snapshot);
    if (clock !== undefined) this.state.freeze(clock);
    if (snapshot === undefined && fill !== undefined) SEEDS[fill]?.(this.state, this.api);
  }

  /** Writes the state to the file, if the sandbox has one. */
  save(): void {
    clearTimeout(this.saveTimer);
    if (this.options.data !== undefined) writeSnapshot(this.options.data, this.state);
  }

  /** Saves the state after `SAVE_AFTER_MS`. A further call in this time starts the delay again. */
  private saveSoon(): void {
    if (this.options.data === undefined) return;
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => this.save(), SAVE_AFTER_MS);
  }

  /** Responds to a request for a page, the admin API or Stripe's API. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedAt = performance.now();
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    const body = parseReceived(request, await receiveBody(request));
    const method = request.method ?? '';
    const page = customerPage(path);
    if (page !== undefined) {
      const publish = (account: string): void => this.api.publish(account, null, API_VERSION);
      this.saveSoon();
      return page(pageRequest(this.state, { method, path, query, form: body.sent }, response, publish));
    }
    if (path.startsWith('/_sandbox/')) return handleAdminRequest(this, path, method, body.sent, response);
    const received = toReceivedRequest(request, path, query, body, receivedAt);
    this.logRequest(received, response);
    if (method !== 'GET') this.saveSoon();
    const fault = this.faults.takeFault(method, path);
    // A delay does not change the response.
    received.clean = fault === undefined || fault.kind === 'delay';
    const apiRequest = {
      method,
      path,
      query,
      form: body.form,
      isUpload: body.isUpload,
      isJson: method === 'POST' && body.form !== '' && received.contentType?.startsWith('application/json') === true,
      apiKey: received.key,
      account: received.account,
      idempotencyKey: received.idempotencyKey,
      version: received.version,
    };
    const respond = (): ApiResponse => this.api.handle(apiRequest);
    if (fault === undefined) return sendResponse(response, respond());
    const markKeyInUse = (): (() => void) => this.api.markKeyInUse(apiRequest);
    await applyFault(fault, request, response, this.api.requestId(), { execute: respond, markKeyInUse });
  }

  /** Adds a request to `requests`. When the response is closed, sets its time and status. */
  private logRequest(received: ReceivedRequest, response: ServerResponse): void {
    this.requests.push(received);
    this.options.onRequest?.(received);
    response.once('close', () => {
      received.doneAt = performance.now();
      received.status = response.statusCode;
    });
  }
}
