/**
 * Leaves the Node domain in which the functions framework calls a CloudEvent function. A keep-alive socket that is opened
 * inside it would stay bound to the domain of a finished request, and its errors would go there.
 * https://nodejs.org/api/domain.html#warning-dont-ignore-errors
 */
export function exitDomain(): void {
  (process as { readonly domain?: { exit(): void } | null }).domain?.exit();
}
