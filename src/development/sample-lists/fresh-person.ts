import { createHash } from 'node:crypto';
import { addJalaliMonths, formatJalaliDate, type JalaliMonth } from '../../kernel/jalali.ts';
import { completeNationalCode } from '../../kernel/national-code.ts';
import { type Employment, monthsBetween, workedMonths } from './employment.ts';
import {
  type BilingualName,
  type InventedPerson,
  type Job,
  type SignUpDetails,
  signUpDetails,
} from './invented-person.ts';
import { wideLayout } from './list-layouts.ts';
import { type EmployerListFiles, type Workshop, writeEmployerList } from './list-writer.ts';
import { lastSampleMonth } from './sample-workshops.ts';

/** Somebody who can sign up, with the employers' lists that make up the insurance record. */
export interface FreshPerson {
  person: SignUpDetails;
  lists: EmployerListFiles[];
}

const earlierWorkshop: Workshop = {
  code: '9900000017',
  name: 'کارگاه نمایشی سپیدار',
  employer: 'کارفرمای نمایشی سپیدار',
  address: 'اصفهان خیابان نمونه پلاک 1',
  layout: wideLayout,
  encoding: 'iran-system',
};

const laterWorkshop: Workshop = {
  code: '9900000025',
  name: 'کارگاه نمایشی گیلاس',
  employer: 'کارفرمای نمایشی گیلاس',
  address: 'شیراز خیابان نمونه پلاک 2',
  layout: wideLayout,
  encoding: 'windows-1256',
};

const firstMonth: JalaliMonth = { year: 1403, month: 1 };

const femaleNames: readonly BilingualName[] = [
  { fa: 'نرگس', latin: 'Narges' },
  { fa: 'ژاله', latin: 'Zhaleh' },
  { fa: 'پروانه', latin: 'Parvaneh' },
  { fa: 'شقایق', latin: 'Shaghayegh' },
  { fa: 'گلناز', latin: 'Golnaz' },
  { fa: 'زهرا', latin: 'Zahra' },
  { fa: 'بهاره', latin: 'Bahareh' },
  { fa: 'مهسا', latin: 'Mahsa' },
];

const maleNames: readonly BilingualName[] = [
  { fa: 'آرش', latin: 'Arash' },
  { fa: 'امیر', latin: 'Amir' },
  { fa: 'بیژن', latin: 'Bizhan' },
  { fa: 'حامد', latin: 'Hamed' },
  { fa: 'سعید', latin: 'Saeed' },
  { fa: 'کاوه', latin: 'Kaveh' },
  { fa: 'مصطفی', latin: 'Mostafa' },
  { fa: 'یونس', latin: 'Younes' },
];

const lastNames: readonly BilingualName[] = [
  { fa: 'آبگون', latin: 'Abgoun' },
  { fa: 'برومند', latin: 'Boroumand' },
  { fa: 'پاک نهاد', latin: 'Paknahad' },
  { fa: 'چمن آرا', latin: 'Chamanara' },
  { fa: 'خوش قدم', latin: 'Khoshghadam' },
  { fa: 'دریا نورد', latin: 'Daryanavard' },
  { fa: 'روشن ضمیر', latin: 'Roshanzamir' },
  { fa: 'سروستانی', latin: 'Sarvestani' },
  { fa: 'ظریف کار', latin: 'Zarifkar' },
  { fa: 'عطار پور', latin: 'Attarpour' },
  { fa: 'کوهسار', latin: 'Kouhsar' },
  { fa: 'هنرور', latin: 'Honarvar' },
];

const jobs: readonly Job[] = [
  { code: '027075', title: 'کارمند دفتری' },
  { code: '033018', title: 'حسابدار' },
  { code: '061204', title: 'راننده' },
  { code: '071530', title: 'تراشکار' },
];

const birthPlaces = ['اصفهان', 'شیراز', 'تبریز', 'رشت', 'کرمان'] as const;

/**
 * Invents a person and the person's employer lists: about thirty months up to the last sample month, at two
 * workshops that all fresh persons share. Pure: the same seed gives the same person, and integer seeds that
 * differ modulo 999,999,990 give different ones. Take the seed at random (16 bytes will do) for a person never
 * seen before.
 *
 * The list number is the person's national code, so lists of several persons for one workshop and month add up
 * instead of replacing one another.
 */
