import { randomBytes } from 'node:crypto';
import { buildApp } from '../../src/composition/app.ts';
import { loadConfig } from '../../src/composition/config.ts';
import { activityKinds } from '../../src/features/activity/activity-kinds.ts';
import { findingRules } from '../../src/features/employer-lists/finding-rules.ts';
import { rules } from '../../src/features/passwords/rules.ts';
import type { Localised } from '../../src/kernel/locale.ts';
import { textCatalogue } from '../../src/messaging/texts.catalogue.ts';

/** `node test/support/text-table.ts`: what people read, both languages side by side, as a Markdown table to read through. */

const key = () => randomBytes(32).toString('base64');
const config = loadConfig({
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  LOG_LEVEL: 'silent',
  SECRET_KEYS: `texts:${key()}`,
  IDENTIFIER_KEY: key(),
  PASSWORD_PEPPERS: `texts:${key()}`,
});
const app = await buildApp(config, { background: false });
const rows: [string, Localised][] = [];
for (const { code, title, detail } of app.problemCatalogue.values()) {
  rows.push([`problem ${code}`, title], [`problem ${code}`, detail]);
}
await app.close();
for (const [kind, text] of Object.entries(activityKinds)) rows.push([`activity ${kind}`, text]);
for (const [code, { text, violation }] of Object.entries(rules)) {
  rows.push([`rule ${code}`, text], [`rule ${code}`, violation.detail]);
}
for (const [code, text] of Object.entries(findingRules)) rows.push([`finding ${code}`, text]);
for (const [purpose, { fa, en }] of Object.entries(textCatalogue)) {
  const whole = ({ sms, email }: typeof fa) => [...sms, email.subject, ...email.paragraphs].join(' / ');
  rows.push([`message ${purpose}`, { fa: whole(fa), en: whole(en) }]);
}

const cell = (text: string) => text.replaceAll('|', '\\|');
console.log('| where | Persian | English |\n|---|---|---|');
for (const [where, { fa, en }] of rows) console.log(`| ${where} | ${cell(fa)} | ${cell(en)} |`);
