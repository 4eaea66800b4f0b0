import { Command } from 'commander';
import { auditExportCommand } from './audit/export.ts';
import { auditVerifyCommand } from './audit/verify.ts';

/** `costguard audit`: takes the audit log out of the database, and checks what was taken out. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('Export the audit log, and verify an exported one')
    .addCommand(auditExportCommand())
    .addCommand(auditVerifyCommand());
}
