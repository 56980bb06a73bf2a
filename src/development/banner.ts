import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { httpOrigin } from '../kernel/http-origin.ts';
import { toPersianDigits } from '../kernel/locale.ts';

type SamplePerson = Readonly<{
  nationalCode: string;
  firstName: { fa: string; latin: string };
  lastName: { fa: string; latin: string };
  birthDate: string;
  mobile: string;
}>;

const people = new URL('../../samples/people.json', import.meta.url);

const isLoopback = (host: string) => /^(localhost|::1|127\.\d+\.\d+\.\d+)$/.test(host);

/** The address of this machine that others reach; '' where it has none. */
const outerAddress = (): string =>
  Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address ?? '';

/** Whoever may look into the inbox may sign in as anybody. */
function openness(host: string, port: number): string {
  if (isLoopback(host)) return '';
  const outside = outerAddress();
  const from = outside === '' ? '' : ` (${httpOrigin(outside, port)})`;
  return `
  هشدار: همهٔ این شبکه${from} صندوق پیام‌ها و کدها را می‌بیند. HOST=127.0.0.1 آن را می‌بندد.
  WARNING: everybody on this network${from} sees the inbox with all codes. HOST=127.0.0.1 closes it.
`;
}

/**
 * What a newcomer is told once the service is ready, in Persian and in English.
 * @param origin an address that works on this machine
 * @param host as the service was told to listen
 */
export async function banner(origin: string, host: string, milliseconds: number): Promise<string> {
  const [person] = JSON.parse(await readFile(people, 'utf8')) as SamplePerson[];
  if (!person) throw new Error('there are no sample people');
  const seconds = (milliseconds / 1000).toFixed(1);
  const inPersian = toPersianDigits(seconds).replace('.', '٫');
  return `
سامانهٔ سوابق آماده است (${inPersian} ثانیه)
  صفحه‌ها:          ${origin}/
  راهنما:          ${origin}/docs/guide
  مرجع API:       ${origin}/docs
  صندوق پیام‌ها:    ${origin}/dev/messages
  نمونه برای آزمودن: ${person.firstName.fa} ${person.lastName.fa}، کد ملی ${person.nationalCode}، تولد ${person.birthDate}، همراه ${person.mobile}
  همهٔ مراحل:      npm run demo

Savabegh is ready (${seconds} s)
  Pages:          ${origin}/
  Guide:          ${origin}/docs/guide
  API reference:  ${origin}/docs
  Inbox:          ${origin}/dev/messages
  Sample person:  ${person.firstName.latin} ${person.lastName.latin}, national code ${person.nationalCode}, born ${person.birthDate} (Jalali), mobile ${person.mobile}
  Whole journey:  npm run demo
  Stop:           Ctrl-C
${openness(host, Number(new URL(origin).port))}`;
}
