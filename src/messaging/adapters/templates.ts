import type { SmsMessage } from '../ports.ts';

/** The provider's template for a message: that of its purpose and language, or of its purpose. */
export function getTemplate(
  templates: Readonly<Record<string, string>>,
  { purpose, locale }: Pick<SmsMessage, 'purpose' | 'locale'>,
): string | undefined {
  return templates[`${purpose}.${locale}`] ?? templates[purpose];
}
