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
type NeededOfWorkshop = (typeof workshopColumns.needed)[number];
type OptionalOfWorkshop = (typeof workshopColumns.optional)[number];
export type WorkshopColumn = NeededOfWorkshop | OptionalOfWorkshop;
export type WorkshopReader = FieldReader<NeededOfWorkshop, OptionalOfWorkshop>;

/** What names a list, in the workshop's file. */
export const listKeyColumns = {
  workshopCode: 'DSK_ID',
  year: 'DSK_YY',
  month: 'DSK_MM',
  contractRow: 'MON_PYM',
  listNumber: 'DSK_LISTNO',
} as const satisfies Readonly<Record<string, WorkshopColumn>>;

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
type NeededOfWorkers = (typeof workersColumns.needed)[number];
type OptionalOfWorkers = (typeof workersColumns.optional)[number];
export type WorkersColumn = NeededOfWorkers | OptionalOfWorkers;
export type WorkersReader = FieldReader<NeededOfWorkers, OptionalOfWorkers>;

const rowIdentityColumns = {
  workshopCode: 'DSW_ID',
  year: 'DSW_YY',
  month: 'DSW_MM',
  listNumber: 'DSW_LISTNO',
} as const satisfies IdentityColumns<NeededOfWorkers, OptionalOfWorkers>;

/** What a list must agree on in both files and in every row. `null` where it could not be read. */
export type ListIdentity = Readonly<{
  workshopCode: WorkshopCode | null;
  month: JalaliMonth | null;
  /** `null` also where the layout has no such column. */
  listNumber: string | null;
}>;

type IdentityColumns<Needed, Optional> = Readonly<
  Record<'workshopCode' | 'year' | 'month', Needed> & { listNumber: Needed | Optional }
>;

function readIdentity<Needed extends string, Optional extends string>(
  reader: FieldReader<Needed, Optional>,
  columns: NoInfer<IdentityColumns<Needed, Optional>>,
): ListIdentity {
  const text = reader.code(columns.workshopCode);
  const workshopCode = parseWorkshopCode(text);
  if (workshopCode === null) {
    const whole = /^[1-9][0-9]{6,8}$/.test(text) ? text.padStart(10, '0') : null;
    const code = whole === null ? 'workshop-code-invalid' : 'workshop-code-zeros-lost';
    reader.report(code, columns.workshopCode, text, whole);
  }
  const listNumber = reader.hint(columns.listNumber);
  return {
    workshopCode,
    month: reader.month(columns.year, columns.month),
    listNumber: reader.has(columns.listNumber) && isReadable(listNumber) ? listNumber : null,
  };
}

/** The record of DSKKAR00; `list` may be used only if reading it has reported no error. */
export function readWorkshop(reader: WorkshopReader): {
  identity: ListIdentity;
  list: EmployerList | null;
} {
  const identity = readIdentity(reader, listKeyColumns);
  const { workshopCode, month } = identity;
  const fields = {
    workshopName: reader.text('DSK_NAME'),
    employerName: reader.text('DSK_FARM'),
    workshopAddress: reader.text('DSK_ADRS'),
    kind: reader.code('DSK_KIND'),
    listNumber: reader.key(listKeyColumns.listNumber, 'list-number-invalid'),
    description: reader.text('DSK_DISC'),
    contractRow: reader.key(listKeyColumns.contractRow, 'contract-row-invalid'),
    rowCount: reader.number('DSK_NUM', 'amount-invalid'),
    totals: {
      days: reader.number('DSK_TDD', 'days-invalid'),
      monthlyWage: reader.amount('DSK_TMAH'),
      benefits: reader.amount('DSK_TMAZ'),
      insurableWage: reader.amount('DSK_TMASH'),
      totalPay: reader.amount('DSK_TTOTL'),
      workerPremium: reader.amount('DSK_TBIME'),
      employerPremium: reader.optionalAmount('DSK_TKOSO'),
      unemploymentPremium: reader.optionalAmount('DSK_BIC'),
    },
  };
  if (!/^(?:0*|\.)$/.test(fields.kind)) reader.report('list-kind-unusual', 'DSK_KIND', fields.kind);
  const { employerPremium, insurableWage } = fields.totals;
  if (employerPremium === 0 && insurableWage > 0) {
    reader.report('employer-premium-missing', 'DSK_TKOSO');
  }
  return { identity, list: workshopCode && month ? { workshopCode, month, ...fields } : null };
}

function readNationalCode(reader: WorkersReader): NationalCode | null {
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

function readInsuranceNumber(reader: WorkersReader, isKnown: boolean): InsuranceNumber | null {
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
export function readWorker(reader: WorkersReader): {
  identity: ListIdentity;
  row: EmployerListRow;
} {
  const identity = readIdentity(reader, rowIdentityColumns);
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
