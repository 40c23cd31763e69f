import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '../protocol/answer.ts';
import { faultAnswer, type Fault } from './faults.ts';

/** Answers a request as a fault has it: instead of the effect, or after it. */
export async function applyFault(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  { answer, hold }: { readonly answer: () => Answer; readonly hold: () => () => void },
): Promise<void> {
  const plain = faultAnswer(fault);
  if (plain !== undefined) {
    response.writeHead(plain.status, { 'request-id': requestId, ...plain.headers }).end(plain.body);
    return;
  }
  if (fault.kind === 'hang') return void hold();
  if (fault.kind === 'delay') {
    const release = hold();
    await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 100));
    release();
  }
  if (fault.kind === 'reset_before') return void request.socket.destroy();
  const answered = answer();
  const text = contentOf(answered);
  switch (fault.kind) {
    case 'reset_after':
      return void request.socket.destroy();
    case 'truncated':
      response.writeHead(answered.status, { 'content-type': 'application/json', 'content-length': text.length });
      response.write(text.subarray(0, Math.floor(text.length / 2)));
      return void setTimeout(() => request.socket.destroy(), 5);
    case 'empty':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end();
    case 'error_500_after':
      return sendAnswer(response, {
        status: 500,
        body: { error: { type: 'api_error', message: 'An unknown error occurred' } },
      });
    default:
      return sendAnswer(response, answered);
  }
}

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  const type = Buffer.isBuffer(answer.body) ? 'application/pdf' : 'application/json';
  response.writeHead(answer.status, { 'content-type': type, ...answer.headers }).end(contentOf(answer));
}

/** A file as it is, anything else as JSON. */
function contentOf({ body }: Answer): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
}
