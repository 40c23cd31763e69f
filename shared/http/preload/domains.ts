import domain, { type Domain } from 'node:domain';

/** Runs the framework's work, and never hears of anything that escapes it. */
const NONE: Pick<Domain, 'run' | 'on'> = {
  run: (work, ...args: never[]) => work(...args),
  on: () => NONE as Domain,
};

/**
 * The framework runs every request in a domain of Node's, and from the first one on Node follows each promise of the
 * process until it is collected, inside a domain or not: a fifth of what a warm request costs. Nothing here needs it: what
 * is thrown becomes an answer in `serving`, and what escapes ends the instance in order (`drain`). A framework that makes
 * its domains another way works as well, at that price.
 * https://nodejs.org/api/domain.html#warning-dont-ignore-errors
 */
export function disableDomains(): void {
  domain.create = () => NONE as Domain;
}

/** A CloudEvent is answered by way of its domain. */
export function restoreDomains(): void {
  domain.create = () => new domain.Domain();
}

/** Where there is one it is left at once: a socket that is kept alive would stay with the domain of a request long gone. */
export function exitDomain(): void {
  (process as { readonly domain?: { exit(): void } | null }).domain?.exit();
}
