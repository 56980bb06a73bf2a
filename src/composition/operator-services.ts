import { createAccountAdministration } from '../features/accounts/index.ts';
import { createEmployerListService, createStatutoryRateService } from '../features/employer-lists/index.ts';
import { createOfficerAdministration } from '../features/officers/index.ts';
import type { PeopleDependencies } from '../features/people/index.ts';
import { createRecordOperatorService, recordWriter } from '../features/records/index.ts';
import { endRegistrations } from '../features/registration/index.ts';
import { createOutbox } from '../messaging/index.ts';
import type { Foundation } from './foundation.ts';
import { revokeAllAccess } from './revocation.ts';

export type OperatorServices = ReturnType<typeof createOperatorServices>;

/** What operators do by commands, on the same foundation as the service. */
export function createOperatorServices({ config, db, pool }: Foundation) {
  const outbox = createOutbox();
  const people: PeopleDependencies = { db, outbox, records: recordWriter, endRegistrations };
  return {
    db,
    people,
    accounts: createAccountAdministration({ db, outbox, revokeAllAccess }),
    officers: createOfficerAdministration({ db, outbox }),
    records: createRecordOperatorService({ db }),
    statutoryRates: createStatutoryRateService({ db }),
    employerLists: createEmployerListService({
      pool,
      records: recordWriter,
      centuryPivot: config.centuryPivot,
    }),
  };
}
