export { endContactChanges, sweepContactChanges } from './contacts.repository.ts';
export { contactRoutes } from './contacts.routes.ts';
export { ContactChangeSchema, contactChangeAnswer, EmailField } from './contacts.schemas.ts';
export { type ContactChange, type ContactService, createContactService } from './contacts.service.ts';
export { normaliseEmail } from './email-address.ts';
export { sweepContactHolds } from './holds.repository.ts';
export { createHoldService } from './holds.service.ts';
