import type { JalaliMonth } from '../../kernel/jalali.ts';
import type { Employment } from './employment.ts';
import { classicLayout, extendedLayout, wideLayout } from './list-layouts.ts';
import type { Workshop } from './list-writer.ts';
import { samplePeople as people } from './sample-people.ts';

export const firstSampleMonth: JalaliMonth = { year: 1402, month: 10 };
export const lastSampleMonth: JalaliMonth = { year: 1405, month: 6 };

/** Who worked where and when, from the first to the last sample month. */
export const sampleWorkshops: readonly { workshop: Workshop; employments: readonly Employment[] }[] = [
  {
    workshop: {
      code: '1018003412',
      name: 'صنایع چوب نارون دشت',
      employer: 'بهرام نارونی',
      address: 'تهران جاده قدیم کرج خیابان نجاران پلاک 27',
      layout: classicLayout,
      encoding: 'iran-system',
    },
    employments: [
      { person: people.maryam },
      { person: people.pezhman, secondListFrom: '1404-06-22' },
      { person: people.laleh, to: '1403-04-31' },
      { person: people.yashar, secondListFrom: '1404-06-01' },
      { person: people.fatemeh, to: '1403-09-15' },
    ],
  },
  {
    workshop: {
      code: '0227145390',
      name: 'بافندگی کویر ژاله',
      employer: 'شرکت گلیم و پارچه کویر',
      address: 'یزد بلوار چهار باغ کوچه 5 پلاک 11',
      layout: extendedLayout,
      encoding: 'windows-1256',
    },
    employments: [
      { person: people.jamshid, to: '1404-08-20' },
      { person: people.mehdi, from: '1403-03-12' },
      { person: people.pezhman, from: '1403-05-01', to: '1404-02-31' },
      { person: people.fatemeh, from: '1403-09-16' },
      { person: people.laleh, from: '1403-12-01' },
    ],
  },
  {
    workshop: {
      code: '4471902658',
      name: 'رایانه پرداز آبگینه شرق',
      employer: 'شرکت دانش بنیان رایانه پرداز آبگینه شرق',
      address: 'مشهد بزرگراه آسمان خیابان ظفر نرسیده به میدان قائم ساختمان شیشه ای طبقه 3 واحد 12',
      layout: wideLayout,
      encoding: 'iran-system',
    },
    employments: [
      { person: people.ghazal, unpaidMonth: '1404-03' },
      { person: people.golMohammad, from: '1403-01-01' },
    ],
  },
];
