import type { DriftReport } from '../model';

/** The report as its JSON document, by docs/schemas/drift-report.schema.json. */
export const json = (report: DriftReport): string => `${JSON.stringify(report, null, 2)}\n`;
