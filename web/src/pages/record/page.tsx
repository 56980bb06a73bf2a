import { Navigate, Route, Routes } from 'react-router';
import { SignedIn } from '../../service/signed-in.tsx';
import { SummaryPage } from './summary-page.tsx';
import { YearPage } from './year-page.tsx';

/** The record of the signed-in person: in figures, and each year month by month. */
export const Page = () => (
  <SignedIn>
    {(session) => (
      <Routes>
        <Route index element={<SummaryPage session={session} />} />
        <Route path=":year" element={<YearPage session={session} />} />
        <Route path="*" element={<Navigate to="/record" replace />} />
      </Routes>
    )}
  </SignedIn>
);
