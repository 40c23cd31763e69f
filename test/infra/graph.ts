/** Dependencies of a Terraform configuration: from each block to the blocks that it waits for. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Reads the DOT text of `terraform graph -type=plan`. Terraform prints one edge a line, from the dependent to what it
 * waits for: https://developer.hashicorp.com/terraform/cli/commands/graph
 */
export function parseGraph(dot: string): Graph {
  const graph = new Map<string, Set<string>>();
  for (const [, from = '', to = ''] of dot.matchAll(/^\s*"\[root\] (.+?)" -> "\[root\] (.+?)"/gm)) {
    const targets = graph.get(nodeName(from)) ?? new Set();
    graph.set(nodeName(from), targets.add(nodeName(to)));
  }
  return graph;
}

/** Blocks of Google's provider inside a module, such as `module.shop.google_pubsub_topic.made`. */
export function googleBlocks(graph: Graph, module: string): string[] {
  return [...graph.keys()].filter((name) => new RegExp(`^module\\.${module}\\.(data\\.)?google_`).test(name)).sort();
}

/** Whether `from` waits for `to`, directly or through others. */
export function waitsFor(graph: Graph, from: string, to: string): boolean {
  const visited = new Set<string>();
  const pending = [from];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === to) return true;
    if (visited.has(name)) continue;
    visited.add(name);
    pending.push(...(graph.get(name) ?? []));
  }
  return false;
}

/** Without the phase that Terraform appends: `(expand)`, `(close)`. */
function nodeName(text: string): string {
  return text.replace(/ \(expand\)$/, '');
}
