import http, { type Agent, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import StripeSdk from 'stripe';
import { lazilyOf } from '../lazily.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';

type Module = Pick<typeof http, 'request' | 'Agent'>;
const keptBy = lazilyOf((module: Module): Agent => new module.Agent({ keepAlive: true }));

export interface NodeClientOptions {
  /** Whose connections go another way. */
  readonly agent?: Agent | undefined;
  /** Sees each answer when its head is there: its connection is taken from it when it ends. */
  readonly onAnswer?: ((answer: IncomingMessage) => void) | undefined;
}

/**
 * What sends the SDK's requests: each once, and whole within `timeout` milliseconds. The SDK's own client bounds silence
 * alone, and costs half as much again.
 */
export function nodeClient({ agent, onAnswer }: NodeClientOptions = {}): HttpClient {
  return {
    getClientName: () => 'node',
    makeRequest: (host, port, path, method, headers, body, protocol, timeoutMs) => {
      const module: Module = protocol === 'http' ? http : https;
      const by = agent ?? keptBy(module);
      return new Promise((resolve, reject) => {
        const request = module.request({
          host,
          port,
          path,
          method,
          headers: headers as OutgoingHttpHeaders,
          agent: by,
        });
        let fail = (error: Error): void => {
          clearTimeout(timer);
          reject(underOtherName(error));
        };
        const timer = setTimeout(() => {
          const late = StripeSdk.HttpClient.makeTimeoutError();
          // A request that waits for its connection does not tell that it was given up.
          fail(late);
          request.destroy(late);
        }, timeoutMs);
        request.on('error', (error) => fail(error));
        request.on('response', (answer) => {
          onAnswer?.(answer);
          const text = new Promise<string>((whole, broken) => {
            fail = (error) => {
              clearTimeout(timer);
              broken(StripeSdk.HttpClient.makeResponseBodyError(error));
            };
            read(answer, fail, (body) => {
              clearTimeout(timer);
              whole(body);
            });
          });
          resolve(response(answer, text));
        });
        request.end(body);
      });
    },
  };
}

/** The whole body, or why there is none: a connection that closes too early may tell no error. */
function read(answer: IncomingMessage, fail: (error: Error) => void, whole: (body: string) => void): void {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.on('error', fail);
  answer.on('close', () => {
    if (!answer.complete) fail(new Error('the connection closed before the answer was whole'));
  });
  answer.on('end', () => {
    const [first] = chunks;
    whole(first !== undefined && chunks.length === 1 ? first.toString() : Buffer.concat(chunks).toString());
  });
}

function response(answer: IncomingMessage, text: Promise<string>): HttpResponse {
  // Of an answer that nobody reads (a proxy's 407) nobody hears that it broke off.
  text.catch(() => undefined);
  return {
    getStatusCode: () => answer.statusCode ?? 0,
    getHeaders: () => answer.headers as ReturnType<HttpResponse['getHeaders']>,
    getRawResponse: () => answer,
    toStream: () => answer,
    toJSON: () => text.then((body) => JSON.parse(body) as unknown),
  };
}

/**
 * The SDK repeats once after a closed connection, even with `maxNetworkRetries: 0`, because of the error's code. Hidden
 * behind another code, the failure comes to us and our own retries decide.
 */
function underOtherName(error: Error): Error {
  const { code } = error as { code?: string };
  if (code === undefined || !StripeSdk.HttpClient.CONNECTION_CLOSED_ERROR_CODES.includes(code)) return error;
  return Object.assign(new Error('connection closed', { cause: error }), { code: 'CLOSED' });
}
