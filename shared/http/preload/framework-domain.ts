/**
 * Exits the Node domain in which the functions framework calls a CloudEvent function. Otherwise a keep-alive socket would
 * stay bound to the domain of a finished request, and that domain would receive the socket's errors.
 * https://nodejs.org/api/domain.html#warning-dont-ignore-errors
 */
export function exitDomain(): void {
  (process as { readonly domain?: { exit(): void } | null }).domain?.exit();
}
