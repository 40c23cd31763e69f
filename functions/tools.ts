import '../shared/serve/before-request.ts';
import { toolsFunction } from '../shared/serve/tools/tools.ts';
import { world } from '../shared/world.ts';

export const tools = toolsFunction(world);
