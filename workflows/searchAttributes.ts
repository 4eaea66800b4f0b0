import { defineSearchAttributeKey } from '@temporalio/common';

/** The connection that a workflow is about; all of them are found by it in the Web UI. */
export const CG_CONNECTION = defineSearchAttributeKey('CgConnection', 'KEYWORD');

/** Its provider. */
export const CG_PROVIDER = defineSearchAttributeKey('CgProvider', 'KEYWORD');

/** Where the workflow stands. */
export const CG_STATUS = defineSearchAttributeKey('CgStatus', 'KEYWORD');
