import { type Locale, locales } from '../kernel/locale.ts';
import { codeLength } from '../kernel/one-time-code.ts';
import { renderEmailHtml, renderEmailText } from './email-layout.ts';
import type { MessagePurpose } from './outbox.ts';
import type { PurposeTexts, TextParameter } from './purpose-texts.ts';
import { smsParts } from './sms-parts.ts';
import { textCatalogue } from './texts.catalogue.ts';

export type TextParameters = Readonly<Partial<Record<TextParameter, string>>>;
/** `parameters`: those of the purpose and nothing else, for providers' own templates. */
export type SmsText = Readonly<{ text: string; parameters: Readonly<Record<string, string>> }>;
export type EmailText = Readonly<{ subject: string; text: string; html: string }>;

export type MessageTexts = Readonly<{
  /** @throws when a parameter of the purpose is missing: a defect, since the callers are ours. */
  sms(purpose: MessagePurpose, locale: Locale, parameters: TextParameters): SmsText;
  email(purpose: MessagePurpose, locale: Locale, parameters: TextParameters): EmailText;
}>;

/** A text cut at its holes. */
type Template = Readonly<{ fill(parameters: TextParameters): string }>;
type CompiledTexts = Readonly<{
  smsParameters: readonly TextParameter[];
  sms: Template;
  subject: Template;
  paragraphs: readonly Template[];
}>;

/**
 * Compiles every text and holds it against its purpose, so that what is wrong with one shows at the start
 * and not when somebody waits for a code: unknown or missing parameters, and code messages whose every form
 * takes more than one SMS part with this host.
 *
 * @throws {Error} with all faults at once
 */
export function createMessageTexts({
  publicUrl,
  catalogue = textCatalogue,
}: {
  publicUrl: string;
  catalogue?: Readonly<Record<MessagePurpose, PurposeTexts>>;
}): MessageTexts {
  const host = new URL(publicUrl).hostname;
  const faults: string[] = [];
  const compiled = new Map<string, CompiledTexts>();
  for (const [purpose, texts] of Object.entries(catalogue)) {
    for (const locale of locales) {
      const key = `${purpose}.${locale}`;
      compiled.set(
        key,
        compileTexts(texts, locale, host, (fault) => faults.push(`${key} ${fault}`)),
      );
    }
  }
  if (faults.length > 0) {
    throw new Error(`The message texts are not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }

  const textsOf = (purpose: MessagePurpose, locale: Locale): CompiledTexts => {
    const texts = compiled.get(`${purpose}.${locale}`);
    if (texts === undefined) throw new Error(`No text for ${purpose} in ${locale}`);
    return texts;
  };
  return {
    sms(purpose, locale, parameters) {
      const { sms, smsParameters } = textsOf(purpose, locale);
      return {
        text: sms.fill(parameters),
        parameters: Object.fromEntries(smsParameters.map((name) => [name, parameters[name] ?? ''])),
      };
    },
    email(purpose, locale, parameters) {
      const { subject, paragraphs } = textsOf(purpose, locale);
      const content = {
        locale,
        title: subject.fill(parameters),
        paragraphs: paragraphs.map((paragraph) => paragraph.fill(parameters)),
        code: parameters.code,
      };
      return { subject: content.title, text: renderEmailText(content), html: renderEmailHtml(content) };
    },
  };
}

type OnFault = (fault: string) => void;

function compileTexts(texts: PurposeTexts, locale: Locale, host: string, onFault: OnFault): CompiledTexts {
  const { sms: forms, email } = texts[locale];
  for (const form of forms) requireAll(texts.sms, form, (fault) => onFault(`SMS: ${fault}`));
  requireAll(texts.email, email.paragraphs.join(), (fault) => onFault(`e-mail: ${fault}`));
  const form = texts.sms.includes('code')
    ? forms.map((candidate) => originBound(candidate, host)).find(fitsOnePart)
    : forms[0];
  if (form === undefined) onFault(`SMS: takes more than one part with the host ${host}`);
  const compile = (name: string, source: string, known: readonly TextParameter[]) =>
    compileTemplate(source, known, (fault) => onFault(`${name}: ${fault}`));
  return {
    smsParameters: texts.sms,
    sms: compile('SMS', form ?? '', texts.sms),
    // Subjects are seen by whoever looks over a shoulder: no parameters.
    subject: compile('subject', email.subject, []),
    paragraphs: email.paragraphs.map((paragraph) => compile('e-mail', paragraph, texts.email)),
  };
}

/**
 * The last line that binds a code to its origin, so that browsers and phones offer to fill it in there and
 * nowhere else (https://wicg.github.io/sms-one-time-codes/). Machine-readable: ASCII, also in Persian texts.
 */
function originBound(form: string, host: string): string {
  return `${form}\n@${host} #{code}`;
}

function fitsOnePart(form: string): boolean {
  return smsParts(form.replaceAll('{code}', '0'.repeat(codeLength)).replaceAll('{time}', '00:00')) === 1;
}

const hole = /\{(\w+)\}/;

function compileTemplate(source: string, known: readonly TextParameter[], onFault: OnFault): Template {
  const pieces = source.split(hole);
  for (let index = 1; index < pieces.length; index += 2) {
    if (!known.includes(pieces[index] as TextParameter)) onFault(`unknown parameter ${pieces[index]}`);
  }
  return {
    fill(parameters) {
      return pieces
        .map((piece, index) => {
          if (index % 2 === 0) return piece;
          const value = parameters[piece as TextParameter];
          if (value === undefined) throw new Error(`The message lacks its parameter ${piece}`);
          return value;
        })
        .join('');
    },
  };
}

function requireAll(parameters: readonly TextParameter[], source: string, onFault: OnFault): void {
  for (const parameter of parameters) {
    if (!source.includes(`{${parameter}}`)) onFault(`does not mention ${parameter}`);
  }
}
