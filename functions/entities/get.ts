import '../../shared/serve/before-request.ts';
import { entityFunction } from '../../shared/serve/functions.ts';
import { world } from '../../shared/world.ts';

export const getEntity = entityFunction(world, 'Get');
