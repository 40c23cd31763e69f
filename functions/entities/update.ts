import '../../shared/serve/before-request.ts';
import { entityFunction } from '../../shared/serve/http.ts';
import { world } from '../../shared/world.ts';

export const updateEntity = entityFunction(world, 'Update');
