import { hash } from 'node:crypto';
import path from 'node:path';
import { siteContents, type SiteContents } from './site-files.ts';

/** The response to a request for a file of the site. `body` is empty for 304, 308 and 405. */
export interface SiteResponse {
  readonly status: 200 | 304 | 308 | 404 | 405;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

export interface SiteRequest {
  readonly method: string;
  /** Path of the request without the query, such as `/docs/reference/errors`. */
  readonly path: string;
  readonly ifNoneMatch?: string | undefined;
}

const SITE_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
};
/** The list of the pages for language models, at the root of the server. */
export const LLMS_TEXT = '/llms.txt';
/** The port in the examples of the pages. */
const PAGE_PORT = 8080;
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/**
 * Headers of every response. They let a page load only files from the same server, and images in `data:` URLs.
 * https://www.w3.org/TR/CSP3/
 */
export const SITE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/**
 * Serves a folder under a prefix with clean URLs: `/docs/a` is `a.html`. A request can only name a file that is in the
 * list of the folder's files, so no path leads out of the folder.
 */
export class StaticSite {
  private contents: SiteContents | undefined;
  /** Path of the file by its URL. */
  private byUrl: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly folder: string,
    /** The beginning of every URL of the site: `/docs`. */
    private readonly prefix: string,
    /** The port of the server, which replaces 8080 in the examples of the pages. */
    private readonly port = PAGE_PORT,
  ) {}

  /** Returns the response to a request, or undefined if there is no site. */
  async respond(request: SiteRequest): Promise<SiteResponse | undefined> {
    const contents = this.readContents();
    if (contents === undefined) return undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return { status: 405, headers: { ...SITE_HEADERS, Allow: 'GET, HEAD' }, body: '' };
    const url = decodePath(request.path);
    const file = url === undefined ? undefined : this.byUrl.get(url);
    if (file !== undefined) return this.send(contents, file, 200, request.ifNoneMatch);
    const target = url === undefined ? undefined : this.redirectTarget(url);
    if (target !== undefined)
      return { status: 308, headers: { ...SITE_HEADERS, Location: encodeURI(target) }, body: '' };
    return this.send(contents, '404.html', 404, undefined);
  }

  /** Returns where to redirect another spelling of a URL, such as `/docs`, `/docs/a/` or `/docs/a.html`. */
  private redirectTarget(url: string): string | undefined {
    if (url === this.prefix) return `${this.prefix}/`;
    // Language models request the file at the root of the server: https://llmstxt.org/#format
    if (url === LLMS_TEXT) return `${this.prefix}${LLMS_TEXT}`;
    const plain = url
      .replace(/\/$/, '')
      .replace(/\.html$/, '')
      .replace(/(?<=\/)index$/, '');
    return plain !== url && this.byUrl.has(plain) ? plain : undefined;
  }

  private async send(
    contents: SiteContents,
    file: string,
    status: 200 | 404,
    ifNoneMatch: string | undefined,
  ): Promise<SiteResponse> {
    const body = this.withPort(file, await contents.read(file));
    const tag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`;
    const headers = {
      ...SITE_HEADERS,
      ETag: tag,
      // The name of an asset contains the hash of its content.
      'Cache-Control': file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (status === 200 && matchesTag(ifNoneMatch, tag)) return { status: 304, headers, body: '' };
    const type = SITE_TYPES[path.extname(file)] ?? PLAIN_TEXT;
    return { status, headers: { ...headers, 'Content-Type': type }, body };
  }

  /**
   * Replaces 8080 with the server's port in `localhost:8080` and in `8080.token`. Scripts and styles are left
   * unchanged.
   */
  private withPort(file: string, body: Buffer): Buffer {
    if (this.port === PAGE_PORT || !/\.(html|md|json|txt|xml)$/.test(file)) return body;
    return Buffer.from(body.toString().replace(/\b(localhost:)8080\b|\b8080(?=\.token\b)/g, `$1${this.port}`));
  }

  /** Returns the files of the folder. Reads the list again if a build has replaced the folder. */
  private readContents(): SiteContents | undefined {
    const contents = siteContents(this.folder, this.contents);
    if (contents !== this.contents) this.byUrl = new Map(contents?.names.map((name) => [this.urlOfFile(name), name]));
    this.contents = contents;
    return contents;
  }

  private urlOfFile(name: string): string {
    if (name === 'index.html') return `${this.prefix}/`;
    return `${this.prefix}/${name.replace(/\.html$/, '')}`;
  }
}

/** Decodes a path. Returns undefined if it is not valid percent-encoded UTF-8. */
function decodePath(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Returns whether `If-None-Match` contains the tag. https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match */
function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return (
    ifNoneMatch.trim() === '*' ||
    ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === tag)
  );
}
