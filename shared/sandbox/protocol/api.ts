import { API_VERSION } from '../../catalog/api-version.ts';
import { definedFields } from '../../defined-fields.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { RateLimit } from '../control/rate-limit.ts';
import { makeEvents, type WriteEffect } from '../events/events.ts';
import type { Deliveries } from '../events/deliveries.ts';
import { receiversOf } from '../events/webhook-endpoints.ts';
import { runDueTasks } from '../ledger/due.ts';
import { FEATURE_RULES } from '../machines/index.ts';
import { badRequest, StripeApiError } from '../api-error.ts';
import type { State } from '../state.ts';
import type { Account } from '../store.ts';
import { checkKey } from './api-key.ts';
import { errorResponse, type ApiResponse } from './api-response.ts';
import { checkExpansions, expandObject } from './lists/expand.ts';
import { Idempotency } from './idempotency.ts';
import { readParams, type SandboxRequest } from './parameters/read-params.ts';
import { allRoutes, type ApiRoute } from './routes.ts';
import { responseVersion, convertToVersion } from './versions/versions.ts';

export interface ApiOptions {
  readonly state: State;
  readonly deliveries: Deliveries;
  readonly catalog: Catalog;
  /** If false, idempotency keys are ignored. */
  readonly idempotency: boolean;
  readonly isKey: (key: string) => boolean;
  readonly rateLimit: RateLimit;
  /** Returns Unix seconds of the machine, which may differ from the sandbox's time. */
  readonly wallClock: () => number;
}

/** Error of a JSON body in API v1, which accepts only form-encoded bodies. https://docs.stripe.com/api */
const JSON_BODY =
  'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.';

/**
 * Handles requests as Stripe's API does. It checks the API key, the rate limit and the version, finds the route, runs
 * its handler once per idempotency key, expands the response, and sends the events.
 */
export class Api {
  /** All writes that succeeded, in order. A repeat that got the response of an earlier request is not listed. */
  readonly effects: WriteEffect[] = [];
  private readonly routes: ApiRoute[];
  private readonly idempotency = new Idempotency();

  constructor(private readonly options: ApiOptions) {
    this.routes = allRoutes(options.catalog);
  }

  requestId(): string {
    return `req_${this.options.state.ids.letters(14)}`;
  }

  /** Handles a request. An error becomes Stripe's error response. */
  handle(request: SandboxRequest): ApiResponse {
    const requestId = this.requestId();
    const baseHeaders = { 'request-id': requestId };
    try {
      checkKey(request.apiKey, this.options.isKey);
      this.options.rateLimit.check(this.options.wallClock());
      const version = responseVersion(request.version);
      const key = this.idempotencyKeyOf(request);
      const requestHeaders = definedFields({
        ...baseHeaders,
        'stripe-version': version,
        'stripe-account': request.account,
        'idempotency-key': key,
      });
      const { headers, ...response } =
        key === undefined
          ? this.execute(request, version, requestId)
          : this.runIdempotent(request, key, version, requestId);
      return { ...response, headers: { ...requestHeaders, ...headers } };
    } catch (error) {
      return {
        ...errorResponse(error, requestId),
        headers: { ...baseHeaders, ...(error instanceof StripeApiError ? error.headers : {}) },
      };
    }
  }

  /**
   * Marks the idempotency key of a request as in use before the request runs, so that another request with the key gets
   * 409. Returns a function that releases the key.
   */
  markKeyInUse(request: SandboxRequest): () => void {
    const key = this.idempotencyKeyOf(request);
    return key === undefined ? () => undefined : this.idempotency.markKeyInUse({ scope: request.account ?? '', key });
  }

  /** Returns the key of a POST, or of a DELETE in API v2. Stripe ignores keys of other requests. https://docs.stripe.com/api/idempotent_requests */
  private idempotencyKeyOf({ method, path, idempotencyKey }: SandboxRequest): string | undefined {
    if (!this.options.idempotency) return undefined;
    return method === 'POST' || (method === 'DELETE' && path.startsWith('/v2/')) ? idempotencyKey : undefined;
  }

  /** Runs a request under its idempotency key. `Idempotency.runOnce` decides which response a repeat gets. */
  private runIdempotent(request: SandboxRequest, key: string, version: string, requestId: string): ApiResponse {
    const keyedRequest = {
      scope: request.account ?? '',
      key,
      isV2: request.path.startsWith('/v2/'),
      endpoint: request.path,
      parameters: `${request.method}\n${request.form.split('&').sort().join('&')}`,
      now: this.options.state.now(),
      requestId,
    };
    return this.idempotency.runOnce(keyedRequest, () => this.execute(request, version, requestId));
  }

