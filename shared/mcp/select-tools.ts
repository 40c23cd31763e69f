import { requireEntity, type Connector } from '../operations/connector.ts';
import { offeredTools, type OfferedTool } from './offered-tools.ts';
import { isDefaultTool } from './tool-order.ts';

/** Maximum number of listed tools if the URL selects none. Agents choose badly among hundreds of tools. */
const MAX_LISTED_TOOLS = 40;

export interface SelectedTools {
  /** The tools that the list shows. */
  readonly listed: readonly string[];
  /** The tools that may be called, by name or through `call_operation`. */
  readonly callable: ReadonlyMap<string, OfferedTool>;
  /** True if the list omits callable tools. It then also contains `find_operation` and `call_operation`. */
  readonly searchable: boolean;
}

/**
 * Selects tools by the query parameter `entities` of the server's URL: `Customer,Invoice` selects the tools of these
 * entities, `*` selects all tools. Without the parameter the list has all offered tools if there are at most 40, and
 * otherwise the default tools with `find_operation` and `call_operation`. The parameter cannot add tools that the
 * connection does not offer. Throws INVALID_ARGUMENT for an unknown entity.
 */
export function selectTools(connector: Connector, entities: string | undefined): SelectedTools {
  const offered = offeredTools(connector);
  if (entities === undefined) {
    const names = [...offered.keys()];
    const listed = names.length <= MAX_LISTED_TOOLS ? names : names.filter(isDefaultTool);
    return { listed, callable: offered, searchable: listed.length < names.length };
  }
  if (entities.trim() === '*') return { listed: [...offered.keys()], callable: offered, searchable: false };
  const { catalog } = connector.deps;
  const selected = new Set(entities.split(',').map((name) => requireEntity(catalog, name.trim())));
  const callable = new Map([...offered].filter(([, { entity }]) => selected.has(entity)));
  return { listed: [...callable.keys()], callable, searchable: false };
}
