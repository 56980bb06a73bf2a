export { proveAtSignUp, type SentCode } from './address-changes.ts';
export { cleanUpContactFlows, endContactFlows } from './contact-flows.repository.ts';
export type { ContactDependencies } from './contacts.dependencies.ts';
export { contactRoutes } from './contacts.routes.ts';
export { ContactChangeSchema, EmailField } from './contacts.schemas.ts';
export { viewContactChange } from './contacts.view.ts';
export {
  askAboutMobile,
  barOtherHolders,
  type MobileCheck,
  mayReceiveClaimedCode,
  mayReceiveSecrets,
} from './mobile-holders.ts';
export { deleteAllPending } from './pending-changes.repository.ts';
export { trustRipeChanges } from './pending-changes.ts';
