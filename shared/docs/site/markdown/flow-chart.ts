/** One step of a flow chart, with the stores that it uses. */
export interface FlowStep {
  readonly title: string;
  readonly detail: string;
  readonly uses: readonly FlowLabel[];
}

interface FlowLabel {
  readonly title: string;
  readonly detail: string;
}

/**
 * Returns the steps of a Mermaid flow chart that has one chain of steps (`-->`) and the stores that the steps use
 * (`-.-`). Returns undefined for any other diagram. https://mermaid.js.org/syntax/flowchart.html
 */
export function flowSteps(text: string): FlowStep[] | undefined {
  const [first = '', ...lines] = text.trim().split('\n');
  if (!/^flowchart (LR|TD)$/.test(first)) return undefined;
  const labels = new Map<string, FlowLabel>();
  const chain: string[] = [];
  const stores = new Map<string, string[]>();
  for (const line of lines) {
    if (line.includes('-.-')) {
      const [step = '', store = ''] = flowNodes(line, '-.-', labels);
      stores.set(step, [...(stores.get(step) ?? []), store]);
      continue;
    }
    const ids = flowNodes(line, '-->', labels);
    if (ids.length < 2 || (chain.length > 0 && chain.at(-1) !== ids[0])) return undefined;
    chain.push(...(chain.length === 0 ? ids : ids.slice(1)));
  }
  if ([...chain, ...[...stores.values()].flat()].some((id) => !labels.has(id))) return undefined;
  const labelsOf = (ids: readonly string[]): FlowLabel[] => ids.flatMap((id) => labels.get(id) ?? []);
  return chain.flatMap((id) => labelsOf([id]).map((label) => ({ ...label, uses: labelsOf(stores.get(id) ?? []) })));
}

/**
 * Returns the ids of the nodes in a line, and adds the labels of the nodes to `labels`: `token["token<br/>6 a second"]`
 * has an id and a label.
 */
function flowNodes(line: string, arrow: string, labels: Map<string, FlowLabel>): string[] {
  return line.split(arrow).map((node) => {
    const id = /^\w*/.exec(node.trim())?.[0] ?? '';
    const [start, end] = [node.indexOf('"'), node.lastIndexOf('"')];
    if (start >= 0 && end > start) {
      const [title = '', detail = ''] = node.slice(start + 1, end).split('<br/>');
      labels.set(id, { title, detail });
    }
    return id;
  });
}
