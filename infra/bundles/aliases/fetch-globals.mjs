/**
 * The globals of the Fetch standard from node-fetch, which google-gax uses for requests. Node's own globals would load
 * Node's HTTP client for `fetch` at their first use.
 */
export { FormData, Headers, Request, Response } from 'node-fetch';
