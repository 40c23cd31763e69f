import { linkPage, paidPage, recoverPage } from '../checkout/link-page.ts';
import { checkoutPage } from '../checkout/page.ts';
import { authenticationPage } from '../payments/authentication-page.ts';
import { portalPage } from '../portal/page.ts';
import { Refusal } from '../refusal.ts';
import type { PageRequest } from './page-request.ts';
import { answerPage, escaped } from './pages.ts';

/** The pages for a shop's customers, by the beginning of their path. */
const PAGES: Readonly<Record<string, (request: PageRequest) => void>> = {
  '/_sandbox/authenticate/': authenticationPage,
  '/_sandbox/checkout/': checkoutPage,
  '/_sandbox/paid/': paidPage,
  '/_sandbox/pay/': linkPage,
  '/_sandbox/portal/': portalPage,
  '/_sandbox/recover/': recoverPage,
};

/** The page of a path; undefined if the path is no page. What a page cannot do is a page, too. */
export function customerPage(path: string): ((request: PageRequest) => void) | undefined {
  const page = Object.entries(PAGES).find(([prefix]) => path.startsWith(prefix))?.[1];
  if (page === undefined) return undefined;
  return (request) => {
    try {
      page(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answerPage(request.response, error.status, `<h1>${escaped(error.message)}</h1>`);
    }
  };
}
