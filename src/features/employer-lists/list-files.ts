import { type InsuranceNumber, parseInsuranceNumber } from '../../kernel/insurance-number.ts';
import type { JalaliMonth } from '../../kernel/jalali.ts';
import { type NationalCode, parseNationalCode } from '../../kernel/national-code.ts';
import { parseWorkshopCode, type WorkshopCode } from '../../kernel/workshop-code.ts';
import type { EmployerList, EmployerListRow } from './employer-list.ts';
import type { FieldReader } from './field-reader.ts';
import { isReadable } from './text-encoding.ts';

/**
 * Columns of the two files by their published names. At least five layouts are in use; needed is what every one
 * has and the record is built from, the rest is read where it is there. What is neither checked nor kept is not read.
 * Texts tell the encoding of their file.
 */
export const workshopColumns = {
  needed: [
    'DSK_ID',
    'DSK_NAME',
    'DSK_YY',
    'DSK_MM',
    'DSK_LISTNO',
    'DSK_NUM',
    'DSK_TDD',
    'DSK_TMAH',
    'DSK_TMAZ',
    'DSK_TMASH',
    'DSK_TTOTL',
    'DSK_TBIME',
  ],
  optional: ['DSK_FARM', 'DSK_ADRS', 'DSK_KIND', 'DSK_DISC', 'DSK_TKOSO', 'DSK_BIC', 'MON_PYM'],
  texts: ['DSK_NAME', 'DSK_FARM', 'DSK_ADRS', 'DSK_DISC'],
} as const;
export type WorkshopColumn =
  | (typeof workshopColumns.needed)[number]
  | (typeof workshopColumns.optional)[number];

export const workersColumns = {
  needed: [
    'DSW_ID',
    'DSW_YY',
    'DSW_MM',
    'DSW_ID1',
    'DSW_FNAME',
    'DSW_LNAME',
    'DSW_SDATE',
    'DSW_EDATE',
    'DSW_DD',
    'DSW_ROOZ',
    'DSW_MAH',
    'DSW_MAZ',
    'DSW_MASH',
    'DSW_TOTL',
    'DSW_BIME',
    'PER_NATCOD',
  ],
  optional: [
    'DSW_LISTNO',
    'DSW_DNAME',
    'DSW_IDNO',
    'DSW_IDPLC',
    'DSW_IDATE',
    'DSW_BDATE',
    'DSW_SEX',
    'DSW_NAT',
    'DSW_OCP',
    'DSW_PRATE',
    'DSW_JOB',
    'DSW_INC',
    'DSW_SPOUSE',
  ],
  texts: ['DSW_FNAME', 'DSW_LNAME', 'DSW_DNAME', 'DSW_IDPLC', 'DSW_SEX', 'DSW_NAT', 'DSW_OCP'],
} as const;
export type WorkersColumn = (typeof workersColumns.needed)[number] | (typeof workersColumns.optional)[number];

/** What a list must agree on in both files and in every row. `null` where it could not be read. */
export type ListIdentity = Readonly<{
  workshopCode: WorkshopCode | null;
  month: JalaliMonth | null;
  /** `null` also where the layout has no such column. */
  listNumber: string | null;
}>;

function readIdentity<Name extends string>(
  reader: FieldReader<Name>,
  code: Name,
  year: Name,
  month: Name,
  listNumber: Name,
): ListIdentity {
  const text = reader.code(code);
  const workshopCode = parseWorkshopCode(text);
  if (workshopCode === null) {
    const whole = /^[1-9][0-9]{6,8}$/.test(text) ? text.padStart(10, '0') : null;
    reader.report(whole === null ? 'workshop-code-invalid' : 'workshop-code-zeros-lost', code, text, whole);
  }
  return {
    workshopCode,
    month: reader.month(year, month),
    listNumber:
      reader.has(listNumber) && isReadable(reader.hint(listNumber)) ? reader.hint(listNumber) : null,
  };
}

/** The record of DSKKAR00; `list` may be used only if reading it has reported no error. */
export function readWorkshop(reader: FieldReader<WorkshopColumn>): {
  identity: ListIdentity;
  list: EmployerList | null;
} {
  const identity = readIdentity(reader, 'DSK_ID', 'DSK_YY', 'DSK_MM', 'DSK_LISTNO');
  const { workshopCode, month } = identity;
  const fields = {
    workshopName: reader.text('DSK_NAME'),
    employerName: reader.text('DSK_FARM'),
    workshopAddress: reader.text('DSK_ADRS'),
    kind: reader.code('DSK_KIND'),
    listNumber: reader.key('DSK_LISTNO', 'list-number-invalid'),
    description: reader.text('DSK_DISC'),
    contractRow: reader.key('MON_PYM', 'contract-row-invalid'),
    rowCount: reader.number('DSK_NUM', 'amount-invalid'),
    totals: {
      days: reader.number('DSK_TDD', 'days-invalid'),
      monthlyWage: reader.amount('DSK_TMAH'),
      benefits: reader.amount('DSK_TMAZ'),
      insurableWage: reader.amount('DSK_TMASH'),
      totalPay: reader.amount('DSK_TTOTL'),
      workerPremium: reader.amount('DSK_TBIME'),
      employerPremium: reader.amount('DSK_TKOSO'),
      unemploymentPremium: reader.amount('DSK_BIC'),
    },
  };
  if (!/^(?:0*|\.)$/.test(fields.kind)) reader.report('list-kind-unusual', 'DSK_KIND', fields.kind);
  const { employerPremium, insurableWage } = fields.totals;
  if (reader.has('DSK_TKOSO') && employerPremium === 0 && insurableWage > 0) {
    reader.report('employer-premium-missing', 'DSK_TKOSO');
  }
  return { identity, list: workshopCode && month ? { workshopCode, month, ...fields } : null };
}

