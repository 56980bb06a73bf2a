import type { Localised } from '../../kernel/locale.ts';
import type { WorkersColumn, WorkshopColumn } from './list-files.ts';

/** What a value of a column is, which says how it is written in a sentence. `code`: as it stands, zeros and all. */
export type ColumnUnit = 'rials' | 'days' | 'count' | 'code' | 'date' | 'month' | 'text';

export type ListColumn = Readonly<{ name: Localised; unit: ColumnUnit }>;

const column = (unit: ColumnUnit, fa: string, en: string): ListColumn => ({ name: { fa, en }, unit });

/** The columns as people who keep payrolls call them; their names in the files stand behind. */
export const listColumns: Readonly<Record<WorkshopColumn | WorkersColumn, ListColumn>> = {
  DSK_ID: column('code', 'کد کارگاه', 'workshop code'),
  DSK_NAME: column('text', 'نام کارگاه', 'workshop name'),
  DSK_FARM: column('text', 'نام کارفرما', 'employer’s name'),
  DSK_ADRS: column('text', 'نشانی کارگاه', 'workshop address'),
  DSK_KIND: column('code', 'نوع لیست', 'kind of list'),
  DSK_YY: column('code', 'سال لیست', 'year of the list'),
  DSK_MM: column('month', 'ماه لیست', 'month of the list'),
  DSK_LISTNO: column('code', 'شمارهٔ لیست', 'list number'),
  DSK_DISC: column('text', 'شرح لیست', 'description of the list'),
  DSK_NUM: column('count', 'تعداد بیمه‌شدگان', 'number of workers'),
  DSK_TDD: column('days', 'جمع روزهای کارکرد', 'total of days worked'),
  DSK_TMAH: column('rials', 'جمع دستمزد ماهانه', 'total of monthly wages'),
  DSK_TMAZ: column('rials', 'جمع مزایای ماهانهٔ مشمول', 'total of insurable benefits'),
  DSK_TMASH: column('rials', 'جمع دستمزد و مزایای مشمول', 'total of insurable wages'),
  DSK_TTOTL: column('rials', 'جمع کل دستمزد و مزایا', 'total of all pay'),
  DSK_TBIME: column('rials', 'جمع حق بیمهٔ سهم بیمه‌شده', 'total of workers’ premiums'),
  DSK_TKOSO: column('rials', 'جمع حق بیمهٔ سهم کارفرما', 'employer’s premium'),
  DSK_BIC: column('rials', 'حق بیمهٔ بیکاری', 'unemployment premium'),
  MON_PYM: column('code', 'ردیف پیمان', 'contract row'),
  DSW_ID: column('code', 'کد کارگاه', 'workshop code'),
  DSW_YY: column('code', 'سال', 'year'),
  DSW_MM: column('month', 'ماه', 'month'),
  DSW_LISTNO: column('code', 'شمارهٔ لیست', 'list number'),
  DSW_ID1: column('code', 'شمارهٔ بیمه', 'insurance number'),
  DSW_FNAME: column('text', 'نام', 'first name'),
  DSW_LNAME: column('text', 'نام خانوادگی', 'last name'),
  DSW_DNAME: column('text', 'نام پدر', 'father’s name'),
  DSW_IDNO: column('text', 'شمارهٔ شناسنامه', 'birth-certificate number'),
  DSW_IDPLC: column('text', 'محل صدور شناسنامه', 'place of issue'),
  DSW_IDATE: column('date', 'تاریخ صدور شناسنامه', 'date of issue'),
  DSW_BDATE: column('date', 'تاریخ تولد', 'birth date'),
  DSW_SEX: column('text', 'جنسیت', 'sex'),
  DSW_NAT: column('text', 'ملیت', 'nationality'),
  DSW_OCP: column('text', 'عنوان شغل', 'job title'),
  DSW_SDATE: column('date', 'تاریخ شروع به کار', 'start date'),
  DSW_EDATE: column('date', 'تاریخ ترک کار', 'end date'),
  DSW_DD: column('days', 'روزهای کارکرد', 'days worked'),
  DSW_ROOZ: column('rials', 'دستمزد روزانه', 'daily wage'),
  DSW_MAH: column('rials', 'دستمزد ماهانه', 'monthly wage'),
  DSW_MAZ: column('rials', 'مزایای ماهانهٔ مشمول', 'insurable benefits'),
  DSW_MASH: column('rials', 'جمع دستمزد و مزایای مشمول', 'insurable wage'),
  DSW_TOTL: column('rials', 'جمع کل دستمزد و مزایا', 'total pay'),
  DSW_BIME: column('rials', 'حق بیمهٔ سهم بیمه‌شده', 'worker’s premium'),
  DSW_PRATE: column('text', 'نرخ پورسانتاژ', 'commission rate'),
  DSW_JOB: column('code', 'کد شغل', 'job code'),
  PER_NATCOD: column('code', 'کد ملی', 'national code'),
  DSW_INC: column('rials', 'پایهٔ سنوات روزانه', 'daily seniority pay'),
  DSW_SPOUSE: column('rials', 'حق تأهل', 'spouse pay'),
};

/** `undefined` for no column, and for one that is none of ours. */
export function findColumn(field: string | null): ListColumn | undefined {
  return field !== null && Object.hasOwn(listColumns, field)
    ? listColumns[field as keyof typeof listColumns]
    : undefined;
}
