import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiResponse } from '../protocol/api-response.ts';
import { fixedResponse, type Fault } from './faults.ts';

/** Milliseconds of a `delay` without `ms`. */
const DEFAULT_DELAY_MS = 100;

/** The actions that a fault can run on its request. */
interface FaultyRequest {
  /** Executes the request and returns its response. */
  readonly execute: () => ApiResponse;
  /** Marks the idempotency key of the request as in use. Returns a function that releases the key. */
  readonly markKeyInUse: () => () => void;
}

/** Responds to a request with a fault. The request is executed before the fault, after it, or not at all. */
export async function applyFault(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  { execute, markKeyInUse }: FaultyRequest,
): Promise<void> {
  const fixed = fixedResponse(fault);
  if (fixed !== undefined) {
    response.writeHead(fixed.status, { 'request-id': requestId, ...fixed.headers }).end(fixed.body);
    return;
  }
  // The request gets no response, and its idempotency key stays in use.
  if (fault.kind === 'hang') return void markKeyInUse();
  if (fault.kind === 'delay') {
    const release = markKeyInUse();
    await new Promise((resolve) => setTimeout(resolve, fault.ms ?? DEFAULT_DELAY_MS));
    release();
  }
  if (fault.kind === 'reset_before') return void request.socket.destroy();
  const apiResponse = execute();
  switch (fault.kind) {
    case 'reset_after':
      return void request.socket.destroy();
    case 'truncated':
      return sendFirstHalf(request, response, apiResponse);
    case 'empty':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end();
    case 'error_500_after':
      return sendResponse(response, {
        status: 500,
        body: { error: { type: 'api_error', message: 'An unknown error occurred' } },
      });
    default:
      return sendResponse(response, apiResponse);
  }
}

/** Sends the first half of a body and closes the connection. */
function sendFirstHalf(request: IncomingMessage, response: ServerResponse, apiResponse: ApiResponse): void {
  const content = contentOf(apiResponse);
  response.writeHead(apiResponse.status, { 'content-type': 'application/json', 'content-length': content.length });
  response.write(content.subarray(0, Math.floor(content.length / 2)));
  // The delay lets the first half of the body reach the client.
  setTimeout(() => request.socket.destroy(), 5);
}

export function sendResponse(response: ServerResponse, apiResponse: ApiResponse): void {
  const type = Buffer.isBuffer(apiResponse.body) ? 'application/pdf' : 'application/json';
  response.writeHead(apiResponse.status, { 'content-type': type, ...apiResponse.headers }).end(contentOf(apiResponse));
}

/** Returns the bytes of a file, or the JSON of any other body. */
function contentOf({ body }: ApiResponse): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
}
