import { type InventedPerson, type SignUpDetails, signUpDetails } from './invented-person.ts';

const jobs = {
  clerk: { code: '027075', title: 'کارمند دفتری' },
  carpenter: { code: '021110', title: 'نجار' },
  weaver: { code: '031204', title: 'بافنده' },
  designer: { code: '031310', title: 'طراح نقشه' },
  programmer: { code: '042515', title: 'برنامه نویس' },
  storekeeper: { code: '051102', title: 'انبار دار' },
} as const;

/** The people of the sample lists, by the name under which sample-workshops.ts employs them. */
export const samplePeople = {
  maryam: {
    nationalCode: '0499370899',
    insuranceNumber: '00427915',
    firstName: { fa: 'مریم', latin: 'Maryam' },
    lastName: { fa: 'صبوری', latin: 'Sabouri' },
    fatherName: 'رضا',
    sex: 'female',
    birthDate: '1362-05-14',
    birthPlace: 'تهران',
    job: jobs.clerk,
    wagePercent: 165,
    married: true,
    children: 2,
  },
  pezhman: {
    nationalCode: '0790419904',
    insuranceNumber: '30518264',
    firstName: { fa: 'پژمان', latin: 'Pezhman' },
    lastName: { fa: 'گلکار', latin: 'Golkar' },
    fatherName: 'علی',
    sex: 'male',
    birthDate: '1370-01-01',
    birthPlace: 'سبزوار',
    job: jobs.storekeeper,
    wagePercent: 120,
    married: false,
    children: 0,
  },
  laleh: {
    nationalCode: '0084575948',
    insuranceNumber: '71943082',
    firstName: { fa: 'لاله', latin: 'Laleh' },
    lastName: { fa: 'چیت ساز', latin: 'Chitsaz' },
    fatherName: 'گودرز',
    sex: 'female',
    birthDate: '1373-11-22',
    birthPlace: 'تهران',
    job: jobs.designer,
    wagePercent: 140,
    married: true,
    children: 0,
  },
  mehdi: {
    nationalCode: '0963695398',
    insuranceNumber: '62380751',
    firstName: { fa: 'سید مهدی', latin: 'Seyed Mehdi' },
    lastName: { fa: 'موسوی نیک', latin: 'Mousavi Nik' },
    fatherName: 'محمدحسین',
    sex: 'male',
    birthDate: '1378-07-30',
    birthPlace: 'مشهد',
    job: jobs.weaver,
    wagePercent: 100,
    married: false,
    children: 0,
  },
  jamshid: {
    nationalCode: '0684159414',
    insuranceNumber: '08265137',
    firstName: { fa: 'جمشید', latin: 'Jamshid' },
    lastName: { fa: 'طاهری', latin: 'Taheri' },
    fatherName: 'حسن',
    sex: 'male',
    birthDate: '1345-03-09',
    birthPlace: 'بیرجند',
    job: jobs.weaver,
    wagePercent: 150,
    married: true,
    children: 1,
  },
  ghazal: {
    nationalCode: '0067749828',
    insuranceNumber: '0031847260',
    firstName: { fa: 'غزال', latin: 'Ghazal' },
    lastName: { fa: 'ایلخانی', latin: 'Ilkhani' },
    fatherName: 'مسعود',
    sex: 'female',
    birthDate: '1368-12-03',
    birthPlace: 'شمیران',
    job: jobs.programmer,
    wagePercent: 260,
    married: true,
    children: 1,
  },
  yashar: {
    nationalCode: '0650451252',
    insuranceNumber: '45107396',
    firstName: { fa: 'یاشار', latin: 'Yashar' },
    lastName: { fa: 'آذرفر', latin: 'Azarfar' },
    fatherName: 'قادر',
    sex: 'male',
    birthDate: '1359-09-18',
    birthPlace: 'بیرجند',
    job: jobs.carpenter,
    wagePercent: 135,
    married: true,
    children: 3,
  },
  fatemeh: {
    nationalCode: '1583250689',
    insuranceNumber: '57820943',
    firstName: { fa: 'فاطمه', latin: 'Fatemeh' },
    lastName: { fa: 'رضایی پاک', latin: 'Rezaei Pak' },
    fatherName: 'ابراهیم',
    sex: 'female',
    birthDate: '1380-04-25',
    birthPlace: 'تبریز',
    job: jobs.clerk,
    wagePercent: 105,
    married: false,
    children: 0,
  },
  golMohammad: {
    nationalCode: '',
    insuranceNumber: '9104827365',
    firstName: { fa: 'گل محمد', latin: 'Gol Mohammad' },
    lastName: { fa: 'نورزی', latin: 'Nurzai' },
    fatherName: 'عبدالله',
    sex: 'male',
    birthDate: '1365-01-01',
    birthPlace: 'هرات',
    job: jobs.storekeeper,
    wagePercent: 100,
    married: true,
    children: 2,
  },
} as const satisfies Record<string, InventedPerson>;

type SamplePersonName = keyof typeof samplePeople;

const stories: Record<Exclude<SamplePersonName, 'golMohammad'>, { fa: string; en: string }> = {
  maryam: {
    fa: 'همهٔ ماه‌ها در یک کارگاه، بی هیچ وقفه‌ای.',
    en: 'Every month at one workshop, without a break.',
  },
  pezhman: {
    fa: 'ده ماه هم‌زمان در دو کارگاه؛ ده روز آخر شهریور ۱۴۰۴ در لیست دوم آمده است.',
    en: 'Ten months at two workshops at once; the last days of 1404-06 came in a second list.',
  },
  laleh: {
    fa: 'هفت ماه وقفه، سپس کار در کارگاهی دیگر از اسفند ۱۴۰۳.',
    en: 'A gap of seven months, then another workshop from 1403-12 on.',
  },
  mehdi: {
    fa: 'نخستین کار، از میانهٔ ماه: ۱۲ خرداد ۱۴۰۳.',
    en: 'A first job that began in mid-month, on 1403-03-12.',
  },
  jamshid: {
    fa: 'کار در میانهٔ ماه پایان یافته است: ۲۰ آبان ۱۴۰۴.',
    en: 'Left in mid-month, on 1404-08-20.',
  },
  ghazal: {
    fa: 'دستمزد بالا و یک ماه مرخصی بی‌حقوق: خرداد ۱۴۰۴ با صفر روز.',
    en: 'A high wage and one month of unpaid leave: 1404-03 with 0 days.',
  },
  yashar: {
    fa: 'کارفرما شهریور ۱۴۰۴ او را جا انداخته و در لیست دوم فرستاده است.',
    en: 'The employer forgot 1404-06 and sent it in a second list.',
  },
  fatemeh: {
    fa: 'در میانهٔ آذر ۱۴۰۳ کارگاه را عوض کرده است، بی آن که روزی از دست برود.',
    en: 'Changed workshops in the middle of 1403-09 without losing a day.',
  },
};

/** Whom somebody can sign up as; the foreign national has no national code and so can not. */
export const samplePeopleToTry: readonly (SignUpDetails & { story: { fa: string; en: string } })[] =
  Object.entries(stories).map(([name, story]) => {
    const person = samplePeople[name as keyof typeof stories];
    return { ...signUpDetails(person, sampleMobile(person.nationalCode)), story };
  });

/**
 * The development rule of ownership: a mobile number belongs to whoever's national code ends in the same four
 * digits.
 */
function sampleMobile(nationalCode: string): string {
  return `0912${nationalCode.slice(-7)}`;
}
