import '../../shared/http/preload/http.ts';
import { actionFunction } from '../../shared/http/define-function.ts';
import { world } from '../../shared/app.ts';

export const finalizeInvoice = actionFunction(world, 'FinalizeInvoice');
