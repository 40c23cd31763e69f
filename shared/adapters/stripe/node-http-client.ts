import http, { type Agent, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import StripeSdk from 'stripe';
import { memoizeByRef } from '../../memoize.ts';
import type { LogFields } from '../../ports/log.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import { RawResponse } from './response.ts';

type Module = Pick<typeof http, 'request' | 'Agent'>;
const agentFor = memoizeByRef((module: Module): Agent => new module.Agent({ keepAlive: true }));

export interface NodeHttpClientOptions {
  /** Agent for all connections, such as one that goes through a proxy. */
  readonly agent?: Agent | undefined;
  /** Called when a response's headers arrive. The socket is only available until the response ends. */
  readonly onResponse?: ((response: IncomingMessage) => void) | undefined;
  /** Returns the TLS details of a response's connection for the log. */
  readonly tlsOf?: ((response: IncomingMessage) => LogFields | undefined) | undefined;
}

/** A request that cannot be encoded. No byte of it was sent. */
export class UnwritableRequest extends Error {
  override readonly name = 'UnwritableRequest';
}

/**
 * After this status the connection uses another protocol, and no response follows. A server may only send it if the client
 * requested it. RFC 9110 15.2.2
 */
const SWITCHING_PROTOCOLS = 101;

/** Limit of a response body. A list of a hundred objects has a few million bytes. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/**
 * Creates the HTTP client for the SDK. It sends each request once. `timeout` limits the whole exchange, whereas the SDK's
 * own client only limits the time between bytes.
 *
 * It returns the JSON of a response as a `RawResponse`, so that the SDK does not interpret it. The SDK would treat any body
 * with an `error` as a failure, and would end the process if a body is not an object.
 */
export function nodeHttpClient({ agent, onResponse, tlsOf = () => undefined }: NodeHttpClientOptions = {}): HttpClient {
  return {
    getClientName: () => 'node',
    makeRequest: (host, port, path, method, headers, body, protocol, timeoutMs) => {
      const module: Module = protocol === 'http' ? http : https;
      return new Promise((resolve, reject) => {
        const target = { host, port, path, method, agent: agent ?? agentFor(module) };
        const request = writeRequest(module, { ...target, headers });
        // Until the headers arrive, a failure rejects the request. After that it aborts the body.
        let fail = (error: Error): void => {
          clearTimeout(timer);
          reject(hideClosedCode(error));
        };
        const timer = setTimeout(() => {
          const timeoutError = StripeSdk.HttpClient.makeTimeoutError();
          // A request that still waits for its connection does not emit an error when it is destroyed.
          fail(timeoutError);
          request.destroy(timeoutError);
        }, timeoutMs);
        request.on('error', (error) => fail(error));
        // Closes the connection after the headers. The response then has no body.
        const resolveWithoutBody = (message: IncomingMessage, connection: Duplex): void => {
          clearTimeout(timer);
          connection.destroy();
          resolve(toHttpResponse(message, Promise.resolve(Buffer.alloc(0)), tlsOf));
        };
        request.on('upgrade', resolveWithoutBody);
        request.on('response', (message) => {
          onResponse?.(message);
          if (message.statusCode === SWITCHING_PROTOCOLS) return resolveWithoutBody(message, message.socket);
          const { bodyBytes, abortBody } = collectBody(message, () => clearTimeout(timer));
          fail = abortBody;
          resolve(toHttpResponse(message, bodyBytes, tlsOf));
        });
        request.end(body);
      });
    },
  };
}

/** Starts a request. Throws UnwritableRequest for a path or header with characters that HTTP does not allow. */
function writeRequest(module: Module, options: http.RequestOptions): http.ClientRequest {
  try {
    return module.request(options);
  } catch (cause) {
    throw new UnwritableRequest('the request cannot be encoded as HTTP', { cause });
  }
}

/**
 * Reads the whole body. Returns the body as a promise, and a function that aborts the read. Calls `onEnd` when the body
 * is complete or the read fails.
 */
function collectBody(
  response: IncomingMessage,
  onEnd: () => void,
): { readonly bodyBytes: Promise<Buffer>; readonly abortBody: (error: Error) => void } {
  let abortBody: (error: Error) => void = onEnd;
  const bodyBytes = new Promise<Buffer>((resolve, reject) => {
    abortBody = (error) => {
      onEnd();
      reject(StripeSdk.HttpClient.makeResponseBodyError(error));
    };
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_RESPONSE_BYTES) chunks.push(chunk);
      else response.destroy(new Error(`the response is larger than ${MAX_RESPONSE_BYTES} bytes`));
    });
    response.on('error', abortBody);
    // A connection that closes too early may not emit an error.
    response.on('close', () => {
      if (!response.complete) abortBody(new Error('the connection closed before the response was complete'));
    });
    response.on('end', () => {
      onEnd();
      resolve(joinChunks(chunks));
    });
  });
  return { bodyBytes, abortBody };
}

/** Joins the chunks of a body. Most responses arrive in one chunk, which needs no copy. */
function joinChunks(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}

/** Returns a response in the form that the SDK expects. `bodyBytes` resolves when the body has arrived. */
function toHttpResponse(
  message: IncomingMessage,
  bodyBytes: Promise<Buffer>,
  tlsOf: (response: IncomingMessage) => LogFields | undefined,
): HttpResponse {
  const status = message.statusCode ?? 0;
  return {
    getStatusCode: () => status,
    getHeaders: () => message.headers as ReturnType<HttpResponse['getHeaders']>,
    getRawResponse: () => message,
    toStream: () => message,
    toJSON: async () => {
      const bytes = await bodyBytes;
      return new RawResponse(status, message.headers, parseResponseJson(bytes.toString()), () => tlsOf(message), bytes);
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
function hideClosedCode(error: Error): Error {
  const { code } = error as { code?: string };
  if (code === undefined || !StripeSdk.HttpClient.CONNECTION_CLOSED_ERROR_CODES.includes(code)) return error;
  return Object.assign(new Error('connection closed', { cause: error }), { code: 'CLOSED' });
}
