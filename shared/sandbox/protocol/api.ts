import { API_VERSION } from '../../catalog/api-version.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { RateLimit } from '../control/rate-limit.ts';
import { makeEvents, type WriteEffect } from '../events/events.ts';
import type { Deliveries } from '../events/deliveries.ts';
import { receiversOf } from '../events/webhook-endpoints.ts';
import { runDue } from '../ledger/due.ts';
import { MACHINES } from '../machines/index.ts';
import { bad, Refusal } from '../refusal.ts';
import type { State } from '../state.ts';
import type { Account } from '../store.ts';
import { checkKey } from './api-key.ts';
import { checkFormats } from './parameters/formats.ts';
import { failureAnswer, type Answer } from './answer.ts';
import { checkExpansions, expandObject } from './lists/expand.ts';
import { parseForm, parseJson, type FormTree } from './parameters/form.ts';
import { Idempotency } from './idempotency.ts';
import { checkRemoved, legacyParameters } from './parameters/legacy-parameters.ts';
import { inApiV2, typedParameters } from './parameters/parameters.ts';
import { allRoutes, type ApiRoute } from './routes.ts';
import { answeredVersion, inVersion } from './versions/versions.ts';

/** One request, as the wire gave it. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly form: string;
  readonly isUpload: boolean;
  /** The body is JSON, which API v1 does not read. */
  readonly isJson?: boolean;
  readonly apiKey: string;
  readonly account?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly version?: string | undefined;
}

export interface ApiOptions {
  readonly state: State;
  readonly deliveries: Deliveries;
  readonly catalog: Catalog;
  /** False: a key that is repeated has its effect again. */
  readonly idempotency: boolean;
  readonly isKey: (key: string) => boolean;
  readonly rateLimit: RateLimit;
  /** Unix seconds of the machine, whatever the sandbox's time is. */
  readonly wallClock: () => number;
}

/** https://docs.stripe.com/api: API v1 takes form-encoded bodies. */
const JSON_BODY =
  'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.';

/** The protocol of Stripe's API for one request: key, version, idempotency, route, effect, events, expansion. */
export class Api {
  /** Every write that took place, in order; a response replayed from its idempotency key is not one. */
  readonly effects: WriteEffect[] = [];
  private readonly routes: ApiRoute[];
  private readonly idempotency = new Idempotency();

  constructor(private readonly options: ApiOptions) {
    this.routes = allRoutes(options.catalog);
  }

  requestId(): string {
    return `req_${this.options.state.ids.letters(14)}`;
  }

