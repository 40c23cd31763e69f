import type { ServerResponse } from 'node:http';

/** Text inside HTML, or inside one of its attributes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A page of the sandbox for people: without scripts. */
export function answerPage(response: ServerResponse, status: number, html: string): void {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; form-action *",
  };
  response.writeHead(status, headers).end(`<!doctype html><title>Sandbox</title>${html}`);
}