  /**
   * Runs a request: reads the parameters, runs the tasks that are due, calls the handler and publishes the events. If
   * the request fails, undoes its changes, unless the error keeps them (`keepsEffects`).
   */
  private execute(request: SandboxRequest, version: string, requestId: string): ApiResponse {
    const { method, path } = request;
    const route = this.findRoute(method, path);
    if (route.upload === true && !request.isUpload)
      throw badRequest(
        'Invalid request: a file is uploaded as multipart/form-data. See https://docs.stripe.com/file-upload',
      );
    if (request.isJson === true && !path.startsWith('/v2/')) throw badRequest(JSON_BODY);
    const { params, expandPaths } = readParams(request, route);
    const account = this.options.state.account(request.account ?? '');
    checkExpansions(expandPaths, route.responseShape, this.options.state.context(account, params));
    const { idempotencyKey } = request;
    // Tasks that became due since the last request run first. The request is not the cause of their events.
    if (runDueTasks(this.options.state.context(account, {}), FEATURE_RULES.scheduled))
      this.publish(request.account ?? '', null, version);
    for (const anyAccount of this.options.state.accounts.values()) anyAccount.begin();
    try {
      const body = this.callRoute(route, account, params, path, expandPaths, version);
      if (method !== 'GET') this.effects.push({ method, path, requestId, response: body, idempotencyKey });
      return { status: 200, body };
    } catch (error) {
      if (!(error instanceof StripeApiError && error.keepsEffects))
        for (const anyAccount of this.options.state.accounts.values()) anyAccount.undo();
      throw error instanceof StripeApiError && !isParameterError(error) ? error.fromEndpoint() : error;
    } finally {
      if (method === 'GET') account.changes.forget();
      else this.publishAll({ requestId, idempotencyKey }, version);
    }
  }

  /** Returns the route of a request. Throws 404 if there is none. */
  private findRoute(method: string, path: string): ApiRoute {
    const route = this.routes.find((candidate) => candidate.method === method && candidate.pattern.test(path));
    if (route !== undefined) return route;
    throw new StripeApiError(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    });
  }

  /** Calls the handler of a route, converts the result to the requested version, and expands the result. */
  private callRoute(
    route: ApiRoute,
    account: Account,
    params: Record<string, unknown>,
    path: string,
    expandPaths: readonly string[],
    version: string,
  ): unknown {
    const ids = Object.fromEntries(
      Object.entries(route.pattern.exec(path)?.groups ?? {}).map(([name, id]) => [name, decodeURIComponent(id)]),
    );
    const context = this.options.state.context(account, params);
    const result = route.run(context, ids, path);
    if (Buffer.isBuffer(result)) return result;
    const response = convertToVersion(structuredClone(result), version, account);
    // Expanded objects come from the store, so they are converted too.
    return convertToVersion(expandObject(response, expandPaths, context), version, account);
  }

  /** Creates the events of all changes in an account and sends them to the endpoints that receive their types. */
  publish(
    accountId: string,
    cause: { requestId: string; idempotencyKey?: string | undefined } | null,
    version: string,
  ): void {
    const { state, deliveries } = this.options;
    const account = state.account(accountId);
    for (const { event: snapshot, thin } of makeEvents(state.context(account, {}), cause, version, accountId)) {
      for (const [payload, event] of [['snapshot', snapshot] as const, ['thin', thin] as const]) {
        if (event === undefined) continue;
        const type = String(event['type']);
        const receivers = receiversOf(account, type, payload, false);
        const platformReceivers = accountId === '' ? [] : receiversOf(state.account(''), type, payload, true);
        deliveries.send(event, [...receivers, ...platformReceivers]);
      }
    }
    account.changes.forget();
  }

  /** Publishes the events of all accounts, because a transfer, a fee or a new time can change several accounts. */
  publishAll(
    cause: { requestId: string; idempotencyKey?: string | undefined } | null = null,
    version = API_VERSION,
  ): void {
    for (const id of [...this.options.state.accounts.keys()]) this.publish(id, cause, version);
  }
}

/**
 * Returns whether an error has the code of a missing, unknown or invalid parameter. Stripe checks the parameters before
 * the endpoint runs.
 */
function isParameterError({ body }: StripeApiError): boolean {
  return body.code?.startsWith('parameter_') === true;
}
