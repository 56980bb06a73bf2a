import t from 'tap';
import { localClock, localTime } from '../../src/kernel/local-time.ts';
import { locales } from '../../src/kernel/locale.ts';
import { parseCode } from '../../src/kernel/one-time-code.ts';
import type { MessagePurpose } from '../../src/messaging/outbox.ts';
import { smsParts } from '../../src/messaging/sms-parts.ts';
import { textCatalogue } from '../../src/messaging/texts.catalogue.ts';
import { createMessageTexts } from '../../src/messaging/texts.ts';

const purposes = Object.keys(textCatalogue) as MessagePurpose[];
const parameters = {
  code: '012345',
  time: '۰۹:۰۵',
  at: '۱۴۰۵/۰۹/۰۱ ساعت ۰۹:۰۵',
  network: '192.0.2.0/24',
  address: '0912•••0899',
  device: 'Samsung Internet, Android',
  kind: 'شمارهٔ همراه',
  branch: '0412',
  institution: 'بانک نمونه',
  link: 'notice#dispute=TOKEN',
};
const texts = createMessageTexts({ publicUrl: 'https://savabegh.example:8443/app' });

t.test(
  'every purpose has a text in every language, by SMS and by e-mail, with all its parameters',
  async (t) => {
    for (const purpose of purposes) {
      for (const locale of locales) {
        const sms = texts.sms(purpose, locale, parameters).text;
        const email = texts.email(purpose, locale, parameters);
        for (const parameter of textCatalogue[purpose].sms) t.ok(sms.includes(parameters[parameter]));
        for (const parameter of textCatalogue[purpose].email) {
          for (const text of [email.text, email.html]) t.ok(text.includes(parameters[parameter]));
        }
        t.notMatch([sms, email.text, email.html.replace(/<style>.*<\/style>/s, '')].join(), /[{}]/);
        t.notMatch(email.html, /https?:|<a|<img|<script|url\(/, 'nothing to load and nothing to click');
        t.match(email.html, locale === 'fa' ? '<html lang="fa" dir="rtl">' : '<html lang="en" dir="ltr">');
      }
    }
  },
);

t.test('a code SMS is one part and ends in the line bound to the configured host', async (t) => {
  for (const host of [
    'ir.ir',
    'savabegh.example',
    'recovery.savabegh.tamin.example',
    `${'h'.repeat(40)}.ir`,
  ]) {
    const bound = createMessageTexts({ publicUrl: `https://${host}` });
    for (const purpose of [
      'registration-code',
      'recovery-code',
      'branch-recovery-code',
      'contact-code',
      'sign-in-code',
    ] as const) {
      for (const locale of locales) {
        const time = localClock(new Date(), locale);
        const { text } = bound.sms(purpose, locale, { ...parameters, time });
        t.equal(smsParts(text), 1, `${host} ${locale}`);
        t.equal(text.split('\n').at(-1), `@${host} #012345`);
        t.match(text, time, 'and names the time of its request');
        t.equal(parseCode(text), '012345', 'pasted whole it is the code');
      }
    }
  }
});

t.test(
  'every notice says when, and by e-mail with which device and from where if a person caused it',
  async (t) => {
    /** By an operator, a branch, the register of mobiles, or time: no device that the owner could know. */
    const notByDevice =
      /^(account-(disabled|enabled|erased)|branch-|register-change|officer-|mobile-not-owned|(mobile|email|answers)-changed|email-removed|record-looked-at)/;
    for (const purpose of purposes) {
      const { sms, email }: { sms: readonly string[]; email: readonly string[] } = textCatalogue[purpose];
      if (sms.includes('code')) {
        t.ok(sms.includes('time') && email.includes('time'), `${purpose} says when it was asked for`);
        continue;
      }
      t.ok(sms.includes('at') && email.includes('at'), `${purpose} says when`);
      const isTold = email.includes('device') && email.includes('network');
      t.equal(isTold, !notByDevice.test(purpose), `${purpose} says with what and from where`);
    }
  },
);

t.test('a notice without a link takes two SMS parts at most in Persian, and one in English', async (t) => {
  for (const purpose of purposes.filter((one) => /^at(,device)?$/.test(textCatalogue[one].sms.join()))) {
    for (const [locale, most] of [
      ['fa', 2],
      ['en', 1],
    ] as const) {
      const at = localTime(new Date(), locale);
      const device = locale === 'fa' ? `دستگاه «${parameters.device}»` : parameters.device;
      const parts = smsParts(texts.sms(purpose, locale, { ...parameters, at, device }).text);
      t.ok(parts <= most, `${purpose} ${locale}: ${parts}`);
    }
  }
});

t.test('the code is written in ASCII digits, which every keyboard and program can use', async (t) => {
  t.match(texts.sms('recovery-code', 'fa', parameters).text, /^کد بازیابی: 012345، درخواست ساعت ۰۹:۰۵\n/);
});

t.test('a host with which no form fits one part is refused at the start', async (t) => {
  t.throws(() => createMessageTexts({ publicUrl: `https://${'h'.repeat(60)}.ir` }), {
    message: /recovery-code\.fa SMS: takes more than one part/,
  });
});

t.test('faults of a catalogue are all found at the start', async (t) => {
  const source = { sms: ['کد {cod}'], email: { subject: '{at}', paragraphs: ['code'] } };
  const catalogue = {
    ...textCatalogue,
    'recovery-code': { sms: ['code' as const], email: ['code' as const], fa: source, en: source },
  };
  t.throws(() => createMessageTexts({ publicUrl: 'https://savabegh.example', catalogue }), {
    message:
      /fa SMS: does not mention code[\s\S]*fa SMS: unknown parameter cod[\s\S]*subject: unknown parameter at/,
  });
});

t.test('a parameter cannot smuggle markup into a mail', async (t) => {
  const { html } = texts.email('recovery-code', 'en', { code: '<img src=x>&', time: '09:05' });
  t.notMatch(html, '<img');
  t.match(html, '&lt;img src=x&gt;&amp;');
});

t.test('parts are counted as networks count them', async (t) => {
  t.equal(smsParts('a'.repeat(160)), 1);
  t.equal(smsParts('a'.repeat(161)), 2);
  t.equal(smsParts('a'.repeat(307)), 3);
  t.equal(smsParts('€'.repeat(80)), 1);
  t.equal(smsParts('€'.repeat(81)), 2);
  t.equal(smsParts('ک'.repeat(70)), 1);
  t.equal(smsParts('ک'.repeat(71)), 2);
  t.equal(smsParts('ک'.repeat(135)), 3);
});

t.test('times are those of Tehran, in the calendar and digits of the language', async (t) => {
  const newYear = new Date('2026-03-20T20:31:00Z');
  t.equal(localTime(newYear, 'fa'), '۱۴۰۵/۰۱/۰۱ ساعت ۰۰:۰۱');
  t.equal(localTime(newYear, 'en'), '2026-03-21 at 00:01 (Tehran)');
  t.equal(localClock(newYear, 'fa'), '۰۰:۰۱');
  t.equal(localClock(newYear, 'en'), '00:01');
});
