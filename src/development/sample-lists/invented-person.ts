export interface BilingualName {
  fa: string;
  latin: string;
}

/** What an employer's list says of a worker. Nobody here exists. */
export interface InventedPerson {
  /** Ten digits; empty for a foreign national, whom the insurance number alone identifies. */
  nationalCode: string;
  /** 8 or 10 digits. */
  insuranceNumber: string;
  firstName: BilingualName;
  lastName: BilingualName;
  fatherName: string;
  sex: 'female' | 'male';
  /** Jalali, `1370-01-01`. */
  birthDate: string;
  birthPlace: string;
  job: Job;
  /** Daily wage as a percentage of the year's minimum: 100 or more. */
  wagePercent: number;
  married: boolean;
  children: number;
}

/** An invented job code with its title. */
export interface Job {
  code: string;
  title: string;
}

/** What somebody who tries the service types in to sign up as this person. */
export interface SignUpDetails {
  nationalCode: string;
  firstName: BilingualName;
  lastName: BilingualName;
  /** Jalali, `1370-01-01`. */
  birthDate: string;
  mobile: string;
}

export function signUpDetails(person: InventedPerson, mobile: string): SignUpDetails {
  const { nationalCode, firstName, lastName, birthDate } = person;
  return { nationalCode, firstName, lastName, birthDate, mobile };
}
