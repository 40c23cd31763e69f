import { createRequire } from 'node:module';
import path from 'node:path';
import ts from 'typescript';

const DECLARATIONS = path.join(
  path.dirname(createRequire(import.meta.url).resolve('stripe')),
  '../cjs/stripe.core.d.ts',
);

/** The SDK's declaration files, read with the TypeScript compiler. */
export interface Declarations {
  readonly checker: ts.TypeChecker;
  /** The instance type of the SDK's `Stripe` class. */
  readonly stripe: ts.Type;
}

export function readDeclarations(): Declarations {
  const program = ts.createProgram([DECLARATIONS], {
    strict: true,
    exactOptionalPropertyTypes: true,
    noLib: false,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(DECLARATIONS);
  if (source === undefined) throw new Error('the stripe package has no type declarations; run npm ci');
  const module = checker.getSymbolAtLocation(source);
  const stripe = checker.getExportsOfModule(module as ts.Symbol).find((symbol) => symbol.name === 'Stripe');
  return { checker, stripe: checker.getDeclaredTypeOfSymbol(stripe as ts.Symbol) };
}
