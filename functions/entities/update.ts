import '../../shared/http/preload/http.ts';
import { entityFunction } from '../../shared/http/define-function.ts';
import { world } from '../../shared/app.ts';

export const updateEntity = entityFunction(world, 'Update');
