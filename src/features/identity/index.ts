export { identityFields, MobileField, NationalCodeField } from './identity.schemas.ts';
export { personIdOf } from './identity.ts';
