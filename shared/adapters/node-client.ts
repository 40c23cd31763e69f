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
 * alone, and costs half as much again. Every answer's JSON must be asked for: what breaks it off is told there alone.
 */
export function nodeClient({ agent, onAnswer }: NodeClientOptions = {}): HttpClient {
  return {
    getClientName: () => 'node',
    makeRequest: (host, port, path, method, headers, body, protocol, timeoutMs) => {
      const module: Module = protocol === 'http' ? http : https;
      return new Promise((resolve, reject) => {
        const to = { host, port, path, method, agent: agent ?? keptBy(module) };
        const request = module.request({ ...to, headers: headers as OutgoingHttpHeaders });
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
          const { json, breakOff } = bodyOf(answer, () => clearTimeout(timer));
          fail = breakOff;
          resolve(response(answer, json));
        });
        request.end(body);
      });
    },
  };
}

/** The JSON of the whole body, and how it is given up. `over`: either has happened. */
function bodyOf(
  answer: IncomingMessage,
  over: () => void,
): { readonly json: Promise<unknown>; readonly breakOff: (error: Error) => void } {
  let breakOff: (error: Error) => void = over;
  const json = new Promise<unknown>((parsed, broken) => {
    breakOff = (error) => {
      over();
      broken(StripeSdk.HttpClient.makeResponseBodyError(error));
    };
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('error', breakOff);
    // A connection that closes too early may tell no error.
    answer.on('close', () => {
      if (!answer.complete) breakOff(new Error('the connection closed before the answer was whole'));
    });
    answer.on('end', () => {
      over();
      try {
        parsed(JSON.parse(textOf(chunks)));
      } catch (error) {
        broken(new Error('the answer is no JSON', { cause: error }));
      }
    });
  });
  return { json, breakOff };
}

/** Most answers come in one piece. */
function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first.toString() : Buffer.concat(chunks).toString();
}

function response(answer: IncomingMessage, json: Promise<unknown>): HttpResponse {
  return {
    getStatusCode: () => answer.statusCode ?? 0,
    getHeaders: () => answer.headers as ReturnType<HttpResponse['getHeaders']>,
    getRawResponse: () => answer,
    toStream: () => answer,
    toJSON: () => json,
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
