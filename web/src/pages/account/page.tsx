import { Page as Frame } from '../../components/page.tsx';
import { SignedIn } from '../../service/signed-in.tsx';
import styles from './account.module.css';
import { Activity } from './activity.tsx';
import { Details } from './details.tsx';
import { PasswordChange } from './password-change.tsx';
import { Sessions } from './sessions.tsx';
import { t } from './texts.ts';

const parts = [Details, PasswordChange, Sessions, Activity];

/** Who somebody is to the service, the password, where they are signed in, and what happened. */
export const Page = () => (
  <SignedIn>
    {(session) => (
      <Frame title={t('title')} width="wide">
        <div className={styles.parts}>
          {parts.map((Part) => (
            <Part key={Part.name} session={session} />
          ))}
        </div>
      </Frame>
    )}
  </SignedIn>
);
