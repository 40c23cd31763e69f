import '../shared/http/preload/http.ts';
import { singleFunction } from '../shared/management/single-function.ts';
import { getDescribedApp } from '../shared/app.ts';
import manifest from './manifest.json';

export const single = singleFunction(getDescribedApp, manifest.functions);
