import type { components } from '@savabegh/client';

export type Summary = components['schemas']['InsuranceRecordSummary'];
export type Year = components['schemas']['InsuranceRecordYear'];
