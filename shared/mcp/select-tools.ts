import { requireEntity, type Connector } from '../operations/connector.ts';
import { offeredBy, type Offered } from './offered-tools.ts';
import { isDefaultTool } from './tool-order.ts';

/** Maximum number of tools that a list has unless its address asks for more: agents choose badly among hundreds. */
const MAX_LISTED_TOOLS = 40;

export interface SelectedTools {
  /** The tools that the list shows. */
  readonly listed: readonly string[];
  /** The tools that may be called, by name or through `call_operation`. */
  readonly callable: ReadonlyMap<string, Offered>;
  /** Whether the list has `find_operation` and `call_operation`, because it does not show every tool. */
  readonly searchable: boolean;
}

/**
 * Selects tools by the parameter `entities` of the address: `Customer,Invoice` for those of these entities and their
 * actions, `*` for all, absent for the most used ones and the search. It never offers more than `tools_allowlist`.
 * Throws INVALID_ARGUMENT for an unknown entity.
 */
export function selectTools(connector: Connector, entities: string | undefined): SelectedTools {
  const offered = offeredBy(connector);
  if (entities === undefined) {
    const names = [...offered.keys()];
    const listed = names.length <= MAX_LISTED_TOOLS ? names : names.filter(isDefaultTool);
    return { listed, callable: offered, searchable: listed.length < names.length };
  }
  if (entities.trim() === '*') return { listed: [...offered.keys()], callable: offered, searchable: false };
  const { catalog } = connector.deps;
  const wanted = new Set(entities.split(',').map((written) => requireEntity(catalog, written.trim())));
  const callable = new Map([...offered].filter(([, { entity }]) => wanted.has(entity)));
  return { listed: [...callable.keys()], callable, searchable: false };
}
