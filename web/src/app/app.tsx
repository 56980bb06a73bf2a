import { QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter } from 'react-router';
import { createQueries } from '../service/queries.ts';
import { Frame } from './frame.tsx';
import { Pages } from './pages.tsx';

const queries = createQueries();

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <BrowserRouter>
        <Frame>
          <Pages />
        </Frame>
      </BrowserRouter>
    </QueryClientProvider>
  );
}
