import { gregorianToJalali } from '../../kernel/jalali.ts';
import { parseMobile } from '../../kernel/mobile.ts';
import { toAsciiDigits } from '../../kernel/text.ts';
import { foldPassword } from './folded-password.ts';
import { createNameFinder } from './names-in-passwords.ts';
import type { RuleCode } from './rules.ts';
import { wordsOfPassword } from './words-of-password.ts';

/** What is known of the person whose password it is to be. Whatever is missing is not checked. */
export type PersonalData = Readonly<{
  /** In any digits and spacing. */
  nationalCode?: string | undefined;
  /** The user name of foreign nationals. In any digits and spacing. */
  insuranceNumber?: string | undefined;
  /** In any spelling. */
  mobile?: string | undefined;
  email?: string | undefined;
  /** Gregorian, ISO `YYYY-MM-DD`. */
  birthDate?: string | undefined;
  /** First and last name, in Persian or Latin letters. */
  names?: readonly string[] | undefined;
}>;

/** So many successive digits of a number of one's own are more than chance. */
export const fragmentDigits = 6;
/** Shorter parts of an address are too usual to be called its owner's. */
const shortestEmailPart = 4;

/**
 * What a password must not remind of, as documented words (OWASP ASVS 6.1.2): the names of this service and of
 * its organisation.
 */
export const serviceWords = [
  'savabegh',
  'sabeghe',
  'tamin',
  'ejtemaei',
  'bimeh',
  'سوابق',
  'سابقه',
  'تامین',
  'بیمه',
];

function toDigits(text: string): string {
  return toAsciiDigits(text).replace(/[^0-9]/g, '');
}

/** Whether `digits` holds a fragment of `number`, either way round. */
function sharesFragment(digits: string, number: string): boolean {
  const backwards = digits.split('').reverse().join('');
  for (let start = 0; start + fragmentDigits <= number.length; start += 1) {
    const fragment = number.slice(start, start + fragmentDigits);
    if (digits.includes(fragment) || backwards.includes(fragment)) return true;
  }
  return false;
}

function hasBirthYear(folded: string, birthDate: string): boolean {
  const gregorian = /^([0-9]{4})-/.exec(birthDate)?.[1];
  const jalali = gregorianToJalali(birthDate)?.year;
  return [gregorian, jalali].some((year) => year !== undefined && folded.includes(String(year)));
}

function hasEmailPart(folded: string, email: string): boolean {
  const [local = ''] = foldPassword(email).split('@');
  return [local, ...local.split(/[^\p{L}]+/u)].some(
    (part) => part.length >= shortestEmailPart && folded.includes(part),
  );
}

function hasServiceWord(password: string, folded: string): boolean {
  const words = wordsOfPassword(password);
  return serviceWords.some((word) => (word.length > 5 ? folded.includes(word) : words.includes(word)));
}

/** The rules that this password (as meant) breaks by what it says of its owner or of the service. */
export function findPersonalData(password: string, person: PersonalData): RuleCode[] {
  const { nationalCode = '', insuranceNumber = '', mobile, email, birthDate, names } = person;
  const folded = foldPassword(password);
  const digits = toDigits(password);
  const broken: RuleCode[] = [];
  if (hasServiceWord(password, folded)) broken.push('service-words');
  const identifiers = [nationalCode, insuranceNumber].map(toDigits);
  if (identifiers.some((number) => sharesFragment(digits, number))) broken.push('national-code');
  // The ten digits of the subscriber, which every spelling ends with.
  const subscriber = mobile && parseMobile(mobile)?.slice(-10);
  if (subscriber && sharesFragment(digits, subscriber)) broken.push('mobile');
  if (birthDate && hasBirthYear(folded, birthDate)) broken.push('birth-year');
  if (names && createNameFinder(names)(password)) broken.push('name');
  if (email && hasEmailPart(folded, email)) broken.push('email');
  return broken;
}
