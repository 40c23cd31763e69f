import type { StripeRequest } from '../stripe/transport.ts';
import { fileSummary } from '../stripe/file-part.ts';
import type { OperationResult, ConnectorDeps } from './connector.ts';
import { enforcePolicy } from '../stripe/write-policy/enforce.ts';

/**
 * A request as it would be sent, without the API key. The parameters of a POST are in `body`, those of a GET or DELETE
 * in `query`.
 */
export interface RequestPreview {
  readonly method: string;
  readonly path: string;
  readonly query: object;
  readonly body: object | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** For an upload: name, type, length and hash of the file part. */
  readonly file?: object | undefined;
}

function toPreview(deps: ConnectorDeps, request: StripeRequest): RequestPreview {
  const isPost = request.method === 'POST';
  const { file } = request;
  const headers = {
    'Stripe-Version': deps.apiVersion,
    'Content-Type': isPost ? contentType(request) : undefined,
    'Idempotency-Key': request.idempotencyKey,
    'Stripe-Account': request.account,
  };
  return {
    method: request.method,
    path: request.path,
    query: isPost ? {} : request.params,
    body: isPost ? request.params : null,
    headers,
    file: file === undefined ? undefined : fileSummary(file),
  };
}

function contentType({ path, file }: StripeRequest): string {
  if (file !== undefined) return 'multipart/form-data';
  return path.startsWith('/v2/') ? 'application/json' : 'application/x-www-form-urlencoded';
}

/**
 * Returns the preview of a request. Throws if the write policy rejects it, so a preview is always a request that would
 * be sent.
 */
export function previewRequest(deps: ConnectorDeps, request: StripeRequest): RequestPreview {
  enforcePolicy(deps.policy, request);
  return toPreview(deps, request);
}

/**
 * Returns the requests that a call would send, without sending them. Throws if the write policy rejects one of them.
 */
export function dryRun(deps: ConnectorDeps, requests: readonly StripeRequest[]): OperationResult {
  const previews = requests.map((request) => previewRequest(deps, request));
  return { status: 200, body: { dryRun: true, requests: previews }, effect: 'none' };
}
