import '../../shared/http/preload/http.ts';
import { executeActionFunction } from '../../shared/http/define-function.ts';
import { world } from '../../shared/app.ts';

export const executeAction = executeActionFunction(world);
