import '../shared/http/preload/http.ts';
import { toolsFunction } from '../shared/mcp/function.ts';
import { getDescribedApp } from '../shared/app.ts';

export const tools = toolsFunction(getDescribedApp);
