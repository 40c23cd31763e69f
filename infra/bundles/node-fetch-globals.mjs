/** Stand in the place of the globals of the same names (`trimmed-packages`). */
export { FormData, Headers, Request, Response } from 'node-fetch';
