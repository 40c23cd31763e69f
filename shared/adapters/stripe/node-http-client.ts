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
  /** Agent for all connections, such as one that goes through a proxy. */
  readonly agent?: Agent | undefined;
  /** Called when a response's headers arrive. The socket is only available until the response ends. */
  readonly onAnswer?: ((response: IncomingMessage) => void) | undefined;
  /** Returns the TLS details of a response's connection for the log. */
  readonly tlsOf?: ((response: IncomingMessage) => LogFields | undefined) | undefined;
}

/** The request could not be encoded, so no byte of it was sent. */
export class UnwritableRequest extends Error {
  override readonly name = 'UnwritableRequest';
}

/**
 * After this status the connection uses another protocol and no response follows. RFC 9110 15.2.2: only a client that
 * asked for it may get one.
 */
const SWITCHING_PROTOCOLS = 101;

/** Limit of a response body. A list of a hundred objects has a few million bytes. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/**
 * Creates the HTTP client of the SDK. It sends each request once and bounds the whole exchange by `timeout`
 * milliseconds.
 *
 * The SDK's own client only bounds the time between bytes. The JSON of a response is passed on as a `RawResponse`, so
 * the SDK does not interpret its fields: the SDK takes every body with an `error` for a failure, and ends the process
 * if a body is not an object.
 */
export function nodeHttpClient({ agent, onAnswer, tlsOf = () => undefined }: NodeHttpClientOptions = {}): HttpClient {
  return {
    getClientName: () => 'node',
    makeRequest: (host, port, path, method, headers, body, protocol, timeoutMs) => {
      const module: Module = protocol === 'http' ? http : https;
      return new Promise((resolve, reject) => {
        const to = { host, port, path, method, agent: agent ?? keptBy(module) };
        const request = writeRequest(module, { ...to, headers });
        let fail = (error: Error): void => {
          clearTimeout(timer);
          reject(underOtherName(error));
        };
        const timer = setTimeout(() => {
          const late = StripeSdk.HttpClient.makeTimeoutError();
          // A request that waits for its connection does not report its own abort.
          fail(late);
          request.destroy(late);
        }, timeoutMs);
        request.on('error', (error) => fail(error));
        // Ends the exchange with the headers only.
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
          const { whole, breakOff } = collectBody(incomingMessage, () => clearTimeout(timer));
          fail = breakOff;
          resolve(response(incomingMessage, whole, tlsOf));
        });
        request.end(body);
      });
    },
  };
}

/** Node rejects a path or header with characters that HTTP does not allow before it sends anything. */
function writeRequest(module: Module, options: http.RequestOptions): http.ClientRequest {
  try {
    return module.request(options);
  } catch (cause) {
    throw new UnwritableRequest('the request cannot be encoded as HTTP', { cause });
  }
}

/** Reads the whole body and returns a function that aborts the read. Calls `over` when either has happened. */
function collectBody(
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
      if (bytes <= MAX_RESPONSE_BYTES) chunks.push(chunk);
      else response.destroy(new Error('the response is larger than ${MAX_RESPONSE_BYTES} bytes'));
    });
    response.on('error', breakOff);
    // A connection that closes too early may not emit an error.
    response.on('close', () => {
      if (!response.complete) breakOff(new Error('the connection closed before the response was complete'));
    });
    response.on('end', () => {
      over();
      read(joinChunks(chunks));
    });
  });
  return { whole, breakOff };
}

/** Most responses arrive in one chunk. */
function joinChunks(chunks: readonly Buffer[]): Buffer {
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
        parseResponseJson(bytes.toString()),
        () => tlsOf(incomingMessage),
        bytes,
      );
    },
  };
}

/** Returns undefined if the text is not JSON. */
function parseResponseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Hides the code of a closed connection from the SDK.
 *
 * The SDK retries once after such a code, even with `maxNetworkRetries: 0`. With another code the failure reaches the
 * connector, whose own retry policy decides.
 */
function underOtherName(error: Error): Error {
  const { code } = error as { code?: string };
  if (code === undefined || !StripeSdk.HttpClient.CONNECTION_CLOSED_ERROR_CODES.includes(code)) return error;
  return Object.assign(new Error('connection closed', { cause: error }), { code: 'CLOSED' });
}
