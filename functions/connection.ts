import '../shared/http/preload/http.ts';
import { connectionFunction } from '../shared/management/function.ts';
import { world } from '../shared/app.ts';
import manifest from './manifest.json';

export const connection = connectionFunction(world, manifest.functions);
