import type { AccountTable, DeviceTable, PasswordHistoryTable } from '../features/accounts/accounts.table.ts';
import type { ActivityTable } from '../features/activity/activity.table.ts';
import type { BudgetTable } from '../features/budgets/budgets.table.ts';
import type {
  MachineClientAssertionTable,
  MachineClientCredentialTable,
  MachineClientTable,
} from '../features/clients/clients.table.ts';
import type {
  ContactChangeTable,
  ContactHoldTable,
  RecoveryAddressView,
} from '../features/contacts/contacts.table.ts';
import type { EmployerListTables } from '../features/employer-lists/employer-lists.table.ts';
import type { RecordTables } from '../features/records/records.table.ts';
import type {
  RecoveryCancellationTable,
  RecoveryHoldTable,
  RecoveryTable,
} from '../features/recovery/recovery.table.ts';
import type { RegistrationTable } from '../features/registration/registration.table.ts';
import type { SessionTable } from '../features/sessions/sessions.table.ts';
import type { MessageTable } from '../messaging/messages.table.ts';

/** Every table the service uses; a test holds these types against the migrated schema. */
export type Database = EmployerListTables &
  RecordTables & {
    account: AccountTable;
    password_history: PasswordHistoryTable;
    device: DeviceTable;
    session: SessionTable;
    contact_change: ContactChangeTable;
    contact_hold: ContactHoldTable;
    recovery_address: RecoveryAddressView;
    registration: RegistrationTable;
    recovery: RecoveryTable;
    recovery_hold: RecoveryHoldTable;
    recovery_cancellation: RecoveryCancellationTable;
    budget: BudgetTable;
    machine_client: MachineClientTable;
    machine_client_credential: MachineClientCredentialTable;
    machine_client_assertion: MachineClientAssertionTable;
    activity: ActivityTable;
    message: MessageTable;
  };
