export { appendList, removeList } from './record-writer.ts';
export { recordRoutes } from './records.routes.ts';
export { createRecordService, type RecordService } from './records.service.ts';
