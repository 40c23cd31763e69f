/** Visits of a customer's browser to the pages of the sandbox, without a browser. */

export interface Visit {
  readonly status: number;
  /** The URL to which the page redirects, or null if it is shown. */
  readonly location: string | null;
  readonly text: string;
}

/** Opens a page, or sends a form to it. Does not follow redirects. */
export async function visit(url: string | null, form?: Readonly<Record<string, string>>): Promise<Visit> {
  const response = await fetch(String(url), {
    redirect: 'manual',
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
  });
  return { status: response.status, location: response.headers.get('location'), text: await response.text() };
}
