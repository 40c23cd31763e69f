import type { Response } from '@google-cloud/functions-framework';

/**
 * Answers with JSON. Not by express, which hashes every answer for an ETag: what is answered to a POST nobody asks for
 * again by it.
 */
export function sendJson(response: Response, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(body));
}
