import { type ComponentType, lazy, Suspense } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { useSession } from '../service/session.ts';
import { NotFound } from './not-found.tsx';

/** A page is a folder: `pages/recovery/page.tsx` is at `/recovery`, and at what it has below. Loaded when it is opened. */
const files = import.meta.glob<{ Page: ComponentType }>('../pages/*/page.tsx');

const pages = Object.entries(files).map(([file, load]) => {
  const [, name = ''] = /pages\/([^/]+)\/page\.tsx$/.exec(file) ?? [];
  return { path: `/${name}/*`, Page: lazy(async () => ({ default: (await load()).Page })) };
});

export function Pages() {
  const session = useSession();
  return (
    <Suspense fallback={null}>
      <Routes>
        <Route path="/" element={<Navigate to={session === null ? '/sign-in' : '/record'} replace />} />
        {pages.map(({ path, Page }) => (
          <Route key={path} path={path} element={<Page />} />
        ))}
        <Route path="*" element={<NotFound />} />
      </Routes>
    </Suspense>
  );
}
