/**
 * The globals of the Fetch standard as node-fetch has them, which is what google-gax sends with. Reading one
 * of Node's own globals loads Node's HTTP client.
 */
export { FormData, Headers, Request, Response } from 'node-fetch';