export function inventFreshPerson(seed: number | bigint | Uint8Array): FreshPerson {
  const nineDigits = serialDigits(seedNumber(seed));
  const draw = drawsFrom(nineDigits);
  const invented = inventPerson(nineDigits, draw);
  const mobile = mobileOf(invented.nationalCode);
  return { person: signUpDetails(invented, mobile), lists: toHistory(invented, draw) };
}

function inventPerson(nineDigits: string, draw: Draw): InventedPerson {
  const sex = draw(2) === 0 ? 'female' : 'male';
  const pick = <T>(pool: readonly T[]): T => pool[draw(pool.length)] as T;
  const nationalCode = completeNationalCode(nineDigits);
  if (nationalCode === null) throw new RangeError(`no national code begins with ${nineDigits}`);
  return {
    nationalCode,
    // Ten digits that no other fresh person has, so that insurance numbers do not clash either.
    insuranceNumber: `9${nineDigits}`,
    sex,
    firstName: pick(sex === 'female' ? femaleNames : maleNames),
    lastName: pick(lastNames),
    fatherName: pick(maleNames).fa,
    birthDate: formatJalaliDate({ year: 1345 + draw(36), month: 1 + draw(12), day: 1 + draw(29) }),
    birthPlace: pick(birthPlaces),
    job: pick(jobs),
    wagePercent: 100 + draw(120),
    married: draw(2) === 0,
    children: draw(3),
  };
}

/** The change of workshops leaves a gap for some, and for others months at both workshops at once. */
function toHistory(person: InventedPerson, draw: Draw): EmployerListFiles[] {
  const months = monthsBetween(firstMonth, lastSampleMonth);
  const leaving = 12 + draw(6);
  const joining = leaving - 2 + draw(6);
  const date = (after: number, day: number) =>
    formatJalaliDate({ ...addJalaliMonths(firstMonth, after), day });
  const employments: readonly [Workshop, Employment][] = [
    [earlierWorkshop, { person, from: date(0, 1 + draw(20)), to: date(leaving, 10 + draw(19)) }],
    [laterWorkshop, { person, from: date(joining, 1 + draw(20)) }],
  ];
  return months.flatMap((month) =>
    employments.flatMap(([workshop, employment]) =>
      workedMonths([employment], month).map((rows) =>
        writeEmployerList({ workshop, month, listNumber: person.nationalCode, rows }),
      ),
    ),
  );
}

/** A whole number of 0 up to, not including, the limit; each call draws anew. */
type Draw = (limit: number) => number;

/** A fixed sequence of draws for each person; the slight bias of the remainder does no harm here. */
function drawsFrom(nineDigits: string): Draw {
  const bytes = createHash('sha512').update(nineDigits).digest();
  let offset = 0;
  return (limit) => {
    const value = bytes.readUInt16BE(offset) % limit;
    offset += 2;
    return value;
  };
}

/** Nine-digit serials less the ten with equal digits, whose codes are refused though their check digit is right. */
const serials = 999_999_990n;
const serialsBetweenEqualDigits = 111_111_110n;

function seedNumber(seed: number | bigint | Uint8Array): bigint {
  const number =
    seed instanceof Uint8Array ? BigInt(`0x0${Buffer.from(seed).toString('hex')}`) : BigInt(seed);
  return ((number % serials) + serials) % serials;
}

/**
 * The nine free digits of a national code. Multiplying by a number coprime to the count of serials scatters
 * neighbouring seeds over all of them without two seeds ever meeting.
 */
function serialDigits(seed: bigint): string {
  const rank = (seed * 618_033_991n) % serials;
  return String(rank + rank / serialsBetweenEqualDigits + 1n).padStart(9, '0');
}

/**
 * Ends like the national code, which makes it the person's own in development. Nine digits of the code, more
 * than sample people's seven, so that persons by the thousand have a number each.
 */
const mobileOf = (nationalCode: string): string => `09${nationalCode.slice(1)}`;
