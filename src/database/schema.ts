import type {
  AccountEventTable,
  AccountTable,
  DeviceTable,
  PasswordHistoryTable,
} from '../features/accounts/accounts.table.ts';
import type { ActivityTable } from '../features/activity/activity.table.ts';
import type { BranchRecoveryTable } from '../features/branch/branch.table.ts';
import type {
  MachineClientAssertionTable,
  MachineClientCredentialTable,
  MachineClientTable,
} from '../features/clients/clients.table.ts';
import type { ContactFlowTable, PendingChangeTable } from '../features/contacts/contacts.table.ts';
import type { EmployerListTables } from '../features/employer-lists/employer-lists.table.ts';
import type { IdempotencyKeyTable } from '../features/idempotency/idempotency.table.ts';
import type { KnownNetworkTable } from '../features/known-networks/known-networks.table.ts';
import type { OfficerTable } from '../features/officers/officers.table.ts';
import type { RegisterChangeTable } from '../features/people/people.table.ts';
import type { QuotaTable, SlidingQuotaTable } from '../features/quotas/quotas.table.ts';
import type { RecordTables } from '../features/records/records.table.ts';
import type { RecoveryTable } from '../features/recovery/recovery.table.ts';
import type { RegistrationTable } from '../features/registration/registration.table.ts';
import type { SessionTable, SignInTable } from '../features/sessions/sessions.table.ts';
import type { MessageTable } from '../messaging/messages.table.ts';

/** Every table the service uses; a test holds these types against the migrated schema. */
export type Database = EmployerListTables &
  RecordTables & {
    account: AccountTable;
    password_history: PasswordHistoryTable;
    device: DeviceTable;
    known_network: KnownNetworkTable;
    session: SessionTable;
    sign_in: SignInTable;
    account_event: AccountEventTable;
    contact_flow: ContactFlowTable;
    pending_change: PendingChangeTable;
    officer: OfficerTable;
    branch_recovery: BranchRecoveryTable;
    register_change: RegisterChangeTable;
    registration: RegistrationTable;
    recovery: RecoveryTable;
    quota: QuotaTable;
    idempotency_key: IdempotencyKeyTable;
    sliding_quota: SlidingQuotaTable;
    machine_client: MachineClientTable;
    machine_client_credential: MachineClientCredentialTable;
    machine_client_assertion: MachineClientAssertionTable;
    activity: ActivityTable;
    message: MessageTable;
  };
