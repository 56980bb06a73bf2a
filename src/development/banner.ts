import { readFile } from 'node:fs/promises';
import { toPersianDigits } from '../kernel/locale.ts';

type SamplePerson = Readonly<{
  nationalCode: string;
  firstName: { fa: string; latin: string };
  lastName: { fa: string; latin: string };
  birthDate: string;
  mobile: string;
}>;

const people = new URL('../../samples/people.json', import.meta.url);

/** What a newcomer is told once the service is ready, in Persian and in English. */
export async function banner(origin: string, milliseconds: number): Promise<string> {
  const [person] = JSON.parse(await readFile(people, 'utf8')) as SamplePerson[];
  if (!person) throw new Error('there are no sample people');
  const seconds = (milliseconds / 1000).toFixed(1);
  return `
سوابق آماده است (${toPersianDigits(seconds)} ثانیه)
  راهنمای API:    ${origin}/docs
  صندوق پیام‌ها:   ${origin}/dev/messages
  نمونه برای آزمودن: ${person.firstName.fa} ${person.lastName.fa}، کد ملی ${person.nationalCode}، تولد ${person.birthDate}، همراه ${person.mobile}
  گردش کامل:      npm run demo

Savabegh is ready (${seconds} s)
  API reference:  ${origin}/docs
  In-box:         ${origin}/dev/messages
  Sample person:  ${person.firstName.latin} ${person.lastName.latin}, national code ${person.nationalCode}, born ${person.birthDate} (Jalali), mobile ${person.mobile}
  Whole journey:  npm run demo
  Stop:           Ctrl-C
`;
}
