import type { Request, Response } from '@google-cloud/functions-framework';
import { definedFields } from '../../defined-fields.ts';
import { lazy } from '../../memoize.ts';
import { docsSource, type DocsSource } from './docs-source.ts';
import { LLMS_TEXT, SITE_HEADERS, StaticSite } from './static-site.ts';

const DOCS_PREFIX = '/docs';

export function isDocsPath(path: string): boolean {
  return path === DOCS_PREFIX || path === LLMS_TEXT || path.startsWith(`${DOCS_PREFIX}/`);
}

/**
 * Serves the documentation site. In a checkout the first request starts a build in the background, which does nothing
 * if no page and no source changed. While no site exists, the response is 503, with `Retry-After` unless the build
 * failed.
 */
export class DocsRoute {
  private site: StaticSite | undefined;
  /** Starts the build once. If the build fails, the server prints the error, and the page refers to this output. */
  private readonly build = lazy(() => {
    this.source.build?.().then(
      () => (this.failure = undefined),
      (cause: unknown) => {
        this.failure = failureText(cause);
        console.error(`the documentation could not be built: ${this.failure}`);
      },
    );
    return true;
  });
  private failure: string | undefined;

  constructor(private readonly source: DocsSource) {}

  async respond(request: Request, response: Response): Promise<void> {
    this.build();
    const found = await this.siteOf(request.socket.localPort).respond({
      method: request.method,
      path: request.path,
      ifNoneMatch: request.get('If-None-Match'),
    });
    if (found === undefined) return this.sendNotBuilt(response);
    const { status, headers, body } = found;
    response.writeHead(status, { ...headers, 'Content-Length': String(body.length) });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  /** Returns the site. Its examples contain the port of the server, which is known only when requests arrive. */
  private siteOf(port: number | undefined): StaticSite {
    return (this.site ??= new StaticSite(this.source.folder, DOCS_PREFIX, port));
  }

  private sendNotBuilt(response: Response): void {
    const [title, text] =
      this.failure === undefined
        ? ['The documentation is being built', 'This page loads it when it is ready, in a few seconds.']
        : ['The documentation could not be built', 'The output of the server says why. Run npm run docs to try again.'];
    const body = `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>\n`;
    // The server replaces an error page by a JSON error unless `writeHead` has already sent the headers.
    response.writeHead(
      503,
      definedFields({
        ...SITE_HEADERS,
        'Retry-After': this.failure === undefined ? '2' : undefined,
        Refresh: this.failure === undefined ? '2' : undefined,
        'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'no-store',
        'Content-Length': String(Buffer.byteLength(body)),
      }),
    );
    response.end(body);
  }
}

/**
 * Returns why the build failed: its error output, for example the name of a dead link, or else the message of the
 * error.
 */
function failureText(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { stderr } = cause as Error & { readonly stderr?: unknown };
  return typeof stderr === 'string' && stderr !== '' ? stderr.trim() : cause.message;
}

/** Returns the documentation route for a server that was built to this folder. */
export function docsRoute(folder: string): DocsRoute {
  return new DocsRoute(docsSource(folder));
}
