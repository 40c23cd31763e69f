/** The error reasons that the product's code names. */
import ts from 'typescript';

/** Reasons are in upper case: `CURRENCY_NOT_ALLOWED`. A `reason` in other case belongs to another document. */
const REASON = /^[A-Z]+(_[A-Z]+)*$/;

/** Index of the parameter `reason` by the name of its function. */
function reasonParameters(files: readonly ts.SourceFile[]): ReadonlyMap<string, number> {
  const indexes = new Map<string, number>();
  for (const file of files)
    walk(file, (node) => {
      if (!ts.isFunctionDeclaration(node) || node.name === undefined) return;
      const index = node.parameters.findIndex(({ name }) => name.getText(file) === 'reason');
      if (index >= 0) indexes.set(node.name.text, index);
    });
  return indexes;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** String literals that a `reason` may have: the expression itself, or the arms of a condition. */
function literalsOf(node: ts.Node | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)];
  return [];
}

/** Returns every reason that sources give an error, as a property or as an argument for a parameter `reason`. */
export function reasonsIn(sources: readonly { readonly file: string; readonly text: string }[]): ReadonlySet<string> {
  const files = sources.map(({ file, text }) => ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  const indexes = reasonParameters(files);
  const reasons = new Set<string>();
  for (const file of files)
    walk(file, (node) => {
      const index = ts.isCallExpression(node) ? indexes.get(node.expression.getText(file)) : undefined;
      const value =
        ts.isPropertyAssignment(node) && node.name.getText(file) === 'reason'
          ? node.initializer
          : index !== undefined && ts.isCallExpression(node)
            ? node.arguments[index]
            : undefined;
      for (const reason of literalsOf(value)) if (REASON.test(reason)) reasons.add(reason);
    });
  return reasons;
}
