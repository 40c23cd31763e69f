import { createRoot } from 'react-dom/client';
import { ConsoleApp } from './app.tsx';
import { applyTheme } from './state/preferences.ts';

applyTheme();
const root = document.getElementById('app');
if (root !== null) createRoot(root).render(<ConsoleApp />);
