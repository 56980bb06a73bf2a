export { identityFields, MobileField, NationalCodeField, oneIdentity } from './identity.schemas.ts';
export { toPersonId } from './identity.ts';
