/**
 * No address of another document; no column of links, of which there are none; and on a phone, cells of tables below each
 * other instead of beside each other.
 */
export const referenceStyle = `
.swagger-ui .topbar, .swagger-ui .response-col_links { display: none; }
@media (max-width: 640px) {
  .swagger-ui .wrapper, .swagger-ui .scheme-container .schemes { padding: 0 10px; }
  .swagger-ui .info { margin: 20px 0; }
  .swagger-ui .opblock-tag { flex-wrap: wrap; font-size: 20px; } .swagger-ui .opblock-tag small { order: 1; padding: 0; flex-basis: 100%; } .swagger-ui .opblock-tag button { margin-inline-start: auto; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; } .swagger-ui .opblock-summary-description { word-break: normal; }
  .swagger-ui .opblock-body table, .swagger-ui .opblock-body tbody, .swagger-ui .opblock-body tr, .swagger-ui .opblock-body td { display: block; width: auto; min-width: 0; max-width: 100%; }
  .swagger-ui .opblock-body thead { display: none; }
  .swagger-ui .opblock-body td { padding: 4px 0; } .swagger-ui .opblock-body tr { padding: 6px 0; }
  .swagger-ui .opblock .opblock-section-header { flex-wrap: wrap; gap: 6px; } .swagger-ui .try-out { padding: 0; } .swagger-ui .try-out .btn { padding: 5px 12px; }
  .swagger-ui .table-container { padding: 10px; } .swagger-ui .responses-inner { padding: 10px; }
  .swagger-ui .parameters-col_description input, .swagger-ui .parameters-col_description select, .swagger-ui .parameters-col_description textarea { max-width: 100%; }
  .swagger-ui .opblock-body pre, .swagger-ui .opblock-body pre code, .swagger-ui .opblock-body pre span { white-space: pre-wrap !important; overflow-wrap: anywhere; }
  .swagger-ui .json-schema-2020-12-accordion, .swagger-ui .json-schema-2020-12__title { max-width: 100%; text-align: start; overflow-wrap: anywhere; }
  .swagger-ui .dialog-ux .modal-ux { min-width: 0; width: calc(100vw - 16px); }
}
`;
