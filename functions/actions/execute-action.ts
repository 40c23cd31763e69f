import '../../shared/serve/before-request.ts';
import { executeActionFunction } from '../../shared/serve/functions.ts';
import { world } from '../../shared/world.ts';

export const executeAction = executeActionFunction(world);
