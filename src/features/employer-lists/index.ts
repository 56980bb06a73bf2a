export {
  createEmployerListService,
  type EmployerListService,
  type IntakeReport,
  type IntakeState,
  type ListSource,
} from './employer-lists.service.ts';
export { findingMessage } from './findings.ts';
export { type ImportedPair, type ImportSummary, importFolder } from './import-folder.ts';
