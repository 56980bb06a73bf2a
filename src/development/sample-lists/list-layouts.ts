import type { DbfColumn } from './dbf-writer.ts';

/** The columns of the two files of an employer list: DSKKAR00 (the workshop's month), DSKWOR00 (its workers). */
export interface ListLayout {
  workshopColumns: readonly DbfColumn[];
  workerColumns: readonly DbfColumn[];
  /** Seniority and spouse pay have columns of their own instead of being part of daily wage and benefits. */
  separatesSeniority: boolean;
}

/** Reads a structure listing: each column as its name and its type with the width. */
function columns(listing: string): DbfColumn[] {
  return Array.from(listing.matchAll(/(\w+) ([CN])(\d+)/g), ([, name = '', type, width]) => ({
    name,
    type: type === 'N' ? 'N' : 'C',
    width: Number(width),
  }));
}

const classicWorkshop = `
  DSK_ID C10, DSK_NAME C30, DSK_FARM C30, DSK_ADRS C40, DSK_KIND N1, DSK_YY N2, DSK_MM N2, DSK_LISTNO C12,
  DSK_DISC C30, DSK_NUM N5, DSK_TDD N6, DSK_TROOZ N12, DSK_TMAH N12, DSK_TMAZ N12, DSK_TMASH N12,
  DSK_TTOTL N12, DSK_TBIME N12, DSK_TKOSO N12, DSK_BIC N12, DSK_RATE N5, DSK_PRATE N2, DSK_BIMH N12,
  MON_PYM C3`;

const classicWorker = `
  DSW_ID C10, DSW_YY N2, DSW_MM N2, DSW_LISTNO C12, DSW_ID1 C8, DSW_FNAME C60, DSW_LNAME C60, DSW_DNAME C60,
  DSW_IDNO C15, DSW_IDPLC C30, DSW_IDATE C8, DSW_BDATE C8, DSW_SEX C3, DSW_NAT C10, DSW_OCP C50,
  DSW_SDATE C8, DSW_EDATE C8, DSW_DD N2, DSW_ROOZ N12, DSW_MAH N12, DSW_MAZ N12, DSW_MASH N12, DSW_TOTL N12,
  DSW_BIME N12, DSW_PRATE N2, DSW_JOB C6, PER_NATCOD C10`;

/** The organisation's older list program: 23 and 27 columns. */
export const classicLayout: ListLayout = {
  workshopColumns: columns(classicWorkshop),
  workerColumns: columns(classicWorker),
  separatesSeniority: false,
};

/** The newer one: two columns more in each file, 25 and 29. Spouse pay is text in one file, a number in the other. */
export const extendedLayout: ListLayout = {
  workshopColumns: columns(`${classicWorkshop}, DSK_INC N12, DSK_SPOUSE N12`),
  workerColumns: columns(`${classicWorker}, DSW_INC N12, DSW_SPOUSE C10`),
  separatesSeniority: true,
};

/** Payroll programs of other makers: 26 and 31 columns, other widths and another order. */
export const wideLayout: ListLayout = {
  workshopColumns: columns(`
    DSK_ID C10, DSK_NAME C100, DSK_FARM C100, DSK_ADRS C100, DSK_KIND N1, DSK_YY N2, DSK_MM N2,
    DSK_LISTNO C12, DSK_DISC C100, MON_PYM C3, DSK_NUM N5, DSK_TDD N6, DSK_TROOZ N12, DSK_TMAH N13,
    DSK_TMAZ N12, DSK_TMASH N12, DSK_TTOTL N13, DSK_TBIME N12, DSK_TKOSO N12, DSK_TBIM20 N12, DSK_BIC N12,
    DSK_RATE N5, DSK_PRATE N2, DSK_BIMH N12, DSK_INC N19, DSK_SPOUSE N19`),
  workerColumns: columns(`
    DSW_ID C10, DSW_YY N2, DSW_MM N2, DSW_LISTNO C12, PER_NATCOD C10, DSW_ID1 C10, DSW_LNAME C25,
    DSW_FNAME C20, DSW_DNAME C20, DSW_IDNO C15, DSW_IDPLC C30, DSW_IDATE C8, DSW_BDATE C8, DSW_SEX C3,
    DSW_NAT C10, DSW_JOB C10, DSW_OCP C50, DSW_SDATE C8, DSW_EDATE C8, DSW_DD N2, DSW_ROOZ N12, DSW_INC N19,
    DSW_MAH N12, DSW_MAZ N12, DSW_SPOUSE N19, DSW_MASH N12, DSW_TOTL N12, DSW_BIME N12, DSW_KOSO N12,
    DSW_BIME20 N12, DSW_PRATE N2`),
  separatesSeniority: true,
};
