import { expect, test } from 'vitest';
import * as actions from './actions.ts';
import * as actionsVersioned from './actionsVersioned.ts';
import * as backups from './backups.ts';
import * as backupsVersioned from './backupsVersioned.ts';
import * as detective from './detective.ts';
import * as detectiveVersioned from './detectiveVersioned.ts';
import * as llm from './llm.ts';
import * as llmVersioned from './llmVersioned.ts';

test.each([
  ['actions', actions, actionsVersioned],
  ['detective', detective, detectiveVersioned],
  ['backups', backups, backupsVersioned],
  ['llm', llm, llmVersioned],
])(
  '%s: a versioned worker has the same workflows, each with its behaviour',
  (_, all, versioned) => {
    expect({ ...versioned }).toEqual({ ...all });
    for (const workflow of Object.values(versioned)) {
      expect(workflow).toHaveProperty(
        'workflowDefinitionOptions.versioningBehavior',
        expect.stringMatching(/^(PINNED|AUTO_UPGRADE)$/),
      );
    }
  },
);
