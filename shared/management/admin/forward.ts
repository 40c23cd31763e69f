import { ConnectorError } from '../../errors.ts';
import type { Forward } from '../../webhooks/replay.ts';

/** Hosts that a replay may send an event to. All of them are names of this machine. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const TIMEOUT_MS = 30_000;

/**
 * Returns a function that sends a message to a URL of this machine as a CloudEvent in HTTP binary mode. Attributes that
 * the mode does not define become headers `x-...`. Throws URL_NOT_LOCAL for any other URL.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode
 */
export function forwardTo(text: string, timeoutMs = TIMEOUT_MS): Forward {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || !LOOPBACK.has(url.hostname))
    throw new ConnectorError('INVALID_ARGUMENT', 'to: must be an http or https URL on localhost', {
      reason: 'URL_NOT_LOCAL',
    });
  return async ({ data, attributes }) => {
    const headers = Object.entries(attributes).map(([name, value]) => [
      name.startsWith('ce-') || name === 'content-type' ? name : `x-${name.toLowerCase()}`,
      // https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values
      value.replace(/[^\x21\x23\x24\x26-\x7e]/gu, encodeURIComponent),
    ]);
    const response = await fetch(url, {
      method: 'POST',
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: data,
      // A redirect could lead to another machine, so it is not followed. It is reported as a failure with its status.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      const isSlow = cause instanceof Error && cause.name === 'TimeoutError';
      const problem = isSlow
        ? `${url.href} did not respond within ${timeoutMs / 1000} s`
        : `nothing responds at ${url.href}${whyOf(cause)}; start the receiver`;
      throw new ConnectorError('UNAVAILABLE', problem, { reason: 'FORWARD_FAILED', cause });
    });
    // Only the status is needed. The body is not read, because it may be long or never end.
    await response.body?.cancel();
    if (!response.ok)
      throw new ConnectorError('UNAVAILABLE', `the URL responded ${response.status}`, { reason: 'FORWARD_FAILED' });
  };
}

/** Returns the cause of an error of Node's `fetch`, whose own message is only `fetch failed`. */
function whyOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error ? ` (${cause.message})` : '';
}