function readNationalCode(reader: FieldReader<WorkersColumn>): NationalCode | null {
  const text = reader.code('PER_NATCOD');
  const nationalCode = parseNationalCode(text);
  if (text === '') reader.report('national-code-blank', 'PER_NATCOD');
  else if (nationalCode === null) {
    const whole = /^[1-9][0-9]{6,8}$/.test(text) ? parseNationalCode(text.padStart(10, '0')) : null;
    reader.report(
      whole === null ? 'national-code-invalid' : 'national-code-zeros-lost',
      'PER_NATCOD',
      text,
      whole,
    );
  }
  return nationalCode;
}

function readInsuranceNumber(reader: FieldReader<WorkersColumn>, isKnown: boolean): InsuranceNumber | null {
  const text = reader.code('DSW_ID1');
  const insuranceNumber = parseInsuranceNumber(text);
  if (insuranceNumber !== null) return insuranceNumber;
  // A spreadsheet takes numbers for amounts and drops their zeros; with them there are eight digits, or ten.
  const zerosLost = /^[1-9](?:[0-9]{4,6}|[0-9]{8})$/.test(text);
  if (zerosLost) {
    const code = isKnown ? 'insurance-number-zeros-lost' : 'person-number-zeros-lost';
    reader.report(code, 'DSW_ID1', text, text.padStart(text.length < 8 ? 8 : 10, '0'));
  } else reader.report(isKnown ? 'insurance-number-invalid' : 'person-unidentified', 'DSW_ID1', text);
  return null;
}

/** A column made for three bytes keeps only the first letter of UTF-8. */
function sexFrom(text: string): EmployerListRow['sex'] {
  // Programs that write 1 and 2 do not say which is which.
  if (text === '' || /^[0-9]$/.test(text)) return null;
  if ('مرد'.startsWith(text)) return 'male';
  return 'زن'.startsWith(text) ? 'female' : null;
}

/** A record of DSKWOR00; `row` may be used only if reading it has reported no error. */
export function readWorker(reader: FieldReader<WorkersColumn>): {
  identity: ListIdentity;
  row: EmployerListRow;
} {
  const identity = readIdentity(reader, 'DSW_ID', 'DSW_YY', 'DSW_MM', 'DSW_LISTNO');
  const { month } = identity;
  const nationalCode = readNationalCode(reader);
  // A wrong national code has been reported as what is to be corrected.
  const insuranceNumber = readInsuranceNumber(reader, !reader.isBlank('PER_NATCOD'));
  const row: EmployerListRow = {
    row: reader.row,
    insuranceNumber,
    nationalCode,
    firstName: reader.text('DSW_FNAME'),
    lastName: reader.text('DSW_LNAME'),
    fatherName: reader.text('DSW_DNAME'),
    birthCertificateNumber: reader.text('DSW_IDNO'),
    birthCertificatePlace: reader.text('DSW_IDPLC'),
    birthCertificateDate: reader.date('DSW_IDATE', month),
    birthDate: reader.date('DSW_BDATE', month, 'birth'),
    sex: sexFrom(reader.hint('DSW_SEX')),
    nationality: reader.text('DSW_NAT'),
    jobTitle: reader.text('DSW_OCP'),
    jobCode: reader.code('DSW_JOB'),
    startDate: reader.date('DSW_SDATE', month),
    endDate: reader.date('DSW_EDATE', month),
    days: reader.number('DSW_DD', 'days-invalid'),
    dailyWage: reader.amount('DSW_ROOZ'),
    dailySeniorityPay: reader.optionalAmount('DSW_INC'),
    monthlyWage: reader.amount('DSW_MAH'),
    benefits: reader.amount('DSW_MAZ'),
    insurableWage: reader.amount('DSW_MASH'),
    totalPay: reader.amount('DSW_TOTL'),
    workerPremium: reader.amount('DSW_BIME'),
    spousePay: reader.optionalAmount('DSW_SPOUSE'),
    commissionRate: reader.rate('DSW_PRATE'),
  };
  return { identity, row };
}
