/** Stand in the place of the globals of the same names: Node loads its own client where one of its own is touched. */
export { FormData, Headers, Request, Response } from './small-fetch.mjs';
