import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiResponse } from '../protocol/api-response.ts';
import { fixedResponse, type Fault } from './faults.ts';

/** Responds to a request with a fault, which replaces the request's effect or follows it. */
export async function applyFault(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  { answer: respond, holdKey }: { readonly answer: () => ApiResponse; readonly holdKey: () => () => void },
): Promise<void> {
  const fixed = fixedResponse(fault);
  if (fixed !== undefined) {
    response.writeHead(fixed.status, { 'request-id': requestId, ...fixed.headers }).end(fixed.body);
    return;
  }
  if (fault.kind === 'hang') return void holdKey();
  if (fault.kind === 'delay') {
    const release = holdKey();
    await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 100));
    release();
  }
  if (fault.kind === 'reset_before') return void request.socket.destroy();
  const apiResponse = respond();
  const content = contentOf(apiResponse);
  switch (fault.kind) {
    case 'reset_after':
      return void request.socket.destroy();
    case 'truncated':
      response.writeHead(apiResponse.status, { 'content-type': 'application/json', 'content-length': content.length });
      response.write(content.subarray(0, Math.floor(content.length / 2)));
      return void setTimeout(() => request.socket.destroy(), 5);
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

export function sendResponse(response: ServerResponse, answer: ApiResponse): void {
  const type = Buffer.isBuffer(answer.body) ? 'application/pdf' : 'application/json';
  response.writeHead(answer.status, { 'content-type': type, ...answer.headers }).end(contentOf(answer));
}

/** Returns the bytes of a file, or the JSON of any other body. */
function contentOf({ body }: ApiResponse): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
}
