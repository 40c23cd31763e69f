import http, { type Agent, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import StripeSdk from 'stripe';
import { memoizeByRef } from '../../memoize.ts';
import type { LogFields } from '../../ports/log.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import { RawResponse } from './response.ts';

type Module = Pick<typeof http, 'request' | 'Agent'>;
const keptBy = memoizeByRef((module: Module): Agent => new module.Agent({ keepAlive: true }));

export interface NodeHttpClientOptions {
  /** Whose connections go another way. */
  readonly agent?: Agent | undefined;
  /** Sees each answer when its head is there: its connection is taken from it when it ends. */
  readonly onAnswer?: ((response: IncomingMessage) => void) | undefined;
  /** What is known of the connection of an answer, where that is asked for. */
  readonly tlsOf?: ((response: IncomingMessage) => LogFields | undefined) | undefined;
}

/** The request cannot be written: no byte of it left. */
export class UnwritableRequest extends Error {
  override readonly name = 'UnwritableRequest';
}

/** From here on the connection speaks something else, and no answer follows. RFC 9110 15.2.2: only for a client that asked. */
const SWITCHING_PROTOCOLS = 101;

/** Bytes of an answer at most. A list of a hundred objects has a few million. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/**
 * What sends the SDK's requests: each once, and whole within `timeout` milliseconds. The SDK's own client bounds silence
 * alone. The JSON of an answer is an `HttpAnswer`, so that the SDK makes nothing of its fields: it takes every body with an
 * `error` for a failure, and ends the process where a body is no object.
 */
export function nodeHttpClient({ agent, onAnswer, tlsOf = () => undefined }: NodeHttpClientOptions = {}): HttpClient {
  return {
    getClientName: () => 'node',
    makeRequest: (host, port, path, method, headers, body, protocol, timeoutMs) => {
      const module: Module = protocol === 'http' ? http : https;
      return new Promise((resolve, reject) => {
        const to = { host, port, path, method, agent: agent ?? keptBy(module) };
        const request = written(module, { ...to, headers });
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
        // The end of the exchange, with no more than its head.
        const another = (incomingMessage: IncomingMessage, connection: Duplex): void => {
          clearTimeout(timer);
          connection.destroy();
          resolve(response(incomingMessage, Promise.resolve(Buffer.alloc(0)), tlsOf));
        };
        request.on('upgrade', another);
        request.on('response', (incomingMessage) => {
          onAnswer?.(incomingMessage);
          if (incomingMessage.statusCode === SWITCHING_PROTOCOLS)
            return another(incomingMessage, incomingMessage.socket);
          const { whole, breakOff } = bodyOf(incomingMessage, () => clearTimeout(timer));
          fail = breakOff;
          resolve(response(incomingMessage, whole, tlsOf));
        });
        request.end(body);
      });
    },
  };
}

/** Node refuses a path or a header with signs that HTTP does not allow before it sends anything. */
function written(module: Module, options: http.RequestOptions): http.ClientRequest {
  try {
    return module.request(options);
  } catch (cause) {
    throw new UnwritableRequest('the request cannot be written', { cause });
  }
}

/** The whole body, and how it is given up. `over`: either has happened. */
function bodyOf(
  response: IncomingMessage,
  over: () => void,
): { readonly whole: Promise<Buffer>; readonly breakOff: (error: Error) => void } {
  let breakOff: (error: Error) => void = over;
  const whole = new Promise<Buffer>((read, broken) => {
    breakOff = (error) => {
      over();
      broken(StripeSdk.HttpClient.makeResponseBodyError(error));
    };
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= LARGEST_ANSWER) chunks.push(chunk);
      else response.destroy(new Error('the answer is too large'));
    });
    response.on('error', breakOff);
    // A connection that closes too early may tell no error.
    response.on('close', () => {
      if (!response.complete) breakOff(new Error('the connection closed before the answer was whole'));
    });
    response.on('end', () => {
      over();
      read(joined(chunks));
    });
  });
  return { whole, breakOff };
}

/** Most answers come in one piece. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}

function response(
  incomingMessage: IncomingMessage,
  whole: Promise<Buffer>,
  tlsOf: (response: IncomingMessage) => LogFields | undefined,
): HttpResponse {
  const status = incomingMessage.statusCode ?? 0;
  return {
    getStatusCode: () => status,
    getHeaders: () => incomingMessage.headers as ReturnType<HttpResponse['getHeaders']>,
    getRawResponse: () => incomingMessage,
    toStream: () => incomingMessage,
    toJSON: async () => {
      const bytes = await whole;
      return new RawResponse(
        status,
        incomingMessage.headers,
        jsonOf(bytes.toString()),
        () => tlsOf(incomingMessage),
        bytes,
      );
    },
  };
}

/** Undefined where the text is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
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