  answer(request: SandboxRequest): Answer {
    const requestId = this.requestId();
    const headers = { 'request-id': requestId };
    try {
      checkKey(request.apiKey, this.options.isKey);
      this.options.rateLimit.check(this.options.wallClock());
      const version = answeredVersion(request.version);
      const key = this.keyOf(request);
      const named = {
        ...headers,
        'stripe-version': version,
        ...(request.account === undefined ? {} : { 'stripe-account': request.account }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      };
      const { headers: more, ...answer } =
        key === undefined ? this.run(request, version, requestId) : this.once(request, key, version, requestId);
      return { ...answer, headers: { ...named, ...more } };
    } catch (error) {
      return {
        ...failureAnswer(error, requestId),
        headers: { ...headers, ...(error instanceof Refusal ? error.headers : {}) },
      };
    }
  }

  /** A request that waits holds its idempotency key, until the function that this returns is called. */
  hold(request: SandboxRequest): () => void {
    const key = this.keyOf(request);
    return key === undefined ? () => undefined : this.idempotency.hold({ scope: request.account ?? '', key });
  }

  /** Keys count on POST, and on DELETE in API v2. https://docs.stripe.com/api/idempotent_requests */
  private keyOf({ method, path, idempotencyKey }: SandboxRequest): string | undefined {
    if (!this.options.idempotency) return undefined;
    return method === 'POST' || (method === 'DELETE' && path.startsWith('/v2/')) ? idempotencyKey : undefined;
  }

  private once(request: SandboxRequest, key: string, version: string, requestId: string): Answer {
    const keyed = {
      scope: request.account ?? '',
      key,
      isV2: request.path.startsWith('/v2/'),
      endpoint: request.path,
      same: `${request.method}\n${request.form.split('&').sort().join('&')}`,
      now: this.options.state.now(),
      requestId,
    };
    return this.idempotency.once(keyed, () => this.run(request, version, requestId));
  }

  private run(request: SandboxRequest, version: string, requestId: string): Answer {
    const { method, path, form, query, isUpload } = request;
    const route = this.routes.find((one) => one.method === method && one.pattern.test(path));
    if (route === undefined) {
      throw new Refusal(404, {
        type: 'invalid_request_error',
        message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
      });
    }
    if (route.upload === true && !isUpload)
      throw bad('Invalid request: a file is uploaded as multipart/form-data. See https://docs.stripe.com/file-upload');
    const isV2 = path.startsWith('/v2/');
    if (request.isJson === true && !isV2) throw bad(JSON_BODY);
    const tree = method === 'POST' && isV2 ? parseJson(form) : parseForm(method === 'POST' ? form : query);
    const { expand, ...rest } = tree;
    const legacy = legacyParameters(method, path, request.version);
    checkRemoved(path, rest, { ...legacy.fields, ...route.fields });
    const fields = { ...legacy.fields, ...(isV2 ? inApiV2(route.fields) : route.fields) };
    const params = legacy.rewrite(typedParameters(rest, fields));
    if (method === 'POST') checkFormats(params);
    const account = this.options.state.account(request.account ?? '');
    const wanted = expansions(expand);
    checkExpansions(wanted, route.answered, this.options.state.context(account, params));
    const idempotencyKey = request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey };
    // What Stripe did by itself since the last request has its own events.
    if (runDue(this.options.state.context(account, {}), MACHINES.due))
      this.publish(request.account ?? '', null, version);
    for (const each of this.options.state.accounts.values()) each.begin();
    try {
      const body = this.ran(route, account, params, path, wanted, version);
      if (method !== 'GET') this.effects.push({ method, path, requestId, answer: body, ...idempotencyKey });
      return { status: 200, body };
    } catch (error) {
      if (!(error instanceof Refusal && error.keepsEffects))
        for (const each of this.options.state.accounts.values()) each.undo();
      throw error instanceof Refusal && !isParameterError(error) ? error.asBegun() : error;
    } finally {
      if (method === 'GET') account.changes.forget();
      else this.publishAll({ requestId, ...idempotencyKey }, version);
    }
  }

  private ran(
    route: ApiRoute,
    account: Account,
    params: Record<string, unknown>,
    path: string,
    wanted: readonly string[],
    version: string,
  ): unknown {
    const ids = Object.fromEntries(
      Object.entries(route.pattern.exec(path)?.groups ?? {}).map(([name, id]) => [name, decodeURIComponent(id)]),
    );
    const context = this.options.state.context(account, params);
    const result = route.run(context, ids, path);
    if (Buffer.isBuffer(result)) return result;
    const answer = inVersion(structuredClone(result), version, account);
    return inVersion(expandObject(answer, wanted, context), version, account);
  }

  /** Makes the events of what changed and sends them to the endpoints that take them. */
  publish(accountId: string, cause: { requestId: string; idempotencyKey?: string } | null, version: string): void {
    const { state, deliveries } = this.options;
    const account = state.account(accountId);
    for (const made of makeEvents(state.context(account, {}), cause, version, accountId)) {
      for (const [family, event] of [['snapshot', made.event] as const, ['thin', made.thin] as const]) {
        if (event === undefined) continue;
        const type = String(event['type']);
        const own = receiversOf(account, type, family, false);
        const platform = accountId === '' ? [] : receiversOf(state.account(''), type, family, true);
        deliveries.send(event, [...own, ...platform]);
      }
    }
    account.changes.forget();
  }

  /** The same for all accounts: after the time was moved, or a transfer or a fee changed two of them. */
  publishAll(cause: { requestId: string; idempotencyKey?: string } | null = null, version = API_VERSION): void {
    for (const id of [...this.options.state.accounts.keys()]) this.publish(id, cause, version);
  }
}

/** A value that the check of the parameters would find too. */
function isParameterError({ body }: Refusal): boolean {
  return body.code?.startsWith('parameter_') === true;
}

function expansions(expand: FormTree[string] | undefined): string[] {
  if (expand === undefined) return [];
  if (!Array.isArray(expand)) throw bad('Invalid array', { param: 'expand' });
  return expand.map(String);
}
