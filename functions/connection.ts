import '../shared/serve/before-request.ts';
import { connectionFunction } from '../shared/serve/connection/connection.ts';
import { world } from '../shared/world.ts';
import manifest from './manifest.json';

export const connection = connectionFunction(world, manifest.functions);
