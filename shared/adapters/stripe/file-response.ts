import type { WireInfo, StripeResult } from '../../stripe/transport.ts';
import { parseResponse, RawResponse } from './response.ts';

/**
 * The first bytes of a file by content type. They are checked because a gateway's error page may have any content type.
 */
const FILE_BEGINNINGS: Readonly<Record<string, string>> = {
  // ISO 32000-1, 7.5.2
  'application/pdf': '%PDF-',
};

/**
 * Parses the response to a request for a file. A 2xx with the expected content type and first bytes contains the file.
 * Any other response is parsed as an error of Stripe, or as a response that is not Stripe's.
 */
export function parseFileResponse(rawResponse: RawResponse, type: string): StripeResult {
  const { status, headers, tls } = rawResponse;
  const success = status >= 200 && status < 300;
  if (!success) return parseResponse(rawResponse);
  const content = Buffer.from(rawResponse.bytes.buffer, rawResponse.bytes.byteOffset, rawResponse.bytes.byteLength);
  const contentType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (contentType !== type || !content.subarray(0, 1024).includes(FILE_BEGINNINGS[type] ?? ''))
    return parseResponse(new RawResponse(status, headers, undefined, tls));
  const { 'request-id': requestId } = headers;
  return {
    ok: true,
    body: { content: content.toString('base64'), content_type: type },
    requestId: typeof requestId === 'string' && requestId !== '' ? requestId : undefined,
    wire: { status, headers: headers as WireInfo['headers'], tls },
  };
}
