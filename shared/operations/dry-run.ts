import type { StripeRequest } from '../stripe/transport.ts';
import { fileFacts } from '../stripe/file-part.ts';
import type { OperationResult, ConnectorDeps } from './connector.ts';
import { enforcePolicy } from '../stripe/write-policy/enforce.ts';

/** A request as it would be sent, without the key. `query` of a GET or DELETE, `body` of a POST. */
export interface RequestPreview {
  readonly method: string;
  readonly path: string;
  readonly query: object;
  readonly body: object | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Of an upload: the part's name, type, length and hash. */
  readonly file?: object;
}

function shownRequest(deps: ConnectorDeps, request: StripeRequest): RequestPreview {
  const post = request.method === 'POST';
  const { file } = request;
  const headers = {
    'Stripe-Version': deps.apiVersion,
    ...(post ? { 'Content-Type': bodyType(request) } : {}),
    ...(request.idempotencyKey === undefined ? {} : { 'Idempotency-Key': request.idempotencyKey }),
    ...(request.account === undefined ? {} : { 'Stripe-Account': request.account }),
  };
  return {
    method: request.method,
    path: request.path,
    query: post ? {} : request.params,
    body: post ? request.params : null,
    headers,
    ...(file === undefined ? {} : { file: fileFacts(file) }),
  };
}

function bodyType({ path, file }: StripeRequest): string {
  if (file !== undefined) return 'multipart/form-data';
  return path.startsWith('/v2/') ? 'application/json' : 'application/x-www-form-urlencoded';
}

/** The same, after the policy's refusal: what is shown would be sent. */
export function previewRequest(deps: ConnectorDeps, request: StripeRequest): RequestPreview {
  enforcePolicy(deps.policy, request);
  return shownRequest(deps, request);
}

/** What a call would send, every check passed and Stripe untouched. */
export function dryRun(deps: ConnectorDeps, requests: readonly StripeRequest[]): OperationResult {
  const shown = requests.map((request) => previewRequest(deps, request));
  return { status: 200, body: { dryRun: true, requests: shown }, effect: 'none' };
}
