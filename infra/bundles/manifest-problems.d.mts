/** Returns the problems of the entries of functions/manifest.json, one line each. */
export function manifestProblems(functions: readonly object[]): string[];
