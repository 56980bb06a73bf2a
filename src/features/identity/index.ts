export { identityFields, MobileField, NationalCodeField } from './identity.schemas.ts';
export { toPersonId } from './identity.ts';
