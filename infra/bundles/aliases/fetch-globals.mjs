/**
 * The globals of the Fetch standard from node-fetch, which google-gax uses for requests. Reading Node's own globals
 * would load Node's HTTP client.
 */
export { FormData, Headers, Request, Response } from 'node-fetch';
