export { insertDecisions, setDetails, takeDecisionsBack } from './decisions.repository.ts';
export { employerListRoutes } from './employer-lists.routes.ts';
export {
  createEmployerListService,
  type EmployerListService,
  type ListSource,
} from './employer-lists.service.ts';
export { findingMessage } from './finding-texts.ts';
export { countIdentityChange, lockRegister } from './identities.repository.ts';
export { type ImportedPair, type ImportSummary, importFolder } from './import-folder.ts';
export type { IntakeReport, IntakeState } from './intake-report.ts';
export { attributeRecord, mergePeople, type SplitRecord, splitPeople } from './merges.repository.ts';
export { countChange, findWords, reweigh } from './register.repository.ts';
export { createStatutoryRateService, type StatutoryRateService } from './statutory-rates.service.ts';
export {
  cleanUpSubmissions,
  createSubmissionService,
  type ListSender,
  type SubmissionService,
} from './submissions.service.ts';
export type { Withdrawal } from './withdrawal.ts';
export { findWorkshopMonth, type WorkshopMonth } from './workshop-month.ts';
