/** Imported first: the test files that follow start the function `single`. */
import { useSingleLayout } from './framework.ts';

useSingleLayout();
