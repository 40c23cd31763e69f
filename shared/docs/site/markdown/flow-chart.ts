/** One step of a flow chart, with the stores that it uses. */
export interface FlowStep {
  readonly title: string;
  readonly detail: string;
  readonly uses: readonly Omit<FlowStep, 'uses'>[];
}

const NODE = /(\w+)\[\(?"([^"]*)"\)?\]/g;

/**
 * Reads a Mermaid flow chart that is one chain (`-->`) with stores next to it (`-.-`). Returns undefined for any other
 * diagram. https://mermaid.js.org/syntax/flowchart.html
 */
export function flowSteps(text: string): FlowStep[] | undefined {
  if (!/^\s*flowchart (LR|TD)\n/.test(text)) return undefined;
  const labels = new Map(
    [...text.matchAll(NODE)].map(([, id = '', label = '']) => {
      const [title = '', detail = ''] = label.split('<br/>');
      return [id, { title, detail }];
    }),
  );
  const edges = text
    .replace(NODE, '$1')
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '');
  const chain: string[] = [];
  const stores: (readonly [step: string, store: string])[] = [];
  for (const line of edges) {
    const dotted = /^\s*(\w+) -\.- (\w+)\s*$/.exec(line);
    if (dotted !== null) {
      stores.push([dotted[1] ?? '', dotted[2] ?? '']);
      continue;
    }
    const ids = line.trim().split(/\s*-->\s*/);
    if (ids.length < 2 || (chain.length > 0 && chain.at(-1) !== ids[0])) return undefined;
    chain.push(...(chain.length === 0 ? ids : ids.slice(1)));
  }
  if (chain.some((id) => !labels.has(id)) || stores.some(([, store]) => !labels.has(store))) return undefined;
  const at = (id: string): Omit<FlowStep, 'uses'> => labels.get(id) ?? { title: id, detail: '' };
  return chain.map((id) => ({
    ...at(id),
    uses: stores.filter(([step]) => step === id).map(([, store]) => at(store)),
  }));
}
