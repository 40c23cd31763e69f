/** A Stripe in this process that replies from a table of routes or a function, and records what it is sent. */
import type {
  Params,
  StripeFailure,
  StripeObject,
  StripeRequest,
  StripeResult,
  StripeTransport,
} from '../../shared/stripe/transport.ts';
import { parsedResponse } from './stripe-results.ts';

/** An error response of Stripe: its HTTP status, and the `error` of its body. https://docs.stripe.com/api/errors */
export class FakeStripeError {
  constructor(
    readonly status: number,
    readonly error: object,
  ) {}
}

/** An object of Stripe, an error response, or a failure of the transport such as `LOST`. */
export type FakeReply = object | FakeStripeError | StripeFailure;

/** Replies by method and path, such as `POST /v1/customers`; a function gets the request. */
export type FakeRoutes = Readonly<Record<string, FakeReply | ((request: StripeRequest) => FakeReply)>>;

export interface SentRequest {
  readonly method: StripeRequest['method'];
  readonly path: string;
  readonly params: Params;
}

export interface FakeStripe extends StripeTransport {
  /** Method, path and parameters of each request, in order. */
  readonly requests: readonly SentRequest[];
  /** The same requests with all they carry: idempotency key, account, file. */
  readonly sent: readonly StripeRequest[];
  /** Forgets the requests so far. */
  clear(): void;
}

/** A request without a route gets the 404 that Stripe sends for an unknown URL. */
export function fakeStripe(replies: FakeRoutes | ((request: StripeRequest) => FakeReply)): FakeStripe {
  const sent: StripeRequest[] = [];
  const replyTo = typeof replies === 'function' ? replies : (request: StripeRequest) => routeReply(replies, request);
  return {
    sent,
    get requests() {
      return sent.map(({ method, path, params }) => ({ method, path, params }));
    },
    clear: () => void sent.splice(0),
    ready: () => Promise.resolve(),
    send(request) {
      sent.push(request);
      return Promise.resolve(toResult(replyTo(request), `req_${sent.length}`));
    },
  };
}

function routeReply(routes: FakeRoutes, request: StripeRequest): FakeReply {
  const route = routes[`${request.method} ${request.path}`] ?? unknownUrl(request);
  return typeof route === 'function' ? (route as (request: StripeRequest) => FakeReply)(request) : route;
}

function toResult(reply: FakeReply, requestId: string): StripeResult {
  if (reply instanceof FakeStripeError)
    return parsedResponse(reply.status, { error: reply.error }, { 'request-id': requestId });
  if (isFailure(reply)) return reply;
  return { ok: true, body: reply as StripeObject, requestId };
}

function isFailure(reply: object): reply is StripeFailure {
  return 'ok' in reply && reply.ok === false;
}

function unknownUrl({ method, path }: StripeRequest): FakeStripeError {
  return new FakeStripeError(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}).`,
  });
}
