import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { catalogueFiles } from '../adapters/catalog-files.ts';
import { answerControl } from './control/control.ts';
import { keepEvent, type Effect } from './events/events.ts';
import { Faults, faultAnswer, type Fault } from './control/faults.ts';
import { parseForm, parseJson, type Tree } from './protocol/form.ts';
import { expanded } from './protocol/expand.ts';
import { Idempotency } from './protocol/idempotency.ts';
import { make, type Context } from './context.ts';
import { Ids as IdMaker } from './ids.ts';
import { inApiV2, typedParameters } from './protocol/parameters.ts';
import { deliver } from './events/webhook-endpoints.ts';
import { bodyOf, header, keyOf, readBody, received, type Body, type Received } from './protocol/received.ts';
import { bad, Refusal } from './refusal.ts';
import { allRoutes, type Ids, type Route } from './protocol/routes.ts';
import { Account, type Stored } from './store.ts';
import { checkVersion, inVersion } from './protocol/versions.ts';

export interface SandboxOptions {
  /** 0 chooses a free one. */
  readonly port?: number;
  readonly seed?: number;
  /** Keys that are taken; without it any well-formed test key is. */
  readonly keys?: readonly string[];
  /** Unix seconds; the wall clock where absent. */
  readonly now?: () => number;
  readonly catalogueFolder?: string;
  /** False: a key that is repeated has its effect again. For tests of those who rely on it. */
  readonly idempotency?: boolean;
  /** Sees every request as it comes, before it has an effect. */
  readonly onRequest?: (request: Received) => void;
}

export interface Sandbox {
  readonly url: string;
  /** A key that it takes. */
  readonly apiKey: string;
  readonly requests: Received[];
  readonly faults: Faults;
  /** Every write that took place, in order; a repeat that is answered from its key is none. */
  readonly effects: Effect[];
  /** Puts an object into the account as if it had always been there: for what Stripe's API does not create. */
  seed(entity: string, params?: Record<string, unknown>, parents?: Ids, account?: string): Stored;
  /** Keys that are taken from now on. */
  setKeys(keys: readonly string[] | undefined): void;
  close(): Promise<void>;
}

