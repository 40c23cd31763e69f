import StripeSdk from 'stripe';
import type { Multipart } from './multipart.ts';

/** Sends a multipart request through the SDK, whose `rawRequest` only supports forms and JSON. */
export class Upload extends StripeSdk.StripeResource {
  send(path: string, { type, body }: Multipart, options: StripeSdk.RawRequestOptions): Promise<unknown> {
    const useEncodedBody = (
      _method: string,
      _data: unknown,
      _headers: unknown,
      use: (error: null, data: Buffer) => void,
    ) => use(null, body);
    this.requestDataProcessor = useEncodedBody;
    return this._makeRequest('POST', path, {}, options, { apiBase: 'files', headers: { 'Content-Type': type } });
  }
}
