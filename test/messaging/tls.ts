import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');

/** A certificate of this machine's own names that nobody trusts but these tests. */
export const localhostTls = { key: read('localhost.key'), cert: read('localhost.crt') };