export const SANDBOX_KEY = 'sk_test_sandbox0000000000000000';

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
  return {
    url: `http://127.0.0.1:${port}`,
    apiKey: options.keys?.[0] ?? SANDBOX_KEY,
    requests: machine.requests,
    faults: machine.faults,
    effects: machine.effects,
    seed: (...object) => machine.seed(...object),
    setKeys: (keys) => (machine.keys = keys),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

class Machine {
  readonly requests: Received[] = [];
  readonly faults: Faults;
  readonly effects: Effect[] = [];
  keys: readonly string[] | undefined;
  private readonly ids: IdMaker;
  private readonly accounts = new Map<string, Account>();
  private readonly idempotency = new Idempotency();
  private readonly routes: Route[];
  private readonly catalogue;

  constructor(private readonly options: SandboxOptions) {
    this.keys = options.keys;
    this.ids = new IdMaker(options.seed ?? Date.now());
    this.faults = new Faults(() => this.ids.fraction());
    this.catalogue = catalogueFiles(options.catalogueFolder ?? path.resolve('shared/catalog'));
    this.routes = allRoutes(this.catalogue);
  }

  seed(entity: string, params: Record<string, unknown> = {}, parents: Ids = {}, account = ''): Stored {
    const owner = this.account(account);
    const made = make(this.context(owner, params), entity, params);
    owner.parents.set(made, parents);
    return made;
  }

  private context(account: Account, params: Record<string, unknown>): Context {
    const now = this.options.now?.() ?? Math.floor(Date.now() / 1000);
    return { account, params, ids: this.ids, now, entity: (name: string) => this.catalogue.entity(name) };
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    const [where = '/', query = ''] = (request.url ?? '/').split('?');
    const body = bodyOf(request, await readBody(request));
    if (where.startsWith('/_sandbox/')) return answerControl(this, where, request.method ?? '', body.sent, response);
    const entry = received(request, where, query, body, at);
    this.requests.push(entry);
    this.options.onRequest?.(entry);
    response.once('close', () => {
      entry.doneAt = performance.now();
      entry.status = response.statusCode;
    });
    const fault = this.faults.fateOf(request.method ?? '', where);
    // A delay changes nothing but the time.
    entry.clean = fault === undefined || fault.kind === 'delay';
    if (fault !== undefined) return this.fail(fault, request, response, where, query, body);
    send(response, this.answer(request, where, query, body));
  }

  /** A request with its fate. */
  private async fail(
    fault: Fault,
    request: IncomingMessage,
    response: ServerResponse,
    where: string,
    query: string,
    body: Body,
  ): Promise<void> {
    const plain = faultAnswer(fault);
    if (plain !== undefined) {
      response.writeHead(plain.status, { 'request-id': this.requestId(), ...plain.headers }).end(plain.body);
      return;
    }
    if (fault.kind === 'hang') return;
    if (fault.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 100));
    if (fault.kind === 'reset_before') return void request.socket.destroy();
    const answer = this.answer(request, where, query, body);
    const text = contentOf(answer);
    switch (fault.kind) {
      case 'reset_after':
        return void request.socket.destroy();
      case 'truncated':
        response.writeHead(answer.status, {
          'content-type': 'application/json',
          'content-length': text.length,
        });
        response.write(text.subarray(0, Math.floor(text.length / 2)));
        return void setTimeout(() => request.socket.destroy(), 5);
      case 'empty':
        return void response.writeHead(200, { 'content-type': 'application/json' }).end();
      case 'error_500_after':
        return send(response, {
          status: 500,
          body: { error: { type: 'api_error', message: 'An unknown error occurred' } },
        });
      default:
        return send(response, answer);
    }
  }

  private requestId(): string {
    return `req_${this.ids.letters(14)}`;
  }

  /** The whole of Stripe for one request: key, version, idempotency, route, effect, expansion. */
  private answer(request: IncomingMessage, where: string, query: string, body: Body): Answer {
    const headers = { 'request-id': this.requestId() };
    const account = header(request, 'stripe-account');
    const given = request.method === 'POST' ? header(request, 'idempotency-key') : undefined;
    const key = this.options.idempotency === false ? undefined : given;
    const scope = account ?? '';
    let began = false;
    try {
      this.checkKey(request);
      const version = checkVersion(header(request, 'stripe-version'));
      const named = {
        ...headers,
        'stripe-version': version,
        ...(account === undefined ? {} : { 'stripe-account': account }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      };
      const kept = key === undefined ? undefined : this.idempotency.begin(scope, key, `${where}\n${body.form}`);
      if (kept !== undefined)
        return {
          ...kept,
          headers: { ...named, 'idempotent-replayed': 'true', 'original-request': headers['request-id'] },
        };
      began = key !== undefined;
      const answer = {
        status: 200,
        body: this.run(
          request.method ?? '',
          where,
          request.method === 'POST' ? body.form : query,
          version,
          this.account(scope),
          body.isUpload,
        ),
      };
      if (key !== undefined) this.idempotency.keep(scope, key, answer);
      this.took(this.account(scope), version, {
        method: request.method ?? '',
        path: where,
        requestId: headers['request-id'],
        answer: answer.body,
        ...(given === undefined ? {} : { idempotencyKey: given }),
      });
      return { ...answer, headers: named };
    } catch (error) {
      if (!(error instanceof Refusal)) {
        if (began && key !== undefined) this.idempotency.release(scope, key);
        return {
          status: 500,
          body: { error: { type: 'api_error', message: `The sandbox failed: ${String(error)}` } },
          headers,
        };
      }
      const { request_log_url: _none, ...said } = { request_log_url: undefined, ...error.body };
      const refused = { status: error.status, body: structuredClone({ error: said }) };
      if (began && key !== undefined) {
        // What fails its checks did not begin; a declined card did.
        if (error.status === 402) this.idempotency.keep(scope, key, refused);
        else this.idempotency.release(scope, key);
      }
      return { ...refused, headers: { ...headers, ...error.headers } };
    }
  }

  private run(
    method: string,
    where: string,
    form: string,
    version: string,
    account: Account,
    isUpload: boolean,
  ): unknown {
    const route = this.routes.find((one) => one.method === method && one.pattern.test(where));
    if (route === undefined) {
      throw new Refusal(404, {
        type: 'invalid_request_error',
        message: `Unrecognized request URL (${method}: ${where}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
      });
    }
    if (route.upload === true && !isUpload)
      throw bad('Invalid request: a file is uploaded as multipart/form-data. See https://docs.stripe.com/file-upload');
    const tree = method === 'POST' && where.startsWith('/v2/') ? parseJson(form) : parseForm(form);
    const { expand, ...rest } = tree;
    const params = typedParameters(rest, where.startsWith('/v2/') ? inApiV2(route.fields) : route.fields);
    const ids = Object.fromEntries(
      Object.entries(route.pattern.exec(where)?.groups ?? {}).map(([name, id]) => [name, decodeURIComponent(id)]),
    );
    const ran = route.run(this.context(account, params), ids, where);
    if (Buffer.isBuffer(ran)) return ran;
    const answer = inVersion(structuredClone(ran), version, account);
    return inVersion(expanded(answer, paths(expand), account), version, account);
  }

  private took(account: Account, version: string, effect: Effect): void {
    if (effect.method === 'GET') return;
    this.effects.push(effect);
    const event = keepEvent(this.context(account, {}), effect, version);
    if (event !== undefined) deliver(account, event);
  }

  private account(id: string): Account {
    const known = this.accounts.get(id) ?? new Account();
    this.accounts.set(id, known);
    return known;
  }

  private checkKey(request: IncomingMessage): void {
    const key = keyOf(request);
    if (key === '') {
      throw new Refusal(401, {
        type: 'invalid_request_error',
        message:
          "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
      });
    }
    const taken = this.keys === undefined ? /^(sk|rk)_test_[A-Za-z0-9]{8,}$/.test(key) : this.keys.includes(key);
    if (!taken)
      throw new Refusal(401, {
        type: 'invalid_request_error',
        message: `Invalid API Key provided: ${key.slice(0, 8)}****${key.slice(-4)}`,
      });
  }
}

function paths(expand: Tree[string] | undefined): string[] {
  if (expand === undefined) return [];
  if (!Array.isArray(expand)) throw bad('Invalid array', { param: 'expand' });
  return expand.map(String);
}

function send(response: ServerResponse, answer: Answer): void {
  const type = Buffer.isBuffer(answer.body) ? 'application/pdf' : 'application/json';
  response.writeHead(answer.status, { 'content-type': type, ...answer.headers }).end(contentOf(answer));
}

/** A file as it is, anything else as JSON. */
function contentOf({ body }: Answer): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
}
