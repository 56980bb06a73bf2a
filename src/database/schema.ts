import type { AccountTable, DeviceTable, PasswordHistoryTable } from '../features/accounts/accounts.table.ts';
import type { ActivityTable } from '../features/activity/activity.table.ts';
import type { BudgetTable } from '../features/budgets/budgets.table.ts';
import type { EmployerListTables } from '../features/employer-lists/employer-lists.table.ts';
import type { RecordTables } from '../features/records/records.table.ts';
import type { RecoveryTable } from '../features/recovery/recovery.table.ts';
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
    registration: RegistrationTable;
    recovery: RecoveryTable;
    budget: BudgetTable;
    activity: ActivityTable;
    message: MessageTable;
  };
