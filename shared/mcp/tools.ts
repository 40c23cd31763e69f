import type { Connector } from '../operations/connector.ts';
import type { errorBody } from '../errors.ts';
import { pageOfNames } from '../schema/paginate-names.ts';
import { quotedName } from './arguments.ts';
import { callTool } from './call-tool.ts';
import { toolOf } from './offered-tools.ts';
import { searchTools } from './search-tools.ts';
import { selectTools } from './select-tools.ts';
import type { Tool, ToolOutcome, Tools } from './server.ts';

/**
 * Maximum size in bytes of all tool lists, search results and errors in one response, as JSON. Results of operations
 * are not counted.
 */
const MAX_TOOL_RESULT_BYTES = 56_000;
/** Maximum bytes of the JSON of one tool. A test checks every tool. */
const MAX_TOOL_BYTES = 20_000;

/**
 * Returns the tools that `entities` selects: `Customer,Invoice`, `*` for all, or undefined for the default selection
 * (see `selectTools`).
 */
export function agentTools(connector: Connector, entities?: string): Tools {
  const { listed, callable, searchable } = selectTools(connector, entities);
  const search = searchable ? searchTools(connector, callable) : undefined;
  const tools = new Map((search?.tools ?? []).map((tool) => [tool.name, tool]));
  const callOffered: Tools['call'] = (name, input, check) => {
    const tool = callable.get(name);
    if (tool === undefined)
      throw new RangeError(
        `no tool ${quotedName(name)}, or ${entities === undefined ? '' : 'the address or '}tools_allowlist does not name it`,
      );
    return callTool(connector, tool, input, check);
  };
  // All messages of a request share one response, so they share the limit of its size.
  let bytesLeft = MAX_TOOL_RESULT_BYTES;
  return {
    list(cursor) {
      if (bytesLeft < MAX_TOOL_BYTES)
        throw new RangeError('the response is full; send this message in a request of its own');
      const page: Tool[] = [];
      const { nextPageToken } = paged(
        [...tools.keys(), ...listed],
        (name) => {
          const offered = callable.get(name);
          const tool = tools.get(name) ?? (offered && toolOf(offered.definition()));
          if (tool === undefined) return false;
          const bytes = Buffer.byteLength(JSON.stringify(tool));
          if (bytes > bytesLeft) return false;
          bytesLeft -= bytes;
          page.push(tool);
          return true;
        },
        cursor,
      );
      return { tools: page, nextCursor: nextPageToken };
    },
    async call(name, input, check) {
      const outcome = await (search?.call(name, input, check) ?? callOffered(name, input, check));
      const isSearchResult = tools.has(name) && 'operations' in outcome.content;
      if (!outcome.failed && !isSearchResult) return outcome;
      // A response of MCP has the content twice: as an object, and as JSON text.
      const text = JSON.stringify(outcome.content);
      bytesLeft -= Buffer.byteLength(text) + Buffer.byteLength(JSON.stringify(text));
      if (bytesLeft >= 0) return outcome;
      if (isSearchResult) throw new RangeError('the response is full; send this message in a request of its own');
      return { failed: true, content: shortenError(outcome.content) };
    },
  };
}

/** Returns an error without its violations, which do not fit into the response. */
function shortenError(content: ToolOutcome['content']): ToolOutcome['content'] {
  const { error } = content as ReturnType<typeof errorBody>;
  const [info] = error['details'] as readonly object[];
  return { error: { ...error, message: quotedName(String(error['message'])), details: [info] } };
}

/** Returns a page of names. Throws RangeError for an invalid cursor, as `Tools` specifies. */
function paged(...[names, fits, cursor]: Parameters<typeof pageOfNames>): ReturnType<typeof pageOfNames> {
  try {
    return pageOfNames(names, fits, cursor);
  } catch {
    throw new RangeError('invalid cursor; use a nextCursor of this server');
  }
}
