import { linkPage, paidPage, recoverPage } from '../checkout/link-page.ts';
import { checkoutPage } from '../checkout/page.ts';
import { authenticationPage } from '../payments/authentication-page.ts';
import { portalPage } from '../portal/page.ts';
import { StripeApiError } from '../api-error.ts';
import type { PageRequest } from './page-request.ts';
import { sendPage, escapeHtml } from './pages.ts';

/** The pages for a shop's customers, by the prefix of their path. */
const PAGES: Readonly<Record<string, (request: PageRequest) => void>> = {
  '/_sandbox/authenticate/': authenticationPage,
  '/_sandbox/checkout/': checkoutPage,
  '/_sandbox/paid/': paidPage,
  '/_sandbox/pay/': linkPage,
  '/_sandbox/portal/': portalPage,
  '/_sandbox/recover/': recoverPage,
};

/**
 * Returns the handler of a page, or undefined if the path has no page. If the handler throws a `StripeApiError`, the
 * customer sees a page with its message.
 */
export function customerPage(path: string): ((request: PageRequest) => void) | undefined {
  const page = Object.entries(PAGES).find(([prefix]) => path.startsWith(prefix))?.[1];
  if (page === undefined) return undefined;
  return (request) => {
    try {
      page(request);
    } catch (error) {
      if (!(error instanceof StripeApiError)) throw error;
      sendPage(request.response, error.status, `<h1>${escapeHtml(error.message)}</h1>`);
    }
  };
}
