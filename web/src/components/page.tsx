import { type ReactNode, useEffect, useRef } from 'react';
import { defineTexts } from '../language/texts.ts';
import styles from './page.module.css';

const t = defineTexts({ product: 'سامانهٔ سوابق' }, { product: 'Savabegh' });

type PageProps = Readonly<{
  title: string;
  /** Of several steps: which this is. */
  step?: string;
  lead?: ReactNode;
  /** One column of a form, or room for tables. */
  width?: 'narrow' | 'wide';
  children: ReactNode;
}>;

let isFirst = true;

/** A page, or a step of one: its title is what is read first, also by whoever does not see the change. */
export function Page({ title, step, lead, width = 'narrow', children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t('product')}`;
    // The browser begins at the top by itself where the page was loaded.
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, [title]);
  return (
    <article className={`${styles.page} ${styles[width]}`}>
      <header>
        {step && <p className={styles.step}>{step}</p>}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead && <div className={styles.lead}>{lead}</div>}
      </header>
      {children}
    </article>
  );
}
