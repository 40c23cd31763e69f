import { render } from 'preact';
import { ExplorerApp } from './app.tsx';

const root = document.getElementById('app');
if (root !== null) render(<ExplorerApp />, root);
