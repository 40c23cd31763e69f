/**
 * The globals of the Fetch standard as node-fetch has them, which is what google-gax sends with. Node loads its own
 * HTTP client where one of its own is read.
 */
export { FormData, Headers, Request, Response } from 'node-fetch';
