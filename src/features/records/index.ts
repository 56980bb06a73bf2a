export {
  createRecordOperatorService,
  OperatorError,
  type PersonRecord,
  type RecordOperatorService,
} from './operator.service.ts';
export { type Appended, type RecordWriter, recordWriter, type StoredList } from './record-writer.ts';
export { recordRoutes } from './records.routes.ts';
export { createRecordService, type RecordService } from './records.service.ts';
